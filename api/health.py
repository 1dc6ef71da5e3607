"""Whether the doors live, whether they can work, and their numbers."""

import asyncio

import structlog
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from temporalio.service import RPCError

from api import documentation
from api.house import AWAY, House, house_of
from api.metrics import Metrics
from api.patience import within
from api.problems import ProblemError
from infra import reconciliations
from projections.following import Lag, lag
from projections.park import standing

WITHIN_S = 3.0
TABLES_THERE = "SELECT 1 FROM stored_events LIMIT 1"
JSON = "application/json"
READY = {"database": "answers", "temporal": "answers"}
RETRY = {"Retry-After": "1"}

log = structlog.get_logger(__name__)
router = APIRouter(tags=["operation"])


@router.get(
    "/healthz", summary="The process lives", responses={200: {"content": {JSON: {"example": {"status": "lives"}}}}}
)
async def healthz() -> dict[str, str]:
    return {"status": "lives"}


@router.get("/readyz", summary="Database and Temporal answer", responses=documentation.health(READY))
async def readyz(request: Request) -> dict[str, str]:
    house = house_of(request)
    database, temporal = await asyncio.gather(_database_answers(house), _temporal_answers(house))
    away = [name for name, answers in (("database", database), ("Temporal", temporal)) if not answers]
    if away:
        detail = f"No answer from: {', '.join(away)}. Commands wait until it is back; nothing is lost."
        raise ProblemError(503, "NOT_READY", detail, headers=RETRY)
    return READY


@router.get(
    "/metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": "lotse_follower_alive 1.0\n"}}}
    },
)
async def metrics(request: Request) -> Response:
    numbers: Metrics = request.app.state.metrics
    behind, parked, agreed = await _standing(house_of(request))
    numbers.reconciled.set(agreed[0] if agreed else float("nan"))
    numbers.reconciled_age.set(agreed[1] if agreed else float("nan"))
    numbers.parked_cases.set(parked[0] if parked else float("nan"))
    numbers.parked_seconds.set(parked[1] if parked else float("nan"))
    numbers.follower_alive.set(behind is not None and behind.alive)
    numbers.lag_events.set(behind.events if behind else float("nan"))
    numbers.lag_seconds.set(behind.seconds if behind else float("nan"))
    return Response(generate_latest(numbers.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _database_answers(house: House) -> bool:
    try:
        await within(WITHIN_S, _looked(house))
    except (TimeoutError, *AWAY):
        return False
    return True


async def _looked(house: House) -> None:
    async with house.connections.connection() as connection:
        await connection.execute(TABLES_THERE)


async def _temporal_answers(house: House) -> bool:
    try:
        return await within(WITHIN_S, house.front.client.service_client.check_health())
    except (TimeoutError, RPCError, RuntimeError):
        return False


Standing = tuple[Lag, tuple[int, float], tuple[bool, float] | None]


async def _standing(house: House) -> Standing | tuple[None, None, None]:
    """How far the read models are; how many cases wait parked, for how many seconds the oldest; whether all agreed at the last look, and how many seconds ago. Nothing where the database does not say."""
    try:
        return await within(WITHIN_S, _looked_at(house))
    except (TimeoutError, *AWAY):
        return None, None, None


async def _looked_at(house: House) -> Standing:
    async with house.connections.connection() as connection:
        return await lag(connection), await standing(connection), await reconciliations.standing(connection)
