"""Live following equals the plain fold of the log, whatever order events come in and whatever fails on the way."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.story import Command
from infra.event_store import EventStore
from infra.postgres import Pool
from projections import follow, tables
from tests import examples
from tests.projections.lives import advance_all, append, append_unheard, following, insert, life, log_of
from tests.readings import caught_up, positions, rows_equal_the_fold


def catch_up(url: str) -> None:
    with follow.connect(url) as connection:
        advance_all(connection)


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
    catch_up(url)

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

    catch_up(url)

    rows_equal_the_fold(connections, log_of(connections))


def advance_and_die(connections: Pool, connection: psycopg.Connection[Any]) -> None:
    with connection.transaction():
        follow.advance(connection, 100)
        with connections.connection() as other:
            other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
        connection.execute("SELECT 1")


def test_an_event_held_in_an_open_transaction_is_not_passed_over(connections: Pool, url: str) -> None:
    held, gone, later = (life(f"case-{n}", 1, [], 0)[0] for n in (1, 2, 3))
    with follow.connect(url) as connection:
        tables.prepare(connection)
        with connections.connection() as writer, writer.transaction():
            writer.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")  # as the event store does
            insert(writer, held)
            assert follow.advance(connection) == 0
        with connections.connection() as writer, suppress(psycopg.Rollback), writer.transaction():
            insert(writer, gone)  # its position is used up, and will never be seen
            raise psycopg.Rollback
        append(connections, later)
        assert follow.advance(connection) == 2

    rows_equal_the_fold(connections, log_of(connections))


async def test_an_event_whose_notification_is_lost_is_told_all_the_same(connections: Pool, url: str) -> None:
    with following(url):
        append(connections, life("case-1", 1, [], 0)[0])
        await caught_up_with_log(connections)
        append_unheard(connections, life("case-2", 1, [], 0)[0])
        await caught_up_with_log(connections)

    rows_equal_the_fold(connections, log_of(connections))


async def test_two_followers_whose_connections_are_cut_again_and_again_tell_everything_once(
    connections: Pool, url: str
) -> None:
    stories = [life(f"case-{n}", len(examples.SUPPORTED), list(examples.COMMANDS.values()), 100) for n in range(6)]
    in_turn = [recorded for nth in zip(*stories, strict=True) for recorded in nth]
    with following(url), following(url):
        for number, recorded in enumerate(in_turn):
            append(connections, recorded)
            if number % 40 == 20:
                await asyncio.to_thread(cut_followers, connections)
        await caught_up_with_log(connections)

    rows_equal_the_fold(connections, log_of(connections))


def cut_followers(connections: Pool) -> None:
    """Ends the followers' connections, as soon as there are any."""
    cut = 0
    with connections.connection() as connection:
        while not cut:
            cut = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'lotse-follower' AND datname = current_database()"
            ).rowcount


async def caught_up_with_log(connections: Pool) -> None:
    await caught_up(connections, EventStore(connections).last_position())


def test_a_lost_batch_is_not_half_there(connections: Pool, url: str) -> None:
    for recorded in life("case-1", 8, [], 0):
        append(connections, recorded)
    with follow.connect(url) as connection, follow.connect(url) as other:
        tables.prepare(connection)
        stale = tables.fed(connection)
        follow.advance(other, 3)
        with connection.transaction():
            assert not tables.claim(connection, stale), "somebody else has told these events"
    assert positions(connections) == {3}
