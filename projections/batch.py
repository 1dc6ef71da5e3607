"""One batch of events into the rows of one version of a read model."""

from collections.abc import Collection, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, tuple_row
from pydantic_core import to_json

from domain.envelopes import Recorded
from projections.park import Parking, Unreadable, park, parking
from projections.read_model import Key, ReadModel
from projections.tables import Version

Read = Recorded | Unreadable
NOT_OF_ROWS = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.ProgrammingError, psycopg.InternalError)
"""What PostgreSQL says for other reasons than what stands in a row: no case is to blame."""


def concerned(model: ReadModel[Any], event: Read) -> bool:
    """Whether a read model has to do with an event; one that nobody can read may be any."""
    if isinstance(event, Unreadable):
        return event.stream_id.startswith(model.streams)
    return model.concerns(event)


class NotWritableError(Exception):
    """Some row is not to PostgreSQL's taste; nobody knows yet which."""


def tell(
    connection: Connection[DictRow], version: Version, events: Sequence[Read], *, singly: bool = False
) -> list[Parking]:
    """Folds the events, in order, over the rows of their streams, and writes the rows that change. Parks the streams that cannot be told, and returns these.

    None of the streams may be parked. Raises NotWritableError, and then nothing of the transaction may stay; not with `singly`, which writes each
    stream's rows apart, event by event where they are refused.
    """
    if not events:
        return []
    rows = _loaded(connection, version, {each.stream_id for each in events}) if version.model.needs_rows else {}
    parkings = []
    if singly:
        for stream_id, own in groupby(sorted(events, key=attrgetter("stream_id")), key=attrgetter("stream_id")):
            parkings += _one_stream(connection, version, rows.get(stream_id, {}), list(own))
    else:
        changed, parkings = folded(version.model, rows, events)
        _write(connection, version, changed)
    if parkings:
        park(connection, version.model.name, version.version, parkings)
    return parkings


def folded(
    model: ReadModel[Any], rows: dict[str, dict[Key, Any]], events: Sequence[Read]
) -> tuple[list[Any], list[Parking]]:
    """The rows that the events change, at their last state, and which streams could be folded only in part."""
    changed: dict[Key, Any] = {}
    parkings: dict[str, Parking] = {}
    for each in events:
        if each.stream_id in parkings:
            continue
        of_stream = rows.setdefault(each.stream_id, {})
        try:
            changes = _changes(model, of_stream, each)
        except Exception as fault:  # noqa: BLE001 - whatever it is, other streams go on
            parkings[each.stream_id] = parking(each, fault)
            continue
        if model.needs_rows:
            of_stream.update(changes)
        changed.update(changes)
    return list(changed.values()), list(parkings.values())


def _changes(model: ReadModel[Any], rows: dict[Key, Any], event: Read) -> Any:
    if isinstance(event, Unreadable):
        raise event.fault
    return model.fold(rows, event)


def _one_stream(
    connection: Connection[DictRow], version: Version, rows: dict[Key, Any], events: Sequence[Read]
) -> list[Parking]:
    for each in events:
        changed, parkings = folded(version.model, {each.stream_id: rows}, [each])
        if parkings:
            return parkings
        try:
            with connection.transaction():
                _write(connection, version, changed)
        except NotWritableError as refused:
            return [parking(each, refused.__cause__ if isinstance(refused.__cause__, Exception) else refused)]
    return []


def _loaded(connection: Connection[DictRow], version: Version, streams: set[str]) -> dict[str, dict[Key, Any]]:
    """The rows of some streams, by stream and key."""
    model = version.model
    query = f"SELECT {model.column_list} FROM {version.table} WHERE {model.columns[0]} = ANY(%s)"  # noqa: S608 - ours
    rows: dict[str, dict[Key, Any]] = {}
    with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        for found in cursor.execute(query.encode(), (list(streams),), prepare=True):
            row = model.made_of(list(found))
            rows.setdefault(found[0], {})[model.key_of(row)] = row
    return rows


def _write(connection: Connection[DictRow], version: Version, rows: Collection[Any]) -> None:
    """One statement for all rows: PostgreSQL takes them out of one JSON text, by the types of the table's columns."""
    if not rows:
        return
    model = version.model
    updates = ", ".join(f"{name} = excluded.{name}" for name in model.columns if name not in model.key)
    statement = (
        f"INSERT INTO {version.table} ({model.column_list})"  # noqa: S608 - names of our catalogue
        f" SELECT {model.column_list} FROM json_populate_recordset(NULL::{version.table}, %s)"
        f" ON CONFLICT ({', '.join(model.key)}) DO UPDATE SET {updates}"
    )
    values = [dict(zip(model.columns, model.values(row), strict=True)) for row in rows]
    try:
        connection.execute(statement.encode(), (to_json(values).decode(),), prepare=True)
    except NOT_OF_ROWS:
        raise
    except (psycopg.Error, TypeError, ValueError) as refused:
        raise NotWritableError from refused
