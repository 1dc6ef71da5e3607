"""The only truth: stories in PostgreSQL, written with their command log and claims in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from threading import local
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from domain.conflicts import ClaimTakenError, CommandLoggedError, Logged, VersionTakenError
from domain.envelopes import Actor, Receipt, Recorded, Submitted
from domain.intake import PersonRegistered
from domain.transfer import TransferAccepted
from infra.event_format import GENESIS, hash_of, recorded_from, stored_from
from infra.postgres import AsyncPool, Datastore, Pool

FETCHED = 2000
EVENTS = "SELECT originator_id, originator_version, topic, state, notification_id FROM stored_events"
STORY = f"{EVENTS} WHERE originator_id = %s AND originator_version > %s ORDER BY originator_version"
FOLLOWING = f"{EVENTS} WHERE notification_id > %s ORDER BY notification_id LIMIT %s"
ONE_EVENT = f"{EVENTS} WHERE originator_id = %s AND originator_version = %s"
WHOSE = f"{EVENTS} WHERE originator_id = %s AND (originator_version = 1 OR topic = %s) ORDER BY originator_version"
NOTHING: Mapping[str, int] = {}
LAST_POSITION = "SELECT coalesce(max(notification_id), 0) AS position FROM stored_events"
LOGGED = """
    SELECT fingerprint, receipt, notification_id FROM command_log
    JOIN stored_events ON originator_id = stream_id AND originator_version = last_version
    WHERE command_id = %s
"""
TOLD = "SELECT id FROM told WHERE id = ANY(%s) UNION ALL SELECT id FROM notice WHERE id = ANY(%s)"
LOG = """
    INSERT INTO command_log (command_id, stream_id, fingerprint, first_version, last_version, receipt, recorded_at, last_hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
TAKE_CLAIM = "INSERT INTO claim (name, stream_id) VALUES (%s, %s)"
RELEASE_CLAIM = "DELETE FROM claim WHERE name = %s AND stream_id = %s"
GONE_ON = "SELECT 1 FROM stored_events WHERE originator_id = %s AND originator_version > %s LIMIT 1"
TAKEN_CLAIM = "SELECT name FROM claim WHERE name = ANY(%s) AND stream_id <> %s ORDER BY name LIMIT 1"


class _Recorder(PostgresApplicationRecorder):
    """Writes the command log, then the claims given back and taken, then the library's events: of several conflicts the first of these shows."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """As the library does it, but statement by statement: measured, its pipeline takes four times as long, and hides which statement met a conflict."""
        with (
            self.datastore.get_connection() as connection,
            connection.transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(LOG, kwargs["line"])
            for claim in kwargs["releases"]:
                cursor.execute(RELEASE_CLAIM, (claim, stored_events[0].originator_id))
            for claim in kwargs["claims"]:
                cursor.execute(TAKE_CLAIM, (claim, stored_events[0].originator_id))
            self._insert_stored_events(cursor, stored_events)
            # The table is locked for other writers now: what is found here holds until the commit.
            for stream_id, version in kwargs["relies_on"].items():
                if connection.execute(GONE_ON, (stream_id, version)).fetchone():
                    raise VersionTakenError
            return self._fetch_ids_after_insert_events(cursor, stored_events)


class _LastRead(local):
    """The last event of the story that this thread has loaded: what it appends next is nearly always chained to that."""

    row: DictRow | None = None


class EventStore:
    """`Stories` over a pool, for threads. Its tables must be there: call `migrate` first. A fault is a psycopg error."""

    def __init__(self, connections: Pool) -> None:
        self._connections = connections
        self._recorder = _Recorder(Datastore(connections))
        self._read = _LastRead()

    def load(self, stream_id: str, after: int = 0) -> list[Recorded]:
        """All events of a stream behind a version, in order; empty when there is none."""
        rows = self._rows(STORY, stream_id, after)
        self._read.row = rows[-1] if rows else None
        return [_recorded(row) for row in rows]

    def logged(self, command_id: str) -> Logged | None:
        """The command log's line for a command id, with the position filled in."""
        return _logged(self._rows(LOGGED, command_id))

    def told(self, follow_up_ids: Sequence[str]) -> set[str]:
        """Which of these follow-ups were told to their end: commands handed over, and notices."""
        ids = list(follow_up_ids)
        return {row["id"] for row in self._rows(TOLD, ids, ids)} if ids else set()

    def append(
        self,
        events: Sequence[Recorded],
        submitted: Submitted,
        receipt: Receipt,
        claims: Sequence[str],
        releases: Sequence[str] = (),
        relies_on: Mapping[str, int] = NOTHING,
    ) -> int:
        """Stores the events of one command behind the stream's last; returns the position of the last of them.

        `releases` are claims given back, where this stream holds them, before the new ones are taken. `relies_on`: other streams and the versions at which
        they were read. Raises CommandLoggedError, ClaimTakenError or VersionTakenError (also where one of these has gone on), and then has stored nothing.
        Any other error leaves open whether it was stored: the command log knows.
        """
        chained = self._chained(events)
        line = (
            submitted.command_id,
            submitted.stream_id,
            submitted.fingerprint,
            events[0].version,
            events[-1].version,
            Jsonb(receipt.model_dump(mode="json")),
            events[0].recorded_at,
            hash_of(chained[-1]),
        )
        try:
            positions = self._recorder.insert_events(
                chained,
                line=line,
                claims=sorted(claims),
                releases=sorted(releases),
                relies_on=relies_on,
            )
        except UniqueViolation as conflict:
            raise self._named(conflict, submitted.stream_id, claims) from conflict
        return int(max(positions or ()))

    def read_after(self, position: int, limit: int) -> list[Recorded]:
        """The next events of all streams in the order in which they were committed, `limit` at most."""
        return [_recorded(row) for row in self._rows(FOLLOWING, position, limit)]

    def last_position(self) -> int:
        """The position of the newest event, 0 when there is none. No event will ever appear at or below it."""
        return int(self._rows(LAST_POSITION)[0]["position"])

    def _chained(self, events: Sequence[Recorded]) -> list[StoredEvent]:
        previous = self._hash_before(events[0])
        chained = []
        for recorded in events:
            stored = stored_from(recorded, previous)
            previous = hash_of(stored)
            chained.append(stored)
        return chained

    def _hash_before(self, first: Recorded) -> str:
        """Of the very version that the writer has seen: when another writer came first, the version conflicts."""
        if first.version == 1:
            return GENESIS
        row = self._read.row
        if row is None or (row["originator_id"], row["originator_version"]) != (first.stream_id, first.version - 1):
            rows = self._rows(ONE_EVENT, first.stream_id, first.version - 1)
            if not rows:
                raise ValueError(f"{first.stream_id}: no event before version {first.version}")
            row = rows[0]
        return hash_of(StoredEvent(row["originator_id"], row["originator_version"], row["topic"], row["state"]))

    def _named(self, conflict: UniqueViolation, stream_id: str, claims: Sequence[str]) -> Exception:
        constraint = conflict.diag.constraint_name
        if constraint == "command_log_pkey":
            return CommandLoggedError()
        if constraint == "claim_pkey":
            taken = self._rows(TAKEN_CLAIM, list(claims), stream_id)
            return ClaimTakenError(taken[0]["name"]) if taken else VersionTakenError()  # ours by now, or free again
        if constraint != "stored_events_pkey":
            raise conflict
        return VersionTakenError()

    def _rows(self, query: str, *parameters: object) -> list[DictRow]:
        with self._connections.connection() as connection, connection.cursor(binary=True) as cursor:
            return cursor.execute(query, parameters, prepare=True).fetchall()


def stories(connection: Connection[DictRow], only: Sequence[str] | None = None) -> Iterator[tuple[str, list[Recorded]]]:
    """Every story, or those named, one after the other, in the order of their ids; within a transaction of the connection."""
    where = "" if only is None else "WHERE originator_id = ANY(%s)"
    query = f"{EVENTS} {where} ORDER BY originator_id, originator_version"
    with connection.cursor(name="stories") as cursor:
        cursor.itersize = FETCHED
        found = cursor.execute(query.encode(), None if only is None else (list(only),))
        for stream_id, rows in groupby(found, key=itemgetter("originator_id")):
            yield stream_id, [_recorded(row) for row in rows]


async def logged(connections: AsyncPool, command_id: str) -> Logged | None:
    """The command log's line for a command id, with the position filled in; its receipt names the stream."""
    return _logged(await _fetched(connections, LOGGED, command_id))


async def asked_by(connections: AsyncPool, stream_id: str, version: int) -> Actor | None:
    """Who asked for an event; None when there is none."""
    rows = await _fetched(connections, ONE_EVENT, stream_id, version)
    return _recorded(rows[0]).actor if rows else None


async def events_between(connections: AsyncPool, stream_id: str, after_version: int) -> list[Recorded]:
    """What was recorded in a stream after a version, in order."""
    return [_recorded(row) for row in await _fetched(connections, STORY, stream_id, after_version)]


async def person_of(connections: AsyncPool, stream_id: str) -> tuple[str, str] | None:
    """Whom a case is about and who runs it: (person id, provider), after all its transfers. None when there is no such case."""
    rows = await _fetched(connections, WHOSE, stream_id, TransferAccepted.__name__)
    events = [_recorded(row).event for row in rows]
    if not events or not isinstance(events[0], PersonRegistered):
        return None
    last = events[-1]
    return events[0].person_id, last.provider if isinstance(last, TransferAccepted) else events[0].provider


async def _fetched(connections: AsyncPool, query: str, *parameters: object) -> list[DictRow]:
    async with connections.connection() as connection, connection.cursor(binary=True) as cursor:
        await cursor.execute(query, parameters, prepare=True)
        return await cursor.fetchall()


def _recorded(row: DictRow) -> Recorded:
    return recorded_from(
        row["originator_id"], row["originator_version"], row["topic"], row["state"], row["notification_id"]
    )


def _logged(rows: Sequence[DictRow]) -> Logged | None:
    if not rows:
        return None
    receipt = Receipt.model_validate({**rows[0]["receipt"], "position": rows[0]["notification_id"]})
    return Logged(fingerprint=rows[0]["fingerprint"], receipt=receipt)
