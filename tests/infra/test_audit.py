"""Whoever alters what is stored is found out, whatever it is; and what is whole is never accused."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from random import Random

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from infra import checkpoints
from infra.audit import Fault, Report, verify
from infra.audit_file import AuditFile, exported, verify_file
from infra.event_store import EventStore
from infra.postgres import migrate, pool
from tests.infra.altering import ALTERATIONS, STREAMS, Alter
from tests.infra.story_parts import receipt, recorded, submitted

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
NIGHT = datetime(2018, 3, 2, 1, 30, tzinfo=UTC)
MUTATIONS = 1000


@pytest.fixture(scope="module")
def kept(postgres_url: str) -> Iterator[str]:
    """Seven stories, most of them under a checkpoint, one gone on and one begun since; with a copy of every table beside."""
    name = "test_audit_kept"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    url = postgres_url.replace("/postgres?", f"/{name}?", 1)
    migrate(url)
    with pool(url, 2) as connections:
        store, numbers = EventStore(connections), count(1)
        for stream_id in STREAMS[:-1]:
            tell(store, stream_id, 8, numbers)
        with open_connection(url) as connection:
            checkpoints.make(connection, KEY, NIGHT)
        tell(store, STREAMS[0], 3, numbers)
        tell(store, STREAMS[-1], 4, numbers)
    with open_connection(url) as connection:
        for table in ("stored_events", "command_log", "checkpoint"):
            connection.execute(f"CREATE TABLE copy_of_{table} AS SELECT * FROM {table}")
    yield url
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def open_connection(url: str) -> Connection[DictRow]:
    return psycopg.connect(url, autocommit=True, row_factory=dict_row)


def tell(store: EventStore, stream_id: str, events: int, numbers: Iterator[int]) -> None:
    """Commands of one or two events each."""
    version = len(store.load(stream_id))
    until = version + events
    while version < until:
        key = f"k{next(numbers)}"
        told = [recorded(stream_id, version + n, key) for n in range(1, 1 + min(until - version, 1 + version % 2))]
        version = told[-1].version
        store.append(told, submitted(told[-1]), receipt(told[-1]), ())


@pytest.fixture
def connection(kept: str) -> Iterator[Connection[DictRow]]:
    with open_connection(kept) as opened:
        yield opened
        restore(opened)


def restore(connection: Connection[DictRow]) -> None:
    with connection.transaction():
        for table in ("stored_events", "command_log", "checkpoint"):
            connection.execute(f"TRUNCATE {table}")
            connection.execute(f"INSERT INTO {table} SELECT * FROM copy_of_{table}")


def test_what_is_whole_is_never_accused(connection: Connection[DictRow]) -> None:
    report = verify(connection, PUBLIC)
    assert report.whole
    assert (report.streams, report.events) == (7, 6 * 8 + 3 + 4)
    assert report.checkpoint is not None
    assert report.checkpoint.streams == 6


@pytest.mark.parametrize("alter", ALTERATIONS, ids=lambda alter: str(alter.__name__))
def test_every_single_alteration_is_found(connection: Connection[DictRow], alter: Alter) -> None:
    """A thousand alterations in all, chosen by a fixed seed."""
    chance = Random(alter.__name__)  # noqa: S311 - which rows are altered is no secret
    missed = 0
    for _ in range(MUTATIONS // len(ALTERATIONS) + 1):
        alter(connection, chance)
        missed += verify(connection, PUBLIC).whole
        restore(connection)
    assert missed == 0
    assert verify(connection, PUBLIC).whole


def first(report: Report) -> tuple[Fault, str, int]:
    return report.breaks[0].fault, report.breaks[0].stream_id, report.breaks[0].version


def test_the_altered_event_is_named(connection: Connection[DictRow]) -> None:
    connection.execute(
        "UPDATE stored_events SET state = replace(convert_from(state, 'UTF8'), 'HEALTH', 'FAMILY')::bytea"
        " WHERE originator_id = 'case-3' AND originator_version = 8"
    )
    assert first(verify(connection, PUBLIC)) == (Fault.ALTERED, "case-3", 8)


def test_the_first_missing_event_is_named(connection: Connection[DictRow]) -> None:
    connection.execute("DELETE FROM stored_events WHERE originator_id = 'case-3' AND originator_version >= 5")
    assert first(verify(connection, PUBLIC)) == (Fault.CUT_OFF, "case-3", 5)


def test_one_story_can_be_looked_at_alone(connection: Connection[DictRow]) -> None:
    connection.execute("DELETE FROM stored_events WHERE originator_id = 'case-3' AND originator_version = 5")
    assert first(verify(connection, PUBLIC, "case-3")) == (Fault.CHAIN_BROKEN, "case-3", 5)
    assert verify(connection, PUBLIC, "case-4").whole


def test_a_checkpoint_of_another_key_is_forged(connection: Connection[DictRow]) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    assert first(verify(connection, other)) == (Fault.CHECKPOINT_FORGED, "", 1)


def test_each_checkpoint_names_the_one_before(connection: Connection[DictRow]) -> None:
    one = checkpoints.latest(connection)
    two = checkpoints.make(connection, KEY, NIGHT)
    assert one is not None
    assert (two.number, two.previous, two.streams) == (2, one.hash(), 7)
    assert checkpoints.make(connection, KEY, NIGHT) == two, "nothing was recorded since"
    assert verify(connection, PUBLIC).whole
    connection.execute("DELETE FROM checkpoint WHERE number = 1")
    assert first(verify(connection, PUBLIC)) == (Fault.CHECKPOINT_FORGED, "", 1)


def exported_of(connection: Connection[DictRow], stream_id: str) -> AuditFile:
    content = exported(connection, stream_id, PUBLIC)
    assert content is not None
    return AuditFile.model_validate_json(content.model_dump_json())


@pytest.mark.parametrize("stream_id", STREAMS)
def test_an_exported_story_can_be_checked_offline(connection: Connection[DictRow], stream_id: str) -> None:
    report = verify_file(exported_of(connection, stream_id), PUBLIC)
    assert report.whole
    assert (report.checkpoint is None) == (stream_id == STREAMS[-1])


def test_of_a_story_that_there_is_not_nothing_is_exported(connection: Connection[DictRow]) -> None:
    assert exported(connection, "case-99", PUBLIC) is None


def test_an_altered_file_is_found_out(connection: Connection[DictRow]) -> None:
    content = exported_of(connection, "case-1")
    assert content.checkpoint is not None
    assert content.proof is not None
    events = content.events
    altered = events[3].model_copy(update={"state": events[3].state.replace("HEALTH", "FAMILY")})
    shorter = content.proof.model_copy(update={"path": content.proof.path[:-1]})
    assert [
        verify_file(content.model_copy(update=change), PUBLIC).breaks[0].fault
        for change in (
            {"events": [*events[:3], altered, *events[4:]]},
            {"events": [*events[:3], *events[4:]]},
            {"events": events[:5]},
            {"stream_id": "case-2"},
            {"proof": shorter},
            {"checkpoint": {**content.checkpoint, "made_at": "2018-03-03T01:30:00+00:00"}},
        )
    ] == [
        Fault.CHAIN_BROKEN,
        Fault.CHAIN_BROKEN,
        Fault.CUT_OFF,
        Fault.CHAIN_BROKEN,
        Fault.UNDER_CHECKPOINT,
        Fault.CHECKPOINT_FORGED,
    ]
