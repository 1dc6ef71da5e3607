"""Places given back, for others to be asked, and taken back after a closing in error: what the unit says, and what the case."""

from datetime import date
from typing import Literal

from domain.case import Case
from domain.envelopes import UNIT_PREFIX, FollowUp, Recorded
from domain.handing import hand_over
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.unit import Unit
from domain.vocabulary import Phase, Role


class ReleaseSlot(Command):
    """The case needs its place no more, or the one that was reserved for its transfer. Silent where it has none.

    Handed over by the case itself; where it counts this unit as its own again by then, it keeps the place. A supervisor gives the place of a case
    that is not open to others.
    """

    kind: Literal["ReleaseSlot"] = "ReleaseSlot"
    case_id: str

    of_kind = UNIT_PREFIX
    roles = frozenset({Role.SYSTEM, Role.SUPERVISOR})

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        by_system = occasion.actor.role is Role.SYSTEM
        if self.case_id not in unit.places and not (by_system and self.case_id in unit.reservations):
            return []
        case = occasion.elsewhere(self.case_id)
        its_own = case.unit == unit.stream_id
        if by_system and its_own:
            return []
        if its_own and case.open:
            raise Refused(Refusal.PLACE_IN_USE)
        return [SlotReleased(case_id=self.case_id)]


class SlotReleased(Event):
    """Everybody on the waiting list can be asked for it. A case that a supervisor has deprived of its place hears of that."""

    case_id: str

    def apply(self, unit: Unit) -> None:
        unit.places.pop(self.case_id, None)
        unit.admissions.pop(self.case_id, None)
        unit.reservations.pop(self.case_id, None)
        unit.ask_anew()

    def releases(self, unit: Unit) -> tuple[str, ...]:
        return (place_of(self.case_id),)

    def tells(self, unit: Unit, recorded: Recorded) -> list[FollowUp]:
        if recorded.actor.role is Role.SYSTEM:
            return []
        return [hand_over(recorded, self.case_id, LosePlace(unit_id=recorded.stream_id))]


class TakeBackSlot(Command):
    """A case was closed in error: it has its place again, over capacity if need be, and whoever came in meanwhile stays. Silent where it has one."""

    kind: Literal["TakeBackSlot"] = "TakeBackSlot"
    case_id: str

    of_kind = UNIT_PREFIX
    roles = frozenset({Role.SYSTEM})

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        if self.case_id in unit.places or occasion.elsewhere(self.case_id).unit != unit.stream_id:
            return []
        return [SlotTakenBack(case_id=self.case_id, over_capacity=unit.free(occasion.today) < 1)]


class SlotTakenBack(Event):
    case_id: str
    over_capacity: bool

    def apply_on(self, unit: Unit, on: date) -> None:
        unit.place(self.case_id, on)

    def claims(self, unit: Unit) -> tuple[str, ...]:
        return (place_of(self.case_id),)


class LosePlace(Command):
    """Handed over by the unit whose supervisor has given the place of a case that is not open to others. Silent where it is not the case's any more."""

    kind: Literal["LosePlace"] = "LosePlace"
    unit_id: str

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if case.unit != self.unit_id or case.open:
            return []
        return [PlaceGivenUp(unit_id=self.unit_id)]


class PlaceGivenUp(Event):
    """A case that is not open, and will not be, has a place no more. The unit is told, unless it is the unit that has said so."""

    unit_id: str

    def apply(self, case: Case) -> None:
        case.unit = None

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        by_unit = (recorded.causation or "").startswith(f"{self.unit_id}/")
        return [] if by_unit else place_released(recorded, self.unit_id)


def place_given_up(case: Case) -> list[Event]:
    """For a case that will not open: nothing where it holds no place."""
    return [] if case.unit is None else [PlaceGivenUp(unit_id=case.unit)]


def place_released(recorded: Recorded, unit: str | None) -> list[FollowUp]:
    """A case tells the unit that its place is free; nothing where it held none."""
    return [] if unit is None else [hand_over(recorded, unit, ReleaseSlot(case_id=recorded.stream_id))]


def place_of(case_id: str) -> str:
    """The claim on the one place that a case may have in the whole house. The unit holds it."""
    return f"place:{case_id}"
