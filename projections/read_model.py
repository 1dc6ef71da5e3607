"""What a read model is: a row, its key, and a pure fold of one case's events into rows.

The same fold serves live following, a rebuild, and the oracle of the tests. What spans cases is a query over rows, never a fold.
"""

import hashlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from domain.envelopes import Recorded

RowT = TypeVar("RowT")
Key = tuple[Any, ...]

SQL_TYPES: dict[Any, str] = {
    str: "text",
    int: "bigint",
    bool: "boolean",
    date: "date",
    datetime: "timestamptz",
    dict: "jsonb",
    tuple: "text[]",
}


@dataclass(frozen=True)
class ReadModel(Generic[RowT]):
    """`row` is a frozen dataclass whose first field is `case_id`; `key` names its key columns.

    `fold(rows, recorded)` gets the rows of the event's case by key and returns those that change. With `needs_rows` false it gets none: it only adds.
    `indexes` are the column lists of further indexes.
    """

    name: str
    row: type[RowT]
    key: tuple[str, ...]
    fold: Callable[[Mapping[Key, RowT], Recorded], Mapping[Key, RowT]]
    needs_rows: bool = True
    indexes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(each.name for each in fields(self.row))  # type: ignore[arg-type]

    def values(self, row: RowT) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in self.columns)

    def key_of(self, row: RowT) -> Key:
        return tuple(getattr(row, name) for name in self.key)

    def ddl(self, table: str) -> list[str]:
        """The statements that make an empty table of this model."""
        hints = get_type_hints(self.row)
        columns = ", ".join(f"{name} {_sql_type(hints[name])}" for name in self.columns)
        return [
            f"CREATE TABLE {table} ({columns}, PRIMARY KEY ({', '.join(self.key)}))",
            *(f"CREATE INDEX ON {table} ({index})" for index in self.indexes),
        ]

    def fingerprint(self) -> str:
        """Of the code that makes the rows: rows of other code must not be mixed with them."""
        source = inspect.getsource(inspect.getmodule(self.fold) or self.row)
        return hashlib.sha256(f"{self.ddl('t')}{source}".encode()).hexdigest()


def retell(model: ReadModel[RowT], events: Iterable[Recorded]) -> dict[Key, RowT]:
    """The rows of any number of stories, by the plain fold."""
    told: dict[str, dict[Key, RowT]] = {}
    for recorded in events:
        rows = told.setdefault(recorded.stream_id, {})
        rows.update(model.fold(rows, recorded))
    return {key: row for rows in told.values() for key, row in rows.items()}


def _sql_type(hint: Any) -> str:
    if isinstance(hint, UnionType):
        (inner,) = (each for each in get_args(hint) if each is not NoneType)
        return SQL_TYPES[get_origin(inner) or inner]
    return f"{SQL_TYPES[get_origin(hint) or hint]} NOT NULL"
