"""Families: who belongs together, who joins, who leaves, and what happens when a household separates.

A household is nothing but an id that cases share. Each person keeps their own case, plan and goals throughout.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.case import NOT_CLOSED, Case
from domain.envelopes import FollowUp, Recorded
from domain.handing import hand_over, hand_to_cases
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.vocabulary import Phase, Relation, Role

CaseId = Annotated[str, Field(pattern=r"^case-[0-9a-f-]{36}$")]


class AddToHousehold(Command):
    """The person belongs to a household from `effective_on` on: a family is reunited, a child is born. An id that no case has yet begins a household.

    It opens no case. Back into a household from which somebody was separated for protection, only a supervisor adds them, with a `reason`.
    """

    kind: Literal["AddToHousehold"] = "AddToHousehold"
    household_id: UUID
    relation: Relation | None = None

    phases = NOT_CLOSED

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        household_id, on = str(self.household_id), self.on(occasion)
        if case.household_id not in (None, household_id):
            raise Refused(Refusal.HOUSEHOLD_ALREADY)
        if case.household_id == household_id and self.relation in (None, case.relation):
            return []
        _check_order(case, on)
        may_rejoin = occasion.actor.role is Role.SUPERVISOR and self.reason is not None
        if household_id in case.protected_from and not may_rejoin:
            raise Refused(Refusal.HOUSEHOLD_PROTECTED)
        return [HouseholdMemberAdded(household_id=household_id, since=on, relation=self.relation)]


class HouseholdMemberAdded(Event):
    household_id: str
    since: date
    relation: Relation | None = None

    def apply(self, case: Case) -> None:
        case.household_id, case.relation, case.household_changed_on = self.household_id, self.relation, self.since
        case.protected_from = case.protected_from - {self.household_id}


class LeaveHousehold(Command):
    """The person no longer belongs to the household from `effective_on` on, and to no other yet."""

    kind: Literal["LeaveHousehold"] = "LeaveHousehold"

    phases = NOT_CLOSED

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        household_id = _household(case)
        _check_order(case, self.on(occasion))
        return [HouseholdLeft(household_id=household_id)]


class HouseholdLeft(Event):
    household_id: str

    def apply_on(self, case: Case, on: date) -> None:
        case.household_id, case.relation, case.household_changed_on = None, None, on


class SplitHousehold(Command):
    """The household separates on `effective_on`: this person leaves for another one, together with those whose cases are named in `leaving`.

    `new_household_id`: an id that is not the old one. `protected`: one side is to be protected from the other, e.g. after violence; the sides
    then share nothing any more, and the file of those who stay does not know the new household.
    """

    kind: Literal["SplitHousehold"] = "SplitHousehold"
    new_household_id: UUID
    leaving: tuple[CaseId, ...] = Field(default=(), max_length=30)
    protected: bool = False

    phases = NOT_CLOSED

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        old, new, on = _household(case), str(self.new_household_id), self.on(occasion)
        if new == old:
            raise Refused(Refusal.HOUSEHOLD_ALREADY)
        _check_order(case, on)
        leaving = tuple(dict.fromkeys(self.leaving))
        for case_id in leaving:
            self._check_leaves(occasion.elsewhere(case_id), case_id, case, on)
        return _left_for(old, new, on, protected=self.protected, leaving=leaving)

    def _check_leaves(self, other: Case, case_id: str, case: Case, on: date) -> None:
        if not other.begun:
            raise Refused(Refusal.CASE_UNKNOWN)
        if other.provider != case.provider:
            raise Refused(Refusal.CROSS_PROVIDER)
        if other.household_id != case.household_id:
            raise Refused(Refusal.NOT_IN_HOUSEHOLD, case_id=case_id)
        _check_order(other, on)


class HouseholdSplit(Event):
    """`to_household_id`: where those who leave belong now; None in the file of those who stay. `leaving`: the other cases that leave, in the file where it was asked."""

    from_household_id: str
    to_household_id: str | None = None
    protected: bool
    leaving: tuple[str, ...] = ()

    def apply_on(self, case: Case, on: date) -> None:
        case.household_changed_on = on
        if self.to_household_id is not None:
            case.household_id = case.relation = None
            case.protected_from |= {self.from_household_id} if self.protected else frozenset()

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        """Those who leave go first: what is said to everybody who names the old household then finds only those who stay."""
        if recorded.actor.role is Role.SYSTEM:
            return []
        old, on = self.from_household_id, recorded.effective_on
        goes = FollowSplit(
            effective_on=on,
            from_household_id=old,
            to_household_id=self.to_household_id,
            protected=self.protected,
        )
        stays = FollowSplit(effective_on=on, from_household_id=old, protected=self.protected)
        return [
            *(hand_over(recorded, case_id, goes) for case_id in self.leaving),
            hand_to_cases(recorded, "household_id", old, stays),
        ]


class FollowSplit(Command):
    """Handed over by the case in which the household was split. Silent where the person is not of that household, or came to it only later."""

    kind: Literal["FollowSplit"] = "FollowSplit"
    from_household_id: str
    to_household_id: str | None = None
    protected: bool

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        on, changed = self.on(occasion), case.household_changed_on
        if case.household_id != self.from_household_id or (changed is not None and on < changed):
            return []
        if self.to_household_id is not None:
            return _left_for(self.from_household_id, self.to_household_id, on, protected=self.protected)
        return [HouseholdSplit(from_household_id=self.from_household_id, protected=self.protected)]


def _left_for(old: str, new: str, on: date, *, protected: bool, leaving: tuple[str, ...] = ()) -> list[Event]:
    return [
        HouseholdSplit(from_household_id=old, to_household_id=new, protected=protected, leaving=leaving),
        HouseholdMemberAdded(household_id=new, since=on),
    ]


def _household(case: Case) -> str:
    if case.household_id is None:
        raise Refused(Refusal.NOT_IN_HOUSEHOLD)
    return case.household_id


def _check_order(case: Case, on: date) -> None:
    """Not before the household last changed: nobody belongs to two at a time."""
    if case.household_changed_on is not None and on < case.household_changed_on:
        raise Refused(Refusal.DATE_ORDER, first=case.household_changed_on, then=on)
