"""Policy is data: versioned, effective-dated. A case keeps the version under which it opened until an event moves it."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.vocabulary import DeadlineKind, DeadlineStage, Intensity

ReviewMonths = Annotated[int, Field(ge=1, le=12)]

_INTERNAL = {DeadlineStage.REMINDED: -7, DeadlineStage.FELL_DUE: 1, DeadlineStage.ESCALATED: 14}


class Policy(BaseModel):
    """One version of the programme's numbers. Days are calendar days, months count by section 188 of the Civil Code.

    Support months come from the state's pact of 2017 (24) and its regulation of 2023 (36, at most 48); the decree for Ukraine is of 11 March 2022.
    First contact within 14 days follows a published case-management manual; all other numbers are our defaults.

    `stage_days`: from the due day to the day at whose beginning a stage of a deadline is reached; a stage that is not named does not come.
    `review_months`: to the next review, by intensity; `…_later`: what may be agreed at most once support has lasted `review_later_after_months`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    valid_from: date
    support_months: int
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
        DeadlineKind.SUPPORT_END: {**_INTERNAL, DeadlineStage.REMINDED: -90},
        DeadlineKind.COMING_OF_AGE: {DeadlineStage.REMINDED: -90},
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

    @property
    def adult_ahead_days(self) -> int:
        """How many days before somebody comes of age their manager is warned, at the least."""
        return -self.stage_days[DeadlineKind.COMING_OF_AGE][DeadlineStage.REMINDED]


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
