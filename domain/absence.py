"""Absence: who is not there from when to when, and who stands in. Nobody records why."""

from datetime import date
from typing import Literal

from domain.employment import check_employed, count_posts
from domain.envelopes import STAFF_PREFIX, FollowUp, Recorded, staff_id
from domain.handing import hand_to_cases
from domain.refusals import Refusal, Refused
from domain.responsibility import LoseManager, NameDeputy
from domain.staff import DAY, Absence, Staff
from domain.story import Command, Event, Occasion, StaffId
from domain.vocabulary import Role


class RecordAbsence(Command):
    """Somebody is away from `effective_on`, the first day, to `until`, the last one, if that is known. The `deputy` stands in in all cases for that time.

    Asked again for the same first day, it says anew until when, and who stands in: so a deputy is named later, and an absence made longer.
    """

    kind: Literal["RecordAbsence"] = "RecordAbsence"
    until: date | None = None
    deputy: StaffId | None = None

    of_kind = STAFF_PREFIX
    roles = frozenset({Role.SUPERVISOR})
    plannable = True

    def decide(self, staff: Staff, occasion: Occasion) -> list[Event]:
        on, policy = self.on(occasion), occasion.policy(staff)
        if self.until is not None and self.until < on:
            raise Refused(Refusal.DATE_ORDER, first=on, then=self.until)
        check_employed(staff, on)
        known = staff.absence_since(on)
        another = staff.absence_on(on)
        if known is None and another is not None:
            raise Refused(Refusal.ALREADY_ABSENT, since=another.since)
        self._check_deputy(staff, on, occasion)
        recorded = AbsenceRecorded(
            absence=known.number if known else staff.version + 1,
            since=on,
            until=self.until,
            deputy=self.deputy,
            remind_on=occasion.working_days_after(on - DAY, policy.absence_deputy_working_days),
            reassign_on=occasion.working_days_after(on - DAY, policy.absence_reassign_working_days),
        )
        return [] if known and (known.until, known.deputy) == (self.until, self.deputy) else [recorded]

    def _check_deputy(self, staff: Staff, on: date, occasion: Occasion) -> None:
        """Nobody stands in for themselves, nor while they are not there."""
        if self.deputy is None:
            return
        deputy = staff if self.deputy == staff.manager_id else occasion.elsewhere(staff_id(self.deputy))
        there = deputy.provider == staff.provider and deputy.active_on(on)
        if deputy is staff or (deputy.begun and not there):
            raise Refused(Refusal.MANAGER_INACTIVE, manager_id=self.deputy, effective_on=on)


class AbsenceRecorded(Event):
    """`absence`: its number. `remind_on`, `reassign_on`: the last working days on which no deputy is needed, and on which the cases are kept."""

    absence: int
    since: date
    until: date | None = None
    deputy: StaffId | None = None
    remind_on: date
    reassign_on: date

    def apply(self, staff: Staff) -> None:
        known = staff.absence(self.absence)
        fresh = Absence(self.absence, self.since, self.remind_on, self.reassign_on)
        if known is None:
            staff.absences = (*staff.absences, fresh)
        told = self.deputy is not None or (known is not None and known.told)
        staff.keep(known or fresh, until=self.until, deputy=self.deputy, told=told)

    def tells(self, staff: Staff, recorded: Recorded) -> list[FollowUp]:
        """Where the cases were reassigned already, an absence that is made longer takes those too that were planned for the return."""
        absence = staff.absence(self.absence)
        told = _told(staff, recorded, self.absence)
        if absence is None or absence.left_from is None:
            return told
        since = absence.left_from
        lost = LoseManager(effective_on=since, manager_id=staff.manager_id, since=since, until=self.until)
        return [hand_to_cases(recorded, "manager_id", staff.manager_id, lost), *told]


class ReturnFromAbsence(Command):
    """Somebody is back on `effective_on`, the first day. The cases that were reassigned meanwhile stay where they are."""

    kind: Literal["ReturnFromAbsence"] = "ReturnFromAbsence"

    of_kind = STAFF_PREFIX
    roles = frozenset({Role.SUPERVISOR})
    plannable = True

    def decide(self, staff: Staff, occasion: Occasion) -> list[Event]:
        on = self.on(occasion)
        absence = staff.absence_on(on)
        if absence is None:
            raise Refused(Refusal.NOT_ABSENT, effective_on=on)
        return [AbsenceEnded(absence=absence.number, since=absence.since, back_on=on)]


class AbsenceEnded(Event):
    """`back_on`: the first day back. An absence whose first day that is did not take place."""

    absence: int
    since: date
    back_on: date

    def apply(self, staff: Staff) -> None:
        known = staff.absence(self.absence)
        if known is not None:
            staff.keep(known, until=self.back_on - DAY, ended=True)

    def tells(self, staff: Staff, recorded: Recorded) -> list[FollowUp]:
        return _told(staff, recorded, self.absence)


def _told(staff: Staff, recorded: Recorded, number: int) -> list[FollowUp]:
    """The cases hear of the deputy, and, where they were reassigned, the units of the day from which on the post counts again."""
    counted = long_absence_counted(staff, recorded, number)
    absence = staff.absence(number)
    if absence is None or not absence.told:
        return counted
    named = NameDeputy(
        effective_on=absence.since,
        manager_id=staff.manager_id,
        deputy_id=absence.deputy,
        since=absence.since,
        until=absence.until,
    )
    return [hand_to_cases(recorded, "manager_id", staff.manager_id, named), *counted]


def long_absence_counted(staff: Staff, recorded: Recorded, number: int) -> list[FollowUp]:
    """The posts of somebody whose cases were reassigned do not count, until the absence is over."""
    absence = staff.absence(number)
    long = absence is not None and absence.left_from is not None
    return count_posts(staff, recorded, staff.posts) if long else []
