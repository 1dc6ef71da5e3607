"""Whoever alters what is stored is found out, whatever it is; and what is whole is never accused."""

from collections.abc import Callable, Iterator
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
from tests.infra.story_parts import receipt, recorded, submitted

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
NIGHT = datetime(2018, 3, 2, 1, 30, tzinfo=UTC)
STREAMS = [f"case-{n}" for n in range(1, 8)]
MUTATIONS = 1000
Alter = Callable[[Connection[DictRow], Random], None]


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


def any_event(connection: Connection[DictRow], chance: Random) -> DictRow:
    rows = connection.execute("SELECT * FROM stored_events ORDER BY notification_id").fetchall()
    return chance.choice(rows)


AT = "WHERE originator_id = %(originator_id)s AND originator_version = %(originator_version)s"


def change_a_byte(connection: Connection[DictRow], chance: Random) -> None:
    event = any_event(connection, chance)
    place = chance.randrange(len(event["state"]))
    state = bytearray(event["state"])
    state[place] ^= 1 << chance.randrange(7)
    connection.execute(f"UPDATE stored_events SET state = %(new)s {AT}", {**event, "new": bytes(state)})


def change_the_name(connection: Connection[DictRow], chance: Random) -> None:
    connection.execute(f"UPDATE stored_events SET topic = 'CaseClosed' {AT}", any_event(connection, chance))


def delete_an_event(connection: Connection[DictRow], chance: Random) -> None:
    connection.execute(f"DELETE FROM stored_events {AT}", any_event(connection, chance))


def cut_a_story_off(connection: Connection[DictRow], chance: Random) -> None:
    after = AT.replace("originator_version =", "originator_version >=")
    connection.execute(f"DELETE FROM stored_events {after}", any_event(connection, chance))


def take_a_story_away(connection: Connection[DictRow], chance: Random) -> None:
    stream = any_event(connection, chance)
    connection.execute("DELETE FROM stored_events WHERE originator_id = %(originator_id)s", stream)


def move_up_within_a_story(connection: Connection[DictRow], chance: Random) -> None:
    """Two neighbours change places, versions and positions staying where they were."""
    stream_id = chance.choice(STREAMS)
    rows = connection.execute(
        "SELECT * FROM stored_events WHERE originator_id = %s ORDER BY originator_version", (stream_id,)
    ).fetchall()
    n = chance.randrange(len(rows) - 1)
    swap_contents(connection, rows[n], rows[n + 1])


def swap_between_stories(connection: Connection[DictRow], chance: Random) -> None:
    first = any_event(connection, chance)
    others = connection.execute(
        "SELECT * FROM stored_events WHERE originator_id <> %s ORDER BY notification_id", (first["originator_id"],)
    ).fetchall()
    swap_contents(connection, first, chance.choice(others))


def swap_contents(connection: Connection[DictRow], one: DictRow, other: DictRow) -> None:
    for here, there in ((one, other), (other, one)):
        put = {**here, "new_topic": there["topic"], "new_state": there["state"]}
        connection.execute(f"UPDATE stored_events SET topic = %(new_topic)s, state = %(new_state)s {AT}", put)


def put_one_in_at_the_end(connection: Connection[DictRow], chance: Random) -> None:
    """A well-chained event that no command has asked for."""
    stream_id = chance.choice(STREAMS)
    connection.execute(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
        " SELECT originator_id, originator_version + 1, topic, state FROM stored_events"
        " WHERE originator_id = %s ORDER BY originator_version DESC LIMIT 1",
        (stream_id,),
    )


def put_a_story_in(connection: Connection[DictRow], chance: Random) -> None:
    connection.execute(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
        " SELECT 'case-9', 1, topic, state FROM stored_events WHERE originator_version = 1 LIMIT 1"
    )


def rewrite_the_log(connection: Connection[DictRow], chance: Random) -> None:
    lines = connection.execute("SELECT command_id FROM command_log ORDER BY command_id").fetchall()
    at = chance.choice(lines)
    alterations = (
        "DELETE FROM command_log WHERE command_id = %(command_id)s",
        "UPDATE command_log SET last_hash = repeat('0', 64) WHERE command_id = %(command_id)s",
        "UPDATE command_log SET command_id = command_id || 'x' WHERE command_id = %(command_id)s",
        "UPDATE command_log SET last_version = last_version + 1 WHERE command_id = %(command_id)s",
    )
    connection.execute(chance.choice(alterations).encode(), at)


def take_a_story_away_with_its_log(connection: Connection[DictRow], chance: Random) -> None:
    """Of those under a checkpoint: of what was not yet, nothing else would tell."""
    stream_id = chance.choice(STREAMS[:-1])
    connection.execute("DELETE FROM stored_events WHERE originator_id = %s", (stream_id,))
    connection.execute("DELETE FROM command_log WHERE stream_id = %s", (stream_id,))


def forge_the_checkpoint(connection: Connection[DictRow], chance: Random) -> None:
    alterations = (
        "UPDATE checkpoint SET root = repeat('0', 64)",
        "UPDATE checkpoint SET position = position - 1",
        "UPDATE checkpoint SET made_at = made_at + interval '1 day'",
        "UPDATE checkpoint SET signature = repeat('0', 128)",
        "UPDATE checkpoint SET number = 2",
        "UPDATE checkpoint SET streams = streams + 1",
    )
    connection.execute(chance.choice(alterations).encode())


ALTERATIONS: tuple[Alter, ...] = (
    change_a_byte,
    change_the_name,
    delete_an_event,
    cut_a_story_off,
    take_a_story_away,
    move_up_within_a_story,
    swap_between_stories,
    put_one_in_at_the_end,
    put_a_story_in,
    rewrite_the_log,
    take_a_story_away_with_its_log,
    forge_the_checkpoint,
)


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
