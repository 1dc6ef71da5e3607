"""A case was closed in error: the closing is taken back, and support goes on as if it had not been closed."""

from datetime import date
from typing import Literal

from domain.bereavement import told_of_mistake
from domain.bounds import check_not_merged
from domain.case import OPEN_PHASES, BeforeClosing, Case
from domain.envelopes import FollowUp, Recorded
from domain.handing import hand_over
from domain.hindsight import noticed
from domain.refusals import Refusal, Refused
from domain.responsibility import lost_meanwhile
from domain.slots import TakeBackSlot
from domain.story import Command, Event, Occasion
from domain.vocabulary import ClosureReason, Phase, Reason, Role


class RetractClosure(Command):
    """A supervisor takes a closing back, with a `reason`: the case stands in the phase from which it was closed, and its clock has run on.

    A death that was recorded in error is taken back with the closing it brought. Proposals that waited for a second person, and referrals that
    the closing stopped, are begun anew.
    """

    kind: Literal["RetractClosure"] = "RetractClosure"
    reason: Reason

    roles = frozenset({Role.SUPERVISOR})
    phases = frozenset({Phase.CLOSED})

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        check_not_merged(case)
        on = self.on(occasion)
        before, closed_on, reason = _closing(case)
        if on < closed_on:
            raise Refused(Refusal.DATE_ORDER, first=closed_on, then=on)
        if case.died_on is not None and reason is not ClosureReason.DECEASED:
            raise Refused(Refusal.REOPENING_EXCLUDED, closure_reason=ClosureReason.DECEASED)
        died = [DeathRetracted(corrects=case.died_version)] if case.died_on is not None else []
        retracted = ClosureRetracted(
            closed_at_version=case.closed_at_version or 0, closure_reason=reason, phase=before.phase
        )
        conflicts = noticed(case, died[0] if died else retracted, on)
        return [*died, retracted, *conflicts, *lost_meanwhile(case, occasion, on)]


class DeathRetracted(Event):
    """`corrects`: the version of the event that told the death."""

    corrects: int

    def apply(self, case: Case) -> None:
        case.died_on = None

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        return told_of_mistake(case, recorded)

    def corrects_version(self) -> int:
        return self.corrects


class ClosureRetracted(Event):
    """`closed_at_version`: the version of the closing in this story. The person's claim to the only open case is taken again, and the place in the unit."""

    closed_at_version: int
    closure_reason: ClosureReason
    phase: Phase

    may_lead_to = tuple(phase for phase in Phase if phase in OPEN_PHASES)
    leads_from = frozenset({Phase.CLOSED})

    def apply(self, case: Case) -> None:
        case.phase = self.phase
        case.take_back_closing()

    def claims(self, case: Case) -> tuple[str, ...]:
        return (f"open-case:{case.person_id}",)

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        if case.unit is None:
            return []
        return [hand_over(recorded, case.unit, TakeBackSlot(case_id=recorded.stream_id))]

    def corrects_version(self) -> int:
        return self.closed_at_version


def _closing(case: Case) -> tuple[BeforeClosing, date, ClosureReason]:
    if case.before_closing is None or case.closed_on is None or case.closure_reason is None:
        raise ValueError("a closed case knows its closing")
    return case.before_closing, case.closed_on, case.closure_reason
