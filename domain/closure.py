"""The end of support: proposed by one, approved by another, and recorded with what was reached."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import model_validator

from domain.case import OPEN_PHASES, Case, ProposedClosure
from domain.envelopes import FollowUp, Recorded
from domain.personal import Personal
from domain.policy import Policy, policy_named
from domain.refusals import Refusal, Refused
from domain.slots import place_released
from domain.story import Command, Event, Occasion
from domain.transfer import cancelled, check_no_transfer
from domain.vocabulary import (
    ActivityKind,
    ClosureGroup,
    ClosureReason,
    HousingKind,
    LanguageLevel,
    Phase,
    Reason,
    Role,
    ServiceKind,
    TransferEnd,
)

ClosurePlanText = Annotated[str, Personal("closure.plan", limit=500)]

GROUPS = {
    ClosureReason.INDEPENDENT: ClosureGroup.PLANNED,
    ClosureReason.HANDED_TO_REGULAR_SERVICES: ClosureGroup.PLANNED,
    ClosureReason.PERIOD_ENDED: ClosureGroup.PLANNED,
    ClosureReason.DECLINED: ClosureGroup.CLIENT,
    ClosureReason.CONTACT_LOST: ClosureGroup.CLIENT,
    ClosureReason.MOVED_AWAY: ClosureGroup.MOVE,
    ClosureReason.TRANSFERRED: ClosureGroup.MOVE,
    ClosureReason.NOT_ELIGIBLE: ClosureGroup.STATUS,
    ClosureReason.DEPARTED_VOLUNTARY: ClosureGroup.STATUS,
    ClosureReason.DEPORTED: ClosureGroup.STATUS,
    ClosureReason.DECEASED: ClosureGroup.OTHER,
    ClosureReason.SAFETY: ClosureGroup.OTHER,
    ClosureReason.PROGRAMME_ENDED: ClosureGroup.OTHER,
    ClosureReason.DUPLICATE: ClosureGroup.OTHER,
    ClosureReason.OPENED_IN_ERROR: ClosureGroup.OTHER,
}
NEEDS_APPROVAL = frozenset(
    reason for reason, group in GROUPS.items() if group in (ClosureGroup.PLANNED, ClosureGroup.CLIENT)
)


FOR_GOOD = frozenset({ClosureReason.DECEASED, ClosureReason.DUPLICATE})
"""A case that was closed so is never reopened."""


class ProposeClosure(Command):
    """Somebody proposes to end support, for a planned reason or by the client's wish or absence; another person decides.

    `last_seen_on`: when the person was last met. `remaining_services`: who goes on helping. `closure_plan`: where the closing talk is kept.
    """

    kind: Literal["ProposeClosure"] = "ProposeClosure"
    closure_reason: ClosureReason
    last_seen_on: date | None = None
    remaining_services: tuple[ServiceKind, ...] = ()
    closure_plan: ClosurePlanText | None = None

    phases = OPEN_PHASES
    within_support = True

    @model_validator(mode="after")
    def _needs_a_second_person(self) -> "ProposeClosure":
        if self.closure_reason not in NEEDS_APPROVAL:
            raise ValueError("a closure for this reason needs no approval: close the case")
        return self

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        on = self.on(occasion)
        if case.closure is not None:
            raise Refused(Refusal.CLOSURE_PROPOSED_ALREADY, closure_reason=case.closure.reason)
        if self.last_seen_on is not None and self.last_seen_on > on:
            raise Refused(Refusal.DATE_ORDER, first=self.last_seen_on, then=on)
        _check_grounds(case, self.closure_reason, on, occasion)
        return [
            ClosureProposed(
                closure_reason=self.closure_reason,
                proposed_by=occasion.actor.id,
                proposed_on=on,
                last_seen_on=self.last_seen_on,
                remaining_services=self.remaining_services,
                closure_plan=self.closure_plan,
            )
        ]


class ClosureProposed(Event):
    """`proposed_by`: a staff id. Whoever that is may not approve."""

    closure_reason: ClosureReason
    proposed_by: str
    proposed_on: date
    last_seen_on: date | None = None
    remaining_services: tuple[ServiceKind, ...] = ()
    closure_plan: ClosurePlanText | None = None

    def apply(self, case: Case) -> None:
        case.closure = ProposedClosure(self.closure_reason, self.proposed_by, self.proposed_on)


class ApproveClosure(Command):
    """A supervisor, not the one who proposed it, agrees. A comment goes into `reason_text`."""

    kind: Literal["ApproveClosure"] = "ApproveClosure"

    roles = frozenset({Role.SUPERVISOR})
    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        proposed = _proposed(case, self.on(occasion))
        if proposed.approved:
            raise Refused(Refusal.CLOSURE_NOT_PROPOSED)
        if proposed.by == occasion.actor.id:
            raise Refused(Refusal.SELF_APPROVAL, by=proposed.by)
        return [ClosureApproved(closure_reason=proposed.reason)]


class ClosureApproved(Event):
    closure_reason: ClosureReason

    def apply(self, case: Case) -> None:
        if case.closure is not None:
            case.closure.approved = True


class RejectClosure(Command):
    """A supervisor says no, or takes an approval back: support goes on. A `reason` is needed."""

    kind: Literal["RejectClosure"] = "RejectClosure"
    reason: Reason

    roles = frozenset({Role.SUPERVISOR})
    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        return [ClosureRejected(closure_reason=_proposed(case, self.on(occasion)).reason)]


class ClosureRejected(Event):
    closure_reason: ClosureReason

    def apply(self, case: Case) -> None:
        case.closure = None


class CloseCase(Command):
    """Support ends on `effective_on`. A planned reason, or one of the client's, needs the approval of another person; the others end it at once."""

    kind: Literal["CloseCase"] = "CloseCase"
    closure_reason: ClosureReason

    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        on, reason = self.on(occasion), self.closure_reason
        if reason in NEEDS_APPROVAL:
            check_no_transfer(case, self.kind)
            _check_grounds(case, reason, on, occasion)
            closure = case.closure
            if closure is None or not closure.approved or closure.reason is not reason:
                raise Refused(Refusal.CLOSURE_NOT_APPROVED, closure_reason=reason)
            _proposed(case, on)
        return ending(case, reason, on)


class CaseClosed(Event):
    """With the outcome as it was known when the case was closed; what is handed in late stands in the facts. Gives the person free for another case, and the place."""

    closure_reason: ClosureReason
    closed_on: date
    language_level: LanguageLevel | None = None
    activities: tuple[ActivityKind, ...] = ()
    housing: HousingKind | None = None
    first_tenancy: bool
    goals_achieved: int
    goals_total: int

    leads_to = Phase.CLOSED
    leads_from = OPEN_PHASES

    def apply(self, case: Case) -> None:
        case.closed_on, case.closure_reason = self.closed_on, self.closure_reason
        case.closed_at_version = case.version + 1
        case.close()

    def releases(self, case: Case) -> tuple[str, ...]:
        return (f"open-case:{case.person_id}",)

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        return place_released(recorded, case.before_closing.unit if case.before_closing else None)


def ending(case: Case, reason: ClosureReason, on: date) -> list[Event]:
    """The closing, and the end of a transfer that is pending: whoever was asked to take the case over is told."""
    return [*cancelled(case, TransferEnd.CASE_CLOSED), closed(case, reason, on)]


def closed(case: Case, reason: ClosureReason, on: date) -> CaseClosed:
    """The closing of a case with what it has reached. Activities are those that run, in the order of the code list."""
    running = {kind for kind, (_, runs) in case.activities.items() if runs} - {ActivityKind.NONE}
    return CaseClosed(
        closure_reason=reason,
        closed_on=on,
        language_level=case.language_level,
        activities=tuple(kind for kind in ActivityKind if kind in running),
        housing=case.housing,
        first_tenancy=case.had_own_tenancy,
        goals_achieved=sum(goal.achieved for goal in case.goals.values()),
        goals_total=len(case.goals),
    )


def _proposed(case: Case, on: date) -> ProposedClosure:
    """The proposal on which a decision rests, not made before the proposal itself."""
    if case.closure is None:
        raise Refused(Refusal.CLOSURE_NOT_PROPOSED)
    if on < case.closure.on:
        raise Refused(Refusal.DATE_ORDER, first=case.closure.on, then=on)
    return case.closure


def _check_grounds(case: Case, reason: ClosureReason, on: date, occasion: Occasion) -> None:
    """A planned end follows a withdrawal and a recent contact; contact counts as lost after several attempts over some weeks."""
    policy = policy_named(occasion.policies, case.policy_version or occasion.policies[0].version)
    if GROUPS[reason] is ClosureGroup.PLANNED:
        if case.phase is not Phase.WITHDRAWAL:
            raise Refused(Refusal.CLOSE_WITHOUT_WITHDRAWAL, closure_reason=reason, phase=case.phase)
        days = policy.closure_last_contact_days
        if case.last_contact_on is None or (on - case.last_contact_on).days > days:
            raise Refused(Refusal.LAST_CONTACT, last_contact_on=case.last_contact_on, days=days)
    if reason is ClosureReason.CONTACT_LOST:
        _check_attempts(case, on, policy)


def _check_attempts(case: Case, on: date, policy: Policy) -> None:
    """Attempts are missed contacts since the last one that took place; the weeks count from the first of them to the closing."""
    attempts = [day for day in case.missed_contacts if day <= on]
    first = min(attempts, default=on)
    if len(attempts) < policy.contact_lost_attempts or on - first < timedelta(weeks=policy.contact_lost_weeks):
        raise Refused(
            Refusal.CONTACT_LOST_ATTEMPTS,
            attempts=len(attempts),
            needed=policy.contact_lost_attempts,
            weeks=policy.contact_lost_weeks,
        )
