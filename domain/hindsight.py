"""Hindsight: what a fact handed in late would have refused, had it been known. It undoes nothing, but somebody looks at it."""

from copy import copy
from datetime import date
from typing import Literal

from domain.case import NOT_CLOSED, Case
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.vocabulary import ClosureReason, HistoryConflict, Phase, Reason, Role, Title

Births = tuple[date | None, date | None]


def noticed(case: Case, event: Event, on: date, births: Births = (None, None)) -> list[Event]:
    """What comes into conflict with the history by an event that is true from a day on, and what no longer is. `births`: the day of birth before and after it."""
    before, after = _conflicts(case, births[0]), _conflicts(_after(case, event, on), births[1])
    return [
        *(HistoryConflictNoticed(conflict=each) for each in HistoryConflict if each in after - before - case.conflicts),
        *(HistoryConflictSettled(conflict=each) for each in HistoryConflict if each in case.conflicts & before - after),
    ]


class HistoryConflictNoticed(Event):
    """Recorded beside the fact that brought it to light."""

    conflict: HistoryConflict

    def apply(self, case: Case) -> None:
        case.conflicts = case.conflicts | {self.conflict}


class SettleHistoryConflict(Command):
    """A supervisor has looked at what should not have been, and says with a `reason` that it stays as it is."""

    kind: Literal["SettleHistoryConflict"] = "SettleHistoryConflict"
    conflict: HistoryConflict
    reason: Reason

    roles = frozenset({Role.SUPERVISOR})
    phases = NOT_CLOSED | {Phase.CLOSED}

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if self.conflict not in case.conflicts:
            raise Refused(Refusal.NO_HISTORY_CONFLICT, conflict=self.conflict)
        return [HistoryConflictSettled(conflict=self.conflict)]


class HistoryConflictSettled(Event):
    """Looked at by a supervisor, or gone with what had caused it."""

    conflict: HistoryConflict

    def apply(self, case: Case) -> None:
        case.conflicts = case.conflicts - {self.conflict}


def _after(case: Case, event: Event, on: date) -> Case:
    after = copy(case)
    after.statements, after.activities = dict(case.statements), dict(case.activities)
    event.apply_on(after, on)
    return after


def _conflicts(case: Case, birth: date | None) -> set[HistoryConflict]:
    days = [said.on for said in case.statements.values()]
    met = (case.last_contact_on, case.agreed_on, case.last_review_on)
    done = [*days, *(day for day in met if day is not None)]
    died, closed = case.died_on, case.closed_on
    found = {
        HistoryConflict.OPENED_WITHOUT_TITLE: case.support_start is not None
        and _was_without_title(case, case.support_start),
        HistoryConflict.CLOSED_AFTER_DEATH: died is not None
        and closed is not None
        and closed > died
        and case.closure_reason is not ClosureReason.DECEASED,
        HistoryConflict.RECORDED_AFTER_DEATH: died is not None and max(done, default=died) > died,
        HistoryConflict.RECORDED_BEFORE_BIRTH: birth is not None and min(done, default=birth) < birth,
    }
    return {conflict for conflict, there in found.items() if there}


def _was_without_title(case: Case, on: date) -> bool:
    """By all that is known now: whether on a day the title was missing or had expired."""
    then = Case()
    for said in case.statements.values():
        if said.on <= on:
            said.event.tell(then, said.on)
    return then.title is Title.NONE or (then.title_until is not None and then.title_until < on)
