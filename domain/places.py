"""Places: a household is admitted, each case takes its own, and none opens without one where places are kept."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from domain.case import Case
from domain.closure import FOR_GOOD
from domain.envelopes import UNIT_PREFIX, FollowUp, Recorded, unit_id
from domain.handing import hand_over
from domain.offers import passes
from domain.refusals import Refusal, Refused
from domain.slots import ReleaseSlot, place_of
from domain.story import Command, Event, Occasion
from domain.unit import Unit, order
from domain.vocabulary import PassReason, Phase, Role


class AdmitClient(Command):
    """A household of the waiting list gets its places: those offered to it, or free ones. Each case hears of its place.

    Refused where one of the cases has no use for a place any more: whoever is left is put down anew, with the day of their request.

    Before others who can be asked: with a `reason`, as long as none of them was passed too often. `override`: a supervisor admits, with a `reason`, though
    too few places are free, or somebody who was passed too often is passed again. That never happens by itself.
    """

    kind: Literal["AdmitClient"] = "AdmitClient"
    entry: int
    override: bool = False

    of_kind = UNIT_PREFIX
    roles = frozenset({Role.SUPERVISOR, Role.COORDINATOR})

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        entry, on = unit.waiting.get(self.entry), self.on(occasion)
        if entry is None:
            raise Refused(Refusal.ENTRY_UNKNOWN, entry=self.entry)
        if on < entry.requested_on:
            raise Refused(Refusal.DATE_ORDER, first=entry.requested_on, then=on)
        for case_id in entry.case_ids:
            check_may_take_place(occasion.elsewhere(case_id), unit, on)
        may_override = self.override and self.reason is not None and occasion.actor.role is Role.SUPERVISOR
        fits = entry.slots <= self._room(unit, occasion)
        if not fits and not may_override:
            raise no_capacity(unit, entry.slots, occasion)
        return [
            *passes(self._passed(unit, occasion, may_override=may_override), self.entry, PassReason.ADMITTED_FIRST),
            ClientAdmitted(entry=self.entry, case_ids=entry.case_ids, over_capacity=not fits),
        ]

    def _room(self, unit: Unit, occasion: Occasion) -> int:
        """What is free; who has an offer may take any place that is not used or kept for an accepted transfer."""
        if self.entry not in unit.offers:
            return unit.free(occasion.today)
        return unit.capacity(occasion.today) - unit.used - len(unit.reservations)

    def _passed(self, unit: Unit, occasion: Occasion, *, may_override: bool) -> list[int]:
        """G20: the entries before this one that can be asked; none for who has an offer."""
        if self.entry in unit.offers:
            return []
        own, at_most = order(self.entry, unit.waiting[self.entry]), occasion.policy(unit).waiting_passes_at_most
        before = {number: entry for number, entry in unit.asked() if order(number, entry) < own}
        often = any(entry.passed >= at_most for entry in before.values())
        if before and (self.reason is None or (often and not may_override)):
            raise Refused(Refusal.QUEUE_ORDER, entry=self.entry, before=min(before, key=lambda n: order(n, before[n])))
        return list(before)


class ClientAdmitted(Event):
    """`over_capacity`: by a supervisor's decision, though too few places were free; the envelope says who and why."""

    entry: int
    case_ids: tuple[str, ...]
    over_capacity: bool

    def apply_on(self, unit: Unit, on: date) -> None:
        for case_id in self.case_ids:
            unit.place(case_id, on)
            unit.admissions[case_id] = self.entry

    def claims(self, unit: Unit) -> tuple[str, ...]:
        return tuple(map(place_of, self.case_ids))

    def tells(self, unit: Unit, recorded: Recorded) -> Iterable[FollowUp]:
        taken = TakePlace(effective_on=recorded.effective_on, unit_id=recorded.stream_id, entry=self.entry)
        for case_id in self.case_ids:
            back = ReleaseSlot(case_id=case_id)
            yield hand_over(recorded, case_id, taken, otherwise=(recorded.stream_id, back))


class TakePlace(Command):
    """Handed over by the unit that has admitted the case. Silent where the case knows of this admission, or the place is not its own any more; refused where it has no use for one."""

    kind: Literal["TakePlace"] = "TakePlace"
    unit_id: str
    entry: int

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        unit: Unit = occasion.elsewhere(self.unit_id)
        admission = (self.unit_id, self.entry)
        if (
            case.admission == admission
            or case.unit == self.unit_id
            or unit.admissions.get(case.stream_id) != self.entry
        ):
            return []
        check_may_take_place(case, unit, self.on(occasion))
        return [PlaceTaken(unit_id=self.unit_id, entry=self.entry)]


class PlaceTaken(Event):
    """`entry`: that of the unit's waiting list, with which the case came in."""

    unit_id: str
    entry: int

    def apply(self, case: Case) -> None:
        case.unit, case.admission = self.unit_id, (self.unit_id, self.entry)


def check_may_take_place(case: Case, unit: Unit, on: date) -> None:
    """A place is for a living person who is at the unit's provider, has none elsewhere and no case in another municipality, open or to be reopened. Raises Refused."""
    if not case.begun:
        raise Refused(Refusal.CASE_UNKNOWN)
    if case.provider != unit.provider:
        raise Refused(Refusal.CROSS_PROVIDER)
    if case.died_on is not None:
        raise Refused(Refusal.AFTER_DEATH, effective_on=on, died_on=case.died_on)
    if case.merged_into is not None:
        raise Refused(Refusal.MERGED_ALREADY)
    if case.closure_reason in FOR_GOOD:
        raise Refused(Refusal.REOPENING_EXCLUDED, closure_reason=case.closure_reason)
    if case.unit is not None or case.municipality not in (None, unit.municipality):
        raise Refused(Refusal.PLACE_ALREADY)


def check_place(case: Case, municipality: str | None, occasion: Occasion) -> list[Event]:
    """G19: where a unit is kept, a case opens with a place there. Raises Refused; else says that the case has its place, if it does not know yet."""
    there = unit_id(municipality or "", case.provider)
    unit: Unit = occasion.elsewhere(there)
    if case.unit not in (None, there):
        raise Refused(Refusal.PLACE_ALREADY)
    if not unit.begun or (case.unit == there and case.stream_id in unit.places):
        return []
    entry = unit.admissions.get(case.stream_id)
    if entry is None or case.admission == (there, entry):
        raise no_capacity(unit, 1, occasion)
    return [PlaceTaken(unit_id=there, entry=entry)]


def no_capacity(unit: Unit, slots: int, occasion: Occasion) -> Refused:
    return Refused(
        Refusal.NO_CAPACITY,
        capacity=unit.capacity(occasion.today),
        used=unit.used,
        reserved=unit.reserved,
        needed=slots,
    )
