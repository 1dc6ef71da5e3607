"""Stories in a real PostgreSQL: appended whole or not at all, by one writer at a time, with every conflict named."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

from domain.conflicts import ClaimTakenError, CommandLoggedError, Logged, VersionTakenError
from domain.envelopes import Recorded
from domain.intake import PersonRegistered
from domain.vocabulary import Sex
from infra.event_format import GENESIS, first_break, hash_of, stored_from
from infra.event_store import EventStore, events_between, logged, person_of
from infra.postgres import Pool, async_pool, migrate, pool
from tests.examples import EVENTS
from tests.infra.story_parts import receipt, recorded, submitted

CASE, OTHER = "case-1", "case-2"
PERSON = "018f0000-0000-7000-8000-00000000000a"
CLAIM = f"open-case:{PERSON}"


@pytest.fixture
def migrated(database_url: str) -> str:
    migrate(database_url)
    return database_url


@pytest.fixture
def connections(migrated: str) -> Iterator[Pool]:
    with pool(migrated, 8) as opened:
        yield opened


@pytest.fixture
def store(connections: Pool) -> EventStore:
    return EventStore(connections)


def append(store: EventStore, *events: Recorded, claims: tuple[str, ...] = (), releases: tuple[str, ...] = ()) -> int:
    return store.append(events, submitted(events[-1]), receipt(events[-1]), claims, releases)


def counts(connections: Pool) -> tuple[int, ...]:
    """Rows of the tables that one append writes."""
    with connections.connection() as connection:
        return tuple(
            connection.execute(f"SELECT count(*) AS n FROM {table}").fetchall()[0]["n"]
            for table in ("stored_events", "command_log", "claim")
        )


def chain_of(connections: Pool, stream_id: str) -> list[StoredEvent]:
    with connections.connection() as connection:
        rows = connection.execute(
            "SELECT * FROM stored_events WHERE originator_id = %s ORDER BY originator_version", (stream_id,)
        )
        return [
            StoredEvent(row["originator_id"], row["originator_version"], row["topic"], row["state"]) for row in rows
        ]


def together(*calls: tuple[EventStore, Recorded]) -> list[str]:
    """Appends from as many threads at the same moment: the name of what became of each."""
    ready = Barrier(len(calls))

    def one(call: tuple[EventStore, Recorded]) -> str:
        ready.wait()
        try:
            append(*call)
        except (VersionTakenError, CommandLoggedError) as conflict:
            return type(conflict).__name__
        return "stored"

    with ThreadPoolExecutor(len(calls)) as threads:
        return sorted(threads.map(one, calls))


def test_any_number_of_processes_may_create_the_tables_at_once(database_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate, [database_url] * 4))
    migrate(database_url)
    with pool(database_url, 1) as connections:
        assert EventStore(connections).last_position() == 0


def test_a_story_comes_back_in_order_with_its_chain_and_positions(store: EventStore) -> None:
    first, second, third = (recorded(CASE, version) for version in (1, 2, 3))
    assert append(store, first) == 1
    append(store, recorded(OTHER, 1))
    assert append(store, second, third) == 4
    chain = [stored_from(first, GENESIS)]
    chain.append(stored_from(second, hash_of(chain[0])))
    expected = [
        replace(first, previous_hash=GENESIS, position=1),
        replace(second, previous_hash=hash_of(chain[0]), position=3),
        replace(third, previous_hash=hash_of(chain[1]), position=4),
    ]
    assert expected == store.load(CASE)
    assert store.load("case-nobody") == []


def test_the_stored_chain_verifies(store: EventStore, connections: Pool) -> None:
    append(store, recorded(CASE, 1), recorded(CASE, 2))
    append(store, recorded(CASE, 3))
    chain = chain_of(connections, CASE)
    assert [event.originator_version for event in chain] == [1, 2, 3]
    assert first_break(chain) is None


def test_a_version_that_is_taken_stores_nothing(store: EventStore, connections: Pool) -> None:
    append(store, recorded(CASE, 1))
    with pytest.raises(VersionTakenError):
        append(store, recorded(CASE, 1, "other"), claims=(CLAIM,))
    assert counts(connections) == (1, 1, 0)


def test_a_command_that_is_logged_stores_nothing_even_at_a_free_version(store: EventStore, connections: Pool) -> None:
    append(store, recorded(CASE, 1, "k1"))
    for event in (recorded(CASE, 2, "k1"), recorded(OTHER, 1, "k1")):
        with pytest.raises(CommandLoggedError):
            append(store, event, claims=(CLAIM,))
    assert counts(connections) == (1, 1, 0)


def test_the_very_same_append_again_is_told_as_a_logged_command(store: EventStore) -> None:
    append(store, recorded(CASE, 1, "k1"), claims=(CLAIM,))
    with pytest.raises(CommandLoggedError):
        append(store, recorded(CASE, 1, "k1"), claims=(CLAIM,))


def test_a_claim_that_another_stream_holds_is_named_and_stores_nothing(store: EventStore, connections: Pool) -> None:
    append(store, recorded(CASE, 1), claims=(CLAIM,))
    with pytest.raises(ClaimTakenError) as taken:
        append(store, recorded(OTHER, 1), claims=("a-free-one", CLAIM))
    assert taken.value.claim == CLAIM
    assert counts(connections) == (1, 1, 1)


def test_a_claim_that_the_stream_itself_holds_by_now_means_another_writer_came_first(store: EventStore) -> None:
    append(store, recorded(CASE, 1), claims=(CLAIM,))
    with pytest.raises(VersionTakenError):
        append(store, recorded(CASE, 1, "other"), claims=(CLAIM,))


def test_a_claim_that_is_given_back_may_be_taken_by_another_stream(store: EventStore, connections: Pool) -> None:
    append(store, recorded(CASE, 1), claims=(CLAIM,))
    append(store, recorded(CASE, 2), releases=(CLAIM,))
    append(store, recorded(OTHER, 1), claims=(CLAIM,))
    with pytest.raises(ClaimTakenError):
        append(store, recorded(CASE, 3), claims=(CLAIM,))
    assert counts(connections) == (3, 3, 1)


def test_only_the_stream_that_holds_a_claim_gives_it_back(store: EventStore, connections: Pool) -> None:
    append(store, recorded(CASE, 1), claims=(CLAIM,))
    append(store, recorded(OTHER, 1), releases=(CLAIM,))
    assert counts(connections) == (2, 2, 1)


def test_a_claim_is_kept_where_the_event_that_gives_it_back_is_not_stored(store: EventStore, connections: Pool) -> None:
    append(store, recorded(CASE, 1), claims=(CLAIM,))
    with pytest.raises(VersionTakenError):
        append(store, recorded(CASE, 1, "other"), releases=(CLAIM,))
    assert counts(connections) == (1, 1, 1)


def test_an_event_without_the_one_before_it_is_a_bug_and_not_stored(store: EventStore, connections: Pool) -> None:
    with pytest.raises(ValueError, match="no event before version 2"):
        append(store, recorded(CASE, 2))
    assert counts(connections) == (0, 0, 0)


def test_of_writers_who_race_for_a_version_one_wins(store: EventStore, connections: Pool) -> None:
    for version in range(1, 11):
        racers = [(store, recorded(CASE, version, f"{racer}/{version}")) for racer in range(4)]
        assert together(*racers) == ["VersionTakenError"] * 3 + ["stored"]
    assert counts(connections) == (10, 10, 0)
    assert first_break(chain_of(connections, CASE)) is None


def test_of_writers_who_race_with_the_same_command_one_wins_and_the_others_hear_that_it_is_logged(
    store: EventStore, connections: Pool
) -> None:
    for n in range(1, 11):
        racers = [(store, recorded(stream, n, f"k{n}")) for stream in (CASE, CASE, CASE)]
        assert together(*racers) == ["CommandLoggedError"] * 2 + ["stored"]
    assert counts(connections) == (10, 10, 0)


def test_the_log_gives_the_receipt_with_the_position_of_its_last_event(store: EventStore) -> None:
    append(store, recorded(OTHER, 1))
    event = recorded(CASE, 2, "k1")
    position = append(store, recorded(CASE, 1, "k1"), event)
    expected = Logged("f1", receipt(event).model_copy(update={"position": position}))
    assert expected == store.logged("k1")
    assert store.logged("k2") is None


def test_readers_follow_all_streams_in_the_order_of_commits(store: EventStore) -> None:
    assert store.last_position() == 0
    append(store, recorded(CASE, 1))
    append(store, recorded(OTHER, 1), recorded(OTHER, 2))
    append(store, recorded(CASE, 2))
    places = [(event.stream_id, event.version, event.position) for event in store.read_after(1, 2)]
    assert places == [(OTHER, 1, 2), (OTHER, 2, 3)]
    assert [event.position for event in store.read_after(3, 10)] == [4]
    assert store.last_position() == 4


def test_an_append_wakes_whoever_listens(store: EventStore, migrated: str) -> None:
    with psycopg.connect(migrated, autocommit=True) as listener:
        listener.execute("LISTEN stored_events")
        append(store, recorded(CASE, 1))
        heard = [notice.channel for notice in listener.notifies(timeout=10, stop_after=1)]
    assert heard == ["stored_events"]


def cut_all_connections(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_lost_connections_are_replaced_before_they_are_used(
    store: EventStore, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as they are not trusted any more: whoever has answered a moment ago is not asked."""
    monkeypatch.setattr("infra.postgres.TRUSTED_S", 0)
    append(store, recorded(CASE, 1, "k1"))
    async with async_pool(migrated, 8) as of_the_door:
        await of_the_door.wait()
        cut_all_connections(migrated)
        append(store, recorded(CASE, 2))
        assert await logged(of_the_door, "k1") is not None
    assert [event.version for event in store.load(CASE)] == [1, 2]


def test_a_held_lock_makes_an_append_a_fault_soon_and_stores_nothing(
    store: EventStore, connections: Pool, migrated: str
) -> None:
    with psycopg.connect(migrated) as holder:
        holder.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            append(store, recorded(CASE, 1))
    assert counts(connections) == (0, 0, 0)
    append(store, recorded(CASE, 1))


async def test_the_doors_read_the_log_what_came_between_and_whom_a_case_is_about(
    store: EventStore, migrated: str
) -> None:
    registered = PersonRegistered(
        person_id=PERSON,
        provider="drk",
        name=f"sealed:1:{PERSON}:aaaa",
        sex=Sex.UNKNOWN,
        nationality_codes=("SY",),
        languages=("ar",),
        needs_interpreter=True,
    )
    append(store, recorded(CASE, 1, "k1", event=registered))
    append(store, recorded(CASE, 2))
    append(store, recorded(OTHER, 1))
    async with async_pool(migrated, 2) as connections:
        assert await logged(connections, "k1") == store.logged("k1")
        assert await logged(connections, "k9") is None
        assert await events_between(connections, CASE, 1) == store.load(CASE)[1:]
        assert await person_of(connections, CASE) == (PERSON, "drk")
        append(store, recorded(CASE, 3, event=EVENTS["TransferAccepted"]))
        assert await person_of(connections, CASE) == (PERSON, "diakonie"), "a case goes with its transfers"
        assert await person_of(connections, OTHER) is None
        assert await person_of(connections, "case-nobody") is None
