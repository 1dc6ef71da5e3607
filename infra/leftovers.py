"""What a launcher that was killed left running: known by pid, birth and command line, and stopped before the next start."""

import signal
from contextlib import suppress
from pathlib import Path

import psutil

from infra.data_folder import StartedPart, read_record
from infra.supervisor import OnLine

STOP_WITHIN_S = 10.0
BIRTH_TOLERANCE_S = 1.0


def seen(pid: int) -> StartedPart | None:
    """What identifies a process that runs now, or None when it has ended."""
    try:
        found = psutil.Process(pid)
        return StartedPart(pid=pid, created=found.create_time(), command=tuple(found.cmdline()))
    except psutil.NoSuchProcess:
        return None


def stop_leftovers(data_dir: Path, on_line: OnLine) -> None:
    """Stop what the last record names and what still is the same process; a pid that went to another is left alone."""
    record = read_record(data_dir)
    for name, part in reversed(list(record.parts.items()) if record else []):
        if not _is_same(part):
            continue
        on_line(name, f"left running by a launcher that was killed; stopping process {part.pid}")
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(part.pid)
            process.send_signal(signal.SIGINT)  # SIGINT: what makes each of them end in order
            try:
                process.wait(STOP_WITHIN_S)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait(STOP_WITHIN_S)


def _is_same(part: StartedPart) -> bool:
    now = seen(part.pid)
    return now is not None and now.command == part.command and abs(now.created - part.created) <= BIRTH_TOLERANCE_S
