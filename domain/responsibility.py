"""Who is responsible for a case: assigned, deputised, lost. On any day of an open case that is exactly one person, or nobody yet (UNASSIGNED)."""

from datetime import date
from typing import Literal

from domain.case import OPEN_PHASES, Case
from domain.envelopes import staff_id
from domain.hands import Hands, StandIn
from domain.refusals import Refusal, Refused
from domain.staff import Staff
from domain.story import Command, Event, Occasion, StaffId
from domain.vocabulary import Assignment, Phase, Role


class AssignManager(Command):
    """An integration manager, or a deputy, takes the case from `effective_on` on. A manager may take a case; giving it to others is the supervisor's.

    Where a story of that person is kept, they must be employed with the provider and not absent on the day.
    """

    kind: Literal["AssignManager"] = "AssignManager"
    manager_id: StaffId
    assignment: Assignment = Assignment.PRIMARY

    roles = frozenset({Role.MANAGER, Role.SUPERVISOR})
    phases = OPEN_PHASES
    plannable = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        actor, on = occasion.actor, self.on(occasion)
        if actor.role is not Role.SUPERVISOR and actor.id != self.manager_id:
            raise Refused(Refusal.ROLE_NOT_ALLOWED, command=self.kind, role=actor.role)
        staff: Staff = occasion.elsewhere(staff_id(self.manager_id))
        if staff.begun and not (staff.provider == case.provider and staff.active_on(on)):
            raise Refused(Refusal.MANAGER_INACTIVE, manager_id=self.manager_id, effective_on=on)
        assigned = ManagerAssigned(manager_id=self.manager_id, assignment=self.assignment)
        if self.assignment is Assignment.DEPUTY:
            return [assigned]
        lost = _lost_since(case.hands.assigned(self.manager_id, on), staff, self.manager_id, on)
        return [assigned, *lost, *_deputies_ahead(staff, self.manager_id, on)]


class ManagerAssigned(Event):
    manager_id: StaffId
    assignment: Assignment

    def apply_on(self, case: Case, on: date) -> None:
        if self.assignment is Assignment.PRIMARY:
            case.hands = case.hands.assigned(self.manager_id, on)
        else:
            case.hands = case.hands.deputised(StandIn(self.manager_id, on))


class NameDeputy(Command):
    """Somebody stands in for a manager who is absent, from `since` to `until` (with an open end: None). Silent where another manager is responsible.

    What was said before about the same absence is replaced; without a `deputy_id` nobody stands in any more.
    """

    kind: Literal["NameDeputy"] = "NameDeputy"
    manager_id: StaffId
    deputy_id: StaffId | None = None
    since: date
    until: date | None = None

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)
    plannable = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        known = case.hands.standing_in(self.manager_id, self.since)
        concerned = known is not None or case.hands.responsible_between(self.manager_id, self.since, self.until)
        if not case.open or not concerned:
            return []
        if self.deputy_id is None:
            return [DeputyReleased(manager_id=self.manager_id, since=self.since)] if known else []
        named = DeputyNamed(manager_id=self.manager_id, deputy_id=self.deputy_id, since=self.since, until=self.until)
        return [] if named.stand_in == known else [named]


class DeputyNamed(Event):
    """`deputy_id` stands in for the manager who is absent, from `since` to `until`, both included."""

    manager_id: StaffId
    deputy_id: StaffId
    since: date
    until: date | None = None

    @property
    def stand_in(self) -> StandIn:
        return StandIn(self.deputy_id, self.since, self.until, self.manager_id)

    def apply(self, case: Case) -> None:
        case.hands = case.hands.without_deputy(self.manager_id, self.since).deputised(self.stand_in)


class DeputyReleased(Event):
    """Nobody stands in any more for the absence that began on `since`."""

    manager_id: StaffId
    since: date

    def apply(self, case: Case) -> None:
        case.hands = case.hands.without_deputy(self.manager_id, self.since)


class LoseManager(Command):
    """A manager is not there any more from `since` on (and, when it is known, back after `until`). Silent where another manager is responsible."""

    kind: Literal["LoseManager"] = "LoseManager"
    manager_id: StaffId
    since: date
    until: date | None = None

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if not case.open or not case.hands.responsible_between(self.manager_id, self.since, self.until):
            return []
        return [ManagerLost(manager_id=self.manager_id, since=self.since, until=self.until)]


class ManagerLost(Event):
    """From `since` on nobody is responsible (UNASSIGNED), until somebody is assigned. An assignment that was planned for a later day, up to `until`, falls away too."""

    manager_id: StaffId
    since: date
    until: date | None = None

    def apply(self, case: Case) -> None:
        case.hands = case.hands.lost(self.manager_id, self.since, self.until)


def lost_meanwhile(case: Case, occasion: Occasion, on: date) -> list[ManagerLost]:
    """For a case that goes on after it was closed: what it was not told of managers who have gone, be they responsible now or by an assignment that is planned."""
    lost: list[ManagerLost] = []
    for manager_id in case.hands.from_day(on):
        staff: Staff = occasion.elsewhere(staff_id(manager_id))
        if staff.begun and not staff.keeps_cases_on(on) and case.hands.manager_on(on) == manager_id:
            lost.append(ManagerLost(manager_id=manager_id, since=on))
        else:
            lost += _lost_since(case.hands, staff, manager_id, on)
    return lost


def check_deputy(case: Case, command: Command, occasion: Occasion) -> None:
    """Whoever is named stands in: on a day for which a deputy is named in a case, no other deputy acts in it. Raises Refused.

    Where nobody is named, the word of the house's register of persons that somebody deputises is taken, so that no case is without hands. For an entry
    that is made late the day of asking counts too: what matters is who acts now.
    """
    if occasion.actor.role is not Role.DEPUTY:
        return
    standing_in = case.hands.stand_ins_on(occasion.today)
    named = any(each.absent_id is not None for each in standing_in)
    if named and occasion.actor.id not in {each.deputy_id for each in standing_in}:
        raise Refused(Refusal.NOT_THE_DEPUTY, command=command.kind)


def _lost_since(hands: Hands, staff: Staff, manager_id: str, on: date) -> list[ManagerLost]:
    """For an assignment that is entered late, or a case that was closed: what the other cases of that manager were told, as far as it concerns days from this one on."""
    told = [(max(since, on), until) for since, until in staff.left() if until is None or until >= on]
    return [
        ManagerLost(manager_id=manager_id, since=since, until=until)
        for since, until in told
        if hands.responsible_between(manager_id, since, until)
    ]


def _deputies_ahead(staff: Staff, manager_id: str, on: date) -> list[DeputyNamed]:
    """Absences that are planned already, with who stands in."""
    return [
        DeputyNamed(manager_id=manager_id, deputy_id=each.deputy, since=each.since, until=each.until)
        for each in staff.absences
        if each.deputy is not None and each.since >= on
    ]
