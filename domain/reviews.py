"""The plan is looked at again and carried on: reviews are planned, postponed, held."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.appointments import Appointment, check_appointment
from domain.case import OPEN_PHASES, Case, Review
from domain.deadlines import add_months
from domain.plan import CopyText, Need, check_joint, guardianship
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, LanguageCode, Occasion
from domain.suspension import check_not_suspended
from domain.vocabulary import GoalStatus, Intensity, Reason, ReviewDecision, Role

STEP_UP = {Intensity.LOW: Intensity.MEDIUM, Intensity.MEDIUM: Intensity.HIGH, Intensity.HIGH: Intensity.HIGH}
CLOSING = (GoalStatus.ACHIEVED, GoalStatus.DROPPED)


class GoalFound(BaseModel):
    """How an open goal is found at a review, by its number."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    goal: int = Field(ge=1)
    status: GoalStatus


class _OfReview(Command):
    phases = OPEN_PHASES
    within_support = True


class ScheduleReview(_OfReview):
    """An appointment for the next review, or another one instead. It moves no due date."""

    kind: Literal["ScheduleReview"] = "ScheduleReview"
    planned_for: Appointment

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        due_on, review = _due(case, self.kind), case.review
        if review is not None and review.started:
            raise Refused(Refusal.REVIEW_NOT_OPEN, review=review.number)
        return [
            ReviewScheduled(
                review=review.number if review else case.reviews + 1,
                due_on=due_on,
                planned_for=check_appointment(self.planned_for, occasion),
            )
        ]


class ReviewScheduled(Event):
    """`planned_for`: an instant with its offset from UTC. `due_on`: by when the review is to be held."""

    review: int
    due_on: date
    planned_for: Appointment

    def apply(self, case: Case) -> None:
        case.review, case.reviews = Review(self.review), self.review


class StartReview(_OfReview):
    """The manager and the person look at the plan that is in force. One review at a time."""

    kind: Literal["StartReview"] = "StartReview"

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        check_not_suspended(case)
        _due(case, self.kind)
        review = case.review
        if review is not None and review.started:
            raise Refused(Refusal.REVIEW_NOT_OPEN, review=review.number)
        number = review.number if review else case.reviews + 1
        _check_order(case, self.on(occasion))
        return [ReviewStarted(review=number, plan_version=case.plan_version, started_on=self.on(occasion))]


class ReviewStarted(Event):
    review: int
    plan_version: int
    started_on: date

    def apply(self, case: Case) -> None:
        case.reviews = self.review
        case.review = Review(self.review, self.started_on, self.plan_version)


class CompleteReview(_OfReview):
    """The review was held on `effective_on`; the plan goes on as a new version, agreed by both sides in writing, with what was drafted meanwhile.

    Every open goal is looked at. `independence`: 0 none to 4 full. `next_in_months`: where the next review shall not follow in the usual time.
    """

    kind: Literal["CompleteReview"] = "CompleteReview"
    goals: tuple[GoalFound, ...] = Field(default=(), max_length=100)
    needs: tuple[Need, ...] = ()
    independence: int = Field(ge=0, le=4)
    decision: ReviewDecision
    next_in_months: int | None = Field(default=None, ge=1, le=12)
    client_agreed: bool
    guardian_agreed: bool | None = None
    written_copy: CopyText | None = None
    language_of_copy: LanguageCode = "de"

    @model_validator(mode="after")
    def _each_once(self) -> "CompleteReview":
        if len({each.goal for each in self.goals}) < len(self.goals):
            raise ValueError("each goal at most once")
        if len({need.field for need in self.needs}) < len(self.needs):
            raise ValueError("each field of action at most once")
        return self

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        check_not_suspended(case)
        due_on, review, on = _due(case, self.kind), case.review, self.on(occasion)
        if review is None or review.started is None:
            raise Refused(Refusal.REVIEW_NOT_OPEN, review=review and review.number)
        if review.plan_version != case.plan_version:
            raise Refused(Refusal.REVIEW_STALE_PLAN, reviewed=review.plan_version, current=case.plan_version)
        _check_order(case, on)
        self._check_goals(case)
        check_joint(guardianship(case, on, occasion), self.client_agreed, self.guardian_agreed, self.reason)
        if self.written_copy is None:
            raise Refused(Refusal.WRITTEN_FORM, plan_version=case.plan_version + 1)
        intensity = case.intensity or Intensity.MEDIUM
        if self.decision is ReviewDecision.INTENSIFY:
            intensity = STEP_UP[intensity]
        return [
            ReviewCompleted(
                review=review.number,
                plan_version=review.plan_version,
                held_on=on,
                due_on=due_on,
                days_late=max(0, (on - due_on).days),
                goals=self.goals,
                needs=self.needs,
                independence=self.independence,
                decision=self.decision,
                intensity=intensity,
                next_review_due=_next_due(case, on, intensity, self.next_in_months, occasion),
            ),
            PlanRevised(
                plan_version=case.plan_version + 1,
                review=review.number,
                agreed_on=on,
                client_agreed=self.client_agreed,
                guardian_agreed=self.guardian_agreed,
                written_copy=self.written_copy,
                language_of_copy=self.language_of_copy,
            ),
        ]

    def _check_goals(self, case: Case) -> None:
        open_goals = {number for number, goal in case.goals.items() if goal.open}
        found = {each.goal for each in self.goals}
        for unknown in sorted(found - open_goals):
            raise Refused(Refusal.GOAL_UNKNOWN, goal=unknown)
        if left := sorted(open_goals - found):
            raise Refused(Refusal.REVIEW_INCOMPLETE, goals=left)


class ReviewCompleted(Event):
    """`plan_version`: the one that was looked at. `days_late` counts from the due date, 0 when in time. `next_review_due` counts from the day it was held.

    `intensity`: of support from now on.
    """

    review: int
    plan_version: int
    held_on: date
    due_on: date
    days_late: int
    goals: tuple[GoalFound, ...] = ()
    needs: tuple[Need, ...] = ()
    independence: int
    decision: ReviewDecision
    intensity: Intensity
    next_review_due: date

    def apply(self, case: Case) -> None:
        for found in self.goals:
            if found.status in CLOSING:
                case.goals[found.goal].open = False
                case.goals[found.goal].achieved = found.status is GoalStatus.ACHIEVED
        case.review, case.review_due, case.postponed = None, self.next_review_due, 0
        case.last_review_on, case.independence, case.intensity = self.held_on, self.independence, self.intensity


class PlanRevised(Event):
    """The next version of the plan, in force from the day of the review on."""

    plan_version: int
    review: int
    agreed_on: date
    client_agreed: bool
    guardian_agreed: bool | None = None
    written_copy: CopyText
    language_of_copy: LanguageCode

    def apply(self, case: Case) -> None:
        case.plan_version, case.draft, case.agreed_on = self.plan_version, None, self.agreed_on

    def number(self) -> int:
        return self.plan_version


class PostponeReview(_OfReview):
    """The due date moves, before it is over. A `reason` is needed; after some times in a row only a supervisor may postpone once more."""

    kind: Literal["PostponeReview"] = "PostponeReview"
    reason: Reason
    new_due_on: date

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        check_not_suspended(case)
        due_on, policy = _due(case, self.kind), occasion.policy(case)
        if due_on < occasion.today:
            raise Refused(Refusal.REVIEW_OVERDUE, due_on=due_on)
        if self.new_due_on <= due_on:
            raise Refused(Refusal.DATE_ORDER, first=due_on, then=self.new_due_on)
        latest = add_months(case.last_review_on or case.agreed_on or due_on, policy.review_months_at_most)
        if self.new_due_on > latest:
            raise Refused(Refusal.REVIEW_INTERVAL, next_review_due=self.new_due_on, latest=latest)
        supervised = occasion.actor.role is Role.SUPERVISOR
        if not supervised and case.postponed >= policy.review_postponements:
            raise Refused(Refusal.POSTPONED_TOO_OFTEN, times=case.postponed)
        in_a_row = 0 if supervised else case.postponed + 1
        return [ReviewPostponed(due_on=due_on, new_due_on=self.new_due_on, in_a_row=in_a_row)]


class ReviewPostponed(Event):
    """`in_a_row`: how often now since the last review, or since a supervisor postponed it."""

    due_on: date
    new_due_on: date
    in_a_row: int

    def apply(self, case: Case) -> None:
        case.review_due, case.postponed = self.new_due_on, self.in_a_row


class CancelReview(_OfReview):
    """An appointment, or a review that was begun, comes to nothing. A `reason` is needed. The due date stays."""

    kind: Literal["CancelReview"] = "CancelReview"
    reason: Reason

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if case.review is None:
            raise Refused(Refusal.REVIEW_NOT_OPEN, review=None)
        return [ReviewCancelled(review=case.review.number)]


class ReviewCancelled(Event):
    review: int

    def apply(self, case: Case) -> None:
        case.review = None


def _due(case: Case, command: str) -> date:
    """From the agreement of a plan on; a case that was reopened agrees its plan anew first."""
    if case.review_due is None:
        raise Refused(Refusal.NO_PLAN, command=command)
    return case.review_due


def _check_order(case: Case, on: date) -> None:
    """Not before the plan in force was agreed, nor before the review was begun."""
    begun = case.review.started if case.review else None
    first = max(each for each in (case.agreed_on, begun, date.min) if each is not None)
    if on < first:
        raise Refused(Refusal.DATE_ORDER, first=first, then=on)


def _next_due(case: Case, on: date, intensity: Intensity, months: int | None, occasion: Occasion) -> date:
    """By intensity, or as agreed: no later than the usual time, or than the longer one once support has lasted long enough."""
    policy = occasion.policy(case)
    longest = policy.review_months[intensity]
    if case.support_start is not None and on >= add_months(case.support_start, policy.review_later_after_months):
        longest = max(longest, policy.review_months_later[intensity])
    if months is not None and months > longest:
        raise Refused(Refusal.REVIEW_INTERVAL, next_review_due=add_months(on, months), latest=add_months(on, longest))
    return add_months(on, months or policy.review_months[intensity])
