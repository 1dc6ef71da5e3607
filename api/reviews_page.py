"""What stands on the list of reviews that lie ahead."""

from datetime import date
from typing import Any

from starlette.requests import Request

from api import now
from api.house import house_of
from api.language import chosen
from api.narrowing import Narrowing, with_chosen
from api.opening import opened
from api.problems import ProblemError
from domain.envelopes import Actor
from domain.story import Slug
from projections import caseload, reviews_due
from projections.reviews_due import Filter

PAGE = 50


class Asked(Narrowing):
    """What the list is narrowed to."""

    path = "/reviews"

    manager: Slug | None = None
    municipality: Slug | None = None
    overdue: bool = False
    escalated: bool = False

    def filter(self, provider: str, today: date) -> Filter:
        return Filter(
            today=today,
            provider=provider,
            manager_id=self.manager,
            municipality=self.municipality,
            overdue=self.overdue,
            escalated=self.escalated,
        )


async def content(request: Request, actor: Actor, asked: Asked) -> dict[str, Any]:
    """The values of `reviews.html`. Cases of the visitor's provider only."""
    house, today = house_of(request), now.today()
    wanted = asked.filter(actor.provider, today)
    wide = asked.model_copy(update={"overdue": False, "escalated": False}).filter(actor.provider, today)
    async with house.connections.connection() as connection:
        try:
            rows, following = await reviews_due.page(connection, wanted, asked.after, PAGE)
        except ValueError:
            raise ProblemError(400, "MALFORMED", "There is no such page of the list.") from None
        found = await reviews_due.counts(connection, wanted)
        all_ahead = await reviews_due.counts(connection, wide)
        managers, municipalities = await caseload.choices(connection, actor.provider)
    names = [(row.case_id, "person.name", row.name) for row in rows]
    return {
        "asked": asked,
        "rows": rows,
        "today": today,
        "opened": await opened(house, chosen(request), actor, actor.provider, names),
        "found": found.ahead,
        "counts": all_ahead,
        "managers": with_chosen(managers, asked.manager),
        "municipalities": with_chosen(municipalities, asked.municipality),
        "following": following and asked.address(after=following),
    }
