"""A case rests for a time, and goes on: the clock stands still meanwhile, or runs on."""

from datetime import date, timedelta
from typing import Literal

from domain.case import OPEN_PHASES, Case, Suspension
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.vocabulary import DeadlineKind, Reason

FROM_THE_START = (DeadlineKind.FIRST_CONTACT, DeadlineKind.ASSESSMENT, DeadlineKind.PLAN)


def check_not_suspended(case: Case) -> None:
    if case.suspension is not None:
        raise Refused(Refusal.CASE_SUSPENDED, since=case.suspension.since)


class Suspend(Command):
    """The case rests from `effective_on` on. A `reason` is needed.

    `clock_stops`: deadlines and the period of support stand still and go on afterwards with the days that were left; a title runs out all the same.
    `expected_until`: the day by which the case is expected to go on; somebody is reminded.
    """

    kind: Literal["Suspend"] = "Suspend"
    reason: Reason
    expected_until: date | None = None
    clock_stops: bool = True

    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        check_not_suspended(case)
        on = self.on(occasion)
        if self.expected_until is not None and self.expected_until < on:
            raise Refused(Refusal.DATE_ORDER, first=on, then=self.expected_until)
        return [suspended(case, on, self.expected_until, clock_stops=self.clock_stops)]


class CaseSuspended(Event):
    since: date
    expected_until: date | None = None
    clock_stops: bool

    def apply(self, case: Case) -> None:
        case.suspension = Suspension(self.since, self.clock_stops, self.expected_until)


def suspended(case: Case, on: date, expected_until: date | None = None, *, clock_stops: bool = True) -> CaseSuspended:
    """A case rests from a day on, not before what was last done in it."""
    done = max(each for each in (case.agreed_on, case.last_review_on, case.resumed_on, date.min) if each is not None)
    if on < done:
        raise Refused(Refusal.DATE_ORDER, first=done, then=on)
    return CaseSuspended(since=on, expected_until=expected_until, clock_stops=clock_stops)


class Resume(Command):
    """The case goes on from `effective_on` on, with the days that were left."""

    kind: Literal["Resume"] = "Resume"

    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        on, suspension = self.on(occasion), case.suspension
        if suspension is None:
            raise Refused(Refusal.NOT_SUSPENDED)
        if on < suspension.since:
            raise Refused(Refusal.DATE_ORDER, first=suspension.since, then=on)
        days = (on - suspension.since).days if suspension.clock_stops else 0
        return [CaseResumed(resumed_on=on, days_stopped=days)]


class CaseResumed(Event):
    """`days_stopped`: by so many days every deadline of the programme, and the end of support, move on."""

    resumed_on: date
    days_stopped: int

    def apply(self, case: Case) -> None:
        case.suspension, case.resumed_on = None, self.resumed_on
        move_clock(case, self.days_stopped)
        _move_withdrawal(case, self.resumed_on, self.days_stopped)


def move_clock(case: Case, days: int) -> None:
    """Due dates move on; what the clock has brought for them before is not brought again."""
    moved = [(kind, due_on) for kind, due_on in case.stages if kind in FROM_THE_START]
    moved += [(DeadlineKind.REVIEW, case.review_due)] if case.review_due else []
    moved += [(DeadlineKind.SUPPORT_END, case.support_end)] if case.support_end else []
    _keep_reached(case, moved, days)
    case.stopped_days += days
    case.review_due = case.review_due and case.review_due + timedelta(days=days)
    case.support_end = case.support_end and case.support_end + timedelta(days=days)


def _move_withdrawal(case: Case, resumed_on: date, days_stopped: int) -> None:
    """A withdrawal that began while the case rested stood still from then on only."""
    if case.withdrawal_began is None:
        return
    from_day = max(resumed_on - timedelta(days=days_stopped), case.withdrawal_began)
    days = max(0, (resumed_on - from_day).days)
    _keep_reached(case, [each for each in case.stages if each[0] is DeadlineKind.WITHDRAWAL_END], days)
    case.withdrawal_stopped_days += days


def _keep_reached(case: Case, moved: list[tuple[DeadlineKind, date]], days: int) -> None:
    for kind, due_on in moved:
        if (kind, due_on) in case.stages:
            case.stages[(kind, due_on + timedelta(days=days))] = case.stages[(kind, due_on)]
