"""The door for people to what spans cases: the supervisors' first page, one's own list, reviews, referrals, notices; and the facts of one case."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from api import (
    facts_page,
    house_reads,
    my_caseload_page,
    notices_page,
    overview_page,
    referrals_page,
    reviews_page,
    units_page,
)
from api.access import Action as May
from api.access import demand
from api.house import house_of
from api.house_commands import Name
from api.pages import OurForm, Visitor
from api.rendering import PageRoute, render

router = APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/overview")
async def overview(request: Request, actor: Visitor) -> Response:
    demand(actor, May.SEE_CASE)
    return render(request, "overview.html", actor=actor, **await overview_page.content(request, actor))


@router.get("/my-caseload")
async def my_caseload(request: Request, actor: Visitor, asked: Annotated[my_caseload_page.Asked, Query()]) -> Response:
    demand(actor, May.SEE_CASE)
    return render(request, "my_caseload.html", actor=actor, **await my_caseload_page.content(request, actor, asked))


@router.get("/reviews")
async def reviews(request: Request, actor: Visitor, asked: Annotated[reviews_page.Asked, Query()]) -> Response:
    demand(actor, May.SEE_CASE)
    return render(request, "reviews.html", actor=actor, **await reviews_page.content(request, actor, asked))


@router.get("/referrals")
async def referrals(request: Request, actor: Visitor, asked: Annotated[referrals_page.Asked, Query()]) -> Response:
    demand(actor, May.SEE_CASE)
    return render(request, "referrals.html", actor=actor, **await referrals_page.content(request, actor, asked))


@router.get("/notices")
async def notices(request: Request, actor: Visitor, asked: Annotated[notices_page.Asked, Query()]) -> Response:
    demand(actor, May.SEE_CASE)
    return render(request, "notices.html", actor=actor, **await notices_page.content(request, actor, asked))


@router.get("/cases/{case_id}/facts")
async def facts(
    request: Request, actor: Visitor, case_id: str, asked: Annotated[facts_page.Asked, Query()]
) -> Response:
    demand(actor, May.SEE_CASE)
    return render(request, "facts.html", actor=actor, **await facts_page.content(request, actor, case_id, asked))


@router.get("/units")
async def units(request: Request, actor: Visitor) -> Response:
    demand(actor, May.SEE_HOUSE)
    return render(request, "units.html", actor=actor, **await units_page.board(request, actor))


@router.get("/units/{municipality}/{provider}")
async def unit(
    request: Request, actor: Visitor, municipality: Name, provider: Name, done: units_page.Done | None = None
) -> Response:
    demand(actor, May.SEE_HOUSE)
    row = await house_reads.known(request, house_of(request), actor, municipality, provider)
    values = await units_page.content(request, actor, row)
    return render(request, "unit.html", actor=actor, problem=None, done=done, **values)


@router.post("/units/{municipality}/{provider}", dependencies=[OurForm])
async def ask_unit(
    request: Request, actor: Visitor, municipality: Name, provider: Name, asked: Annotated[units_page.Asked, Form()]
) -> Response:
    demand(actor, May.RUN_HOUSE)
    row = await house_reads.known(request, house_of(request), actor, municipality, provider)
    return await units_page.ask(request, actor, row, asked)
