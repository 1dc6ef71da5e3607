"""Pages as text: templates, the language and the visitor they are made for, and pages for when something is in the way."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.access import from_cookie
from api.guards import noted
from api.house import AWAY
from api.language import chosen, clock, counted, day, place_named, said, translate
from api.patience import WITHIN_S, within
from api.problems import ProblemError
from api.telling import acted
from domain.envelopes import Actor

RETRY_S = 60
TO = 303  # see other: a reload does not send a form again
NO_REFERRER_ABROAD = {"Referrer-Policy": "same-origin"}  # our own forms must say where they come from

ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class PageRoute(APIRoute):
    """A route whose refusals and faults are pages too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def page(request: Request) -> Response:
            try:
                return await within(WITHIN_S, answer(request))
            except ProblemError as error:
                return error_page(request, error.problem.status)
            except HTTPException as error:
                return error_page(request, error.status_code)
            except RequestValidationError:
                return error_page(request, 400)
            except (TimeoutError, *AWAY):
                return error_page(request, 503)
            except Exception as fault:  # noqa: BLE001 - whatever it is, people get a page that says what to do
                return error_page(request, 500, noted(fault))

        return page


def render(
    request: Request, template: str, *, status: int = 200, actor: Actor | None = None, **values: Any
) -> HTMLResponse:
    """A page in the visitor's language. In templates `t` translates, `counted` minds the number, `say` shows a value, `day` a date, `clock` a time, `place` a slug."""
    language = chosen(request)
    text = ENVIRONMENT.get_template(template).render(
        t=partial(translate, language),
        counted=partial(counted, language),
        say=partial(said, language),
        day=partial(day, language),
        clock=partial(clock, language),
        place=partial(place_named, language),
        language=language,
        other_language="en" if language == "de" else "de",
        who=actor and acted(language, actor.id, actor.role, actor.deputy_for),
        here=f"{request.url.path}?{request.url.query}" if request.method == "GET" else "/",
        **values,
    )
    return HTMLResponse(text, status, {"Content-Language": language, "Vary": "Accept-Language", **NO_REFERRER_ABROAD})


def error_page(request: Request, status: int, error_id: str | None = None) -> HTMLResponse:
    """What happened, why, and what to do. Whoever is not signed in can do so right here. `error_id` stands in our log."""
    if status == 401:
        back = request.url.path if request.method == "GET" else "/cases"
        return render(request, "sign_in.html", status=401, problem="error.401.text", notice=None, back=back)
    shown = status if status in (403, 404, 500) else 400 if status < 500 else 503
    page = render(request, "error.html", status=shown, actor=_visitor(request), code=shown, error_id=error_id)
    if shown == 503:
        page.headers["Retry-After"] = str(RETRY_S)
    return page


def _visitor(request: Request) -> Actor | None:
    try:
        return from_cookie(request)
    except ProblemError:
        return None
