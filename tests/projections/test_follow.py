"""Live following equals the plain fold of the log, whatever order events come in and whatever fails on the way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event as Flag
from threading import Thread
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from domain.envelopes import Recorded
from domain.story import Command
from infra.event_store import EventStore
from infra.postgres import Pool, async_pool, migrate, pool
from projections import catalogue, follow, tables
from projections.caseload import CASELOAD
from projections.following import Positions, lag
from tests import examples
from tests.infra.story_parts import receipt, submitted
from tests.readings import caught_up, positions, rows_equal_the_fold
from tests.scenario import Story


@pytest.fixture
def url(database_url: str) -> str:
    migrate(database_url)
    return database_url


@pytest.fixture
def connections(url: str) -> Iterator[Pool]:
    with pool(url, 6) as opened:
        yield opened


def life(stream_id: str, steps: int, more: list[Command], days: int) -> list[Recorded]:
    """A possible story: some of the usual steps, then whatever of `more` the rules allow, then some days of nothing."""
    story = Story().given(*examples.SUPPORTED[:steps])
    for command in more:
        story = replace(story, recorded=(*story.recorded, *story.when(command).recorded))
    story = story.until(story.at + timedelta(days=days))
    return [replace(each, stream_id=stream_id, command_id=f"{stream_id}/{each.version}") for each in story.recorded]


def append(connections: Pool, recorded: Recorded) -> None:
    EventStore(connections).append([recorded], submitted(recorded), receipt(recorded), ())


def log_of(connections: Pool) -> list[Recorded]:
    return EventStore(connections).read_after(0, 100_000)


def advance_all(url: str, batch: int = 7) -> None:
    with follow.connect(url) as connection:
        tables.prepare(connection)
        while follow.advance(connection, batch):
            pass


@contextmanager
def following(url: str) -> Iterator[None]:
    stop = Flag()
    follower = Thread(target=follow.follow, args=(url, stop))
    follower.start()
    try:
        yield
    finally:
        stop.set()
        follower.join()


lives = st.lists(
    st.tuples(
        st.integers(1, len(examples.SUPPORTED)),
        st.lists(st.sampled_from(list(examples.COMMANDS.values())), max_size=5),
        st.sampled_from([0, 10, 100]),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=lives, data=st.data())
def test_rows_equal_the_fold_of_the_log(
    connections: Pool, url: str, lives: list[tuple[int, list[Command], int]], data: st.DataObject
) -> None:
    start = len(log_of(connections))
    stories = [life(f"case-{start}-{n}", *each) for n, each in enumerate(lives)]
    two = [follow.connect(url), follow.connect(url)]
    tables.prepare(two[0])
    while stories := [story for story in stories if story]:
        append(connections, stories[data.draw(st.integers(0, len(stories) - 1), label="whose event")].pop(0))
        match data.draw(st.sampled_from(["wait", "wait", "advance", "compete", "lose connection"]), label="then"):
            case "advance":
                follow.advance(two[0], data.draw(st.integers(1, 5)))
            case "compete":
                with ThreadPoolExecutor(2) as threads:
                    list(threads.map(lambda connection: follow.advance(connection, 3), two))
            case "lose connection":
                two[0].close()
                two[0] = follow.connect(url)
    for connection in two:
        connection.close()
    advance_all(url)

    rows_equal_the_fold(connections, log_of(connections))


def test_a_batch_whose_connection_dies_before_its_commit_leaves_nothing_and_is_done_again(
    connections: Pool, url: str
) -> None:
    for recorded in life("case-1", 8, [], 100):
        append(connections, recorded)
    with follow.connect(url) as connection:
        tables.prepare(connection)
        with pytest.raises(psycopg.OperationalError):
            advance_and_die(connections, connection)
    assert positions(connections) == {0}

    advance_all(url)

    rows_equal_the_fold(connections, log_of(connections))


def advance_and_die(connections: Pool, connection: psycopg.Connection[Any]) -> None:
    with connection.transaction():
        follow.advance(connection, 100)
        with connections.connection() as other:
            other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
        connection.execute("SELECT 1")


def test_an_event_held_in_an_open_transaction_is_not_passed_over(connections: Pool, url: str) -> None:
    first, second = life("case-1", 1, [], 0)[0], life("case-2", 1, [], 0)[0]
    with follow.connect(url) as connection:
        tables.prepare(connection)
        with connections.connection() as held, held.transaction():
            held.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
            held.execute("SELECT nextval('stored_events_notification_id_seq')")  # a position taken, and not used
            follow.advance(connection)
        append(connections, first)
        follow.advance(connection)
        append(connections, second)
        follow.advance(connection)

    rows_equal_the_fold(connections, log_of(connections))


async def test_the_follower_survives_the_loss_of_its_connection_and_of_notifications(
    connections: Pool, url: str
) -> None:
    with following(url):
        for recorded in life("case-1", 5, [], 0):
            append(connections, recorded)
        await caught_up_with_log(connections)
        with connections.connection() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'lotse-follower' AND datname = current_database()"
            )
            connection.execute("UNLISTEN *")
        for recorded in life("case-2", 9, [], 100):
            append(connections, recorded)
        await caught_up_with_log(connections)

    rows_equal_the_fold(connections, log_of(connections))


async def caught_up_with_log(connections: Pool) -> None:
    await caught_up(connections, EventStore(connections).last_position())


def test_a_fold_that_fails_skips_nothing(connections: Pool, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(rows: Any, recorded: Recorded) -> Any:
        if recorded.stream_id == "case-2":
            raise KeyError("a bug")
        return CASELOAD.fold(rows, recorded)

    for stream_id in ("case-1", "case-2", "case-3"):
        append(connections, life(stream_id, 1, [], 0)[0])
    with follow.connect(url) as connection:
        tables.prepare(connection)
        real = fingerprints(connections)
        with monkeypatch.context() as patch:
            patch.setattr(type(CASELOAD), "fingerprint", lambda model: real[model.name])
            patch.setattr(tables, "READ_MODELS", (replace(CASELOAD, fold=broken), *catalogue.READ_MODELS[1:]))
            with pytest.raises(KeyError):
                follow.advance(connection, 100)
        assert positions(connections) == {0}

    advance_all(url)

    rows_equal_the_fold(connections, log_of(connections))


def fingerprints(connections: Pool) -> dict[str, str]:
    with connections.connection() as connection:
        return {row["name"]: row["fingerprint"] for row in connection.execute("SELECT * FROM read_model WHERE live")}


def test_changed_code_builds_a_new_version_beside_and_readers_see_the_old_one_until_it_is_whole(
    connections: Pool, url: str
) -> None:
    for recorded in life("case-1", 8, [], 100):
        append(connections, recorded)
    advance_all(url)
    with connections.connection() as connection:
        connection.execute("UPDATE read_model SET fingerprint = 'of other code' WHERE name = 'caseload'")
    with follow.connect(url) as connection:
        tables.prepare(connection)
        follow.advance(connection, 2)
        assert version_live(connections) == 1

        while follow.advance(connection, 2):
            pass

    assert version_live(connections) == 2
    rows_equal_the_fold(connections, log_of(connections))


def version_live(connections: Pool) -> int:
    with connections.connection() as connection:
        row = connection.execute("SELECT version FROM read_model WHERE name = 'caseload' AND live").fetchone()
    assert row is not None
    return int(row["version"])


async def test_whoever_waits_for_a_position_is_told_when_every_read_model_has_it(connections: Pool, url: str) -> None:
    recorded = life("case-1", 1, [], 0)[0]
    async with async_pool(url, 2) as readers, Positions(readers) as waiting:
        with following(url):
            append(connections, recorded)
            position = EventStore(connections).last_position()

            assert await waiting.reached(position, 10)
        assert not await waiting.reached(position + 1, 0.1)


async def test_a_dead_follower_never_looks_like_no_lag(connections: Pool, url: str) -> None:
    append(connections, life("case-1", 1, [], 0)[0])
    advance_all(url)
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as connection:
        alive = await lag(connection)
        await connection.execute("UPDATE read_model SET seen_at = now() - interval '1 minute'")
        dead = await lag(connection)

    assert (alive.events, alive.alive) == (0, True)
    assert (dead.events, dead.alive) == (0, False)


async def test_lag_counts_events_and_the_age_of_the_oldest(connections: Pool, url: str) -> None:
    advance_all(url)
    story = life("case-1", 3, [], 0)
    for recorded in story:
        append(connections, recorded)

    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as connection:
        behind = await lag(connection)

    assert behind.events == len(story)
    assert behind.seconds > 0
