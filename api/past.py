"""A case as it was, and what changed between two moments: told from the events, on both axes of time."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError
from starlette.requests import Request

from api import documentation, examples_past, now, views
from api.cases import Caller, Reading, json_only, row_of
from api.house import House, house_of
from api.opening import Opened, Sealed, opened
from api.patience import PatientRoute
from api.problems import Fault, ProblemError, malformed
from api.views import CaseView
from domain.deadlines import local_day
from domain.envelopes import Recorded
from domain.personal import is_sealed
from domain.vocabulary import FieldOfAction, Party
from infra import event_store
from projections import as_of
from projections.as_of import AsItWas, Change, HeldFact, OpenGoal, OpenMeasure, OpenObstacle, OpenReferral

DAY = re.compile(r"\d{4}-\d{2}-\d{2}T", re.ASCII)
VERSION = re.compile(r"\d{1,9}", re.ASCII)
INSTANT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)
LABELS = {
    "name": "person.name",
    "birth_date": "person.birth_date",
    "goals.text": "goal.text",
    "measures.text": "measure.text",
}
"""What is sealed, by field, and under which label."""


class PastReading(Reading):
    """True on the day `as_of`, as it was known at the instant `known_at`, or right after the event `version`. Each is now where it is not said."""

    as_of: date | None = None
    known_at: AwareDatetime | None = None
    version: int | None = Field(default=None, ge=1, le=10**9)


class DiffReading(Reading):
    """Each an instant with its offset from UTC, or the version of an event (0: before the first). Not said, `from` is 0 and `to` is now."""

    from_: str = Field(default="0", alias="from", max_length=40)
    to: str | None = Field(default=None, max_length=40)


class GoalView(BaseModel):
    number: int
    field: FieldOfAction
    text: str | None
    target_date: date | None
    priority: int


class MeasureView(BaseModel):
    number: int
    goal: int
    text: str | None
    party: Party
    due_on: date | None


class Past(BaseModel):
    """`version` is the last event that was known. Texts are in clear for those who may see them, else null."""

    case_id: str
    as_of: date
    known_at: AwareDatetime
    version: int
    case: CaseView
    facts: list[HeldFact]
    goals: list[GoalView]
    measures: list[MeasureView]
    obstacles: list[OpenObstacle]
    referrals: list[OpenReferral]


class ChangeView(BaseModel):
    """`field`: of the case, or `goals.<number>.<field>`, `facts.<kind>.<subject>.<field>`, …  null: there was, or is, none, or you may not see it."""

    field: str
    old: Any
    new: Any


class Difference(BaseModel):
    """`…_version`: the last event that was known; 0: none was."""

    case_id: str
    from_version: int
    to_version: int
    changes: list[ChangeView]


router = APIRouter(prefix="/v1", dependencies=[Depends(json_only)], route_class=PatientRoute)


@router.get(
    "/cases/{case_id}/as-of",
    tags=["cases"],
    summary="The case as it was",
    responses=documentation.reads(404, example=examples_past.AS_OF),
)
async def as_it_was(
    case_id: str, request: Request, actor: Caller, reading: Annotated[PastReading, documentation.QUERY]
) -> Past:
    """Where the case stood, what held on a day, and what was open of plan and support, as it was known at an instant."""
    row = await row_of(request, actor, case_id, reading)
    if reading.version is not None and reading.known_at is not None:
        raise malformed([Fault(field="version", problem="can't be given together with known_at")])
    house = house_of(request)
    events = await story_of(house, case_id)
    if reading.version is not None:
        told, known_at = up_to(events, "version", reading.version)
    else:
        known_at = reading.known_at or now.instant()
        told = as_of.known(events, known_at)
    on = reading.as_of or local_day(known_at)
    stood = as_of.as_of(told, on)
    if stood is None:
        raise ProblemError(
            404, "NOT_KNOWN_YET", "At this instant nothing of the case was recorded. Ask for a later one."
        )
    clear = await opened(house, "de", actor, row.provider, sealed_of(case_id, stood))
    [case] = await views.cases(house, actor, row.provider, [stood.case])
    return Past(
        case_id=case_id,
        as_of=on,
        known_at=known_at,
        version=stood.case.version,
        case=case,
        facts=list(stood.facts),
        goals=[_goal(each, clear) for each in stood.goals],
        measures=[_measure(each, clear) for each in stood.measures],
        obstacles=list(stood.obstacles),
        referrals=list(stood.referrals),
    )


@router.get(
    "/cases/{case_id}/diff",
    tags=["cases"],
    summary="What changed between two moments",
    responses=documentation.reads(404, example=examples_past.DIFF),
)
async def difference(
    case_id: str, request: Request, actor: Caller, reading: Annotated[DiffReading, documentation.QUERY]
) -> Difference:
    """Field by field, from what to what. Facts are those of the local day of each moment."""
    row = await row_of(request, actor, case_id, reading)
    house = house_of(request)
    events = await story_of(house, case_id)
    before = looked(events, "from", reading.from_)
    after = looked(events, "to", reading.to) if reading.to is not None else looked_at(events, now.instant())
    if len(before[0]) > len(after[0]) or before[1] > after[1]:
        raise malformed([Fault(field="from", problem="must not lie behind to")])
    old, new = (as_of.as_of(told, on) for told, on in (before, after))
    sealed = [each for stood in (old, new) if stood for each in sealed_of(case_id, stood)]
    clear = await opened(house, "de", actor, row.provider, sealed)
    return Difference(
        case_id=case_id,
        from_version=len(before[0]),
        to_version=len(after[0]),
        changes=[_shown(each, clear) for each in as_of.diff(old, new)],
    )


async def story_of(house: House, case_id: str) -> list[Recorded]:
    """All events of a case; the numbers that they were bound to are known afterwards."""
    events = await event_store.events_between(house.connections, case_id, 0)
    async with house.connections.connection() as connection:
        await as_of.learn(connection, events)
    return events


def up_to(events: Sequence[Recorded], field: str, version: int) -> tuple[Sequence[Recorded], datetime]:
    """The events up to one of them, and when that was recorded. Raises ProblemError (400)."""
    if not 1 <= version <= len(events):
        raise malformed([Fault(field=field, problem="is no version of this case")])
    return events[:version], events[version - 1].recorded_at


def looked_at(events: Sequence[Recorded], known_at: datetime) -> tuple[Sequence[Recorded], date]:
    """What was known at an instant, and its local day."""
    return as_of.known(events, known_at), local_day(known_at)


def looked(events: Sequence[Recorded], field: str, said: str) -> tuple[Sequence[Recorded], date]:
    """The same for an instant or a version that somebody has named. Raises ProblemError (400)."""
    if VERSION.fullmatch(said):
        if int(said) == 0:
            return [], date.min
        told, known_at = up_to(events, field, int(said))
        return told, local_day(known_at)
    if DAY.match(said):  # digits alone would be read as seconds since 1970
        with suppress(ValidationError, OverflowError):
            return looked_at(events, INSTANT.validate_strings(said))
    raise malformed([Fault(field=field, problem="must be a version, or an instant with its offset from UTC")])


def sealed_of(case_id: str, stood: AsItWas) -> list[Sealed]:
    found = as_of.fields_of(stood).items()
    return [
        (case_id, LABELS[_kind(name)], value) for name, value in found if _kind(name) in LABELS and is_sealed(value)
    ]


def _kind(field: str) -> str:
    first, _, rest = field.partition(".")
    return f"{first}.{rest.rpartition('.')[2]}" if rest else first


def _shown(change: Change, clear: Opened) -> ChangeView:
    def text(value: Any) -> Any:
        return clear.text(value) if is_sealed(value) else value

    return ChangeView(field=change.field, old=text(change.old), new=text(change.new))


def _goal(goal: OpenGoal, clear: Opened) -> GoalView:
    return GoalView(
        number=goal.number,
        field=goal.field,
        text=clear.text(goal.text),
        target_date=goal.target_date,
        priority=goal.priority,
    )


def _measure(measure: OpenMeasure, clear: Opened) -> MeasureView:
    return MeasureView(
        number=measure.number,
        goal=measure.goal,
        text=clear.text(measure.text),
        party=measure.party,
        due_on=measure.due_on,
    )
