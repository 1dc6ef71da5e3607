"""What stands before every door: a bound on what comes in, headers on what goes out, and no stack trace ever."""

import traceback
from pathlib import Path
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import ProblemError, answer

BODY_LIMIT = 64 * 1024
STATIC = "/static/"
CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

log = structlog.get_logger(__name__)


class Guarded:
    """The outermost layer behind the metrics."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sealed_off(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith(STATIC):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        try:
            if _announced(scope) > BODY_LIMIT:
                raise too_large()
            await self._app(scope, _counted(receive), sealed_off)
        except ProblemError as error:
            await answer(error)(scope, receive, sealed_off)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the caller gets an answer without a trace
            error_id = noted(fault)
            if not begun:
                unexpected = ProblemError(
                    500,
                    "UNEXPECTED",
                    "Something went wrong on our side. Ask again with the same key; if it stays, name the error id.",
                    error_id=error_id,
                )
                await answer(unexpected)(scope, receive, sealed_off)


def too_large() -> ProblemError:
    return ProblemError(
        413,
        "TOO_LARGE",
        f"More than {BODY_LIMIT} bytes are not taken. Nothing was recorded.",
        headers={"Connection": "close"},
    )


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _counted(receive: Receive) -> Receive:
    """Counts while reading: a body may come in chunks that announce nothing."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > BODY_LIMIT:
            raise too_large()
        return message

    return counted


def noted(fault: Exception) -> str:
    """Logs an error of ours under the id that is given back. Type and place only: its text may quote what a person said."""
    error_id = uuid4().hex
    place = traceback.extract_tb(fault.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    log.error("unexpected_error", error_id=error_id, error=type(fault).__name__, at=where)
    return error_id
