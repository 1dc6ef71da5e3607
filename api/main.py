"""The HTTP door: `python -m api.main`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import boards, cases, documentation, health, house_commands, house_reads, pages, past, reads, reference
from api.guards import Guarded
from api.house import AWAY, opened
from api.metrics import Metrics, Observed
from api.parsing import faults
from api.problems import ProblemError, answer, malformed, unavailable
from api.rendering import error_page
from infra import logging
from infra.settings import Settings, database_url, load_settings, master_key, token_key

STATIC = Path(__file__).with_name("static")
GRACE_S = 15
CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
DETAILS = {404: "There is nothing at this address.", 405: "This address does not take that method."}

log = structlog.get_logger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """The app. Its lifespan opens the house, also while database and Temporal are down."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings) as house:
            app.state.house = house
            yield

    app = FastAPI(
        title=documentation.TITLE,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.metrics = Metrics()
    app.include_router(cases.router)
    app.include_router(house_commands.router)
    app.include_router(house_reads.router)
    app.include_router(reads.router)
    app.include_router(past.router)
    app.include_router(boards.router)
    app.include_router(pages.router)
    app.include_router(reference.router)
    app.include_router(health.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.openapi = lambda: documentation.described(app)  # type: ignore[method-assign]
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for away in AWAY:
        app.add_exception_handler(away, _away)
    app.add_middleware(Guarded)
    app.add_middleware(Observed, metrics=app.state.metrics)
    return app


def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)  # noqa: S101  what it was registered for
    return answer(error)


def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return answer(malformed(faults(error.errors())))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    status = error.status_code
    missed = status == 404 or (status == 405 and request.method == "GET")  # e.g. the address of a form, opened by hand
    if missed and not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("accept", ""):
        return error_page(request, 404)
    code, detail = CODES.get(status, f"HTTP_{status}"), DETAILS.get(status, "This can't be answered.")
    return answer(ProblemError(status, code, detail, headers=error.headers))


def _away(_: Request, error: Exception) -> JSONResponse:
    log.warning("database_away", error=type(error).__name__)
    return answer(unavailable())


async def main() -> None:
    settings = load_settings()
    logging.configure(settings, "api")
    for needed in (database_url, master_key, token_key):
        needed(settings)  # what is missing is told in words before anything listens
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            host=settings.api_host,
            port=settings.api_port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    await server.serve()


if __name__ == "__main__":
    asyncio.run(main())
