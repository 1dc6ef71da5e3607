"""`kill -9` of a replay worker: what was told stays told, and what was under way is told again."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from temporalio.client import Client

from infra.postgres import Pool, migrate, pool
from infra.settings import Settings, environment
from projections import plans, rebuild, tables
from tests import examples
from tests.projections.lives import append, life, log_of
from tests.projections.replaying import planned, rows_of_plan
from workflows.replays import ReplayClient

CASES, KILLS = 60, 2
ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"replay_queue": f"replay-{uuid4().hex}", "log_level": "warning"})


@pytest.fixture
def connections(settings: Settings) -> Iterator[Pool]:
    migrate(settings.database_url or "")
    with pool(settings.database_url or "", 4) as opened:
        yield opened


def started(settings: Settings, temporal_address: str) -> subprocess.Popen[bytes]:
    variables = {**environment(settings), "TEMPORAL_ADDRESS": temporal_address}
    return subprocess.Popen([sys.executable, "-m", "workers.replay_worker"], env=variables, cwd=ROOT)


async def test_a_killed_worker_repeats_no_range_that_was_told(
    connections: Pool,
    settings: Settings,
    temporal_address: str,
    temporal_client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rebuild, "FEWEST", 10)
    await asyncio.to_thread(recorded, connections)
    with rebuild.connect(settings.database_url or "") as connection:
        tables.prepare(connection)
        plan = planned(settings.database_url or "")
        ranges = rebuild.begin(connection, plan)
        replays = ReplayClient(temporal_client, settings.replay_queue)
        await replays.start(plan, 4)
        marks: dict[int, datetime] = {}
        for _ in range(KILLS):
            worker = started(settings, temporal_address)
            await some_more(connection, plan)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            marks |= told(connection, plan)
        worker = started(settings, temporal_address)
        try:
            assert await replays.finished(plan) == "ready"
        finally:
            worker.terminate()
            worker.wait()
        after = told(connection, plan)
        progress = plans.progress(connection, plan)

    assert KILLS <= len(marks) < ranges
    assert {number: after[number] for number in marks} == marks
    assert progress.told == progress.events == len(log_of(connections))
    rows_of_plan(connections, plan, log_of(connections))


def recorded(connections: Pool) -> None:
    for n in range(CASES):
        for each in life(f"case-{n:03}", len(examples.SUPPORTED), [], 0):
            append(connections, each)


async def some_more(connection: psycopg.Connection[Any], plan: int) -> None:
    """Waits until some further range is told."""
    before = len(told(connection, plan))
    async with asyncio.timeout(90):
        while len(told(connection, plan)) <= before:  # noqa: ASYNC110 - another process tells it
            await asyncio.sleep(0.005)


def told(connection: psycopg.Connection[Any], plan: int) -> dict[int, datetime]:
    rows = connection.execute(
        "SELECT number, told_at FROM replay_range WHERE plan = %s AND told_at IS NOT NULL", (plan,)
    )
    return {row["number"]: row["told_at"] for row in rows}
