"""Gradual withdrawal: contact grows rarer step by step, and a setback leads back to support."""

from datetime import date
from typing import Annotated, Literal

from domain.case import Case
from domain.deadlines import add_months
from domain.personal import Personal
from domain.plan import require_plan
from domain.policy import Policy, policy_named
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.vocabulary import Intensity, Phase, Reason, Role, Severity

WithdrawalText = Annotated[str, Personal("withdrawal.plan")]


class StartWithdrawal(Command):
    """The manager begins to step back. The last review must be recent, the person independent enough, and no severe obstacle open.

    `override`: a supervisor begins all the same, with a reason. `withdrawal_plan`: how it is to go, in words.
    """

    kind: Literal["StartWithdrawal"] = "StartWithdrawal"
    withdrawal_plan: WithdrawalText | None = None
    override: bool = False

    phases = frozenset({Phase.SUPPORT})
    within_support = True

    def check_first(self, case: Case) -> None:
        if case.open:
            require_plan(case, self.kind)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        on, policy = self.on(occasion), _policy(case, occasion)
        if case.agreed_on is not None and on < case.agreed_on:
            raise Refused(Refusal.DATE_ORDER, first=case.agreed_on, then=on)
        missing = _not_ready(case, policy, on)
        may_override = self.override and self.reason is not None and occasion.actor.role is Role.SUPERVISOR
        if missing and not may_override:
            raise Refused(Refusal.WITHDRAWAL_TOO_EARLY, missing=missing)
        return [
            WithdrawalStarted(
                stage=1,
                contact_interval_weeks=policy.withdrawal_contact_weeks[0],
                since=on,
                withdrawal_plan=self.withdrawal_plan,
                override=bool(missing),
            )
        ]


class _Stage(Event):
    """`stage` counts from 1; contact is every `contact_interval_weeks` from `since` on."""

    stage: int
    contact_interval_weeks: int
    since: date

    def apply(self, case: Case) -> None:
        case.withdrawal_stage, case.withdrawal_since = self.stage, self.since


class WithdrawalStarted(_Stage):
    """`override`: begun by a supervisor although it was early; the envelope says who and why."""

    withdrawal_plan: WithdrawalText | None = None
    override: bool = False

    leads_to = Phase.WITHDRAWAL

    def apply(self, case: Case) -> None:
        super().apply(case)
        case.withdrawal_began, case.withdrawal_stopped_days = self.since, 0


class AdvanceWithdrawal(Command):
    """It goes well: the next stage, with contact at longer intervals."""

    kind: Literal["AdvanceWithdrawal"] = "AdvanceWithdrawal"

    phases = frozenset({Phase.WITHDRAWAL})
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        on, weeks = self.on(occasion), _policy(case, occasion).withdrawal_contact_weeks
        _check_order(case, on)
        if case.withdrawal_stage >= len(weeks):
            raise Refused(Refusal.WITHDRAWAL_LAST_STAGE, stage=case.withdrawal_stage)
        return [
            WithdrawalAdvanced(
                stage=case.withdrawal_stage + 1, contact_interval_weeks=weeks[case.withdrawal_stage], since=on
            )
        ]


class WithdrawalAdvanced(_Stage):
    pass


class RevertWithdrawal(Command):
    """A setback: the case goes back to full support. A `reason` is needed; a closure that was proposed falls away."""

    kind: Literal["RevertWithdrawal"] = "RevertWithdrawal"
    reason: Reason

    phases = frozenset({Phase.WITHDRAWAL})
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        _check_order(case, self.on(occasion))
        return [WithdrawalReverted(stage=case.withdrawal_stage)]


class WithdrawalReverted(Event):
    """`stage`: how far the withdrawal had come."""

    stage: int

    leads_to = Phase.SUPPORT

    def apply(self, case: Case) -> None:
        case.end_withdrawal()
        case.closure = None


def _not_ready(case: Case, policy: Policy, on: date) -> list[str]:
    """What speaks against stepping back now, by code."""
    months = policy.review_months[case.intensity or Intensity.MEDIUM]
    reviewed = case.last_review_on is not None and on <= add_months(case.last_review_on, months)
    independent = case.independence is not None and case.independence >= policy.withdrawal_from_independence
    severe = any(obstacle.open and obstacle.severity is Severity.HIGH for obstacle in case.obstacles.values())
    return [
        what
        for what, there in (("review", not reviewed), ("independence", not independent), ("obstacle", severe))
        if there
    ]


def _check_order(case: Case, on: date) -> None:
    if case.withdrawal_since is not None and on < case.withdrawal_since:
        raise Refused(Refusal.DATE_ORDER, first=case.withdrawal_since, then=on)


def _policy(case: Case, occasion: Occasion) -> Policy:
    return policy_named(occasion.policies, case.policy_version or occasion.policies[0].version)
