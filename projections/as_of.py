"""A case as it was: what was true on a day as it was known at an instant, told from the events; and what differs between two such looks.

There is no table. One story is short enough to be told anew, by the folds of the read models: so a look back can't say anything else than they said then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow
from pydantic_core import from_json

from domain.envelopes import Recorded
from domain.goals import GoalAdded, GoalPostponed, MeasureAgreed
from domain.intake import CaseOpened
from domain.policy_story import PolicyMoved
from domain.support import ObstacleRecorded
from domain.vocabulary import FieldOfAction, ObstacleKind, Party, ReferralState, ServiceKind, Severity
from projections.case_standing import CaseloadRow
from projections.caseload import CASELOAD
from projections.facts import FACTS, FactKind, FactRow
from projections.numbers import learn_of
from projections.read_model import ReadModel, RowT
from projections.referrals import REFERRALS, ReferralRow


@dataclass(frozen=True, slots=True)
class HeldFact:
    """What held on the day. `subject` tells what may hold side by side; `value` is a code; `valid_to` the first day on which it no longer holds."""

    kind: FactKind
    subject: str
    value: str
    valid_from: date
    valid_to: date | None
    disputed: bool


@dataclass(frozen=True, slots=True)
class OpenGoal:
    """`text` is a sealed token."""

    number: int
    field: FieldOfAction
    text: str
    target_date: date | None
    priority: int


@dataclass(frozen=True, slots=True)
class OpenMeasure:
    """`text` is a sealed token; `goal` the number of the goal it leads to."""

    number: int
    goal: int
    text: str
    party: Party
    due_on: date | None


@dataclass(frozen=True, slots=True)
class OpenObstacle:
    number: int
    kind: ObstacleKind
    severity: Severity


@dataclass(frozen=True, slots=True)
class OpenReferral:
    """`waiting_since`: the day since which the next word is waited for."""

    number: int
    service: ServiceKind
    service_id: str | None
    urgent: bool
    state: ReferralState
    made_on: date
    waiting_since: date | None


@dataclass(frozen=True, slots=True)
class AsItWas:
    """The row of the caseload, the facts that held, and what was open of plan and support. `name`, `birth_date`, texts are sealed tokens."""

    case: CaseloadRow
    facts: tuple[HeldFact, ...]
    goals: tuple[OpenGoal, ...]
    measures: tuple[OpenMeasure, ...]
    obstacles: tuple[OpenObstacle, ...]
    referrals: tuple[OpenReferral, ...]


KEYS: Mapping[str, tuple[str, ...]] = {
    "facts": ("kind", "subject"),
    "goals": ("number",),
    "measures": ("number",),
    "obstacles": ("number",),
    "referrals": ("number",),
}
"""What of `AsItWas` there may be several of, and what tells them apart."""


@dataclass(frozen=True, slots=True)
class Change:
    """`field` is a column of the case, or `goals.1.target_date`, `facts.ACTIVITY.SCHOOL.valid_to`, …; None: there was, or is, none."""

    field: str
    old: Any
    new: Any


def known(events: Sequence[Recorded], known_at: datetime) -> list[Recorded]:
    """The events of one case that were recorded up to an instant (UTC)."""
    return list(takewhile(lambda each: each.recorded_at <= known_at, events))


def as_of(events: Sequence[Recorded], on: date) -> AsItWas | None:
    """The case after these events, the first of one story; its facts those that held on a day. None where there is no event."""
    if not events:
        return None
    [case] = _told(CASELOAD, events)
    known_at = events[-1].recorded_at
    return AsItWas(
        case=case,
        facts=tuple(_held(_told(FACTS, events), on, known_at)),
        goals=tuple(_goals(events, set(case.open_goals))),
        measures=tuple(_measures(events, {int(each.partition(":")[0]) for each in case.measures_open})),
        obstacles=tuple(_obstacles(events, {int(each.partition(":")[0]) for each in case.open_obstacles})),
        referrals=tuple(_referrals(_told(REFERRALS, events))),
    )


def diff(before: AsItWas | None, after: AsItWas | None) -> list[Change]:
    """The fields that differ, and only those: first those of the case, then facts, goals, measures, obstacles, referrals."""
    old, new = fields_of(before), fields_of(after)
    names = dict.fromkeys([*new, *old])
    return [
        Change(name, old.get(name), new.get(name))
        for name in sorted(names, key=_place)
        if old.get(name) != new.get(name)
    ]


def fields_of(stood: AsItWas | None) -> dict[str, Any]:
    """Every field with its value, under the name that a change has."""
    if stood is None:
        return {}
    found = _columns(stood.case)
    for several, key in KEYS.items():
        for one in getattr(stood, several):
            subject = ".".join(str(part) for part in (getattr(one, name) for name in key) if part != "")
            found |= {f"{several}.{subject}.{name}": value for name, value in _columns(one).items() if name not in key}
    return found


async def learn(connection: AsyncConnection[DictRow], events: Iterable[Recorded]) -> None:
    """The programme's numbers that the case has ever been bound to: to be called before `as_of`, where they may have been published since."""
    binding = (each.event for each in events)
    await learn_of(connection, {event.policy for event in binding if isinstance(event, CaseOpened | PolicyMoved)})


def _told(model: ReadModel[RowT], events: Sequence[Recorded]) -> list[RowT]:
    return [
        model.row(*(from_json(each) if isinstance(each, bytes) else each for each in values))
        for values in model.told(events)
    ]


def _held(rows: Iterable[FactRow], on: date, known_at: datetime) -> Iterator[HeldFact]:
    for row in sorted(rows, key=lambda row: (row.kind, row.subject, row.valid_from)):
        if row.value is not None and row.holds(on, known_at):
            yield HeldFact(row.kind, row.subject, row.value, row.valid_from, row.valid_to, row.disputed)


def _goals(events: Iterable[Recorded], open_: set[int]) -> Iterator[OpenGoal]:
    targets: dict[int, date | None] = {}
    added: list[GoalAdded] = []
    for recorded in events:
        match recorded.event:
            case GoalAdded() as event if event.goal in open_:
                added.append(event)
                targets[event.goal] = event.target_date
            case GoalPostponed() as event:
                targets[event.goal] = event.target_date
    for goal in added:
        yield OpenGoal(goal.goal, goal.field, goal.text, targets[goal.goal], goal.priority)


def _measures(events: Iterable[Recorded], open_: set[int]) -> Iterator[OpenMeasure]:
    for recorded in events:
        if isinstance(event := recorded.event, MeasureAgreed) and event.measure in open_:
            yield OpenMeasure(event.measure, event.goal, event.text, event.party, event.due_on)


def _obstacles(events: Iterable[Recorded], open_: set[int]) -> Iterator[OpenObstacle]:
    for recorded in events:
        if isinstance(event := recorded.event, ObstacleRecorded) and event.obstacle in open_:
            yield OpenObstacle(event.obstacle, event.code, event.severity)


def _referrals(rows: Iterable[ReferralRow]) -> Iterator[OpenReferral]:
    for row in rows:
        if row.waiting_since is not None:
            yield OpenReferral(
                row.number, row.service, row.service_id, row.urgent, row.state, row.made_on, row.waiting_since
            )


def _columns(row: Any) -> dict[str, Any]:
    return {each.name: getattr(row, each.name) for each in fields(row)}


def _place(name: str) -> int:
    return [*KEYS].index(name.partition(".")[0]) + 1 if "." in name else 0
