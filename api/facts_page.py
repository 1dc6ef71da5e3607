"""What stands on the page of what was true of a person, and since when that was known."""

from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from starlette.requests import Request

from api import case_page, now
from api.house import house_of
from api.language import chosen, place_named, said
from api.opening import opened
from domain.deadlines import local_day, start_of
from domain.envelopes import Actor
from domain.vocabulary import ActivityKind, HousingKind, LanguageLevel, QualificationKind, Title
from projections import caseload, facts
from projections.facts import FactKind, FactRow

CODES = {
    FactKind.LANGUAGE: LanguageLevel,
    FactKind.ACTIVITY: ActivityKind,
    FactKind.HOUSING: HousingKind,
    FactKind.RESIDENCE: Title,
    FactKind.QUALIFICATION: QualificationKind,
}
BLINK = timedelta(microseconds=1)


class Asked(BaseModel):
    """True on the day `on`, as it was known at the end of the day `known_on`. Each is today where it is not said."""

    model_config = ConfigDict(extra="ignore")

    on: date | None = None
    known_on: date | None = None

    @field_validator("on", "known_on", mode="before")
    @classmethod
    def _nothing_chosen(cls, value: object) -> object:
        return value or None


async def content(request: Request, actor: Actor, case_id: str, asked: Asked) -> dict[str, Any]:
    """The values of `facts.html`. Raises ProblemError (404, 403)."""
    house, language, today = house_of(request), chosen(request), now.today()
    row = await case_page.row_of(request, actor, case_id)
    on, known_on = asked.on or today, min(asked.known_on or today, today)
    async with house.connections.connection() as connection:
        duplicates = await caseload.merged_into(connection, row)
        known_at = start_of(known_on + timedelta(days=1)) - BLINK
        held = await facts.as_of(connection, on, known_at, case_id=case_id, duplicates=duplicates)
        every = await facts.of_case(connection, case_id, duplicates)

    def value(fact: FactRow) -> str:
        return value_said(language, fact.kind, fact.value if fact.value is not None else fact.subject)

    return {
        "row": row,
        "on": on,
        "known_on": known_on,
        "today": today,
        "held": held,
        "every": every,
        "value": value,
        "local_day": local_day,
        "opened": await opened(house, language, actor, row.provider, [(case_id, "person.name", row.name)]),
    }


def value_said(language: str, kind: FactKind, value: str) -> str:
    """What a fact says: the label of its code, or the name of an area."""
    return place_named(language, value) if kind is FactKind.RESIDENCE_RULE else said(language, CODES[kind](value))
