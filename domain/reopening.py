"""A closed case is taken up again, with its plan as a draft and its months counted on."""

from typing import Literal

from domain.bounds import check_not_merged
from domain.case import Case
from domain.closure import FOR_GOOD
from domain.deadlines import add_months
from domain.places import check_place
from domain.plan import PlanDrafted
from domain.policy import policy_named
from domain.refusals import Refusal, Refused
from domain.responsibility import lost_meanwhile
from domain.story import Command, Event, Occasion
from domain.vocabulary import Phase, Reason


class ReopenCase(Command):
    """Support goes on from `effective_on`, within some months after the closing. A `reason` is needed.

    The last version of the plan becomes a draft, to be agreed anew; without any plan the case begins at intake again. Earlier months of support count.
    Where the municipality keeps places, the case needs one anew: it is put on the waiting list with the priority URGENT, and admitted.
    """

    kind: Literal["ReopenCase"] = "ReopenCase"
    reason: Reason

    phases = frozenset({Phase.CLOSED})
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        on, closed_on = self.on(occasion), case.closed_on
        if closed_on is None or case.closed_at_version is None or case.closure_reason is None:
            raise ValueError("a closed case knows its closing")
        check_not_merged(case)
        if case.closure_reason in FOR_GOOD or case.died_on is not None:
            raise Refused(Refusal.REOPENING_EXCLUDED, closure_reason=case.closure_reason)
        if on < closed_on:
            raise Refused(Refusal.DATE_ORDER, first=closed_on, then=on)
        policy = policy_named(occasion.policies, case.policy_version or occasion.policies[0].version)
        until = add_months(closed_on, policy.reopen_months)
        if on > until:
            raise Refused(Refusal.REOPENING_TOO_LATE, closed_on=closed_on, until=until)
        place = check_place(case, case.municipality, occasion)
        planned = case.plan_version > 0
        reopened = CaseReopened(
            phase=Phase.SUPPORT if planned else Phase.INTAKE,
            closed_at_version=case.closed_at_version,
            counts_to_same_period=True,
        )
        drafted = [PlanDrafted(plan_version=case.plan_version + 1)] if planned and case.draft is None else []
        return [reopened, *place, *drafted, *lost_meanwhile(case, occasion, on)]


class CaseReopened(Event):
    """`closed_at_version`: the version of the closing in this story. `counts_to_same_period`: earlier months count against the longest support."""

    phase: Phase
    closed_at_version: int
    counts_to_same_period: bool

    may_lead_to = (Phase.SUPPORT, Phase.INTAKE)

    def apply(self, case: Case) -> None:
        case.phase = self.phase
        case.end_closing()

    def claims(self, case: Case) -> tuple[str, ...]:
        return (f"open-case:{case.person_id}",)
