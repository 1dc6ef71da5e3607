"""What stands on the list of cases."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request

from api.house import house_of
from api.language import chosen
from api.narrowing import Narrowing, with_chosen
from api.opening import opened
from api.problems import ProblemError
from domain.envelopes import Actor
from domain.story import Slug
from domain.vocabulary import Phase
from projections import caseload, closing_standing
from projections.caseload import Filter

PAGE = 50


class Asked(Narrowing):
    """What the list is narrowed to."""

    path = "/cases"

    phase: Phase | None = None
    manager: Slug | None = None
    municipality: Slug | None = None
    late: bool = False
    unassigned: bool = False
    suspended: bool = False
    in_question: bool = False

    def filter(self, provider: str) -> Filter:
        return Filter(
            provider=provider,
            phase=self.phase,
            manager_id=self.manager,
            municipality=self.municipality,
            late=self.late,
            unassigned=self.unassigned,
            suspended=self.suspended,
            in_question=self.in_question,
        )


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
        narrower = {
            name: sum((await caseload.counts_by_phase(connection, each)).values())
            for name, each in _narrower(every_phase).items()
        }
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
        "narrower": narrower,
        "managers": with_chosen(managers, asked.manager),
        "municipalities": with_chosen(municipalities, asked.municipality),
        "following": following and asked.address(after=following),
        "narrowed": asked.narrowed,
    }


def _narrower(wanted: Filter) -> dict[str, Filter]:
    return {
        "late": replace(wanted, late=True),
        "unassigned": replace(wanted, unassigned=True),
        "suspended": replace(wanted, suspended=True),
        "in_question": replace(wanted, in_question=True),
    }
