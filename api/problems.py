"""What a program hears when it is told no (RFC 9457). Nothing a caller sent is ever quoted: it may be about a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from api.language import preferred, translate
from domain.refusals import GUARD_NUMBERS, Refusal

MEDIA_TYPE = "application/problem+json"
RETRY_S = 1

STATUS = {
    Refusal.CASE_UNKNOWN: 404,
    Refusal.UNIT_UNKNOWN: 404,
    Refusal.STAFF_UNKNOWN: 404,
    Refusal.CROSS_PROVIDER: 403,
    Refusal.ROLE_NOT_ALLOWED: 403,
    Refusal.CONCURRENCY: 412,
}
"""Every other refusal is a conflict with where the case stands: 409."""


class Fault(BaseModel):
    """One thing wrong with a request: which field, and what about it."""

    field: str
    problem: str


class Between(BaseModel):
    """One event that was recorded after the version the caller has seen: what, by whom (id and role), when (UTC)."""

    version: int
    name: str
    by: dict[str, str]
    recorded_at: str


class Problem(BaseModel):
    """Problem details (RFC 9457). `code` is stable; `detail` is for people; `guard` is the number of the programme's rule.

    `params` explain a refusal with codes, dates and numbers; `errors` name fields; `since` is what came between; `error_id` is in our log.
    """

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    code: str
    guard: str | None = None
    params: dict[str, Any] | None = None
    errors: list[Fault] | None = None
    since: list[Between] | None = None
    error_id: str | None = None


class ProblemError(Exception):
    """Raised anywhere behind a door; becomes the answer."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(code)
        self.headers = dict(headers or {})
        self.problem = Problem(
            type=f"urn:lotse:problem:{code.lower().replace('_', '-')}",
            title=code.replace("_", " ").capitalize(),
            status=status,
            detail=detail,
            code=code,
            **more,
        )


def answer(error: ProblemError) -> JSONResponse:
    content = error.problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, error.problem.status, error.headers, MEDIA_TYPE)


def malformed(
    errors: Sequence[Fault], detail: str = "The request does not have the form that is described."
) -> ProblemError:
    return ProblemError(400, "MALFORMED", f"{detail} Nothing was recorded.", errors=list(errors))


def refused(
    request: Request, code: Refusal, params: Mapping[str, Any] | None = None, since: Sequence[Between] | None = None
) -> ProblemError:
    """A rule's no, in the caller's language."""
    given, language = dict(params or {}), preferred(request.headers.get("accept-language", ""))
    try:
        detail = translate(language, f"refusal.{code.value}", **given)
    except KeyError:
        detail = code.value  # without words it is still the right answer
    return ProblemError(
        STATUS.get(code, 409),
        code.value,
        detail,
        headers={"Content-Language": language},
        guard=GUARD_NUMBERS.get(code),
        params=given,
        since=None if since is None else list(since),
    )


def outcome_unknown() -> ProblemError:
    return ProblemError(
        503,
        "OUTCOME_UNKNOWN",
        "A service did not answer in time. The command may be recorded or not: "
        "ask again with the same Idempotency-Key, which records it once.",
        headers={"Retry-After": str(RETRY_S)},
    )


def unavailable(
    detail: str = "A service that is needed for this does not answer. Ask again in a moment.",
) -> ProblemError:
    return ProblemError(503, "UNAVAILABLE", detail, headers={"Retry-After": str(RETRY_S)})
