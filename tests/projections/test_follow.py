"""Live following equals the plain fold of the log, whatever order events come in and whatever fails on the way."""

import asyncio
from collections.abc import MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from domain.envelopes import Recorded
from domain.story import Command
from infra.event_store import EventStore
from infra.postgres import Pool
from projections import catalogue, follow, tables
from projections.caseload import CASELOAD
from projections.read_model import ReadModel
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


def test_an_event_on_which_code_fails_is_not_skipped_and_all_before_it_are_told(
    connections: Pool, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(rows: Any, recorded: Recorded) -> Any:
        if recorded.stream_id == "case-2":
            raise KeyError("a bug")
        return CASELOAD.fold(rows, recorded)

    for stream_id in ("case-1", "case-2", "case-3"):
        append(connections, life(stream_id, 1, [], 0)[0])
    with follow.connect(url) as connection:
        tables.prepare(connection)
        with monkeypatch.context() as patch:
            instead(patch, replace(CASELOAD, fold=broken))
            assert follow.advance(connection, 100) == 1
            with pytest.raises(follow.NotTellableError) as error:
                follow.advance(connection, 100)
        assert (error.value.position, type(error.value.fault)) == (1, KeyError)
        assert positions(connections) == {1}

    catch_up(url)

    rows_equal_the_fold(connections, log_of(connections))


def test_an_event_that_nobody_can_read_is_not_skipped(connections: Pool, url: str) -> None:
    for version, recorded in enumerate(life("case-1", 3, [], 0), 1):
        append(connections, recorded)
        if version == 2:
            with connections.connection() as connection:
                connection.execute("UPDATE stored_events SET topic = 'FromTheFuture' WHERE notification_id = 2")
    with follow.connect(url) as connection:
        tables.prepare(connection)
        assert follow.advance(connection) == 1
        with pytest.raises(follow.NotTellableError):
            follow.advance(connection)
    assert positions(connections) == {1}


async def test_a_follower_that_fails_says_on_which_event_without_what_it_holds_and_stays_alive(
    connections: Pool, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(rows: Any, recorded: Recorded) -> Any:
        raise ValueError(recorded.event.model_dump_json())

    recorded = life("case-1", 1, [], 0)[0]
    append(connections, recorded)
    instead(monkeypatch, replace(CASELOAD, fold=broken))
    with capture_logs() as lines, following(url):
        line = await said(lines, "event_not_tellable")

    assert (line["event_name"], line["position"], line["case_id"]) == ("PersonRegistered", 1, "case-1")
    assert "sealed:" not in str({key: value for key, value in line.items() if key != "exc_info"})
    assert positions(connections) == {0}


async def said(lines: Sequence[MutableMapping[str, Any]], event: str) -> MutableMapping[str, Any]:
    """The first log line of an event, as soon as it is there."""
    async with asyncio.timeout(10):
        while not (found := [line for line in lines if line["event"] == event]):  # noqa: ASYNC110 - a thread writes it
            await asyncio.sleep(0.01)
    return found[0]


def instead(patch: pytest.MonkeyPatch, model: ReadModel[Any]) -> None:
    """Deploys other code for a read model, under the same fingerprint."""
    real = {each.name: each.fingerprint() for each in catalogue.READ_MODELS}
    patch.setattr(ReadModel, "fingerprint", lambda each: real[each.name])
    models = tuple(model if each.name == model.name else each for each in catalogue.READ_MODELS)
    patch.setattr(tables, "READ_MODELS", models)
