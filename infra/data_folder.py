"""The data folder of one installation: who holds it, and where its services answer.

`lock` names the launcher that holds the folder, `running.json` the addresses and the process ids of what it started.
Both are for this machine only; an installation with operated services needs neither.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

LOCK = "lock"
RUNNING = "running.json"


class FolderInUseError(Exception):
    """Another launcher holds the data folder. `code` is `folder_in_use`."""

    code = "folder_in_use"


class StartedPart(BaseModel):
    """One process of the launcher: its pid, when it was created (seconds since 1970) and its command line."""

    model_config = ConfigDict(frozen=True)

    pid: int
    created: float
    command: tuple[str, ...]


class RunningRecord(BaseModel):
    """What `running.json` holds: addresses, the launcher's pid, and the parts that it started."""

    model_config = ConfigDict(frozen=True)

    database_url: str
    temporal_address: str
    api_url: str
    ui_url: str | None
    pid: int
    parts: dict[str, StartedPart] = {}


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """Hold the data folder as its only launcher; raises `FolderInUseError` when another process does.

    The system releases the lock when the holder dies, however it dies.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data_dir / LOCK).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUseError(_holder(data_dir)) from None
        lock.truncate(0)
        json.dump({"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}, lock)
        lock.flush()
        yield


def _holder(data_dir: Path) -> str:
    try:
        holder = json.loads((data_dir / LOCK).read_text(encoding="utf-8"))
        who = f"process {holder['pid']} since {holder['since']}"
    except (OSError, ValueError, KeyError):
        who = "another process"
    return (
        f"The data folder {data_dir} is in use by {who}, and two launchers would corrupt it. "
        "Stop that one with Ctrl-C in its terminal, or name another folder in LOTSE_DATA_DIR."
    )


def write_running(data_dir: Path, record: RunningRecord) -> None:
    """Replace `running.json` in one step, readable by its owner only."""
    handle, name = tempfile.mkstemp(dir=data_dir, prefix=".running-")  # mkstemp creates with mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(record.model_dump_json(indent=2))
    Path(name).replace(data_dir / RUNNING)


def read_record(data_dir: Path) -> RunningRecord | None:
    """What the last launcher wrote, whether or not it still lives."""
    try:
        return RunningRecord.model_validate_json((data_dir / RUNNING).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def read_running(data_dir: Path) -> RunningRecord | None:
    """What the launcher of this folder wrote, or None when it does not run any more."""
    record = read_record(data_dir)
    return record if record is not None and _alive(record.pid) else None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def remove_running(data_dir: Path) -> None:
    (data_dir / RUNNING).unlink(missing_ok=True)
