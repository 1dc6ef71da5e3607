"""What stands on the supervisors' first page: how much waits, and where it is found."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.requests import Request

from api import house_reads, now
from api.house import house_of
from domain.envelopes import Actor
from infra import notice_board
from projections import approvals, caseload, referrals, reviews_due
from projections.caseload import Filter

DAYS = 7


async def content(request: Request, actor: Actor) -> dict[str, Any]:
    """The values of `overview.html`. Cases of the visitor's provider only."""
    house, today = house_of(request), now.today()
    units = [row.unit for row in await house_reads.visible(house, actor)]
    told = await notice_board.count_since(house.connections, actor.provider, now.instant() - timedelta(days=DAYS))
    async with house.connections.connection() as connection:
        reviews = await reviews_due.counts(connection, reviews_due.Filter(today, actor.provider))
        by_manager = await reviews_due.overdue_by_manager(connection, actor.provider, today)
        services = await referrals.awaited_by_service(connection, actor.provider)
        waiting = await approvals.count_waiting(connection, actor.provider)

        every = Filter(provider=actor.provider, open_only=True)

        async def cases(wanted: Filter) -> int:
            return sum((await caseload.counts_by_phase(connection, wanted)).values())

        counts = [
            ("overview.open", await cases(every), "/cases"),
            ("overview.late", await cases(replace(every, late=True)), "/cases?late=true"),
            ("overview.overdue", reviews.overdue, "/reviews?overdue=true"),
            ("overview.escalated", reviews.escalated, "/reviews?escalated=true"),
            ("overview.approvals", waiting, "/approvals"),
            ("overview.unassigned", await cases(replace(every, unassigned=True)), "/cases?unassigned=true"),
            (
                "overview.in_question",
                await cases(Filter(provider=actor.provider, in_question=True)),
                "/cases?in_question=true",
            ),
            ("overview.suspended", await cases(replace(every, suspended=True)), "/cases?suspended=true"),
            ("overview.referrals", sum(n for n, _ in services.values()), "/referrals"),
            ("overview.incoming", sum(len(unit.incoming) for unit in units), "/units"),
            ("overview.offers", sum(len(unit.offers) for unit in units), "/units"),
            ("overview.notices", told, "/notices"),
        ]
    return {
        "counts": counts,
        "by_manager": [(manager, n, (today - since).days) for manager, n, since in by_manager],
        "days": DAYS,
    }
