"""The launcher over a real PostgreSQL and a real Temporal, with a stand-in for our own processes."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import psycopg
import pytest
from temporalio.client import Client

from infra.data_folder import FolderInUseError, RunningRecord, read_running, write_running
from infra.dev_parts import Process, description
from infra.dev_servers import Running, dev_services, reset
from infra.leftovers import seen, stop_leftovers
from infra.settings import Settings, SettingsError
from infra.supervisor import PartFailedError
from infra.temporal import connect

WORKER = Process(name="worker", module="tests.infra.stand_in", arguments=("stays", "at work"))


class Lines:
    """Collects what the parts write, and lets a test wait for a line."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self._news = asyncio.Event()

    def __call__(self, part: str, line: str) -> None:
        self.seen.append((part, line))
        self._news.set()

    async def wait_for(self, part: str, text: str) -> str:
        async with asyncio.timeout(30):
            while True:
                self._news.clear()
                for name, line in self.seen:
                    if name == part and text in line:
                        return line
                await self._news.wait()


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings of a launcher that starts everything itself."""
    return Settings(data_dir=tmp_path / "lotse")


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("running") / "lotse")
    async with dev_services(settings, processes=[WORKER], free_ports=True) as services:
        yield services


async def answer(running: Running) -> None:
    """Returns when both services do their work."""
    async with await psycopg.AsyncConnection.connect(running.database_url) as connection:
        await connection.execute("SELECT 1")
    client = await Client.connect(running.temporal_address)
    assert await client.count_workflows() is not None


@pytest.mark.parametrize("part", ["postgres", "temporal", "worker"])
async def test_a_part_killed_is_started_again_and_works(running: Running, part: str) -> None:
    others = {name: pid for name, pid in running.pids.items() if name != part}

    killed = running.kill(part)
    async with asyncio.timeout(60):
        started = await running.until_ready(part)

    assert started != killed
    assert running.pid(part) == started
    assert others == {name: pid for name, pid in running.pids.items() if name != part}
    await answer(running)
    record = read_running(running.settings.data_dir)
    assert record is not None
    assert record.parts[part].pid == started


async def until_busy(running: Running) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
    async with await psycopg.AsyncConnection.connect(running.database_url, autocommit=True) as watcher:
        while await (await watcher.execute(asked)).fetchone() != (1,):
            pass


async def test_postgresql_killed_under_a_busy_connection_is_started_again(running: Running) -> None:
    async with await psycopg.AsyncConnection.connect(running.database_url) as connection:
        busy = asyncio.create_task(connection.execute("SELECT pg_sleep(60)"))
        await until_busy(running)
        running.kill("postgres")
        async with asyncio.timeout(60):
            await running.until_ready("postgres")
        with pytest.raises(psycopg.OperationalError):
            await busy
    await answer(running)


async def test_a_second_start_on_the_same_folder_is_refused(running: Running) -> None:
    with pytest.raises(FolderInUseError, match=f"in use by process {os.getpid()} since"):
        async with dev_services(running.settings, processes=[]):
            pass
    await answer(running)


async def test_the_folder_can_not_be_emptied_while_services_run(running: Running, own: Settings) -> None:
    with pytest.raises(FolderInUseError):
        reset(own.model_copy(update={"data_dir": running.settings.data_dir}))


async def test_other_terminals_find_the_services_by_the_record(running: Running) -> None:
    elsewhere = Settings(data_dir=running.settings.data_dir)

    client = await connect(elsewhere)

    assert await client.service_client.check_health()
    assert (running.settings.data_dir / "running.json").stat().st_mode & 0o777 == 0o600


async def test_data_survive_a_stop_and_a_start_and_are_gone_after_reset(own: Settings) -> None:
    async with dev_services(own, processes=[], free_ports=True) as running:
        with psycopg.connect(running.database_url) as connection:
            connection.execute("CREATE TABLE story AS SELECT 'kept' AS event")
        client = await Client.connect(running.temporal_address)
        await client.start_workflow("Waiting", id="case-1", task_queue="nobody")

    async with dev_services(own, processes=[], free_ports=True) as running:
        with psycopg.connect(running.database_url) as connection:
            assert connection.execute("SELECT event FROM story").fetchall() == [("kept",)]
        client = await Client.connect(running.temporal_address)
        assert (await client.get_workflow_handle("case-1").describe()).workflow_type == "Waiting"

    reset(own)
    assert [left.name for left in own.data_dir.iterdir()] == ["lock"]


async def test_a_clean_stop_leaves_no_child_and_no_record(own: Settings) -> None:
    before = set(psutil.Process().children(recursive=True))

    async with dev_services(own, processes=[WORKER], free_ports=True):
        started = set(psutil.Process().children(recursive=True)) - before

    assert len(started) > 3
    assert [child for child in started if child.is_running()] == []
    assert read_running(own.data_dir) is None


async def test_operated_services_are_used_and_none_is_started(
    settings: Settings, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_address)
    lines = Lines()
    shows = Process(
        name="worker",
        module="tests.infra.stand_in",
        arguments=("stays", "LOTSE_DATABASE_URL", "TEMPORAL_ADDRESS", "LOTSE_DATA_DIR", "LOTSE_MASTER_KEY"),
    )

    async with dev_services(settings, processes=[shows], on_line=lines) as running:
        assert list(running.pids) == ["worker"]
        assert running.ui_url is None
        told = await lines.wait_for("worker", "postgresql://")

    assert settings.master_key is not None
    key = settings.master_key.get_secret_value()
    assert told.split() == [settings.database_url, temporal_address, str(settings.data_dir), key]


async def test_a_part_that_can_not_start_is_named_with_its_last_words(own: Settings) -> None:
    broken = Process(name="api", module="tests.infra.stand_in", arguments=("fails", "no key"), ready="/readyz")

    with pytest.raises(PartFailedError, match=r"api ended with exit status 3 .*no key"):
        async with dev_services(own, processes=[broken], free_ports=True):
            pass

    assert read_running(own.data_dir) is None


async def test_a_port_in_use_is_refused_with_its_number(own: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = own.model_copy(update={"api_port": port, "database_url": "postgresql://"})
        with pytest.raises(SettingsError, match=f"Port {port} "):
            async with dev_services(settings, processes=[]):
                pass


def record_of(pid: int, command: tuple[str, ...] | None = None) -> RunningRecord:
    part = seen(pid)
    assert part is not None
    parts = {"worker": part.model_copy(update={"command": command or part.command})}
    return RunningRecord(database_url="", temporal_address="", api_url="", ui_url=None, pid=1, parts=parts)


def test_what_a_killed_launcher_left_running_is_stopped(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-m", "tests.infra.stand_in", "stays"]) as leftover:
        write_running(tmp_path, record_of(leftover.pid))
        lines = Lines()

        stop_leftovers(tmp_path, lines)

        assert leftover.poll() is not None
        assert lines.seen == [
            ("worker", f"left running by a launcher that was killed; stopping process {leftover.pid}")
        ]


def test_a_process_that_got_the_number_of_a_part_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-m", "tests.infra.stand_in", "stays"]) as stranger:
        write_running(tmp_path, record_of(stranger.pid, command=("temporal", "server")))

        stop_leftovers(tmp_path, Lines())

        assert stranger.poll() is None
        stranger.kill()


def test_the_description_names_services_and_processes_in_the_order_of_their_start() -> None:
    described = description()

    assert (described.temporal_port, described.ui_port, described.api_port) == (7233, 8233, 8080)
    assert [process.name for process in described.processes] == ["case-worker", "follower", "replay-worker", "api"]
