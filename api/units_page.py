"""What stands on the unit board and on the page of one unit, and what comes of what is asked there."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import forms, house_reads, now, submissions
from api.access import Action, may
from api.approvals_page import REFUSED, SEEN_WITHIN_S, words
from api.cases import counted
from api.house import house_of
from api.language import chosen
from api.opening import opened
from api.parsing import KEY
from api.problems import ProblemError
from api.rendering import TO, render
from api.submissions import Asking
from domain.envelopes import Actor
from domain.offers import DeclineOffer
from domain.places import AdmitClient
from domain.story import Command
from domain.transfer_answer import AcceptTransfer, RejectTransfer
from domain.vocabulary import Reason, WaitlistEnd
from domain.waiting import RemoveFromWaitlist
from projections import caseload, units, waiting_list
from projections.units import UnitRow
from projections.waiting_list import WaitingRow

Done = Literal["AdmitClient", "DeclineOffer", "RemoveFromWaitlist", "AcceptTransfer", "RejectTransfer"]
ENTRY_COMMANDS = (AdmitClient, DeclineOffer, RemoveFromWaitlist)
TRANSFER_COMMANDS = (AcceptTransfer, RejectTransfer)


class Asked(BaseModel):
    """The fields of a form. `about`: the entry's number, or the case's id; `key` is the command id, drawn when the form was made; `mark` its signature."""

    model_config = ConfigDict(extra="ignore")

    do: Done
    about: str = Field(max_length=60)
    key: str = Field(pattern=KEY.pattern, max_length=200)
    mark: str = Field(max_length=64)
    reason: Reason | None = None
    because: WaitlistEnd | None = None
    override: bool = False

    @field_validator("reason", "because", mode="before")
    @classmethod
    def _nothing_said(cls, value: object) -> object:
        return value or None

    def command(self) -> Command | None:
        """None where something is missing that the form demands."""
        body: dict[str, Any] = {"kind": self.do, "reason": self.reason}
        if self.do in ("AdmitClient", "DeclineOffer", "RemoveFromWaitlist"):
            body["entry"] = self.about
        else:
            body["case_id"] = self.about
        if self.do in ("AdmitClient", "AcceptTransfer"):
            body["override"] = self.override
        if self.do == "RemoveFromWaitlist":
            body["because"] = self.because
        kinds = {each.__name__: each for each in (*ENTRY_COMMANDS, *TRANSFER_COMMANDS)}
        try:
            return kinds[self.do].model_validate({name: value for name, value in body.items() if value is not None})
        except ValueError:
            return None


@dataclass(frozen=True)
class Shown:
    """A household that waits, or a transfer to answer, with a key and a signature for its forms. `names`: sealed, by case, of those that may be known."""

    about: str
    key: str
    mark: str
    row: Any
    names: dict[str, str]


async def board(request: Request, actor: Actor) -> dict[str, Any]:
    """The values of `units.html`."""
    house, today = house_of(request), now.today()
    return {"today": today, "rows": [units.board(row, today) for row in await house_reads.visible(house, actor)]}


async def content(request: Request, actor: Actor, row: UnitRow) -> dict[str, Any]:
    """The values of `unit.html`."""
    house, today, unit = house_of(request), now.today(), row.unit
    async with house.connections.connection() as connection:
        rows = await waiting_list.of_unit(connection, row.unit_id, ended=True)
        waiting = [each for each in rows if each.ended_on is None]
        cases = await caseload.several(connection, [case_id for each in waiting for case_id in each.case_ids])
    own = {case_id: case.name for case_id, case in cases.items() if case.provider == row.provider}
    sees = may(actor, Action.SEE_PERSONAL, row.provider)
    return {
        "today": today,
        "board": units.board(row, today),
        "unit": unit,
        "waiting": [_waits(request, row, each, own) for each in waiting],
        "ended": [each for each in rows if each.ended_on is not None],
        "incoming": [_shown(request, row, case_id, each, {}) for case_id, each in sorted(unit.incoming.items())],
        "posts": {manager: sum(p.share for p in posts[-1:]) for manager, posts in sorted(unit.posts.items())},
        "admits": actor.role in AdmitClient.roles,
        "overrides": actor.role in AcceptTransfer.roles,
        "opens_cases": sees,
        "reasons": list(Reason),
        "ends": list(WaitlistEnd),
        "opened": await opened(
            house, chosen(request), actor, row.provider, [(each, "person.name", name) for each, name in own.items()]
        ),
    }


def _waits(request: Request, unit: UnitRow, row: WaitingRow, names: dict[str, str]) -> Shown:
    known = {case_id: names[case_id] for case_id in row.case_ids if case_id in names}
    return _shown(request, unit, str(row.entry), row, known)


def _shown(request: Request, unit: UnitRow, about: str, row: Any, names: dict[str, str]) -> Shown:
    key = str(uuid4())
    return Shown(about, key, forms.mark(request, unit.unit_id, about, key), row, names)


async def ask(request: Request, actor: Actor, row: UnitRow, asked: Asked) -> Response:
    """Hands what was asked to the unit, by the same door as every command; the same form sent again is the same command."""
    forms.check(request, asked.mark, row.unit_id, asked.about, asked.key)
    command, language = asked.command(), chosen(request)
    if command is None:
        raise ProblemError(400, "MALFORMED", "The form is not complete.")
    asking = Asking(request, house_of(request), actor, f"{asked.key}.{asked.do}")
    try:
        with counted(request) as counting:
            counting.kind = command.kind
            receipt = await submissions.submit_to_house(asking, row.unit_id, command)
    except ProblemError as error:
        if error.problem.status not in REFUSED:
            raise
        values = await content(request, actor, row)
        problem = words(language, error)
        return render(
            request, "unit.html", status=error.problem.status, actor=actor, problem=problem, done=None, **values
        )
    await house_of(request).positions.reached(receipt.position, SEEN_WITHIN_S)
    return RedirectResponse(f"/units/{row.municipality}/{row.provider}?done={asked.do}", TO)
