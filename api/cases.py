"""Cases over HTTP: ask for something, and see what was recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from api import documentation, examples, examples_shown, parsing, submissions, views
from api.access import Action, asking, demand, may
from api.house import House, house_of
from api.metrics import Metrics
from api.patience import PatientRoute
from api.problems import Fault, ProblemError, malformed, refused, unavailable
from api.submissions import Asking
from api.views import CaseView
from domain.envelopes import CASE_PREFIX, POLICY_STREAM, Actor, Receipt
from domain.refusals import Refusal
from domain.story import Slug
from domain.vocabulary import Phase
from infra import event_store
from projections import caseload, timeline
from projections.case_standing import CaseloadRow
from projections.caseload import Filter
from projections.timeline import TimelineRow

WAIT_S = 5.0
AT_MOST = 200
JSON = "application/json"

After = Annotated[int, Field(ge=0, le=2**62, description="Wait until the read models have seen this position.")]
Caller = Annotated[Actor, Depends(asking)]


class Reading(BaseModel):
    """`after`: the position of a receipt; the answer waits for it, at most 5 seconds."""

    model_config = ConfigDict(extra="forbid")

    after: After | None = None


class Narrowing(Reading):
    """What a list of cases is narrowed to. `cursor`: where the page before ended."""

    phase: Phase | None = None
    manager: Slug | None = None
    municipality: Slug | None = None
    late: bool = False
    unassigned: bool = False
    cursor: str | None = Field(default=None, pattern=parsing.CURSOR)
    limit: int = Field(default=50, ge=1, le=AT_MOST)


class HistoryReading(Reading):
    after_version: int = Field(default=0, ge=0, le=2**62)
    limit: int = Field(default=1000, ge=1, le=1000)


class CasePage(BaseModel):
    """`next` is the cursor of the page behind, null on the last one."""

    cases: list[CaseView]
    next: str | None


class History(BaseModel):
    """Events in the order of their versions. Personal values are in clear for those who may see them, else null."""

    case_id: str
    events: list[TimelineRow]


def json_only(request: Request) -> None:
    """Answers are JSON, and whoever asks for something else only hears so. A dependency."""
    accepted = {part.partition(";")[0].strip() for part in request.headers.get("accept", "*/*").lower().split(",")}
    if not accepted & {"", "*/*", "application/*", JSON, "application/problem+json"}:
        raise ProblemError(406, "NOT_ACCEPTABLE", f"Answers are {JSON}.")


router = APIRouter(prefix="/v1", dependencies=[Depends(json_only)], route_class=PatientRoute)


@dataclass
class Counting:
    kind: str = "unknown"


@contextmanager
def counted(request: Request) -> Iterator[Counting]:
    """Counts what came of a command."""
    metrics: Metrics = request.app.state.metrics
    counting = Counting()
    try:
        yield counting
    except ProblemError as error:
        metrics.commands.labels(counting.kind, error.problem.code).inc()
        raise
    metrics.commands.labels(counting.kind, "RECORDED").inc()


def asked(request: Request, actor: Actor, action: Action = Action.SUBMIT) -> Asking:
    """The request, as far as its headers tell. Raises ProblemError."""
    demand(actor, action)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise ProblemError(415, "NOT_JSON", f"Send the command as {JSON}.")
    key = parsing.idempotency_key(request.headers.get("idempotency-key"))
    return Asking(request, house_of(request), actor, key, parsing.seen_version(request.headers.get("if-match")))


def _recorded(response: Response, receipt: Receipt) -> Receipt:
    response.headers["ETag"] = f'"{receipt.version}"'
    response.headers["Location"] = f"/v1/cases/{receipt.stream_id}"
    return receipt


@router.post("/cases", status_code=201, tags=["commands"], summary="Register a person", **documentation.REGISTER)
async def register(request: Request, response: Response, actor: Caller) -> Receipt:
    """Makes a person's case. The same Idempotency-Key gives the same receipt again, and nothing is recorded twice."""
    with counted(request) as counting:
        ask = asked(request, actor)
        command = parsing.opening(await request.body())
        counting.kind = command.kind
        return _recorded(response, await submissions.register(ask, command))


@router.post("/cases/{case_id}/commands", tags=["commands"], summary="Ask for something", **documentation.SUBMIT)
async def submit(case_id: str, request: Request, response: Response, actor: Caller) -> Receipt:
    """Any command but the first. With If-Match it is refused (412) when somebody else was faster, and the answer tells what came between."""
    with counted(request) as counting:
        ask = asked(request, actor)
        command = parsing.command(await request.body())
        counting.kind = command.kind
        return _recorded(response, await submissions.submit(ask, case_id, command))


@router.get(
    "/commands/{command_id}",
    tags=["commands"],
    summary="A receipt",
    responses=documentation.reads(404, example=examples.RECEIPT),
)
async def receipt(command_id: str, request: Request, actor: Caller) -> Receipt:
    """What was recorded under an Idempotency-Key. 404: not recorded until now."""
    demand(actor, Action.SUBMIT, Action.RUN_HOUSE, Action.SET_RULES)
    house = house_of(request)
    logged = await event_store.logged(house.connections, command_id) if parsing.KEY.fullmatch(command_id) else None
    if logged is None or not await _may_see(house, actor, logged.receipt):
        raise ProblemError(404, "NOT_RECORDED", "Under this key nothing is recorded until now.")
    return logged.receipt


@router.get(
    "/cases",
    tags=["cases"],
    summary="Cases of your provider",
    responses=documentation.reads(example=examples_shown.CASES),
)
async def cases(request: Request, actor: Caller, wanted: Annotated[Narrowing, documentation.QUERY]) -> CasePage:
    """Sorted by lateness, then by what is due next."""
    demand(actor, Action.SEE_CASE)
    house = house_of(request)
    await wait_for(house, wanted.after)
    narrowed = Filter(
        provider=actor.provider,
        phase=wanted.phase,
        manager_id=wanted.manager,
        municipality=wanted.municipality,
        late=wanted.late,
        unassigned=wanted.unassigned,
    )
    try:
        async with house.connections.connection() as connection:
            rows, following = await caseload.page(connection, narrowed, wanted.cursor, wanted.limit)
    except ValueError:
        raise malformed([Fault(field="cursor", problem="is none that was given here")]) from None
    return CasePage(cases=await views.cases(house, actor, actor.provider, rows), next=following)


@router.get(
    "/cases/{case_id}",
    tags=["cases"],
    summary="One case",
    responses=documentation.reads(404, example=examples_shown.CASE),
)
async def case(
    case_id: str, request: Request, response: Response, actor: Caller, reading: Annotated[Reading, documentation.QUERY]
) -> CaseView:
    """Where a case stands: what a manager's list needs."""
    row = await row_of(request, actor, case_id, reading)
    response.headers["ETag"] = f'"{row.version}"'
    return (await views.cases(house_of(request), actor, row.provider, [row]))[0]


@router.get(
    "/cases/{case_id}/history",
    tags=["cases"],
    summary="Its history",
    responses=documentation.reads(404, example=examples_shown.HISTORY),
)
async def history(
    case_id: str, request: Request, actor: Caller, reading: Annotated[HistoryReading, documentation.QUERY]
) -> History:
    """Every event of a case: who, when recorded, when effective, what, why."""
    row = await row_of(request, actor, case_id, reading)
    house = house_of(request)
    async with house.connections.connection() as connection:
        events = await timeline.of_case(connection, case_id, reading.after_version, reading.limit)
    return History(case_id=case_id, events=await views.history(house, actor, row.provider, events))


async def _may_see(house: House, actor: Actor, receipt: Receipt) -> bool:
    """A receipt of a case: whose provider has the case. One of the house: whose provider has asked."""
    if receipt.stream_id.startswith(CASE_PREFIX):
        found = await event_store.person_of(house.connections, receipt.stream_id)
        return found is not None and may(actor, Action.SUBMIT, found[1])
    by = await event_store.asked_by(house.connections, receipt.stream_id, receipt.version)
    action = Action.SET_RULES if receipt.stream_id == POLICY_STREAM else Action.RUN_HOUSE
    return by is not None and actor.provider == by.provider and may(actor, action, by.provider)


async def row_of(request: Request, actor: Actor, case_id: str, reading: Reading) -> CaseloadRow:
    """A case that somebody may see. Raises ProblemError (404, 403, 503)."""
    demand(actor, Action.SEE_CASE)
    house = house_of(request)
    await wait_for(house, reading.after)
    async with house.connections.connection() as connection:
        row = await caseload.one(connection, case_id) if parsing.CASE_ID.fullmatch(case_id) else None
    if row is None:
        await submissions.person_in_own_case(request, house, actor, Action.SEE_CASE, case_id)
        raise unavailable("The case is recorded, but the read models have not seen it yet. Ask again in a moment.")
    if not may(actor, Action.SEE_CASE, row.provider):
        raise refused(request, Refusal.CROSS_PROVIDER)
    return row


async def wait_for(house: House, position: int | None) -> None:
    """Until the read models have seen a position. Raises ProblemError (503)."""
    if position is not None and not await house.positions.reached(position, WAIT_S):
        raise unavailable("The read models have not reached this position yet. Ask again in a moment.")
