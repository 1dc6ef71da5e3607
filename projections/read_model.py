"""What a read model is: a row, its key, and a pure fold of one case's events into rows.

The same fold serves live following, a rebuild, and the oracle of the tests. What spans cases is a query over rows, never a fold.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from types import NoneType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from psycopg.rows import DictRow

from domain.catalogue import event_from
from domain.envelopes import CASE_PREFIX, Recorded
from domain.story import Event
from projections.fingerprint import fingerprint

RowT = TypeVar("RowT")
Key = tuple[Any, ...]
Values = Sequence[Any]

SQL_TYPES = (
    (bool, "boolean"),
    (int, "bigint"),
    (str, "text"),
    (datetime, "timestamptz"),
    (date, "date"),
    (dict, "jsonb"),
)
"""In the order in which they are tried: a bool is an int, and a datetime a date."""


@dataclass(frozen=True)
class Column:
    """`made` turns what PostgreSQL gives into what the row holds; None where that is the same."""

    name: str
    sql: str
    made: Callable[[Any], Any] | None


@dataclass(frozen=True)
class ReadModel(Generic[RowT]):
    """`row` is a frozen dataclass whose first field is the id of the stream; `key` names its key columns.

    `fold(rows, recorded)` gets the rows of the event's stream by key and returns those that change. With `needs_rows` false it gets none: it only adds.
    `story`, where there is one, tells the first events of a stream at once and faster: the values, in the order of the columns, of just the rows that the fold
    gives. `streams` is what the ids of the streams begin with that it tells of; `about`, where named, are the only events that its fold does not pass over.
    `indexes` are the column lists of further indexes.
    """

    name: str
    row: type[RowT]
    key: tuple[str, ...]
    fold: Callable[[Mapping[Key, RowT], Recorded], Mapping[Key, RowT]]
    needs_rows: bool = True
    indexes: tuple[str, ...] = ()
    story: Callable[[Sequence[Recorded]], Iterable[Values]] | None = None
    streams: str = CASE_PREFIX
    about: frozenset[type[Event]] = frozenset()

    @cached_property
    def _columns(self) -> tuple[Column, ...]:
        hints = get_type_hints(self.row)
        return tuple(_column(each.name, hints[each.name]) for each in fields(self.row))  # type: ignore[arg-type]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self._columns)

    @cached_property
    def column_list(self) -> str:
        """For queries. Never `*`: what running readers have prepared must outlive a version with further columns."""
        return ", ".join(self.columns)

    @cached_property
    def values(self) -> Callable[[RowT], tuple[Any, ...]]:
        """A row's values in the order of the columns."""
        return attrgetter(*self.columns)

    def made(self, found: DictRow) -> RowT:
        """The row that PostgreSQL found, equal to the one that the fold made."""
        return self.made_of([found[name] for name in self.columns])

    def made_of(self, values: list[Any]) -> RowT:
        """The same of its values in the order of the columns; the list is used up."""
        for nth, made in self._made_in_place:
            if values[nth] is not None:
                values[nth] = made(values[nth])
        return self.row(*values)

    @cached_property
    def _made_in_place(self) -> list[tuple[int, Callable[[Any], Any]]]:
        return [(nth, column.made) for nth, column in enumerate(self._columns) if column.made]

    def made_value(self, field: str, value: Any) -> Any:
        """One value that PostgreSQL gave, as the fold has it. Raises ValueError for a code that is not known."""
        made = dict(self._made_in_place).get(self.columns.index(field)) if field in self.columns else None
        return value if made is None or value is None else made(value)

    def key_of(self, row: RowT) -> Key:
        return tuple(getattr(row, name) for name in self.key)

    def concerns(self, recorded: Recorded) -> bool:
        return recorded.stream_id.startswith(self.streams) and (not self.about or type(recorded.event) in self.about)

    def told(self, events: Sequence[Recorded]) -> list[Values]:
        """The rows of the first events of one stream, as values in the order of the columns."""
        own = [each for each in events if type(each.event) in self.about] if self.about else events
        if self.story is not None:
            return list(self.story(own))
        rows: dict[Key, RowT] = {}
        for recorded in own:
            rows.update(self.fold(rows, recorded))
        return list(map(self.values, rows.values()))

    def table_ddl(self, table: str) -> str:
        """The statement that makes an empty table of this model, without indexes."""
        return f"CREATE TABLE {table} ({', '.join(f'{column.name} {column.sql}' for column in self._columns)})"

    def index_ddl(self, table: str) -> list[str]:
        return [
            f"ALTER TABLE {table} ADD PRIMARY KEY ({', '.join(self.key)})",
            *(f"CREATE INDEX ON {table} ({index})" for index in self.indexes),
        ]

    @cached_property
    def column_types(self) -> list[str]:
        """For COPY in binary."""
        return [column.sql.removesuffix(" NOT NULL") for column in self._columns]

    @cached_property
    def arrays(self) -> tuple[int, ...]:
        """Which columns are arrays."""
        return tuple(nth for nth, kind in enumerate(self.column_types) if kind.endswith("[]"))

    def fingerprint(self) -> str:
        """Of the code that makes the rows: the row, the fold, the events as they are read, and all that these use. Queries do not count."""
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        return fingerprint(self.row, self.fold, *([self.story] if self.story else []), event_from)


def retell(model: ReadModel[RowT], events: Iterable[Recorded]) -> dict[Key, RowT]:
    """The rows of any number of stories, by the plain fold: what live following has to equal, and how things stood after the last event."""
    told: dict[str, dict[Key, RowT]] = {}
    for recorded in events:
        if recorded.stream_id.startswith(model.streams):
            rows = told.setdefault(recorded.stream_id, {})
            rows.update(model.fold(rows, recorded))
    return {key: row for rows in told.values() for key, row in rows.items()}


def _column(name: str, hint: Any) -> Column:
    kinds = [kind for kind in get_args(hint) if kind is not NoneType] if NoneType in get_args(hint) else [hint]
    if len(kinds) > 1:
        raise TypeError(f"{name}: a column is of one type")
    kind = get_origin(kinds[0]) or kinds[0]
    need = " NOT NULL" if kinds[0] is hint else ""
    if kind is tuple:
        item = get_args(kinds[0])[0]
        return Column(name, f"{_sql_type(name, item)}[]{need}", lambda values: tuple(map(item, values)))
    return Column(name, f"{_sql_type(name, kind)}{need}", kind if issubclass(kind, StrEnum) else None)


def _sql_type(name: str, kind: type) -> str:
    for known, sql_type in SQL_TYPES:
        if issubclass(kind, known):
            return sql_type
    raise TypeError(f"{name}: no column type for {kind.__name__}")
