"""What stands on the list of referrals: what waits for word, from which service, and for how long."""

from typing import Any

from starlette.requests import Request

from api import now
from api.house import house_of
from api.language import chosen
from api.narrowing import Narrowing
from api.opening import opened
from domain.envelopes import Actor
from domain.vocabulary import ServiceKind
from projections import referrals

AT_MOST = 200


class Asked(Narrowing):
    """`over`: also what is over."""

    path = "/referrals"

    service: ServiceKind | None = None
    over: bool = False


async def content(request: Request, actor: Actor, asked: Asked) -> dict[str, Any]:
    """The values of `referrals.html`. Cases of the visitor's provider only."""
    house, today = house_of(request), now.today()
    async with house.connections.connection() as connection:
        rows = await referrals.of_provider(
            connection, actor.provider, service=asked.service, awaited=not asked.over, limit=AT_MOST
        )
        services = await referrals.awaited_by_service(connection, actor.provider)
    names = [(row.case_id, "person.name", row.name) for row in rows]
    return {
        "asked": asked,
        "rows": rows,
        "today": today,
        "services": [(kind, n, (today - since).days) for kind, (n, since) in services.items()],
        "awaited": sum(n for n, _ in services.values()),
        "kinds": list(ServiceKind),
        "at_most": AT_MOST,
        "opened": await opened(house, chosen(request), actor, actor.provider, names),
    }
