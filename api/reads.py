"""What spans cases, and what was true when: reviews due, referrals, facts. Of your provider's cases only."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request

from api import documentation, examples_reads, now, parsing, views
from api.access import Action, demand
from api.cases import AT_MOST, Caller, Reading, json_only, row_of, wait_for
from api.house import house_of
from api.patience import PatientRoute
from api.problems import Fault, malformed
from api.views import ReferralView, ReviewView
from domain.story import Slug
from domain.vocabulary import ReferralState, ServiceKind
from projections import caseload, facts, referrals, reviews_due
from projections.facts import FactKind
from projections.reviews_due import Filter


class ReviewsAsked(Reading):
    """What the list is narrowed to. `cursor`: where the page before ended."""

    manager: Slug | None = None
    municipality: Slug | None = None
    overdue: bool = False
    escalated: bool = False
    cursor: str | None = Field(default=None, pattern=parsing.CURSOR)
    limit: int = Field(default=50, ge=1, le=AT_MOST)


class ReferralsAsked(Reading):
    """`awaited`: only what is not over."""

    state: ReferralState | None = None
    service: ServiceKind | None = None
    awaited: bool = False
    limit: int = Field(default=AT_MOST, ge=1, le=AT_MOST)


class FactsAsked(Reading):
    """True on the day `on`, as it was known at the instant `known_at`. Each is now where it is not said."""

    on: date | None = None
    known_at: AwareDatetime | None = None
    kind: FactKind | None = None


class ReviewsPage(BaseModel):
    """`today` is the local day that lateness counts to; `next` the cursor of the page behind, null on the last one."""

    today: date
    reviews: list[ReviewView]
    next: str | None


class Referrals(BaseModel):
    """`today` is the local day that waiting counts to."""

    today: date
    referrals: list[ReferralView]


class Fact(BaseModel):
    """`subject` tells what may hold side by side. `version` is the event with which this came to be known, `stated_in` the one that says so itself.

    `…_to` is the first day, or instant (UTC), when it no longer was; null: none is known. `disputed`: to be shown with that note only.
    `case_id` is where it comes from: the case itself, or a duplicate that was merged into it; the events are those of that case.
    """

    model_config = ConfigDict(from_attributes=True)

    case_id: str
    kind: FactKind
    subject: str
    value: str
    valid_from: date
    valid_to: date | None
    known_from: datetime
    known_to: datetime | None
    version: int
    stated_in: int
    disputed: bool


class Facts(BaseModel):
    case_id: str
    on: date
    known_at: AwareDatetime
    facts: list[Fact]


router = APIRouter(prefix="/v1", dependencies=[Depends(json_only)], route_class=PatientRoute)


@router.get(
    "/reviews-due",
    tags=["lists"],
    summary="Reviews that lie ahead",
    responses=documentation.reads(example=examples_reads.REVIEWS),
)
async def due(request: Request, actor: Caller, wanted: Annotated[ReviewsAsked, documentation.QUERY]) -> ReviewsPage:
    """Of open cases with an agreed plan: the latest first, and last those for which the clock stands still."""
    demand(actor, Action.SEE_CASE)
    house, today = house_of(request), now.today()
    await wait_for(house, wanted.after)
    narrowed = Filter(
        today=today,
        provider=actor.provider,
        manager_id=wanted.manager,
        municipality=wanted.municipality,
        overdue=wanted.overdue,
        escalated=wanted.escalated,
    )
    try:
        async with house.connections.connection() as connection:
            rows, following = await reviews_due.page(connection, narrowed, wanted.cursor, wanted.limit)
    except ValueError:
        raise malformed([Fault(field="cursor", problem="is none that was given here")]) from None
    shown = await views.reviews(house, actor, actor.provider, rows, today)
    return ReviewsPage(today=today, reviews=shown, next=following)


@router.get(
    "/referrals",
    tags=["lists"],
    summary="Referrals",
    responses=documentation.reads(example=examples_reads.REFERRALS),
)
async def referred(
    request: Request, actor: Caller, wanted: Annotated[ReferralsAsked, documentation.QUERY]
) -> Referrals:
    """To which service, how far, and since when the next word is waited for: the longest first."""
    demand(actor, Action.SEE_CASE)
    house, today = house_of(request), now.today()
    await wait_for(house, wanted.after)
    async with house.connections.connection() as connection:
        rows = await referrals.of_provider(
            connection, actor.provider, wanted.state, wanted.service, awaited=wanted.awaited, limit=wanted.limit
        )
    return Referrals(today=today, referrals=await views.referrals(house, actor, actor.provider, rows, today))


@router.get(
    "/cases/{case_id}/facts",
    tags=["cases"],
    summary="What was true, as it was known",
    responses=documentation.reads(404, example=examples_reads.FACTS),
)
async def known(
    case_id: str, request: Request, actor: Caller, wanted: Annotated[FactsAsked, documentation.QUERY]
) -> Facts:
    """Language, activities, housing, residence: what held on a day, as it was known at an instant. A report of an earlier day stays what it was.

    Facts of a duplicate that was merged into the case are among them: `case_id` tells where each comes from.
    """
    row = await row_of(request, actor, case_id, wanted)
    on, known_at = wanted.on or now.today(), wanted.known_at or now.instant()
    async with house_of(request).connections.connection() as connection:
        duplicates = await caseload.merged_into(connection, row)
        rows = await facts.as_of(connection, on, known_at, case_id=case_id, duplicates=duplicates, kind=wanted.kind)
    return Facts(case_id=case_id, on=on, known_at=known_at, facts=[Fact.model_validate(row) for row in rows])
