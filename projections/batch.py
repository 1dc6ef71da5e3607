"""One batch of events into the rows of one version of a read model."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from psycopg import Connection
from psycopg.rows import DictRow

from domain.envelopes import Recorded
from projections.read_model import Key, ReadModel
from projections.tables import Version

log = structlog.get_logger(__name__)


def tell(connection: Connection[DictRow], version: Version, events: Sequence[Recorded]) -> None:
    """Folds the events, in order, over the rows of their cases, and writes the rows that change."""
    rows = _loaded(connection, version, {each.stream_id for each in events}) if version.model.needs_rows else {}
    _write(connection, version, _folded(version.model, rows, events))


def _loaded(connection: Connection[DictRow], version: Version, cases: set[str]) -> dict[str, dict[Key, Any]]:
    """The rows of some cases, by case and key."""
    query = f"SELECT {version.model.column_list} FROM {version.table} WHERE case_id = ANY(%s)"  # noqa: S608 - ours
    rows: dict[str, dict[Key, Any]] = {}
    for found in connection.execute(query, (list(cases),)):
        row = version.model.made(found)
        rows.setdefault(found["case_id"], {})[version.model.key_of(row)] = row
    return rows


def _folded(model: ReadModel[Any], rows: dict[str, dict[Key, Any]], events: Iterable[Recorded]) -> list[Any]:
    """The rows that the events change, at their last state."""
    changed: dict[Key, Any] = {}
    for recorded in events:
        of_case = rows.setdefault(recorded.stream_id, {})
        changes = model.fold(of_case, recorded)
        if model.needs_rows:
            of_case.update(changes)
        changed.update(changes)
    return list(changed.values())


def _write(connection: Connection[DictRow], version: Version, rows: Sequence[Any]) -> None:
    """One statement for all rows: PostgreSQL takes them out of one JSON text, by the types of the table's columns."""
    model = version.model
    updates = ", ".join(f"{name} = excluded.{name}" for name in model.columns if name not in model.key)
    statement = (
        f"INSERT INTO {version.table} ({model.column_list})"  # noqa: S608 - names of our catalogue
        f" SELECT {model.column_list} FROM json_populate_recordset(NULL::{version.table}, %s)"
        f" ON CONFLICT ({', '.join(model.key)}) DO UPDATE SET {updates}"
    )
    values = [dict(zip(model.columns, model.values(row), strict=True)) for row in rows]
    connection.execute(statement, (json.dumps(values, default=str),))
