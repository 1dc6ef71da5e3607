"""What stands on the page of what waits for a second person."""

from typing import Any

from starlette.requests import Request

from api.house import house_of
from api.language import chosen
from api.opening import opened
from domain.envelopes import Actor
from projections import approvals, caseload


async def content(request: Request, actor: Actor) -> dict[str, Any]:
    """The values of `approvals.html`. Proposals at the visitor's provider, the longest waiting first."""
    house = house_of(request)
    async with house.connections.connection() as connection:
        rows = await approvals.waiting(connection, actor.provider)
        names = await caseload.names(connection, [row.case_id for row in rows])
    sealed = [(case_id, "person.name", name) for case_id, name in names.items()]
    return {
        "me": actor.id,
        "rows": rows,
        "names": names,
        "opened": await opened(house, chosen(request), actor, actor.provider, sealed),
    }
