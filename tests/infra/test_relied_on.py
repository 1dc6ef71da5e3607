"""What is decided on another story is stored only if that story has not gone on meanwhile."""

from collections.abc import Iterator
from threading import Thread

import psycopg
import pytest

from domain.conflicts import VersionTakenError
from domain.responsibility import ManagerAssigned
from domain.vocabulary import Assignment
from infra.event_store import EventStore
from infra.follow_ups import FollowUpLedger
from infra.postgres import Pool, migrate, pool
from tests.infra.story_parts import receipt, recorded, submitted

CASE, OTHER = "case-1", "case-2"


@pytest.fixture
def connections(database_url: str) -> Iterator[Pool]:
    migrate(database_url)
    with pool(database_url, 4) as opened:
        yield opened


def append(store: EventStore, stream_id: str, version: int, **relies_on: int) -> int:
    event = recorded(stream_id, version)
    relied = {name.replace("_", "-"): seen for name, seen in relies_on.items()}
    return store.append([event], submitted(event), receipt(event), (), (), relied)


def test_a_story_that_stands_where_it_was_read_lets_the_event_be_stored(connections: Pool) -> None:
    store = EventStore(connections)
    append(store, OTHER, 1)
    append(store, CASE, 1, case_2=1)
    assert len(store.load(CASE)) == 1


def test_a_story_that_went_on_meanwhile_stores_nothing(connections: Pool) -> None:
    store = EventStore(connections)
    append(store, OTHER, 1)
    append(store, OTHER, 2)
    with pytest.raises(VersionTakenError):
        append(store, CASE, 1, case_2=1)
    assert store.load(CASE) == []
    assert store.logged(f"{CASE}/1") is None


def test_a_story_that_began_meanwhile_stores_nothing(connections: Pool) -> None:
    store = EventStore(connections)
    append(store, OTHER, 1)
    with pytest.raises(VersionTakenError):
        append(store, CASE, 1, case_2=0)
    assert store.load(CASE) == []


def test_whoever_relies_waits_for_the_writer_who_came_first(connections: Pool, database_url: str) -> None:
    """The first writer holds its transaction open when the second one comes; once it commits, the second must see it."""
    store = EventStore(connections)
    append(store, OTHER, 1)
    with psycopg.connect(database_url) as first, psycopg.connect(database_url, autocommit=True) as watching:
        first.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
        first.execute(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
            " SELECT originator_id, 2, topic, state FROM stored_events WHERE originator_id = %s",
            (OTHER,),
        )
        outcome: list[str] = []
        second = _appending(store, outcome)
        _wait_for_a_lock(watching)
        first.commit()
        second.join(10)
    assert outcome == ["VersionTakenError"]
    assert store.load(CASE) == []


async def test_only_cases_whose_story_says_so_are_concerned(connections: Pool) -> None:
    store = EventStore(connections)
    assigned = ManagerAssigned(manager_id="im-01", assignment=Assignment.PRIMARY)
    event = recorded(CASE, 1, event=assigned)
    store.append([event], submitted(event), receipt(event), ())
    append(store, OTHER, 1)
    assert await FollowUpLedger(connections).naming("manager_id", "im-01") == [CASE]
    assert await FollowUpLedger(connections).naming("manager_id", "im-02") == []


def _appending(store: EventStore, outcome: list[str]) -> Thread:
    def run() -> None:
        try:
            append(store, CASE, 1, case_2=1)
            outcome.append("stored")
        except VersionTakenError as error:
            outcome.append(type(error).__name__)

    thread = Thread(target=run)
    thread.start()
    return thread


def _wait_for_a_lock(watching: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Until somebody waits for a lock: then the second writer has come."""
    for _ in range(1000):
        if watching.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            return
        watching.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody waits for the lock")


async def test_what_was_told_to_its_end_is_known_ever_after(connections: Pool) -> None:
    ledger = FollowUpLedger(connections)
    assert not await ledger.told("follow:case-1:7")
    for _ in range(2):
        await ledger.note("follow:case-1:7")
    assert await ledger.told("follow:case-1:7")
    assert not await ledger.told("follow:case-1:8")
