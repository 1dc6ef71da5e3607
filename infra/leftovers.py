"""What a launcher that was killed left running: known by pid, birth and command line, and stopped before the next start."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from infra.data_folder import StartedPart, read_record
from infra.supervisor import OnLine

STOP_WITHIN_S = 10.0
BIRTH_TOLERANCE_S = 1.0
POLL_S = 0.05


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
        for request in (signal.SIGINT, signal.SIGKILL):  # SIGINT makes each of them end in order
            with suppress(ProcessLookupError):
                os.kill(part.pid, request)
            if _ends_within(part, STOP_WITHIN_S):
                break


def _ends_within(part: StartedPart, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _is_same(part, ending=True):  # not psutil's wait: where nobody reaps orphans, an ended one keeps its number
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _is_same(part: StartedPart, *, ending: bool = False) -> bool:
    """By birth and command line; one that is just ending has lost its command line."""
    now = seen(part.pid)
    if now is None or abs(now.created - part.created) > BIRTH_TOLERANCE_S:
        return False
    return now.command == part.command or (ending and now.command == ())
