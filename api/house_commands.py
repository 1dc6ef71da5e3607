"""Units, staff and the programme's numbers over HTTP: ask for something. Whom it concerns stands in the address."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import TypeAdapter
from starlette.requests import Request

from api import documentation, parsing, submissions
from api.access import Action
from api.cases import Caller, asked, counted, json_only
from api.patience import PatientRoute
from api.problems import Fault, malformed
from domain.capacity import EstablishUnit
from domain.catalogue import ASKED_OF
from domain.employment import HireManager
from domain.envelopes import POLICY_STREAM, STAFF_PREFIX, UNIT_PREFIX, Actor, Receipt, staff_id, unit_id
from domain.story import Command

Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
Agrees = Callable[[Command], bool]

router = APIRouter(prefix="/v1", dependencies=[Depends(json_only)], route_class=PatientRoute, tags=["house"])


@router.post("/units/{municipality}/{provider}/commands", summary="Ask something of a unit", **documentation.OF_UNIT)
async def ask_unit(municipality: Name, provider: Name, request: Request, response: Response, actor: Caller) -> Receipt:
    """A municipality's places with a provider: capacity, waiting list, admissions, transfers."""

    def agrees(command: Command) -> bool:
        if not isinstance(command, EstablishUnit):
            return True
        return (command.municipality, command.provider or actor.provider) == (municipality, provider)

    stream_id = unit_id(municipality, provider)
    return await _submitted(request, response, actor, Action.RUN_HOUSE, stream_id, ASKED_OF[UNIT_PREFIX], agrees)


@router.post("/staff/{manager_id}/commands", summary="Ask something about a member of staff", **documentation.OF_STAFF)
async def ask_staff(manager_id: Name, request: Request, response: Response, actor: Caller) -> Receipt:
    """Employment, posts and absences. Never why somebody is absent."""

    def agrees(command: Command) -> bool:
        return not isinstance(command, HireManager) or command.manager_id == manager_id

    stream_id = staff_id(manager_id)
    return await _submitted(request, response, actor, Action.RUN_HOUSE, stream_id, ASKED_OF[STAFF_PREFIX], agrees)


@router.post("/policy/commands", summary="Publish the programme's numbers", **documentation.OF_POLICY)
async def ask_policy(request: Request, response: Response, actor: Caller) -> Receipt:
    """A new version, before it comes into force. A case keeps the version under which it was opened."""
    return await _submitted(
        request, response, actor, Action.SET_RULES, POLICY_STREAM, ASKED_OF[POLICY_STREAM], lambda _: True
    )


async def _submitted(
    request: Request,
    response: Response,
    actor: Actor,
    action: Action,
    stream_id: str,
    asked_for: TypeAdapter[Command],
    agrees: Agrees,
) -> Receipt:
    with counted(request) as counting:
        ask = asked(request, actor, action)
        command = parsing.house_command(await request.body(), asked_for)
        counting.kind = command.kind
        if not agrees(command):
            raise malformed([Fault(field="kind", problem="concerns another unit or person than the address names")])
        receipt = await submissions.submit_to_house(ask, stream_id, command)
    response.headers["ETag"] = f'"{receipt.version}"'
    return receipt
