"""What stands on the list of cases."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.requests import Request

from api.house import house_of
from api.language import chosen
from api.opening import opened
from api.parsing import CURSOR
from api.problems import ProblemError
from domain.envelopes import Actor
from domain.story import Slug
from domain.vocabulary import Phase
from projections import caseload, closing_standing
from projections.caseload import Filter

PAGE = 50


class Asked(BaseModel):
    """What the address asks for. A form sends an empty text where nothing is chosen."""

    model_config = ConfigDict(extra="ignore")

    phase: Phase | None = None
    manager: Slug | None = None
    municipality: Slug | None = None
    late: bool = False
    unassigned: bool = False
    after: str | None = Field(default=None, pattern=CURSOR)

    @field_validator("phase", "manager", "municipality", "after", mode="before")
    @classmethod
    def _nothing_chosen(cls, value: object) -> object:
        return value or None

    def filter(self, provider: str) -> Filter:
        return Filter(
            provider=provider,
            phase=self.phase,
            manager_id=self.manager,
            municipality=self.municipality,
            late=self.late,
            unassigned=self.unassigned,
        )

    def address(self, **changes: Any) -> str:
        """The address of this list with something changed, from its beginning unless `after` is given."""
        wanted = self.model_dump(mode="json", exclude_defaults=True) | {"after": None, **changes}
        query = urlencode({name: "true" if value is True else value for name, value in wanted.items() if value})
        return f"/cases?{query}" if query else "/cases"


async def content(request: Request, actor: Actor, asked: Asked) -> dict[str, Any]:
    """The values of `cases.html`. Cases of the visitor's provider only."""
    house, wanted = house_of(request), asked.filter(actor.provider)
    every_phase = replace(wanted, phase=None)
    async with house.connections.connection() as connection:
        try:
            rows, following = await caseload.page(connection, wanted, asked.after, PAGE)
        except ValueError:
            raise ProblemError(400, "MALFORMED", "There is no such page of the list.") from None
        counts = await caseload.counts_by_phase(connection, every_phase)
        late = await caseload.counts_by_phase(connection, replace(every_phase, late=True))
        unassigned = await caseload.counts_by_phase(connection, replace(every_phase, unassigned=True))
        managers, municipalities = await caseload.choices(connection, actor.provider)
    names = [(row.case_id, "person.name", row.name) for row in rows]
    found = sum(counts.values()) if asked.phase is None else counts.get(asked.phase, 0)
    return {
        "asked": asked,
        "rows": rows,
        "contact_weeks": closing_standing.contact_weeks,
        "opened": await opened(house, chosen(request), actor, actor.provider, names),
        "found": found,
        "total": sum(counts.values()),
        "counts": [(phase, counts.get(phase, 0)) for phase in Phase],
        "late": sum(late.values()),
        "unassigned": sum(unassigned.values()),
        "managers": _with(managers, asked.manager),
        "municipalities": _with(municipalities, asked.municipality),
        "following": following and asked.address(after=following),
        "narrowed": asked.model_copy(update={"after": None}) != Asked(),
    }


def _with(choices: list[str], chosen: str | None) -> list[str]:
    """What is asked for stands in the form, even where no case has it."""
    return choices if chosen is None or chosen in choices else sorted([*choices, chosen])
