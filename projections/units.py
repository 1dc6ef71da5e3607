"""Units: how many places a municipality has with a provider, who has one, who waits. One row per unit.

What a number is today depends on the day: posts and keys are planned ahead. So the row keeps where the unit stands, and the numbers are told when they are read,
by the unit's own rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow
from pydantic import TypeAdapter

from domain.envelopes import UNIT_PREFIX, Recorded
from domain.unit import Unit
from domain.vocabulary import CapacityBase
from projections.read_model import Key, ReadModel

AMBER_FROM, RED_FROM = 100, 133
"""Per cent of the caseload key. 133: the rise from 60 to 80 persons that a town was reported to have agreed to; our default."""

STANDING: TypeAdapter[Unit] = TypeAdapter(Unit)
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """`standing`: where the unit stands, as JSON (see `domain.unit.Unit`)."""

    unit_id: str
    municipality: str
    provider: str
    version: int
    standing: dict[str, Any]

    @property
    def unit(self) -> Unit:
        return STANDING.validate_python(self.standing)


def fold(rows: Mapping[Key, UnitRow], recorded: Recorded) -> Mapping[Key, UnitRow]:
    known = rows.get((recorded.stream_id,))
    unit = known.unit if known else Unit()
    unit.take(recorded)
    return {(recorded.stream_id,): _row(recorded.stream_id, unit)}


def story(events: Sequence[Recorded]) -> Iterable[tuple[Any, ...]]:
    """The same of all events of a unit at once: where it stands is written down only once."""
    unit = Unit()
    for recorded in events:
        unit.take(recorded)
    return [UNITS.values(_row(events[0].stream_id, unit))] if events else []


def _row(unit_id: str, unit: Unit) -> UnitRow:
    standing = STANDING.dump_python(unit, mode="json")
    return UnitRow(unit_id, unit.municipality, unit.provider, unit.version, standing)


UNITS = ReadModel("units", UnitRow, ("unit_id",), fold, indexes=("provider",), story=story, streams=UNIT_PREFIX)


class Light(StrEnum):
    """Up to the caseload key, up to a third above it, beyond."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"


@dataclass(frozen=True, slots=True)
class Board:
    """One line of the unit board, on a day. `active`: persons with a place. `full_time`: posts. `per_head`, `per_post`: active persons for each, to a tenth.

    `percent` of the capacity is what is used; None where there is none. `oldest_wait`: days since the oldest request that is still waiting. `incoming`: transfers to answer.
    """

    unit_id: str
    municipality: str
    provider: str
    version: int
    active: int
    heads: int
    full_time: Decimal
    per_head: Decimal | None
    per_post: Decimal | None
    key: int | None
    base: CapacityBase | None
    capacity: int
    free: int
    reserved: int
    waiting: int
    oldest_wait: int | None
    incoming: int
    percent: int | None
    light: Light


def board(row: UnitRow, on: date) -> Board:
    """How a unit stands on a day."""
    unit = row.unit
    key, capacity, heads, posts = unit.key(on), unit.capacity(on), unit.heads(on), unit.full_time(on)
    percent = _rounded(Decimal(100 * unit.used), Decimal(capacity), Decimal(1))
    return Board(
        unit_id=row.unit_id,
        municipality=unit.municipality,
        provider=unit.provider,
        version=row.version,
        active=unit.used,
        heads=heads,
        full_time=posts,
        per_head=_rounded(Decimal(unit.used), Decimal(heads), TENTH),
        per_post=_rounded(Decimal(unit.used), posts, TENTH),
        key=key.persons if key else None,
        base=key.base if key else None,
        capacity=capacity,
        free=unit.free(on),
        reserved=unit.reserved,
        waiting=sum(entry.slots for entry in unit.waiting.values()),
        oldest_wait=max(((on - entry.requested_on).days for entry in unit.waiting.values()), default=None),
        incoming=len(unit.incoming),
        percent=None if percent is None else int(percent),
        light=_light(unit.used, capacity),
    )


def persons_for(rows: Iterable[UnitRow], provider: str, manager_id: str, on: date) -> int | None:
    """How many persons the caseload keys give to a member of staff on a day, over all units of a provider; None where none counts a post of theirs."""
    counted = [_persons_for(row.unit, manager_id, on) for row in rows if row.provider == provider]
    known = [each for each in counted if each is not None]
    return int(sum(known)) if known else None


def _persons_for(unit: Unit, manager_id: str, on: date) -> Decimal | None:
    key, share = unit.key(on), unit.share_of(manager_id, on)
    if key is None or not share:
        return None
    return Decimal(key.persons) * (Decimal(1) if key.base is CapacityBase.HEAD else share)


def _rounded(number: Decimal, by: Decimal, to: Decimal) -> Decimal | None:
    return (number / by).quantize(to, ROUND_HALF_UP) if by else None


def _light(used: int, capacity: int) -> Light:
    if 100 * used <= AMBER_FROM * capacity:
        return Light.GREEN
    return Light.AMBER if 100 * used <= RED_FROM * capacity else Light.RED


async def every(connection: AsyncConnection[DictRow], provider: str | None) -> list[UnitRow]:
    """The units of a provider, or (None) all, by municipality and provider."""
    query = (
        f"SELECT {UNITS.column_list} FROM units WHERE %(p)s::text IS NULL OR provider = %(p)s"  # noqa: S608 - columns are ours
        " ORDER BY municipality, provider"
    )
    return [UNITS.made(each) for each in await (await connection.execute(query, {"p": provider})).fetchall()]


async def one(connection: AsyncConnection[DictRow], unit_id: str) -> UnitRow | None:
    query = f"SELECT {UNITS.column_list} FROM units WHERE unit_id = %s"  # noqa: S608 - columns are ours
    found = await (await connection.execute(query, (unit_id,))).fetchone()
    return UNITS.made(found) if found else None
