"""What stands on the page of one case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request

from api.access import Action, may
from api.house import house_of
from api.language import chosen
from api.narrowed_history import Asked, EntryKind
from api.opening import Opened, Sealed, opened
from api.parsing import CASE_ID
from api.problems import ProblemError
from api.telling import Told, acted, born, brought_about, label, sealed_in, tell
from domain.catalogue import EVENTS
from domain.deadlines import local_day, running
from domain.envelopes import Actor
from domain.goals import GoalAdded, MeasureAgreed
from domain.story import Event
from domain.vocabulary import DeadlineKind, DeadlineStage, Reason, Role
from projections import caseload, closing_standing, timeline
from projections.case_standing import CaseloadRow, case_of
from projections.numbers import numbers_of
from projections.timeline import TimelineRow

EVENTS_SHOWN = 200


@dataclass(frozen=True)
class Entry:
    """One event of the timeline, ready to be read. By version: `superseded_by` corrected it or took it back, `corrects` is what it does so to, `caused_by` asked for it."""

    row: TimelineRow
    recorded_on: date
    told: Told
    who: str
    origin: str
    automatic: bool
    reason: Reason | None
    reason_text: str | None
    superseded_by: int | None
    corrects: int | None
    caused_by: int | None
    disputed: bool


@dataclass(frozen=True)
class Running:
    """A deadline that runs; `stage` is the last that the clock has brought."""

    kind: DeadlineKind
    due_on: date
    stage: DeadlineStage | None
    late: bool


async def content(request: Request, actor: Actor, case_id: str, asked: Asked) -> dict[str, Any]:
    """The values of `case.html`: the newest of the events that are asked for. Raises ProblemError (404, 403)."""
    house, language = house_of(request), chosen(request)
    row = await row_of(request, actor, case_id)
    async with house.connections.connection() as connection:
        events, more = await timeline.newest(connection, case_id, asked.wanted(), EVENTS_SHOWN)
        marks = await timeline.marks(connection, case_id)
        actors = await timeline.actors(connection, case_id)
    read = [(each, EVENTS[each.name].model_validate(each.body)) for each in events]
    sealed: list[Sealed] = [(case_id, "person.name", row.name)]
    if row.birth_date:
        sealed.append((case_id, "person.birth_date", row.birth_date))
    for each, event in read:
        sealed += [(case_id, mark, token) for mark, token in sealed_in(event)]
        if each.reason_text:
            sealed.append((case_id, "reason", each.reason_text))
    texts = await opened(house, language, actor, row.provider, sealed)
    return {
        "row": row,
        "contact_weeks": closing_standing.contact_weeks(row),
        "opened": texts,
        "why_not": texts.why_not(row.name),
        "birth_date": row.birth_date and born(language, texts(row.birth_date)),
        "entries": _entries(language, read, texts, marks),
        "older": asked.older(events[0].version) if more else None,
        "asked": asked,
        "kinds": list(EntryKind),
        "actors": actors,
        "shown": {each.version for each in events},
        "deadlines": _deadlines(row),
    }


async def row_of(request: Request, actor: Actor, case_id: str) -> CaseloadRow:
    """A case that the visitor may see. Raises ProblemError (404, 403)."""
    async with house_of(request).connections.connection() as connection:
        row = await caseload.one(connection, case_id) if CASE_ID.fullmatch(case_id) else None
    if row is None:
        raise ProblemError(404, "CASE_UNKNOWN", "There is no such case.")
    if not may(actor, Action.SEE_CASE, row.provider):
        raise ProblemError(403, "CROSS_PROVIDER", "The case lies with another provider.")
    return row


def _deadlines(row: CaseloadRow) -> list[Running]:
    """What runs now, the nearest first, and what the clock has brought of it."""
    if row.policy_version is None:
        return []
    case = case_of(row)
    runs = sorted(running(case, numbers_of(row.policy_version)), key=lambda each: each.due_on)
    return [
        Running(each.kind, each.due_on, case.stages.get((each.kind, each.due_on)), each.kind in row.late_kinds)
        for each in runs
    ]


def _entries(
    language: str, read: Sequence[tuple[TimelineRow, Event]], texts: Opened, marks: timeline.Marks
) -> list[Entry]:
    """The newest first. An event that names a goal or a measure by its number is shown with its text."""
    goals = {event.goal: event.text for _, event in read if isinstance(event, GoalAdded)}
    measures = {event.measure: event.text for _, event in read if isinstance(event, MeasureAgreed)}
    entries = []
    for row, event in read:
        told = tell(language, event, texts)
        about = _named(language, event, goals, measures, texts)
        entries.append(
            Entry(
                row=row,
                recorded_on=local_day(row.recorded_at),
                told=Told(told.sentence, about + told.details),
                who=acted(language, row.actor_id, row.actor_role, row.deputy_for),
                origin=brought_about(language, row.causation),
                automatic=row.actor_role == Role.SYSTEM,
                reason=Reason(row.reason) if row.reason else None,
                reason_text=texts(row.reason_text) if row.reason_text else None,
                superseded_by=marks.superseded.get(row.version),
                corrects=_here(row, row.corrects),
                caused_by=_here(row, row.causation),
                disputed=row.version in marks.disputed,
            )
        )
    return entries[::-1]


def _here(row: TimelineRow, named: str | None) -> int | None:
    """The version of an event of the same case; None for one of another story, and for a timer."""
    stream_id, _, version = (named or "").rpartition("/")
    return int(version) if stream_id == row.case_id and version.isdecimal() else None


def _named(
    language: str, event: Event, goals: Mapping[int, str], measures: Mapping[int, str], texts: Opened
) -> tuple[tuple[str, str], ...]:
    goal, measure = getattr(event, "goal", None), getattr(event, "measure", None)
    if goal is not None and not isinstance(event, GoalAdded) and goal in goals:
        return ((label(language, "goal"), texts(goals[goal])),)
    if measure is not None and not isinstance(event, MeasureAgreed) and measure in measures:
        return ((label(language, "measure"), texts(measures[measure])),)
    return ()
