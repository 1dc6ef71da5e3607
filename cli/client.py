"""A typed client of the public HTTP API, for commands, the demo and tests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from pydantic import BaseModel, ConfigDict

from domain.envelopes import NextDeadline, RecordedEvent

LOOPBACK = ("127.0.0.1", "localhost", "::1")
AT_ONCE = 64
ANSWER_WITHIN_S = 15.0  # the API itself says "unknown" after 10
DEFAULT_RETRY_S = 1.0


class OutcomeUnknownError(Exception):
    """The command may be recorded or not. Asking again with the same key records it once."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(
            f"The outcome is unknown ({why}). The command may be recorded or not: ask again with the same key {key}, "
            "which records it once."
        )
        self.key = key


class UnreachableError(Exception):
    """Nobody answers at the address, or not in the way of this API."""


class Receipt(BaseModel):
    """What was recorded, as the API tells it; see `domain.envelopes.Receipt`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stream_id: str
    version: int
    position: int
    events: tuple[RecordedEvent, ...]
    next_deadline: NextDeadline | None = None


class Problem(BaseModel):
    """Why it was not done (problem+json). `code` is stable; `guard` is the number of the programme's rule, if it was one.

    `errors`: the wrong fields; `since`: what was recorded after the version that the caller had seen.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    status: int
    title: str = ""
    detail: str = ""
    code: str = ""
    guard: str | None = None
    params: dict[str, Any] = {}
    errors: list[dict[str, str]] | None = None
    since: list[dict[str, Any]] | None = None


class NotShownError(Exception):
    """The API does not show what was looked for. `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.detail or problem.title}")
        self.problem = problem


@dataclass(frozen=True)
class Client:
    """The API as one bearer of a token sees it. `patience_s`: how long a command is asked again while its outcome is unknown."""

    http: httpx.AsyncClient
    token: str
    patience_s: float = 20.0

    def bearing(self, token: str) -> "Client":
        """The same connections for somebody else."""
        return Client(self.http, token, self.patience_s)

    async def register(self, command: Mapping[str, Any], *, key: str) -> Receipt | Problem:
        """A person's first command, RegisterPerson, which makes the case. Raises OutcomeUnknownError."""
        return await self._ask("/v1/cases", command, key, None)

    async def submit(
        self, case_id: str, command: Mapping[str, Any], *, key: str, seen: int | None = None
    ) -> Receipt | Problem:
        """Any other command, by its `kind`. `seen`: refused when the case has another version. Raises OutcomeUnknownError."""
        return await self._ask(f"/v1/cases/{quote(case_id, safe='')}/commands", command, key, seen)

    async def ask_house(self, path: str, command: Mapping[str, Any], *, key: str) -> Receipt | Problem:
        """A command of a unit, about somebody of the staff, or of the policy, e.g. at the path `units/ravensburg/drk`. Raises OutcomeUnknownError."""
        return await self._ask(f"/v1/{path}/commands", command, key, None)

    async def receipt(self, key: str) -> Receipt | None:
        """What was recorded under a key; None when nothing is. Raises NotShownError or UnreachableError."""
        try:
            return Receipt.model_validate(await self.look(f"/v1/commands/{quote(key, safe='')}"))
        except NotShownError as error:
            if error.problem.status == httpx.codes.NOT_FOUND:
                return None
            raise

    async def look(self, path: str, **query: str | int | None) -> dict[str, Any]:
        """What a `GET` of the API shows, e.g. `look("/v1/cases", phase="INTAKE")`. Raises NotShownError or UnreachableError.

        Read models that are not there yet, or services that are away, are waited for as long as patience lasts.
        """
        asked = {name: value for name, value in query.items() if value is not None}
        end = monotonic() + self.patience_s
        while (response := await self._get(path, asked)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
            if monotonic() + _retry_after(response) > end:
                break
            await asyncio.sleep(_retry_after(response))
        if not response.is_success:
            raise NotShownError(_problem(response))
        found: dict[str, Any] = response.json()
        return found

    async def _get(self, path: str, query: Mapping[str, str | int]) -> httpx.Response:
        try:
            return await self.http.get(path, params=query, headers=self._headers)
        except httpx.TransportError as error:
            raise UnreachableError(_unreachable(self.http.base_url, error)) from error

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def _ask(self, path: str, command: Mapping[str, Any], key: str, seen: int | None) -> Receipt | Problem:
        headers = {**self._headers, "Idempotency-Key": key}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        end = monotonic() + self.patience_s
        while True:
            why, wait_s = "no answer", DEFAULT_RETRY_S
            try:
                response = await self.http.post(path, json=command, headers=headers)
            except httpx.ConnectError as error:
                why = _unreachable(self.http.base_url, error)
            except httpx.TransportError as error:
                why = type(error).__name__
            else:
                if response.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return Receipt.model_validate_json(response.content) if response.is_success else _problem(response)
                why = _problem(response).detail or f"status {response.status_code}"
                wait_s = _retry_after(response)
            if monotonic() + wait_s > end:
                raise OutcomeUnknownError(key, why)
            await asyncio.sleep(wait_s)


@asynccontextmanager
async def connected(url: str, token: str, *, patience_s: float = 20.0) -> AsyncIterator[Client]:
    """A client of the API at `url`. Connects at the first request."""
    async with httpx.AsyncClient(
        base_url=url,
        timeout=ANSWER_WITHIN_S,
        limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
        trust_env=urlsplit(url).hostname not in LOOPBACK,  # a proxy does not know what our loopback is
    ) as http:
        yield Client(http, token, patience_s)


def _problem(response: httpx.Response) -> Problem:
    """The problem of an answer; one made up from the status where something else than the API answered."""
    try:
        return Problem.model_validate({"status": response.status_code, **response.json()})
    except (ValueError, TypeError):
        return Problem(status=response.status_code, title=response.reason_phrase, code=f"HTTP_{response.status_code}")


def _retry_after(response: httpx.Response) -> float:
    try:
        return float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return DEFAULT_RETRY_S


def _unreachable(url: httpx.URL, error: httpx.TransportError) -> str:
    return (
        f"{url} does not answer: {type(error).__name__}. Start `lotse dev`, or name the API's address in LOTSE_API_URL"
    )
