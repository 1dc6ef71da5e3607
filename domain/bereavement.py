"""Somebody of the household has died: the cases of the others are told gently, without a name and without a cause."""

from typing import Literal

from domain.case import NOT_CLOSED, Case
from domain.envelopes import FollowUp, Recorded
from domain.handing import hand_to_cases
from domain.story import Command, Event, Occasion
from domain.vocabulary import Phase, Role


class NoteDeathInHousehold(Command):
    """Handed over by the case of the person who died. Silent in a case that is over, or that is no longer of this household."""

    kind: Literal["NoteDeathInHousehold"] = "NoteDeathInHousehold"
    household_id: str

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        concerned = case.phase in NOT_CLOSED and case.household_id == self.household_id
        return [DeathInHouseholdNoted()] if concerned else []


class DeathInHouseholdNoted(Event):
    """Says nothing but that: who it was, when and of what, stands in the file of that person alone."""

    def apply(self, case: Case) -> None:
        case.deaths_in_household += 1


class RetractDeathInHousehold(Command):
    """Handed over by a case whose death was recorded in error. Silent where none was noted."""

    kind: Literal["RetractDeathInHousehold"] = "RetractDeathInHousehold"

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        return [DeathInHouseholdRetracted()] if case.deaths_in_household else []


class DeathInHouseholdRetracted(Event):
    def apply(self, case: Case) -> None:
        case.deaths_in_household -= 1


def told_of_death(case: Case, recorded: Recorded) -> list[FollowUp]:
    if case.household_id is None:
        return []
    noting = NoteDeathInHousehold(household_id=case.household_id)
    return [hand_to_cases(recorded, "household_id", case.household_id, noting)]


def told_of_mistake(case: Case, recorded: Recorded) -> list[FollowUp]:
    if case.household_id is None:
        return []
    return [hand_to_cases(recorded, "household_id", case.household_id, RetractDeathInHousehold())]
