"""The door for people: signing in, the list of cases, one case with its timeline. Works without JavaScript."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from api import approvals_page, case_page, cases_page, narrowed_history, past_page
from api.access import COOKIE, actor_of, demand, from_cookie
from api.access import Action as May
from api.house import house_of
from api.language import COOKIE as LANGUAGE_COOKIE
from api.language import LANGUAGES
from api.problems import ProblemError
from api.rendering import TO, PageRoute, render
from domain.envelopes import Actor

YEAR_S = 365 * 24 * 3600
TOKEN_LIMIT = 4096


def from_our_own_page(request: Request) -> None:
    """A form that another site sends is refused. Browsers say where a form comes from; what says nothing is no browser of today."""
    site = request.headers.get("sec-fetch-site")
    origin = urlsplit(request.headers.get("origin", "")).netloc
    if site != "same-origin" and (site is not None or origin != request.headers.get("host")):
        raise ProblemError(403, "FOREIGN_FORM", "The form was not sent from a page of ours.")


router = APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)
Visitor = Annotated[Actor, Depends(from_cookie)]
OurForm = Depends(from_our_own_page)
Back = Annotated[str, Form(max_length=2000)]


@router.get("/")
async def sign_in_page(request: Request, signed_out: bool = False) -> Response:
    try:
        from_cookie(request)
    except ProblemError:
        notice = "sign_in.signed_out" if signed_out else None
        return render(request, "sign_in.html", problem=None, notice=notice, back="/cases")
    return RedirectResponse("/cases", TO)


@router.post("/sign-in", dependencies=[OurForm])
async def sign_in(
    request: Request, token: Annotated[str, Form(max_length=TOKEN_LIMIT)] = "", back: Back = "/cases"
) -> Response:
    house = house_of(request)
    given = token.strip().removeprefix("Bearer ").strip()
    try:
        actor_of(house.token_key, given)
    except ProblemError:
        return render(request, "sign_in.html", status=401, problem="sign_in.failed", notice=None, back=_ours(back))
    answer = RedirectResponse(_ours(back), TO)
    secure = house.settings.mode != "development"
    answer.set_cookie(COOKIE, given, httponly=True, samesite="strict", secure=secure)
    return answer


@router.post("/sign-out", dependencies=[OurForm])
async def sign_out() -> Response:
    answer = RedirectResponse("/?signed_out=true", TO)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


@router.post("/language", dependencies=[OurForm])
async def switch_language(request: Request, language: Annotated[str, Form()], back: Back = "/") -> Response:
    if language not in LANGUAGES:
        raise ProblemError(400, "MALFORMED", "There is no such language.")
    answer = RedirectResponse(_ours(back), TO)
    secure = house_of(request).settings.mode != "development"
    answer.set_cookie(LANGUAGE_COOKIE, language, YEAR_S, httponly=True, samesite="lax", secure=secure)
    return answer


@router.get("/cases")
async def cases(request: Request, actor: Visitor, asked: Annotated[cases_page.Asked, Query()]) -> Response:
    demand(actor, May.SEE_CASE)
    return render(request, "cases.html", actor=actor, **await cases_page.content(request, actor, asked))


@router.get("/approvals")
async def approvals(
    request: Request, actor: Visitor, decided: Literal["yes", "no"] | None = None, told: bool = True
) -> Response:
    demand(actor, May.SEE_CASE)
    notice = decided and (f"approvals.said_{decided}" if told else "approvals.not_told_yet")
    values = await approvals_page.content(request, actor)
    return render(request, "approvals.html", actor=actor, problem=None, notice=notice, **values)


@router.post("/approvals/{case_id}", dependencies=[OurForm])
async def decide(
    request: Request, actor: Visitor, case_id: str, decision: Annotated[approvals_page.Decision, Form()]
) -> Response:
    demand(actor, May.SUBMIT)
    return await approvals_page.decide(request, actor, case_id, decision)


@router.get("/cases/{case_id}")
async def case(
    request: Request, actor: Visitor, case_id: str, asked: Annotated[narrowed_history.Asked, Query()]
) -> Response:
    demand(actor, May.SEE_CASE)
    return render(request, "case.html", actor=actor, **await case_page.content(request, actor, case_id, asked))


@router.get("/cases/{case_id}/as-of")
async def as_it_was(
    request: Request, actor: Visitor, case_id: str, asked: Annotated[past_page.Asked, Query()]
) -> Response:
    demand(actor, May.SEE_CASE)
    return render(request, "as_of.html", actor=actor, **await past_page.content(request, actor, case_id, asked))


@router.get("/cases/{case_id}/diff")
async def difference(
    request: Request, actor: Visitor, case_id: str, asked: Annotated[past_page.Compared, Query()]
) -> Response:
    demand(actor, May.SEE_CASE)
    return render(request, "diff.html", actor=actor, **await past_page.difference(request, actor, case_id, asked))


def _ours(path: str) -> str:
    """A path of ours, whatever a form says: nobody is sent elsewhere."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or "\\" in path or path.startswith("//"):
        return "/cases"
    return path
