"""Units over HTTP: how each stands, and who waits there. Of your provider; for coordinators of all."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.requests import Request

from api import documentation, examples_house, now
from api.access import Action, demand, may
from api.cases import Caller, Reading, json_only, wait_for
from api.house import House, house_of
from api.house_commands import Name
from api.patience import PatientRoute
from api.problems import refused
from domain.envelopes import Actor, unit_id
from domain.refusals import Refusal
from domain.unit import Incoming
from projections import units, waiting_list
from projections.units import Board, UnitRow
from projections.waiting_list import WaitingRow


class Units(BaseModel):
    """`today` is the local day on which the numbers hold."""

    today: date
    units: list[Board]


class WaitingAsked(Reading):
    """`ended`: also who was admitted or taken off, the last first."""

    ended: bool = False


class UnitView(BaseModel):
    """`waiting` in the order of the queue. `incoming`: transfers to answer, by case."""

    today: date
    board: Board
    waiting: list[WaitingRow]
    incoming: dict[str, Incoming]


router = APIRouter(prefix="/v1", dependencies=[Depends(json_only)], route_class=PatientRoute, tags=["house"])


@router.get("/units", summary="The unit board", responses=documentation.reads(example=examples_house.BOARD))
async def boards(request: Request, actor: Caller, reading: Annotated[Reading, documentation.QUERY]) -> Units:
    """Persons, heads and posts, the caseload key, what is free and who waits: one line for each unit."""
    demand(actor, Action.SEE_HOUSE)
    house, today = house_of(request), now.today()
    await wait_for(house, reading.after)
    return Units(today=today, units=[units.board(row, today) for row in await visible(house, actor)])


@router.get(
    "/units/{municipality}/{provider}",
    summary="One unit and its waiting list",
    responses=documentation.reads(404, example=examples_house.UNIT),
)
async def unit(
    municipality: Name,
    provider: Name,
    request: Request,
    actor: Caller,
    reading: Annotated[WaitingAsked, documentation.QUERY],
) -> UnitView:
    """How a unit stands, who waits there, and which transfers are to be answered."""
    demand(actor, Action.SEE_HOUSE)
    house, today = house_of(request), now.today()
    await wait_for(house, reading.after)
    row = await known(request, house, actor, municipality, provider)
    async with house.connections.connection() as connection:
        waiting = await waiting_list.of_unit(connection, row.unit_id, ended=reading.ended)
    return UnitView(today=today, board=units.board(row, today), waiting=waiting, incoming=row.unit.incoming)


async def visible(house: House, actor: Actor) -> list[UnitRow]:
    """The units that somebody may see."""
    async with house.connections.connection() as connection:
        rows = await units.every(connection, None)
    return [row for row in rows if may(actor, Action.SEE_HOUSE, row.provider)]


async def known(request: Request, house: House, actor: Actor, municipality: str, provider: str) -> UnitRow:
    """A unit that somebody may see. Raises ProblemError (403, 404)."""
    if not may(actor, Action.SEE_HOUSE, provider):
        raise refused(request, Refusal.CROSS_PROVIDER)
    async with house.connections.connection() as connection:
        row = await units.one(connection, unit_id(municipality, provider))
    if row is None:
        raise refused(request, Refusal.UNIT_UNKNOWN)
    return row
