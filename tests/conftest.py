"""Real services for every test that wants them: started once per session, one fresh database per test."""

import asyncio
import base64
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from temporalio.client import Client

from infra import dev_parts
from infra.settings import Settings
from infra.supervisor import Part, die_with_parent
from projections.catalogue import READ_MODELS

UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
"""Durable against kill -9 of PostgreSQL's processes still, only not against a power cut."""


def _started(part: Part, log: Path) -> subprocess.Popen[bytes]:
    """A part as a child of the test run. It writes to a file: a pipe that nobody reads would stop it one day."""
    if part.prepare:
        part.prepare()
    with log.open("wb") as output:
        return subprocess.Popen(
            part.argv,
            env=dict(part.environment),
            cwd=part.cwd,
            user=part.user,
            group=part.user,
            extra_groups=None if part.user is None else [],
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=die_with_parent(part.orphan_signal),  # noqa: PLW1509  one system call, takes no lock
        )


BETWEEN_RUNS = "history.workflowIdReuseMinimalInterval"


@asynccontextmanager
async def _running(part: Part, log: Path) -> AsyncIterator[None]:
    process = _started(part, log)
    try:
        async with asyncio.timeout(part.start_within_s):
            while not await _is_ready(part):
                assert process.poll() is None, f"{part.name} ended; its output is in {log}"
        yield
    finally:
        process.send_signal(part.stop_signal)
        process.wait(part.stop_within_s)


async def _is_ready(part: Part) -> bool:
    assert part.ready is not None
    try:
        return await part.ready()
    except (RuntimeError, psycopg.OperationalError):
        await asyncio.sleep(0.05)
        return False


@pytest.fixture(scope="session", autouse=True)
def no_operated_services() -> Iterator[None]:
    """What the developer's own environment names must not leak into a test, nor a test into it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LOTSE_DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_PROFILE"):
            patch.delenv(name, raising=False)
        patch.setenv("TEMPORAL_CONFIG_FILE", "/dev/null")
        yield


@pytest.fixture(scope="session", autouse=True)
def code_is_read_before_threads_start() -> None:
    """Python 3.11 can't parse code in two threads at once: a follower must not look at its own while a failing test is being shown."""
    for model in READ_MODELS:
        model.fingerprint()


@pytest.fixture(scope="session")
async def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A real PostgreSQL for the session: the address of its database `postgres`."""
    folder = tmp_path_factory.mktemp("postgres") / "data"
    async with _running(
        dev_parts.postgres(folder, dev_parts.description().postgres_options | UNSAFE_BUT_FAST), folder.parent / "log"
    ):
        yield dev_parts.postgres_url(folder)


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """A fresh, empty database for one test."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield postgres_url.replace("/postgres?", f"/{name}?", 1)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@asynccontextmanager
async def _temporal(described: dev_parts.Description, folder: Path) -> AsyncIterator[str]:
    port = dev_parts.free_port()
    part = dev_parts.temporal(described, port, dev_parts.free_port(), folder / "temporal.db")
    async with _running(part, folder / "log"):
        yield f"127.0.0.1:{port}"
        from tests.replaying import everything_replays

        await everything_replays(f"127.0.0.1:{port}")


@pytest.fixture(scope="session")
async def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A real Temporal development server for the session: `host:port`, namespace `default`. Like an operated one it lets a second pass between two runs."""
    described = dev_parts.description()
    options = {name: value for name, value in described.dynamic_config.items() if name != BETWEEN_RUNS}
    as_operated = described.model_copy(update={"dynamic_config": options})
    async with _temporal(as_operated, tmp_path_factory.mktemp("temporal")) as address:
        yield address


@pytest.fixture(scope="session")
async def skipping_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The same as `temporal-dev.yaml` describes it, so that the clock of a case can be moved through its runs."""
    async with _temporal(dev_parts.description(), tmp_path_factory.mktemp("skipping")) as address:
        yield address


@pytest.fixture(scope="session")
async def temporal_client(temporal_address: str) -> Client:
    """A client of the session's Temporal with the default data converter."""
    return await Client.connect(temporal_address)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings of one test: its own data folder, database and keys."""
    keys = {name: base64.b64encode(bytes([n]) * 32).decode() for n, name in enumerate(("master_key", "token_key"))}
    return Settings.model_validate(
        {"data_dir": tmp_path / "lotse", "database_url": database_url, "api_port": 0, **keys}
    )
