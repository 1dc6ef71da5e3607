"""Readers see old rows or new ones, never a gap or a half; and nobody waits long behind a switch."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from infra.event_store import EventStore
from infra.postgres import Pool
from projections import follow, plans, rebuild, switch, tables
from projections.plans import Plan, PlanRefusedError
from projections.tables import Models
from tests.projections.lives import append, following, life, log_of
from tests.projections.replaying import rebuilt
from tests.projections.test_compare import WITH_BUG
from tests.readings import caught_up

BOTH = ["caseload", "timeline"]


@pytest.fixture
def ready(connections: Pool, url: str) -> int:
    """A plan that is ready: the caseload and the timeline made anew."""
    for recorded in life("case-1", 9, [], 0):
        append(connections, recorded)
    tell(url, WITH_BUG)
    plan = rebuilt(url, names=BOTH)
    with rebuild.connect(url) as connection:
        plans.compared(connection, plan, {"models": {}, "seconds": 0})
    return plan


def tell(url: str, models: Models) -> None:
    with follow.connect(url) as connection:
        tables.prepare(connection, models)
        while follow.advance(connection, models=models):
            pass


@contextmanager
def opened(url: str, number: int) -> Iterator[tuple[psycopg.Connection[dict[str, object]], Plan]]:
    with rebuild.connect(url) as connection:
        plan = plans.look(connection, number)
        assert plan is not None
        yield connection, plan


def apply(url: str, number: int, *, force: bool = True) -> None:
    with opened(url, number) as (connection, plan):
        switch.apply(connection, plan, "op-1", "a test", force=force)


def roll_back(url: str, number: int, *, force: bool = False) -> None:
    with opened(url, number) as (connection, plan):
        switch.roll_back(connection, plan, "op-1", "a test", force=force)


def seen(connections: Pool) -> dict[str, int]:
    with connections.connection() as connection:
        rows = connection.execute("SELECT name, version FROM read_model WHERE live AND name = ANY(%s)", (BOTH,))
        return {row["name"]: row["version"] for row in rows}


def test_all_of_a_plan_is_applied_and_taken_back_together(connections: Pool, url: str, ready: int) -> None:
    apply(url, ready)
    assert seen(connections) == {"caseload": 2, "timeline": 2}

    roll_back(url, ready)
    assert seen(connections) == {"caseload": 1, "timeline": 1}

    with connections.connection() as connection:
        actions = connection.execute("SELECT action, who, reason FROM replay_action ORDER BY id").fetchall()
    assert [tuple(row.values()) for row in actions[1:]] == [("apply", "op-1", "a test"), ("rollback", "op-1", "a test")]


def test_without_a_follower_of_its_code_nothing_is_applied(
    connections: Pool, url: str, ready: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch, "SEEN_WITHIN_S", 0.1)

    with pytest.raises(PlanRefusedError) as refused:
        apply(url, ready, force=False)

    assert refused.value.code == "no_follower"
    assert seen(connections) == {"caseload": 1, "timeline": 1}


async def test_with_a_follower_of_its_code_it_is_applied(connections: Pool, url: str, ready: int) -> None:
    with following(url):
        apply(url, ready, force=False)
    assert seen(connections) == {"caseload": 2, "timeline": 2}


def test_readers_are_not_taken_back_in_time_unless_forced(
    connections: Pool, url: str, ready: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch, "TRIES", 2)
    apply(url, ready)
    for recorded in life("case-2", 3, [], 0):
        append(connections, recorded)
    with follow.connect(url) as connection:
        while follow.advance(connection, plan=ready):
            pass

    with pytest.raises(PlanRefusedError) as behind:
        roll_back(url, ready)
    assert behind.value.code == "behind"
    assert "of caseload is" in str(behind.value)

    roll_back(url, ready, force=True)
    assert seen(connections) == {"caseload": 1, "timeline": 1}


async def test_old_rows_that_their_own_code_keeps_up_are_taken_back_to(connections: Pool, url: str, ready: int) -> None:
    apply(url, ready)
    with following(url, WITH_BUG), following(url):
        for recorded in life("case-2", 3, [], 0):
            append(connections, recorded)
        await caught_up(connections, EventStore(connections).last_position())
        roll_back(url, ready)

    assert seen(connections) == {"caseload": 1, "timeline": 1}
    with connections.connection() as connection:
        told = connection.execute("SELECT count(*) AS told FROM timeline").fetchall()[0]["told"]
    assert told == len(log_of(connections))


def test_a_slow_reader_puts_the_switch_off_and_nobody_waits_long_behind_it(
    connections: Pool, url: str, ready: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch, "TRIES", 3)
    waits: list[float] = []

    def read() -> None:
        with connections.connection() as connection:
            for _ in range(60):
                begun = time.monotonic()
                connection.execute("SELECT case_id FROM caseload")
                waits.append(time.monotonic() - begun)
                time.sleep(0.01)

    with connections.connection() as slow, slow.transaction(), ThreadPoolExecutor(1) as threads:
        slow.execute("SELECT count(*) FROM timeline")
        other = threads.submit(read)
        with pytest.raises(PlanRefusedError) as refused:
            apply(url, ready)
        other.result()

    assert refused.value.code == "readers_in_the_way"
    assert max(waits) < 1
    assert seen(connections) == {"caseload": 1, "timeline": 1}
    apply(url, ready)
    assert seen(connections) == {"caseload": 2, "timeline": 2}


def test_what_nobody_sees_is_dropped_and_only_that(connections: Pool, url: str, ready: int) -> None:
    apply(url, ready)
    with opened(url, ready) as (connection, plan):
        assert switch.drop(connection, plan, "op-1", "a test") == ["caseload_1", "timeline_1"]
        left = connection.execute(
            "SELECT table_name FROM read_model WHERE name = ANY(%s) ORDER BY 1", (BOTH,)
        ).fetchall()
    assert [row["table_name"] for row in left] == ["caseload_2", "timeline_2"]

    with pytest.raises(PlanRefusedError) as refused:
        roll_back(url, ready)
    assert refused.value.code == "plan_not_applied"


def test_a_plan_that_is_not_wanted_is_dropped_and_readers_see_what_they_saw(
    connections: Pool, url: str, ready: int
) -> None:
    with opened(url, ready) as (connection, plan):
        assert switch.drop(connection, plan, "op-1", "a test") == ["caseload_2", "timeline_2"]
    assert seen(connections) == {"caseload": 1, "timeline": 1}
    with pytest.raises(PlanRefusedError):
        apply(url, ready)
