"""The follower as a process: it begins where it was, says so in one line, and stops when asked."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.event_store import EventStore
from infra.postgres import Pool, migrate, pool
from infra.settings import Settings, environment
from tests.projections.lives import append, life, log_of
from tests.readings import caught_up, rows_equal_the_fold


@contextmanager
def follower(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.follower"], env=environment(settings), stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def connections(database_url: str) -> Iterator[Pool]:
    migrate(database_url)
    with pool(database_url, 2) as opened:
        yield opened


async def told(connections: Pool) -> None:
    await caught_up(connections, EventStore(connections).last_position())


def begins(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


async def test_it_goes_on_where_it_was_after_it_was_killed_and_stops_when_asked(
    connections: Pool, settings: Settings
) -> None:
    first, second = life("case-1", 5, [], 0), life("case-2", 9, [], 100)
    for recorded in first:
        append(connections, recorded)
    with follower(settings) as process:
        assert "from_position=0" in begins(process)
        await told(connections)
    for recorded in second:
        append(connections, recorded)
    with follower(settings) as process:
        assert f"from_position={len(first)}" in begins(process)
        await told(connections)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert process.stdout is not None
        assert "follower_stopped" in process.stdout.read()

    rows_equal_the_fold(connections, log_of(connections))
