"""The waiting lists: each household that was ever put down, its place in the queue, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from domain import offers, places, slots, transfer_unit, waiting
from domain.envelopes import UNIT_PREFIX, Recorded
from domain.unit import PRIORITIES
from domain.vocabulary import PassReason, PriorityClass, WaitlistEnd
from projections.read_model import Key, ReadModel
from projections.spoken import spoken_of


class WaitingState(StrEnum):
    WAITING = "WAITING"
    OFFERED = "OFFERED"
    ADMITTED = "ADMITTED"
    REMOVED = "REMOVED"


OPEN = (WaitingState.WAITING, WaitingState.OFFERED)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """`case_ids`: who waits, together; empty once all have their place. `passed`: how often one behind went first, `passed_by` the last of them, `passed_because` why.

    `offered_until`: the last day of an offer. `turned_down`: how often an offer was declined or ran out. `ended_on`: admitted or taken off.
    """

    unit_id: str
    entry: int
    case_ids: tuple[str, ...]
    slots: int
    priority: PriorityClass
    requested_on: date
    state: WaitingState = WaitingState.WAITING
    offered_until: date | None = None
    turned_down: int = 0
    passed: int = 0
    passed_by: int | None = None
    passed_because: PassReason | None = None
    ended_on: date | None = None
    removed_because: WaitlistEnd | None = None

    @property
    def provider(self) -> str:
        return self.unit_id.rpartition(".")[2]

    def days_waiting(self, today: date) -> int:
        return ((self.ended_on or today) - self.requested_on).days


def fold(rows: Mapping[Key, WaitingRow], recorded: Recorded) -> Mapping[Key, WaitingRow]:
    event, unit_id = recorded.event, recorded.stream_id
    match event:
        case waiting.ClientWaitlisted():
            row = WaitingRow(
                unit_id, event.entry, event.case_ids, len(event.case_ids), event.priority, event.requested_on
            )
            return {(unit_id, event.entry): row}
        case slots.SlotTakenBack() | transfer_unit.PlaceConfirmed():
            return _placed_otherwise(rows, event.case_id, recorded.effective_on)
        case (
            offers.NextClientOffered()
            | offers.EntryPassed()
            | offers.OfferDeclined()
            | offers.OfferExpired()
            | places.ClientAdmitted()
            | waiting.WaitlistEntryRemoved()
        ):
            key = (unit_id, event.entry)
            return {key: replace(rows[key], **_changes(rows[key], recorded))}
    return {}


def _changes(row: WaitingRow, recorded: Recorded) -> dict[str, Any]:
    event = recorded.event
    match event:
        case offers.NextClientOffered():
            return {"state": WaitingState.OFFERED, "offered_until": event.expires_on}
        case offers.EntryPassed():
            return {"passed": row.passed + 1, "passed_by": event.by, "passed_because": event.because}
        case offers.OfferDeclined() | offers.OfferExpired():
            return {"state": WaitingState.WAITING, "offered_until": None, "turned_down": row.turned_down + 1}
        case places.ClientAdmitted():
            return _ended(WaitingState.ADMITTED, recorded.effective_on)
        case waiting.WaitlistEntryRemoved():
            return _ended(WaitingState.REMOVED, recorded.effective_on) | {"removed_because": event.because}
    return {}


def _ended(state: WaitingState, on: date) -> dict[str, Any]:
    return {"state": state, "ended_on": on, "offered_until": None}


def _placed_otherwise(rows: Mapping[Key, WaitingRow], case_id: str, on: date) -> Mapping[Key, WaitingRow]:
    """A case that waits comes to a place by another way, and waits no more."""
    for key, row in rows.items():
        if case_id in row.case_ids and row.state in OPEN:
            rest = tuple(each for each in row.case_ids if each != case_id)
            changes = {} if rest else _ended(WaitingState.ADMITTED, on)
            return {key: replace(row, case_ids=rest, slots=len(rest) or row.slots, **changes)}
    return {}


WAITING_LIST = ReadModel(
    "waiting_list",
    WaitingRow,
    ("unit_id", "entry"),
    fold,
    indexes=("unit_id, state",),
    streams=UNIT_PREFIX,
    about=spoken_of(fold, _changes),
)


async def of_unit(connection: AsyncConnection[DictRow], unit_id: str, *, ended: bool = False) -> list[WaitingRow]:
    """Who waits at a unit, in the order of the queue; with `ended` also who did, the last first."""
    query = f"SELECT {WAITING_LIST.column_list} FROM waiting_list WHERE unit_id = %s AND (%s OR state = ANY(%s))"  # noqa: S608 - columns are ours
    found = await (await connection.execute(query, (unit_id, ended, [state.value for state in OPEN]))).fetchall()
    rows = [WAITING_LIST.made(each) for each in found]
    still = sorted((row for row in rows if row.state in OPEN), key=_place_in_queue)
    return [*still, *sorted((row for row in rows if row.state not in OPEN), key=lambda row: -row.entry)]


def _place_in_queue(row: WaitingRow) -> tuple[int, date, int]:
    return PRIORITIES.index(row.priority), row.requested_on, row.entry
