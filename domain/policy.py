"""Policy is data: versioned, effective-dated. A case keeps the version under which it opened until an event moves it."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from domain.vocabulary import DeadlineKind, DeadlineStage, Intensity

ReviewMonths = Annotated[int, Field(ge=1, le=12)]
LARGEST = 3660
"""Larger numbers, of days or months, are a slip of the pen."""

OF_STAFF = (DeadlineKind.ABSENCE, DeadlineKind.EMPLOYMENT_END)
"""Deadlines of staff, not of cases: they are reached once, when their day is over."""

OF_UNITS = (DeadlineKind.OFFER, DeadlineKind.HELD_PLACE, DeadlineKind.CAPACITY)
"""The same of units."""

_INTERNAL = {DeadlineStage.REMINDED: -7, DeadlineStage.FELL_DUE: 1, DeadlineStage.ESCALATED: 14}


class Parameters(BaseModel):
    """The programme's numbers. Days are calendar days, months count by section 188 of the Civil Code.

    Support months come from the state's pact of 2017 (24) and its regulation of 2023 (36, at most 48); the decree for Ukraine is of 11 March 2022.
    First contact within 14 days follows a published case-management manual; all other numbers are our defaults.

    `stage_days`: from the due day to the day at whose beginning a stage of a deadline is reached; a stage that is not named does not come.
    `review_months`: to the next review, by intensity; `…_later`: what may be agreed at most once support has lasted `review_later_after_months`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    support_months: int = Field(ge=1)
    support_months_at_most: int
    ukraine_from: date = date(2022, 3, 11)
    due_after_days: dict[DeadlineKind, int] = {
        DeadlineKind.FIRST_CONTACT: 14,
        DeadlineKind.ASSESSMENT: 28,
        DeadlineKind.PLAN: 42,
        DeadlineKind.TITLE_DECISION: 30,
    }
    plan_ahead_months: int = 12
    stage_days: dict[DeadlineKind, dict[DeadlineStage, int]] = {
        **dict.fromkeys(DeadlineKind, _INTERNAL),
        **{kind: {} for kind in (*OF_STAFF, *OF_UNITS)},
        DeadlineKind.SUPPORT_END: {**_INTERNAL, DeadlineStage.REMINDED: -90},
        DeadlineKind.COMING_OF_AGE: {DeadlineStage.REMINDED: -90},
        DeadlineKind.TRANSFER_ANSWER: {DeadlineStage.ESCALATED: 1},
        DeadlineKind.TITLE_EXPIRY: {**_INTERNAL, DeadlineStage.REMINDED: -90, DeadlineStage.REMINDED_AGAIN: -30},
    }
    review_months: dict[Intensity, ReviewMonths] = {Intensity.LOW: 3, Intensity.MEDIUM: 3, Intensity.HIGH: 1}
    review_months_later: dict[Intensity, ReviewMonths] = {Intensity.LOW: 6, Intensity.MEDIUM: 6, Intensity.HIGH: 1}
    review_later_after_months: int = 12
    review_months_at_most: ReviewMonths = 12
    review_postponements: int = 2
    own_contribution_from_age: int = 14
    adult_age: int = 18
    withdrawal_contact_weeks: tuple[int, ...] = (2, 4, 8)
    withdrawal_from_independence: int = 3
    withdrawal_months_at_most: int = 6
    closure_last_contact_days: int = 30
    contact_lost_attempts: int = 3
    contact_lost_weeks: int = 8
    reopen_months: int = 6
    absence_deputy_working_days: int = 5
    absence_reassign_working_days: int = 30
    transfer_answer_working_days: int = 10
    transfer_review_days: int = 28
    offer_working_days: int = 10
    places_held_working_days: int = 10
    waiting_passes_at_most: int = 3

    @property
    def adult_ahead_days(self) -> int:
        """How many days before somebody comes of age their manager is warned, at the least."""
        return -self.stage_days[DeadlineKind.COMING_OF_AGE][DeadlineStage.REMINDED]

    @field_validator("due_after_days", "stage_days", "review_months", "review_months_later")
    @classmethod
    def _complete(cls, given: dict[Any, Any], info: ValidationInfo) -> dict[Any, Any]:
        """What is not said stays as the programme's default has it: every deadline and every intensity has its numbers."""
        return {**cls.model_fields[str(info.field_name)].default, **given}

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.support_months > self.support_months_at_most:
            raise ValueError("regular support is not longer than the longest")
        if DeadlineStage.REMINDED not in self.stage_days[DeadlineKind.COMING_OF_AGE]:
            raise ValueError("somebody is always warned before a client comes of age")
        if not self.withdrawal_contact_weeks:
            raise ValueError("a withdrawal has at least one stage")
        for days in self.stage_days.values():
            in_order = [days[stage] for stage in DeadlineStage if stage in days]
            if in_order != sorted(in_order) or any(abs(each) > LARGEST for each in in_order):
                raise ValueError("the stages of a deadline follow each other in time")
        numbers = (value for _, value in self if isinstance(value, int))
        if not all(0 <= number <= LARGEST for number in (*numbers, *self.due_after_days.values())):
            raise ValueError(f"numbers are from 0 to {LARGEST}")
        return self


class Policy(Parameters):
    """One version of the programme's numbers, in force from a day on until the next one is."""

    version: str
    valid_from: date


POLICIES = (
    Policy(version="2017", valid_from=date(2017, 1, 1), support_months=24, support_months_at_most=24),
    Policy(version="2023", valid_from=date(2023, 6, 6), support_months=36, support_months_at_most=48),
)


def policy_on(policies: tuple[Policy, ...], on: date) -> Policy:
    """The version in force on a date; before the first, the first."""
    first = min(policies, key=lambda p: p.valid_from)
    return max((p for p in policies if p.valid_from <= on), key=lambda p: p.valid_from, default=first)


def policy_named(policies: tuple[Policy, ...], version: str) -> Policy:
    """Raises KeyError on a version that is not known here."""
    return {p.version: p for p in policies}[version]
