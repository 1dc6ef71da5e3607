"""A bug in a fold, from the day it is found to the day its rows are dropped, on real services and under readers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client

from infra.event_store import EventStore
from infra.postgres import AsyncPool, Pool, async_pool, migrate, pool
from infra.settings import Settings
from projections import caseload, plans, rebuild, switch
from projections.plans import Plan, PlanRefusedError
from tests import examples
from tests.examples_support import CONTACT
from tests.projections.lives import append, following, life, log_of
from tests.projections.test_compare import LAST_CONTACT, WITH_BUG
from tests.readings import caught_up, rows_equal_the_fold
from workers.replay_worker import replay_worker
from workflows.replays import ReplayClient

CASES = 30


@pytest.fixture
def settings(settings: Settings) -> Settings:
    migrate(settings.database_url or "")
    return settings.model_copy(update={"replay_queue": f"replay-{uuid4().hex}"})


@pytest.fixture
def url(settings: Settings) -> str:
    return settings.database_url or ""


@pytest.fixture
async def connections(url: str) -> AsyncIterator[Pool]:
    with pool(url, 6) as opened:
        yield opened


@dataclass
class Reader:
    """Somebody who looks at the list fifty times a second."""

    connections: AsyncPool
    rows: list[int] = field(default_factory=list)
    longest_s: float = 0.0

    async def read(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            begun = clock()
            async with self.connections.connection() as connection:
                rows, _ = await caseload.page(connection, caseload.Filter())
            self.rows.append(len(rows))
            self.longest_s = max(self.longest_s, clock() - begun)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Reader]:
    async with async_pool(url, 2) as readers:
        reader = Reader(readers)
        task = asyncio.create_task(reader.read())
        yield reader
        assert not task.done(), task.exception()
        task.cancel()


async def planned(client: Client, settings: Settings, connections: Pool, names: list[str]) -> Plan:
    with rebuild.connect(settings.database_url or "") as connection:
        number = plans.plan(connection, names, "op-1", "the fold was wrong")
        replays = ReplayClient(client, settings.replay_queue)
        await replays.start(number, 8)
        assert await replays.finished(number) == "ready"
        found = plans.look(connection, number)
    assert found is not None
    return found


def recorded(connections: Pool, numbers: range) -> None:
    for n in numbers:
        for each in life(f"case-{n:03}", len(examples.SUPPORTED), [CONTACT] if n % 3 == 0 else [], 0):
            append(connections, each)


async def test_a_bug_is_found_compared_applied_taken_back_and_applied_again_while_people_read(
    temporal_client: Client, settings: Settings, url: str, connections: Pool
) -> None:
    recorded(connections, range(CASES))
    with following(url, WITH_BUG):
        await caught_up(connections, EventStore(connections).last_position())
        async with replay_worker(temporal_client, settings, name="one"), reading(url) as reader:
            plan = await planned(temporal_client, settings, connections, ["caseload"])
            assert only_the_bug(plan)
            with following(url):
                loading = asyncio.create_task(asyncio.to_thread(recorded, connections, range(CASES, 2 * CASES)))
                for state in ("applied", "rolled_back", "applied"):
                    await asyncio.to_thread(switched, url, plan.id)
                    assert looked(url, plan.id).state == state
                await loading
                await caught_up(connections, EventStore(connections).last_position())
                rows_equal_the_fold(connections, log_of(connections))
                again = await planned(temporal_client, settings, connections, ["caseload"])

    nothing = {name: again.comparison["models"]["caseload"][name] for name in ("new", "gone", "changed")}  # type: ignore[index]
    assert nothing == {"new": 0, "gone": 0, "changed": 0}
    assert len(reader.rows) > 20
    assert min(reader.rows) >= min(CASES, 50)
    assert reader.longest_s < 1


def only_the_bug(plan: Plan) -> bool:
    assert plan.comparison is not None
    (found,) = plan.comparison["models"].values()
    concerned = {f"case-{n:03}" for n in range(0, CASES, 3)}
    assert (found["new"], found["gone"], found["changed"]) == (0, 0, len(concerned))
    assert found["fields"] == {LAST_CONTACT: len(concerned)}
    assert {each["case"] for each in found["samples"]} <= concerned
    return {(each["event"]["name"], each["field"]) for each in found["samples"]} == {("ContactRecorded", LAST_CONTACT)}


def switched(url: str, number: int) -> None:
    """Applied where it is not, else rolled back."""
    with rebuild.connect(url) as connection:
        plan = looked(url, number)
        if plan.state == "applied":
            switch.roll_back(connection, plan, "op-1", "a test")
        else:
            rebuild.catch_up(connection, number)
            switch.apply(connection, plan, "op-1", "a test")


def looked(url: str, number: int) -> Plan:
    with rebuild.connect(url) as connection:
        plan = plans.look(connection, number)
    assert plan is not None
    return plan


async def test_a_replay_touches_nothing_but_read_models(
    temporal_client: Client, settings: Settings, url: str, connections: Pool
) -> None:
    recorded(connections, range(3))
    for each in life("case-late", 5, [], 300):
        append(connections, each)
    with following(url, WITH_BUG):
        await caught_up(connections, EventStore(connections).last_position())
        before = everything_else(connections)
        async with replay_worker(temporal_client, settings):
            plan = await planned(temporal_client, settings, connections, ["caseload", "timeline"])
            with following(url):
                await asyncio.to_thread(switched, url, plan.id)
                await asyncio.to_thread(switched, url, plan.id)

    assert everything_else(connections) == before


def everything_else(connections: Pool) -> dict[str, list[Any]]:
    """What lies in all tables but those of the read models and of their engine."""
    with connections.connection() as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN"
            " (SELECT table_name FROM read_model) AND tablename !~ '^(read_model|parked|replay_.*)$' ORDER BY tablename"
        ).fetchall()
        found = {}
        for each in names:
            rows = connection.execute(f"SELECT * FROM {each['tablename']}").fetchall()
            found[each["tablename"]] = sorted(map(str, rows))
    assert {"stored_events", "command_log", "notice"} <= set(found)
    return found


async def test_pause_resume_and_cancel(
    temporal_client: Client, settings: Settings, url: str, connections: Pool
) -> None:
    recorded(connections, range(3))
    replays = ReplayClient(temporal_client, settings.replay_queue)
    with following(url), rebuild.connect(url) as connection:
        await caught_up(connections, EventStore(connections).last_position())
        number = plans.plan(connection, ["caseload"], "op-1", "a test")
        await replays.start(number, 1)
        await replays.pause(number)
        async with replay_worker(temporal_client, settings):
            await asyncio.sleep(0.5)
            assert plans.progress(connection, number).told == 0
            await replays.resume(number)
            assert await replays.finished(number) == "ready"
            with pytest.raises(PlanRefusedError):
                plans.plan(connection, ["timeline"], "op-1", "another")
            switch.drop(connection, looked(url, number), "op-1", "not wanted")

            number = plans.plan(connection, ["caseload"], "op-1", "a test")
            await replays.start(number, 1)
            await replays.cancel(number)
            assert await replays.finished(number) == "cancelled"
        left = connection.execute("SELECT FROM read_model WHERE plan IS NOT NULL").fetchall()
        actions = connection.execute("SELECT action, who FROM replay_action ORDER BY id").fetchall()
    assert left == []
    assert [(row["action"], row["who"]) for row in actions] == [("plan", "op-1"), ("drop", "op-1"), ("plan", "op-1")]
