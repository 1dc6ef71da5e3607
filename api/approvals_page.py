"""What stands on the page of what waits for a second person, and what comes of a decision there."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import forms, now, submissions
from api.cases import counted
from api.house import house_of
from api.language import chosen, translate
from api.opening import opened
from api.parsing import KEY
from api.problems import ProblemError
from api.rendering import TO, render
from api.submissions import Asking
from domain.closure import ApproveClosure, RejectClosure
from domain.envelopes import Actor, Receipt
from domain.extension import ExtendSupport, RejectExtension
from domain.story import Command
from domain.vocabulary import ApprovalKind, Reason, Role
from infra import event_store
from projections import approvals, caseload
from projections.approvals import ApprovalRow
from projections.case_standing import CaseloadRow

APPROVES: dict[ApprovalKind, type[Command]] = {
    ApprovalKind.CLOSURE: ApproveClosure,
    ApprovalKind.EXTENSION: ExtendSupport,
}
REJECTS: dict[ApprovalKind, type[Command]] = {
    ApprovalKind.CLOSURE: RejectClosure,
    ApprovalKind.EXTENSION: RejectExtension,
}
SEEN_WITHIN_S = 3.0
CLOCK_AT_MOST = 3
REFUSED = (403, 409, 412)


class Decision(BaseModel):
    """The fields of a form. `key` is the command id, drawn when the form was made; `seen` the version of the case that was shown; `mark` its signature."""

    model_config = ConfigDict(extra="ignore")

    kind: ApprovalKind
    yes: bool
    key: str = Field(pattern=KEY.pattern, max_length=200)
    seen: int = Field(ge=1, le=2**62)
    mark: str = Field(max_length=64)
    reason: Reason | None = None
    reason_text: str | None = Field(default=None, max_length=4000)

    @field_validator("reason", "reason_text", mode="before")
    @classmethod
    def _nothing_said(cls, value: object) -> object:
        return (value.strip() or None) if isinstance(value, str) else value

    @property
    def command(self) -> type[Command]:
        return (APPROVES if self.yes else REJECTS)[self.kind]

    def about(self, case_id: str) -> tuple[str, ...]:
        return (case_id, self.kind.value, self.key, str(self.seen))


@dataclass(frozen=True)
class Waiting:
    """A proposal as the visitor meets it. `keys`, `marks`: of its two forms, yes and no; `said`: what was sent and not taken."""

    row: ApprovalRow
    name: str | None
    seen: int
    own: bool
    keys: dict[bool, str]
    marks: dict[bool, str]
    days: int
    said: Decision | None = None


async def content(request: Request, actor: Actor, told: Decision | None = None, case_id: str = "") -> dict[str, Any]:
    """The values of `approvals.html`: proposals at the visitor's provider, the longest waiting first. `told`: what was sent for a case and not taken."""
    house = house_of(request)
    async with house.connections.connection() as connection:
        rows = await approvals.waiting(connection, actor.provider)
        cases = await caseload.several(connection, [row.case_id for row in rows])
    sealed = [(case.case_id, "person.name", case.name) for case in cases.values()]
    return {
        "decides": actor.role in ApproveClosure.roles,
        "waiting": [
            _waiting(request, actor, row, cases[row.case_id], told if row.case_id == case_id else None)
            for row in rows
            if row.case_id in cases
        ],
        "reasons": list(Reason),
        "opened": await opened(house, chosen(request), actor, actor.provider, sealed),
    }


def _waiting(request: Request, actor: Actor, row: ApprovalRow, case: CaseloadRow, told: Decision | None) -> Waiting:
    keys = {True: str(uuid4()), False: str(uuid4())}
    return Waiting(
        row=row,
        name=case.name,
        seen=case.version,
        own=row.proposed_by == actor.id,
        keys=keys,
        marks={
            yes: forms.mark(request, row.case_id, row.kind.value, key, str(case.version)) for yes, key in keys.items()
        },
        days=max(0, (now.today() - row.since).days),
        said=told if told and told.kind is row.kind else None,
    )


async def decide(request: Request, actor: Actor, case_id: str, decision: Decision) -> Response:
    """Hands the decision to the case, by the same door as every command; the same form sent again is the same decision."""
    forms.check(request, decision.mark, *decision.about(case_id))
    language = chosen(request)
    if not decision.yes and decision.reason is None:
        return await _again(request, actor, case_id, decision, 400, translate(language, "approvals.reason_needed"))
    try:
        command = decision.command.model_validate(
            {"reason": decision.reason, "reason_text": decision.reason_text if decision.reason else None}
        )
    except ValidationError:
        return await _again(request, actor, case_id, decision, 400, translate(language, "approvals.text_unfit"))
    asking = Asking(request, house_of(request), actor, decision.key, decision.seen)
    try:
        with counted(request) as counting:
            counting.kind = command.kind
            receipt = await _submitted(asking, case_id, command)
    except ProblemError as error:
        problem = error.problem
        if problem.code == "OUTCOME_UNKNOWN":
            return render(request, "decision_unknown.html", status=503, actor=actor, case_id=case_id, decision=decision)
        if problem.status not in REFUSED:
            raise
        return await _again(request, actor, case_id, decision, problem.status, words(language, error))
    told = await house_of(request).positions.reached(receipt.position, SEEN_WITHIN_S)
    return RedirectResponse(f"/approvals?decided={'yes' if decision.yes else 'no'}&told={str(told).lower()}", TO)


async def _submitted(asking: Asking, case_id: str, command: Command) -> Receipt:
    """What people did meanwhile stands in the way of a decision; that the clock reminded somebody of something does not. Raises ProblemError.

    A refusal is remembered under its key, so each further attempt has one of its own, derived: the form sent again finds its receipt under one of them.
    """
    attempts = [replace(asking, key=f"{asking.key}.{n}") for n in range(1, CLOCK_AT_MOST + 1)]
    for attempt in attempts:
        if await event_store.logged(asking.house.connections, attempt.key):
            return await submissions.submit(attempt, case_id, command)
    for attempt in attempts:
        try:
            return await submissions.submit(asking, case_id, command)
        except ProblemError as error:
            between = error.problem.since
            if not between or any(each.by["role"] != Role.SYSTEM for each in between):
                raise
            asking = replace(attempt, seen=between[-1].version)
    return await submissions.submit(asking, case_id, command)


async def _again(
    request: Request, actor: Actor, case_id: str, decision: Decision, status: int, problem: str
) -> Response:
    """The page once more: what is in the way, and what was said still in its fields."""
    values = await content(request, actor, decision, case_id)
    return render(request, "approvals.html", status=status, actor=actor, problem=problem, notice=None, **values)


def words(language: str, error: ProblemError) -> str:
    """A rule's no in the language of the page, which may be another one than the browser's."""
    problem = error.problem
    try:
        return translate(language, f"refusal.{problem.code}", **(problem.params or {}))
    except KeyError:
        return problem.detail
