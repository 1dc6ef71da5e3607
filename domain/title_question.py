"""A residence title is lost, or has run out without news: nobody is put out of support by that alone, a supervisor decides."""

from datetime import date
from typing import Literal

from domain.case import OPEN_PHASES, Case
from domain.closure import ending
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.suspension import suspended
from domain.vocabulary import ClosureReason, Role, Title, TitleBasis, TitleDecision, TitleQuestion


class DecideOnTitle(Command):
    """What becomes of a case whose title is lost or unclear: it goes on (CONTINUE), rests with its clock stopped (SUSPEND), or is closed (CLOSE).

    `basis`: on what the decision rests. It may be decided anew; with a new title nothing is left to decide.
    """

    kind: Literal["DecideOnTitle"] = "DecideOnTitle"
    decision: TitleDecision
    basis: TitleBasis

    roles = frozenset({Role.SUPERVISOR})
    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        on = self.on(occasion)
        question = _question(case, on)
        if question is None:
            raise Refused(Refusal.TITLE_NOT_IN_QUESTION, title=case.title, valid_until=case.title_until)
        decided = TitleDecided(question=question, title_code=case.title, decision=self.decision, basis=self.basis)
        if self.decision is TitleDecision.CLOSE:
            return [decided, *ending(case, ClosureReason.NOT_ELIGIBLE, on)]
        if self.decision is TitleDecision.SUSPEND and case.suspension is None:
            return [decided, suspended(case, on)]
        return [decided]


class TitleDecided(Event):
    """`title_code`: the title as it was known when this was decided."""

    question: TitleQuestion
    title_code: Title
    decision: TitleDecision
    basis: TitleBasis

    def apply(self, case: Case) -> None:
        case.title_decided = True


def _question(case: Case, on: date) -> TitleQuestion | None:
    if case.title is Title.NONE and case.title_since is not None and case.title_since <= on:
        return TitleQuestion.LOST
    if case.title_until is not None and case.title_until < on:
        return TitleQuestion.UNCLEAR
    return None
