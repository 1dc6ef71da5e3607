"""How family and identity stand, on the row of the caseload: the household, a death in it, coming of age, and cases that were merged."""

from datetime import date
from typing import Any, Protocol

from domain import bereavement, birth_date, deadlines, household, plan, reviews
from domain.case import Case
from domain.deadlines import add_months
from domain.envelopes import Recorded
from domain.vocabulary import DeadlineKind, Relation


class Row(Protocol):
    """`duplicates` are the cases merged into this one; `comes_of_age_in` is the first day of the month of which the clock has warned."""

    @property
    def household_id(self) -> str | None: ...

    @property
    def relation(self) -> Relation | None: ...

    @property
    def deaths_in_household(self) -> int: ...

    @property
    def duplicates(self) -> tuple[str, ...]: ...

    @property
    def merged_into(self) -> str | None: ...

    @property
    def comes_of_age_in(self) -> date | None: ...


def stands(row: Row) -> dict[str, Any]:
    """What a case remembers of it. Whose the merged cases are, no event asks for."""
    return {
        "household_id": row.household_id,
        "relation": row.relation,
        "deaths_in_household": row.deaths_in_household,
        "duplicates": dict.fromkeys(row.duplicates, ""),
        "merged_into": row.merged_into,
    }


def kept(row: Row, case: Case, recorded: Recorded) -> dict[str, Any]:
    return {
        "household_id": case.household_id,
        "relation": case.relation,
        "deaths_in_household": case.deaths_in_household,
        "duplicates": tuple(case.duplicates),
        "merged_into": case.merged_into,
        **shown(row, case, recorded),
    }


def shown(row: Row, case: Case, recorded: Recorded) -> dict[str, Any]:
    event, on = recorded.event, recorded.effective_on
    match event:
        case household.HouseholdSplit():
            return {"household_split_on": on, "household_protected": event.protected}
        case bereavement.DeathInHouseholdNoted():
            return {"death_in_household_on": on}
        case bereavement.DeathInHouseholdRetracted() if not case.deaths_in_household:
            return {"death_in_household_on": None}
        case deadlines.DeadlineReminded(deadline=DeadlineKind.COMING_OF_AGE):
            return {"comes_of_age_in": event.due_on}
        case birth_date.BirthDateCorrected():
            return {"comes_of_age_in": None}
        case plan.PlanAgreed() | reviews.PlanRevised() if _agreed_since(row.comes_of_age_in, event.agreed_on):
            return {"comes_of_age_in": None}
    return {}


def _agreed_since(month: date | None, agreed_on: date) -> bool:
    """Whether the adult has agreed: surely so once the month in which they came of age is over."""
    return month is not None and agreed_on >= add_months(month, 1)
