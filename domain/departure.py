"""A person dies, or leaves the country: the case ends with it, without withdrawal and without approval."""

from calendar import monthrange
from datetime import date
from typing import Literal

from domain.bereavement import told_of_death
from domain.case import NOT_CLOSED, Case
from domain.closure import ending
from domain.envelopes import FollowUp, Recorded
from domain.hindsight import noticed
from domain.referrals import stopped
from domain.refusals import Refusal, Refused
from domain.slots import place_given_up
from domain.story import Command, Event, Occasion
from domain.vocabulary import ClosureReason, DepartureKind, Precision

CLOSED_AS = {
    DepartureKind.VOLUNTARY_RETURN: ClosureReason.DEPARTED_VOLUNTARY,
    DepartureKind.ONWARD: ClosureReason.DEPARTED_VOLUNTARY,
    DepartureKind.DEPORTED: ClosureReason.DEPORTED,
    DepartureKind.UNKNOWN: ClosureReason.MOVED_AWAY,
}


class RecordDeath(Command):
    """The person died on `effective_on`, known to the day, or to its month or year only. What ran is stopped, and the case closed, in the same answer."""

    kind: Literal["RecordDeath"] = "RecordDeath"
    precision: Precision = Precision.DAY

    phases = NOT_CLOSED
    late_allowed = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if case.died_on is not None:
            raise Refused(Refusal.AFTER_DEATH, effective_on=self.on(occasion), died_on=case.died_on)
        on, died = self.on(occasion), PersonDied(precision=self.precision)
        return [died, *ended(case, ClosureReason.DECEASED, on), *noticed(case, died, on)]


class PersonDied(Event):
    precision: Precision

    def apply_on(self, case: Case, on: date) -> None:
        case.died_on, case.died_version = last_possible_day(on, self.precision), case.version + 1

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        return told_of_death(case, recorded)


class RecordDeparture(Command):
    """The person left the country for good on `effective_on`, known to the day, or to its month or year only. The case is closed in the same answer.

    What is only suspected is no departure: that is a contact that is lost.
    """

    kind: Literal["RecordDeparture"] = "RecordDeparture"
    departure: DepartureKind
    precision: Precision = Precision.DAY

    phases = NOT_CLOSED
    late_allowed = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        departed = PersonDeparted(departure=self.departure, precision=self.precision)
        return [departed, *ended(case, CLOSED_AS[self.departure], self.on(occasion))]


class PersonDeparted(Event):
    departure: DepartureKind
    precision: Precision


def ended(case: Case, reason: ClosureReason, on: date) -> list[Event]:
    """What ends with a life here: open referrals, and the case; before it was opened, its place. A case that begins only later is closed as of its beginning."""
    if not case.open:
        return place_given_up(case)
    return [*stopped(case, on_consent_only=False), *ending(case, reason, max(on, case.support_start or on))]


def last_possible_day(on: date, precision: Precision) -> date:
    """31 March for some day in March; 31 December for some day of the year."""
    if precision is Precision.DAY:
        return on
    month = on.month if precision is Precision.MONTH else 12
    return date(on.year, month, monthrange(on.year, month)[1])
