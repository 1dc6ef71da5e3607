"""What the clock brings to a member of staff: nobody stands in, or the cases are to be reassigned."""

from datetime import date
from typing import Literal

from domain.absence import long_absence_counted
from domain.deadlines import start_of
from domain.envelopes import STAFF_PREFIX, FollowUp, NextDeadline, Recorded
from domain.handing import hand_to_cases, notice
from domain.responsibility import LoseManager
from domain.staff import DAY, Absence, Staff
from domain.story import Command, Due, Event, Occasion
from domain.vocabulary import DeadlineKind, DeadlineStage, Role


class RemindOfAbsence(Command):
    """The clock says that an absence has lasted for some working days and nobody stands in."""

    kind: Literal["RemindOfAbsence"] = "RemindOfAbsence"
    absence: int

    of_kind = STAFF_PREFIX
    roles = frozenset({Role.SYSTEM})

    def decide(self, staff: Staff, occasion: Occasion) -> list[Event]:
        absence = staff.absence(self.absence)
        if absence is None or not _wants_deputy(staff, absence) or start_of(absence.remind_on + DAY) > occasion.now:
            return []
        return [AbsenceReminded(absence=self.absence, since=absence.since)]


class AbsenceReminded(Event):
    """The supervisor is told that nobody stands in."""

    absence: int
    since: date

    def apply(self, staff: Staff) -> None:
        known = staff.absence(self.absence)
        if known is not None:
            staff.keep(known, reminded=True)

    def tells(self, staff: Staff, recorded: Recorded) -> list[FollowUp]:
        return [_notice(staff, recorded, self.since)]


class LeaveCases(Command):
    """The clock says that somebody has been away for too long, or is not employed any more: the cases are to be reassigned.

    `last_day`: the last one with cases. `absence`: its number; none where the employment has ended.
    """

    kind: Literal["LeaveCases"] = "LeaveCases"
    absence: int | None = None
    last_day: date

    of_kind = STAFF_PREFIX
    roles = frozenset({Role.SYSTEM})

    def decide(self, staff: Staff, occasion: Occasion) -> list[Event]:
        asked = (self.absence, self.last_day)
        if asked not in _leavings(staff) or start_of(self.last_day + DAY) > occasion.now:
            return []
        absence = None if self.absence is None else staff.absence(self.absence)
        until = absence.until if absence is not None else None
        return [CasesLeft(absence=self.absence, since=self.last_day + DAY, until=until)]


class CasesLeft(Event):
    """From `since` on (and, when it is known, until `until`) nobody is responsible for the cases of this member of staff, until they are reassigned.

    The units count the post no more. Nobody is thrown out, and every deadline goes on.
    """

    absence: int | None = None
    since: date
    until: date | None = None

    def apply(self, staff: Staff) -> None:
        known = None if self.absence is None else staff.absence(self.absence)
        if known is not None:
            staff.keep(known, left_from=self.since)
        else:
            staff.leave(self.since - DAY)

    def tells(self, staff: Staff, recorded: Recorded) -> list[FollowUp]:
        lost = LoseManager(effective_on=self.since, manager_id=staff.manager_id, since=self.since, until=self.until)
        counted = () if self.absence is None else long_absence_counted(staff, recorded, self.absence)
        return [
            hand_to_cases(recorded, "manager_id", staff.manager_id, lost),
            *counted,
            _notice(staff, recorded, self.since),
        ]


def due(staff: Staff) -> Due | None:
    """What the clock brings next to a member of staff, and with what command."""
    reminders = [
        _due(
            DeadlineKind.ABSENCE,
            DeadlineStage.REMINDED,
            each.remind_on,
            RemindOfAbsence(absence=each.number),
            each.number,
        )
        for each in staff.absences
        if _wants_deputy(staff, each)
    ]
    leavings = [
        _due(
            DeadlineKind.EMPLOYMENT_END if absence is None else DeadlineKind.ABSENCE,
            DeadlineStage.FELL_DUE,
            last_day,
            LeaveCases(absence=absence, last_day=last_day),
            absence or last_day,
        )
        for absence, last_day in _leavings(staff)
    ]
    return min((*reminders, *leavings), key=lambda each: (each.deadline.at, each.name), default=None)


def _due(kind: DeadlineKind, stage: DeadlineStage, due_on: date, command: Command, what: object) -> Due:
    deadline = NextDeadline(kind=kind, stage=stage, due_on=due_on, at=start_of(due_on + DAY))
    return Due(deadline, command, f"{kind}:{what}:{stage}")


def _wants_deputy(staff: Staff, absence: Absence) -> bool:
    nobody_told = absence.deputy is None and not absence.reminded and absence.left_from is None
    return nobody_told and _still_away(staff, absence, absence.remind_on + DAY)


def _leavings(staff: Staff) -> list[tuple[int | None, date]]:
    """Of what the cases have not heard yet: absences (by number) that last too long, and ends of employments; with the last day with cases."""
    absences = [
        (each.number, each.reassign_on)
        for each in staff.absences
        if each.left_from is None and _still_away(staff, each, each.reassign_on + DAY)
    ]
    ends = [
        (None, each.last_day)
        for each in staff.spells
        if each.last_day is not None and not each.left and staff.spell_on(each.last_day + DAY) is None
    ]
    return [*absences, *ends]


def _still_away(staff: Staff, absence: Absence, day: date) -> bool:
    return absence.on(day) and staff.spell_on(day) is not None


def _notice(staff: Staff, recorded: Recorded, since: date) -> FollowUp:
    about = {"event": recorded.name, "manager_id": staff.manager_id, "since": since.isoformat()}
    return notice(recorded, staff.provider, about)
