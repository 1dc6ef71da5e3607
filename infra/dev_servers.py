"""The development services: a real PostgreSQL and a real Temporal beside our own processes.

Where `LOTSE_DATABASE_URL` or Temporal's own configuration names an operated service, that one is used, and none is
started in its place.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from shutil import rmtree

from infra import dev_parts
from infra.data_folder import RunningRecord, held, remove_running, write_running
from infra.dev_parts import Description, Process
from infra.leftovers import seen, stop_leftovers
from infra.settings import Settings, SettingsError, environment
from infra.supervisor import OnLine, Part, PartFailedError, Supervisor
from infra.temporal import configured_address

ANY_ADDRESS = "0.0.0.0"  # noqa: S104  compared with, not bound to


@dataclass(frozen=True)
class Running:
    """Services that run: their addresses, and each part's process by its name.

    `settings` are those of the caller with the database and the port of the API filled in. `ui_url` is None where
    Temporal is an operated one.
    """

    settings: Settings
    database_url: str
    temporal_address: str
    api_url: str
    ui_url: str | None
    supervisor: Supervisor

    @property
    def pids(self) -> dict[str, int]:
        """The process id of every part that runs now, in the order of their start."""
        return self.supervisor.pids

    def pid(self, part: str) -> int:
        """The process id of a part that runs; raises `KeyError` between its death and its restart."""
        return self.supervisor.pids[part]

    def kill(self, part: str) -> int:
        """`kill -9` one part, for tests of faults; returns the process id that it had."""
        return self.supervisor.kill(part)

    async def until_ready(self, part: str) -> int:
        """Wait until a part answers, after `kill` as a new process; returns its process id."""
        return await self.supervisor.until_ready(part)

    def record(self) -> None:
        """Write addresses and processes to `running.json`, for other terminals and for the next launcher."""
        started = {name: part for name, pid in self.pids.items() if (part := seen(pid))}
        record = RunningRecord(
            database_url=self.database_url,
            temporal_address=self.temporal_address,
            api_url=self.api_url,
            ui_url=self.ui_url,
            pid=os.getpid(),
            parts=started,
        )
        write_running(self.settings.data_dir, record)


def silent(part: str, line: str) -> None:
    """For callers that show no output of the parts."""


@asynccontextmanager
async def dev_services(
    settings: Settings,
    *,
    processes: Sequence[Process] | None = None,
    on_line: OnLine = silent,
    free_ports: bool = False,
) -> AsyncIterator[Running]:
    """Start everything that `temporal-dev.yaml` describes, and stop it at the end; what dies meanwhile is restarted.

    `processes`: our own processes in their order, instead of the described ones. `free_ports`: any free ports instead
    of the described ones. Raises `FolderInUseError`, `SettingsError` (a port is taken) or `PartFailedError`.
    """
    described = dev_parts.description()
    supervisor = Supervisor(on_line)
    with held(settings.data_dir):
        await asyncio.to_thread(stop_leftovers, settings.data_dir, on_line)
        own = described.processes if processes is None else processes
        running, parts = _planned(settings, described, own, free_ports, supervisor)
        supervisor.on_change = running.record
        try:
            for part in parts:
                await supervisor.start(part)
            if failure := supervisor.failure:
                raise PartFailedError(failure)
            yield running
        finally:
            await supervisor.stop()
            remove_running(settings.data_dir)


def _planned(
    settings: Settings, described: Description, processes: Sequence[Process], free_ports: bool, supervisor: Supervisor
) -> tuple[Running, list[Part]]:
    """What will be known of the services, and the parts to start for them, in order."""
    data_dir = settings.data_dir.resolve()
    parts: list[Part] = []
    database_url, address, ui_url = settings.database_url, configured_address(), None
    if database_url is None:
        folder = data_dir / described.postgres_folder
        database_url = dev_parts.postgres_url(folder)
        parts.append(dev_parts.postgres(folder, described.postgres_options))
    if address is None:
        port, ui_port = (_port(wanted, free_ports) for wanted in (described.temporal_port, described.ui_port))
        address, ui_url = f"127.0.0.1:{port}", f"http://127.0.0.1:{ui_port}"
        parts.append(dev_parts.temporal(described, port, ui_port, data_dir / described.temporal_file))
    wanted = settings.api_port if "api_port" in settings.model_fields_set else described.api_port
    api_port = _port(wanted, free_ports or wanted == 0)
    api_url = f"http://{'127.0.0.1' if settings.api_host == ANY_ADDRESS else settings.api_host}:{api_port}"
    filled = settings.model_copy(update={"data_dir": data_dir, "database_url": database_url, "api_port": api_port})
    variables = {**os.environ, **environment(filled)}
    if ui_url is not None:
        variables["TEMPORAL_ADDRESS"] = address
    parts += [dev_parts.process(own, variables, api_url) for own in processes]
    return Running(filled, database_url, address, api_url, ui_url, supervisor), parts


def _port(wanted: int, free_ports: bool) -> int:
    if free_ports:
        return dev_parts.free_port()
    if dev_parts.is_taken(wanted):
        raise SettingsError(
            "port_taken",
            f"Port {wanted} of temporal-dev.yaml or LOTSE_API_PORT is used by another program. Stop that program, "
            "or start with `--free-ports`; for the API alone, name another one with `--port`.",
        )
    return wanted


def reset(settings: Settings) -> None:
    """Delete the data and the generated keys of the data folder; raises `FolderInUseError` while a launcher runs on it."""
    if settings.database_url or configured_address():
        raise SettingsError(
            "reset_refused",
            "LOTSE_DATABASE_URL or Temporal's configuration names an operated service, and only a data folder of the "
            "launcher's own can be emptied. Unset them, or ask whoever operates those services.",
        )
    described = dev_parts.description()
    with held(settings.data_dir):
        stop_leftovers(settings.data_dir, silent)
        for folder in (described.postgres_folder, "keys"):
            if (settings.data_dir / folder).exists():
                rmtree(settings.data_dir / folder)
        for suffix in ("", "-wal", "-shm", "-journal"):
            (settings.data_dir / f"{described.temporal_file}{suffix}").unlink(missing_ok=True)
        remove_running(settings.data_dir)
