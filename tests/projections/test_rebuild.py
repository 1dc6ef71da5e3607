"""A replay makes the rows that the plain fold makes, whatever order it is told in and whatever dies on the way."""

import contextlib
import random
import threading
from itertools import cycle

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.story import Command
from infra.event_store import EventStore
from infra.postgres import Pool
from projections import follow, plans, rebuild, tables
from projections.catalogue import READ_MODELS
from projections.plans import PlanRefusedError
from tests import examples
from tests.projections.lives import append, following, insert, life, log_of
from tests.projections.replaying import planned, rebuilt, rows_of_plan
from tests.projections.test_compare import WITH_BUG
from tests.readings import caught_up, rows_equal_the_fold

FAULTS = ["go on", "record", "cut off", "twice", "vacuum", "follow"]
NAMES = [model.name for model in READ_MODELS]
steps = st.integers(1, len(examples.SUPPORTED))
more = st.lists(st.sampled_from(list(examples.COMMANDS.values())), max_size=6)
lives = st.lists(st.tuples(steps, more, st.sampled_from([0, 10, 100])), min_size=1, max_size=5)


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "FEWEST", 10)
    monkeypatch.setattr(rebuild, "FETCH", 7)


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=lives, faults=st.lists(st.sampled_from(FAULTS), min_size=8, max_size=8), order=st.randoms())
def test_replay_and_catching_up_equal_the_fold_of_the_log(
    connections: Pool,
    url: str,
    small_ranges: None,
    lives: list[tuple[int, list[Command], int]],
    faults: list[str],
    order: random.Random,
) -> None:
    """Ranges in any order, some twice, some cut off before their commit; events come meanwhile, and VACUUM runs."""
    start = len(log_of(connections))
    stories = [life(f"case-{start}-{n}", *each) for n, each in enumerate(lives)]
    with follow.connect(url) as connection, rebuild.connect(url) as worker:
        tables.prepare(connection)
        for story in stories[:-1]:
            for recorded in story:
                append(connections, recorded)
        if left := plans.latest(worker, plans.OPEN):
            plans.discard(worker, left.id)
        plan = planned(url)
        ranges = list(range(rebuild.begin(worker, plan)))
        later = list(stories[-1])
        order.shuffle(ranges)
        for number, fault in zip(ranges, cycle(faults), strict=False):
            match fault:
                case "record" if later:
                    append(connections, later.pop(0))
                case "cut off":
                    cut_off(url, plan, number)
                case "twice":
                    rebuild.tell_range(worker, plan, number, "w")
                case "vacuum":
                    worker.execute("VACUUM stored_events")
                case "follow":
                    follow.advance(connection, 5)
            rebuild.tell_range(worker, plan, number, "w")
        for name in NAMES:
            rebuild.finish(worker, plan, name)
        for recorded in later:
            append(connections, recorded)
        rebuild.catch_up(worker, plan)
        rows_of_plan(connections, plan, log_of(connections))
        plans.discard(worker, plan)


def cut_off(url: str, plan: int, number: int) -> None:
    """A worker whose connection ends when it has told a range and not yet committed it."""
    with contextlib.suppress(psycopg.OperationalError), rebuild.connect(url) as dying, dying.transaction():
        rebuild.tell_range(dying, plan, number, "dying")
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (dying.info.backend_pid,))
        dying.execute("SELECT 1")


async def test_the_follower_and_its_readers_go_on_while_a_replay_runs(
    connections: Pool, url: str, small_ranges: None
) -> None:
    for n in range(10):
        for recorded in life(f"case-{n}", len(examples.SUPPORTED), list(examples.COMMANDS.values()), 100):
            append(connections, recorded)
    with following(url):
        await caught_up(connections, EventStore(connections).last_position())
        plan = planned(url)
        with rebuild.connect(url) as worker:
            rebuild.begin(worker, plan)
            with worker.transaction():
                rebuild.tell_range(worker, plan, 0, "w")
                for recorded in life("case-meanwhile", 5, [], 0):
                    append(connections, recorded)
                await caught_up(connections, EventStore(connections).last_position())
    rows_equal_the_fold(connections, log_of(connections))


def test_a_range_is_told_once_even_by_two_workers_at_the_same_time(connections: Pool, url: str) -> None:
    for recorded in life("case-1", 9, [], 100):
        append(connections, recorded)
    told: list[int] = []

    def one(name: str) -> None:
        with rebuild.connect(url) as connection:
            told.append(rebuild.tell_range(connection, plan, 0, name))

    with rebuild.connect(url) as connection:
        tables.prepare(connection)
        plan = planned(url)
        assert rebuild.begin(connection, plan) == rebuild.begin(connection, plan) == 1
    workers = [threading.Thread(target=one, args=(name,)) for name in ("a", "b", "c")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(told) == [0, 0, len(log_of(connections))]


def test_an_event_behind_the_bound_is_left_to_catching_up(connections: Pool, url: str) -> None:
    story = life("case-1", 9, [], 0)
    for recorded in story[:4]:
        append(connections, recorded)
    with rebuild.connect(url) as connection:
        tables.prepare(connection)
        plan = planned(url)
        rebuild.begin(connection, plan)
        for recorded in story[4:]:
            append(connections, recorded)
        assert rebuild.tell_range(connection, plan, 0, "w") == 4
        for name in NAMES:
            rebuild.finish(connection, plan, name)
            rebuild.finish(connection, plan, name)
        rebuild.catch_up(connection, plan)

    rows_of_plan(connections, plan, log_of(connections))


def test_an_event_in_an_open_transaction_is_neither_missed_nor_told_twice(connections: Pool, url: str) -> None:
    for recorded in life("case-1", 5, [], 0):
        append(connections, recorded)
    held = life("case-0", 1, [], 0)[0]
    with rebuild.connect(url) as connection:
        tables.prepare(connection)
        with connections.connection() as writer, writer.transaction():
            writer.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")  # as the event store does
            insert(writer, held)
            plan = rebuilt(url)
        rebuild.catch_up(connection, plan)

    rows_of_plan(connections, plan, log_of(connections))


def test_a_worker_of_other_code_refuses_a_range(connections: Pool, url: str) -> None:
    for recorded in life("case-1", 5, [], 0):
        append(connections, recorded)
    with rebuild.connect(url) as connection:
        tables.prepare(connection)
        plan = planned(url)
        rebuild.begin(connection, plan)
        with pytest.raises(rebuild.OtherCodeError):
            rebuild.tell_range(connection, plan, 0, "w", WITH_BUG)
        assert plans.progress(connection, plan).told == 0


def test_a_plan_that_is_gone_is_told_no_further(connections: Pool, url: str) -> None:
    for recorded in life("case-1", 5, [], 0):
        append(connections, recorded)
    with rebuild.connect(url) as connection:
        tables.prepare(connection)
        plan = planned(url)
        rebuild.begin(connection, plan)
        plans.discard(connection, plan)
        with pytest.raises(rebuild.PlanGoneError):
            rebuild.tell_range(connection, plan, 0, "w")


def test_only_one_plan_at_a_time_and_only_of_what_there_is(connections: Pool, url: str) -> None:
    with rebuild.connect(url) as connection:
        tables.prepare(connection)
        with pytest.raises(PlanRefusedError) as unknown:
            plans.plan(connection, ["nonsense"], "op-1", "a test")
        planned(url)
        with pytest.raises(PlanRefusedError) as second:
            planned(url)
    assert (unknown.value.code, second.value.code) == ("read_model_unknown", "plan_open")


def test_progress_is_told_per_worker(connections: Pool, url: str, small_ranges: None) -> None:
    for n in range(6):
        for recorded in life(f"case-{n}", 9, [], 0):
            append(connections, recorded)
    with rebuild.connect(url) as connection:
        tables.prepare(connection)
        plan = planned(url)
        ranges = rebuild.begin(connection, plan)
        rebuild.tell_range(connection, plan, 0, "one")
        rebuild.tell_range(connection, plan, 1, "two")
        progress = plans.progress(connection, plan)

    assert (progress.ranges, progress.ranges_told) == (ranges, 2)
    assert {name: events for name, _, events, _ in progress.workers} == {"one": 18, "two": 18}
    assert 0 < progress.told < progress.events
    assert progress.left_s is not None


def test_the_read_models_of_an_empty_log_are_rebuilt_too(connections: Pool, url: str) -> None:
    with rebuild.connect(url) as connection:
        tables.prepare(connection)
    plan = rebuilt(url)
    rows_of_plan(connections, plan, [])
