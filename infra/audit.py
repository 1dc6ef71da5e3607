"""Whether the stories stand as they were written: the chain of each stream, the command log beside it, and the newest signed checkpoint over all.

What one of the three does not see, another does: a chain shows what was altered, taken out or moved within a stream, the log an altered or cut-off end,
the checkpoint a whole stream taken away together with its log.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from operator import itemgetter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from psycopg import Connection
from psycopg.rows import DictRow

from infra import merkle
from infra.checkpoints import Checkpoint, Head, every, is_signed
from infra.event_format import GENESIS, hash_of_row, previous_hash, read_command_id

EVENTS = """
    SELECT originator_id, originator_version, topic, state, notification_id FROM stored_events
    {where} ORDER BY originator_id COLLATE "C", originator_version
"""
LOGGED = """
    SELECT stream_id, command_id, first_version, last_version, last_hash FROM command_log
    {where} ORDER BY stream_id COLLATE "C", first_version
"""
FETCHED = 2000


class Fault(StrEnum):
    """What is wrong at a place. Codes are stable."""

    CHAIN_BROKEN = "CHAIN_BROKEN"
    """This event does not follow from what stands before it: it or the one before was altered, taken out, or moved."""
    ALTERED = "ALTERED"
    """The event's bytes are not those that were recorded."""
    CUT_OFF = "CUT_OFF"
    """The story ends too early: recorded events are not there any more, from this version on."""
    NOT_LOGGED = "NOT_LOGGED"
    """No command is known that recorded this event: it was put in, or the command log was altered."""
    CHECKPOINT_FORGED = "CHECKPOINT_FORGED"
    """A checkpoint is not signed with the given key, was altered, or does not follow from the one before."""
    UNDER_CHECKPOINT = "UNDER_CHECKPOINT"
    """The streams are not those that the newest checkpoint covers: one was taken away, put in, or written anew together with its log."""


@dataclass(frozen=True)
class Break:
    """Where the first thing is wrong in a stream; `version` counts from 1. For checkpoints `stream_id` is empty and `version` the number of the checkpoint."""

    fault: Fault
    stream_id: str
    version: int


@dataclass
class Report:
    """What was looked at, and what is wrong. `checkpoint`: the newest, None where none was made."""

    streams: int = 0
    events: int = 0
    checkpoint: Checkpoint | None = None
    breaks: list[Break] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.breaks


def verify(connection: Connection[DictRow], public: Ed25519PublicKey, stream_id: str | None = None) -> Report:
    """Looks at every stream, or at one, over a connection in autocommit. Memory is one stream's at a time, and 32 bytes for each stream under the checkpoint."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        report = Report()
        report.checkpoint = _checked_checkpoints(connection, public, report.breaks)
        position = report.checkpoint.position if report.checkpoint else 0
        leaves = []
        for owner, rows, log in _streams(connection, stream_id):
            report.streams += 1
            report.events += len(rows)
            found, covered = _checked(owner, rows, log, position)
            if found is not None:
                report.breaks.append(found)
            if covered is not None:
                leaves.append(covered.leaf())
        checkpoint = report.checkpoint
        if checkpoint and stream_id is None and merkle.root(leaves).hex() != checkpoint.root:
            report.breaks.append(Break(Fault.UNDER_CHECKPOINT, "", checkpoint.number))
    return report


def _checked_checkpoints(
    connection: Connection[DictRow], public: Ed25519PublicKey, breaks: list[Break]
) -> Checkpoint | None:
    """The newest checkpoint; the first that is forged or missing is added to `breaks`."""
    previous, newest = GENESIS, None
    for number, checkpoint in enumerate(every(connection), 1):
        newest = checkpoint
        in_place = (checkpoint.number, checkpoint.previous) == (number, previous)
        if not breaks and not (in_place and is_signed(checkpoint, public)):
            breaks.append(Break(Fault.CHECKPOINT_FORGED, "", number))
        previous = checkpoint.hash()
    return newest


def _streams(
    connection: Connection[DictRow], stream_id: str | None
) -> Iterator[tuple[str, list[DictRow], list[DictRow]]]:
    """Each stream with its events and its lines of the command log; also one of which only the one or the other is there."""
    events = _by_stream(connection, "events", EVENTS, "originator_id", stream_id)
    logged = _by_stream(connection, "logged", LOGGED, "stream_id", stream_id)
    event, line = next(events, None), next(logged, None)
    while event or line:
        owner = min(each[0] for each in (event, line) if each)
        rows = event[1] if event and event[0] == owner else []
        lines = line[1] if line and line[0] == owner else []
        yield owner, rows, lines
        event = next(events, None) if rows else event
        line = next(logged, None) if lines else line


def _by_stream(
    connection: Connection[DictRow], name: str, query: str, owner: str, stream_id: str | None
) -> Iterator[tuple[str, list[DictRow]]]:
    where = f"WHERE {owner} = %s" if stream_id else ""
    with connection.cursor(name=name) as cursor:
        cursor.itersize = FETCHED
        found = cursor.execute(query.format(where=where).encode(), (stream_id,) if stream_id else None)
        for each, rows in groupby(found, key=itemgetter(owner)):
            yield each, list(rows)


def _checked(
    stream_id: str, rows: list[DictRow], log: list[DictRow], position: int
) -> tuple[Break | None, Head | None]:
    """The first break of a stream, and its last event at the checkpoint's position."""
    hashes = [hash_of_row(row) for row in rows]
    covered = [n for n, row in enumerate(rows) if row["notification_id"] <= position]
    head = Head(stream_id, rows[covered[-1]]["originator_version"], hashes[covered[-1]]) if covered else None
    broken = _chain(stream_id, rows, hashes)
    if broken is None:
        return _log(stream_id, rows, hashes, log) or _not_logged(stream_id, rows, log), head
    # Behind a broken chain nothing is in its place any more: there the log says nothing new.
    return _log(
        stream_id, rows, hashes, [line for line in log if line["last_version"] < broken.version]
    ) or broken, head


def _chain(stream_id: str, rows: list[DictRow], hashes: list[str]) -> Break | None:
    for n, row in enumerate(rows):
        before = hashes[n - 1] if n else GENESIS
        in_order = n == 0 or row["notification_id"] > rows[n - 1]["notification_id"]
        if row["originator_version"] != n + 1 or previous_hash(row["state"]) != before or not in_order:
            return Break(Fault.CHAIN_BROKEN, stream_id, n + 1)
    return None


def _log(stream_id: str, rows: list[DictRow], hashes: list[str], log: list[DictRow]) -> Break | None:
    """Whether the events of every command are there, in place and unaltered."""
    expected = 1
    for line in log:
        first, last = line["first_version"], line["last_version"]
        if first != expected:
            return Break(Fault.NOT_LOGGED, stream_id, expected)
        if last > len(rows):
            return Break(Fault.CUT_OFF, stream_id, len(rows) + 1)
        if any(read_command_id(rows[n - 1]["state"]) != line["command_id"] for n in range(first, last + 1)):
            return Break(Fault.NOT_LOGGED, stream_id, first)
        if line["last_hash"] is not None and line["last_hash"] != hashes[last - 1]:
            return Break(Fault.ALTERED, stream_id, last)
        expected = last + 1
    return None


def _not_logged(stream_id: str, rows: list[DictRow], log: list[DictRow]) -> Break | None:
    logged = log[-1]["last_version"] if log else 0
    return Break(Fault.NOT_LOGGED, stream_id, logged + 1) if logged < len(rows) else None
