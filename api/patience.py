"""Time limits that hold: whoever asks gets an answer, even where what they wait for cannot be stopped at once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from api.problems import outcome_unknown, unavailable

T = TypeVar("T")
WITHIN_S = 9.5

_given_up: set[asyncio.Task[Any]] = set()  # a task that nobody refers to may vanish while it still tidies up


async def within(seconds: float, asked: Coroutine[Any, Any, T]) -> T:
    """The result of `asked`. Raises TimeoutError after `seconds`.

    What is given up is cancelled but not waited for: a query to a database that hangs takes ten more seconds to let go of its connection.
    """
    task = asyncio.create_task(asked)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        _give_up(task)
        raise
    if not done:
        _give_up(task)
        raise TimeoutError
    return task.result()


def _give_up(task: asyncio.Task[Any]) -> None:
    task.cancel()
    _given_up.add(task)
    task.add_done_callback(_forget)


def _forget(task: asyncio.Task[Any]) -> None:
    _given_up.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, so that it is not reported as overlooked


class PatientRoute(APIRoute):
    """A route that answers 503 rather than not at all."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def patient(request: Request) -> Response:
            try:
                return await within(WITHIN_S, answer(request))
            except TimeoutError:
                raise (outcome_unknown() if request.method == "POST" else unavailable()) from None

        return patient
