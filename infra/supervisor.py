"""Child processes of one launcher: started in order, restarted when they die, stopped in the reverse order."""

import asyncio
import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

OnLine = Callable[[str, str], None]
"""Called with the name of a part and one line of its output, or of ours about it."""

BACK_OFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
STEADY_AFTER_S = 10.0
READY_POLL_S = 0.05
READY_TRY_S = 5.0
DRAIN_S = 1.0
LINE_LIMIT_BYTES = 1 << 20

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class PartFailedError(Exception):
    """A part did not start. `code` is `part_failed`; the message quotes the last line that it wrote."""

    code = "part_failed"


@dataclass(frozen=True)
class Part:
    """One process to run, and how to tell that it works.

    `prepare` runs in a thread before each start. `ready` answers or raises; None: ready as soon as it runs.
    `orphan_signal` reaches the process when the launcher itself is killed (Linux). `quiet_edges`: what it writes while
    it starts and stops is no news, and shown only when the start fails.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Callable[[], Awaitable[bool]] | None = None
    prepare: Callable[[], None] | None = None
    user: str | None = None
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    quiet_edges: bool = False
    start_within_s: float = 60.0
    stop_within_s: float = 35.0  # workers take up to 30 s to finish what they hold


def die_with_parent(orphan_signal: signal.Signals) -> Callable[[], None]:
    """What a child runs between fork and exec, so that nothing outlives a launcher that was killed."""

    def ask_kernel() -> None:
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, int(orphan_signal))

    return ask_kernel


@dataclass
class _Child:
    part: Part
    process: asyncio.subprocess.Process
    created: float = field(default_factory=time.monotonic)
    last_line: str = ""
    reader: asyncio.Task[None] | None = None


class Supervisor:
    """Runs parts until `stop`. `on_change`, where set, is called whenever a process id changed."""

    def __init__(self, on_line: OnLine) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._on_line = on_line
        self._children: dict[str, _Child] = {}
        self._watchers: dict[str, asyncio.Task[None]] = {}
        self._ready: dict[str, asyncio.Event] = {}

    @property
    def pids(self) -> dict[str, int]:
        """The parts that run now, in the order of their start."""
        return {name: child.process.pid for name, child in self._children.items() if child.process.returncode is None}

    @property
    def failure(self) -> str | None:
        """A sentence about the first part that is not running, or None."""
        ended = (child for child in self._children.values() if child.process.returncode is not None)
        return next((f"{child.part.name} {_how(child)} ({_quote(child)})" for child in ended), None)

    def kill(self, name: str) -> int:
        """`kill -9` one part and return the process id that it had; the supervisor will start it again."""
        process = self._children[name].process
        self._ready[name].clear()
        process.send_signal(signal.SIGKILL)
        return process.pid

    async def until_ready(self, name: str) -> int:
        """Wait until a part answers, after `kill` as a new process; returns its process id."""
        await self._ready[name].wait()
        return self._children[name].process.pid

    async def start(self, part: Part) -> None:
        """Start a part, wait until it answers, and keep it running; raises `PartFailedError`."""
        self._ready[part.name] = asyncio.Event()
        await self._launch(part)
        self._watchers[part.name] = asyncio.create_task(self._keep(part))

    async def stop(self) -> None:
        """End every part in the reverse order of the start, each with its own time to finish."""
        for name in reversed(list(self._children)):
            if watcher := self._watchers.pop(name, None):
                watcher.cancel()
                with suppress(asyncio.CancelledError):
                    await watcher
            self._ready[name].clear()
            await self._end(self._children.pop(name))
            self.on_change()

    async def _keep(self, part: Part) -> None:
        failures = 0
        while True:
            child = self._children[part.name]
            await child.process.wait()
            self._ready[part.name].clear()
            if time.monotonic() - child.created > STEADY_AFTER_S:
                failures = 0
            pause = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
            failures += 1
            self._on_line(part.name, f"{_how(child)}; starting it again in {pause} s")
            await asyncio.sleep(pause)
            try:
                await self._launch(part)
            except PartFailedError as failure:
                self._on_line(part.name, str(failure))

    async def _launch(self, part: Part) -> None:
        begun = time.monotonic()
        try:
            if part.prepare:
                await asyncio.to_thread(part.prepare)
            process = await self._spawned(part)
        except (OSError, subprocess.SubprocessError) as error:
            raise PartFailedError(f"{part.name} can't be started: {error}") from error
        child = self._children[part.name] = _Child(part, process)
        child.reader = asyncio.create_task(self._read(child))
        self.on_change()
        try:
            async with asyncio.timeout(part.start_within_s):
                await _answers(child)
        except TimeoutError:
            await self._end(child)
            raise PartFailedError(
                f"{part.name} did not answer within {part.start_within_s:.0f} s; {_quote(child)}"
            ) from None
        if process.returncode is not None:
            await asyncio.wait({child.reader}, timeout=DRAIN_S)
            raise PartFailedError(f"{part.name} {_how(child)} ({_quote(child)})")
        self._ready[part.name].set()
        what = f"ready after {time.monotonic() - begun:.1f} s" if part.ready else "started"
        self._on_line(part.name, f"{what}, process {process.pid}")

    async def _spawned(self, part: Part) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *part.argv,
            env=part.environment,
            cwd=part.cwd,
            user=part.user,
            group=part.user,
            extra_groups=None if part.user is None else [],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_LIMIT_BYTES,
            process_group=0,  # Ctrl-C in the terminal reaches the launcher only: it keeps the order
            umask=0o077,
            preexec_fn=die_with_parent(part.orphan_signal),  # one system call, takes no lock
        )

    async def _read(self, child: _Child) -> None:
        assert child.process.stdout is not None  # noqa: S101  we asked for a pipe
        while True:
            try:
                raw = await child.process.stdout.readline()
            except ValueError:  # longer than the limit: the reader dropped it
                continue
            if not raw:
                return
            if line := raw.decode(errors="replace").rstrip():
                child.last_line = line
                if self._ready[child.part.name].is_set() or not child.part.quiet_edges:
                    self._on_line(child.part.name, line)

    async def _end(self, child: _Child) -> None:
        process = child.process
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(child.part.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), child.part.stop_within_s)
            except TimeoutError:
                self._on_line(child.part.name, f"did not stop within {child.part.stop_within_s:.0f} s; killing it")
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if child.reader:  # a lingering grandchild may hold the pipe open
            await asyncio.wait({child.reader}, timeout=DRAIN_S)


async def _answers(child: _Child) -> None:
    """Return when the part is ready or has ended."""
    while child.process.returncode is None and child.part.ready is not None:
        with suppress(Exception):  # whatever is wrong before it answers, we ask again
            async with asyncio.timeout(READY_TRY_S):
                if await child.part.ready():
                    return
        await asyncio.sleep(READY_POLL_S)


def _how(child: _Child) -> str:
    code = child.process.returncode
    if code is not None and code < 0:
        return f"was ended by signal {signal.Signals(-code).name}"
    return f"ended with exit status {code}"


def _quote(child: _Child) -> str:
    return f"its last line: {child.last_line}" if child.last_line else "it wrote nothing"
