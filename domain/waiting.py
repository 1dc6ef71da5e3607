"""The waiting list: households are put down and taken off, and stand in the order in which they are offered places."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from domain.envelopes import UNIT_PREFIX
from domain.household import CaseId
from domain.places import check_may_take_place
from domain.refusals import Refusal, Refused
from domain.story import CASEWORK, Command, Event, Occasion
from domain.unit import Entry, Unit
from domain.vocabulary import PriorityClass, Role, WaitlistEnd

HouseholdOfCases = Annotated[tuple[CaseId, ...], Field(min_length=1, max_length=20)]


class WaitlistClient(Command):
    """Somebody waits for a place, or several of one household who are admitted together. Where enough are free, they are offered at once.

    `case_ids`: registered or closed cases, or open ones from before the unit was kept. `requested_on`: the day of the request (default: `effective_on`).
    Who comes back after the end of support is put down with the priority URGENT.
    """

    kind: Literal["WaitlistClient"] = "WaitlistClient"
    case_ids: HouseholdOfCases
    priority: PriorityClass = PriorityClass.NORMAL
    requested_on: date | None = None

    of_kind = UNIT_PREFIX
    roles = CASEWORK | {Role.COORDINATOR}

    @field_validator("case_ids")
    @classmethod
    def _each_once(cls, case_ids: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(case_ids)) != len(case_ids):
            raise ValueError("each case is named once")
        return case_ids

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        requested_on = self.requested_on or self.on(occasion)
        if requested_on > occasion.today:
            raise Refused(Refusal.FUTURE_FACT, effective_on=requested_on, today=occasion.today)
        for case_id in self.case_ids:
            if case_id in unit.places or case_id in unit.reservations:
                raise Refused(Refusal.PLACE_ALREADY)
            if (entry := unit.entry_of(case_id)) is not None:
                raise Refused(Refusal.WAITING_ALREADY, entry=entry)
            check_may_take_place(occasion.elsewhere(case_id), unit, self.on(occasion))
        return [
            ClientWaitlisted(
                entry=unit.entries + 1, case_ids=self.case_ids, priority=self.priority, requested_on=requested_on
            )
        ]


class ClientWaitlisted(Event):
    """`entry`: its number on this list; numbers are never given twice."""

    entry: int
    case_ids: tuple[str, ...]
    priority: PriorityClass
    requested_on: date

    def apply(self, unit: Unit) -> None:
        unit.entries = self.entry
        unit.waiting[self.entry] = Entry(self.case_ids, self.priority, self.requested_on)

    def number(self) -> int:
        return self.entry


class RemoveFromWaitlist(Command):
    """The household waits no more. What was offered to it, or held for it, is free for others."""

    kind: Literal["RemoveFromWaitlist"] = "RemoveFromWaitlist"
    entry: int
    because: WaitlistEnd

    of_kind = UNIT_PREFIX
    roles = frozenset({Role.SUPERVISOR, Role.COORDINATOR})

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        if self.entry not in unit.waiting:
            raise Refused(Refusal.ENTRY_UNKNOWN, entry=self.entry)
        return [WaitlistEntryRemoved(entry=self.entry, because=self.because)]


class WaitlistEntryRemoved(Event):
    entry: int
    because: WaitlistEnd

    def apply(self, unit: Unit) -> None:
        kept_for_it = self.entry in unit.offers or (unit.hold is not None and unit.hold.entry == self.entry)
        unit.strike(self.entry)
        if kept_for_it:
            unit.ask_anew()
