"""The caseload: one row per case, with what a manager's list and a supervisor's overview ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from domain import deadlines, eligibility, facts, goals, intake, plan
from domain.case import OPEN_PHASES, Case
from domain.envelopes import Recorded
from domain.policy import POLICIES, policy_named
from domain.story import Event
from domain.vocabulary import Assignment, Intensity, Party, Phase, Title
from projections.read_model import Key, ReadModel

LATENESS = "coalesce(late_since, 'infinity'::date), coalesce(next_due_on, 'infinity'::date), case_id"


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """`name`, `birth_date` are sealed tokens. `fell_due`, `escalated`: kinds of deadlines that ever reached the stage.

    `late_since` is the earliest due date that is over and not met; `measures_open` are `number:party`.
    """

    case_id: str
    version: int
    person_id: str
    provider: str
    name: str
    birth_date: str | None
    sex: str
    needs_interpreter: bool
    phase: str
    phase_since: date
    registered_at: datetime
    last_event_at: datetime
    eligible: bool | None = None
    basis: str | None = None
    title_code: str | None = None
    title_valid_until: date | None = None
    title_since: date | None = None
    municipality: str | None = None
    household_id: str | None = None
    policy_version: str | None = None
    support_start: date | None = None
    support_end: date | None = None
    manager_id: str | None = None
    deputy_id: str | None = None
    first_contact_on: date | None = None
    intensity: str | None = None
    language_level: str | None = None
    language_since: date | None = None
    plan_version: int = 0
    plan_agreed_on: date | None = None
    draft_version: int | None = None
    next_review_due: date | None = None
    goals_open: int = 0
    goals_achieved: int = 0
    own_contributions_open: int = 0
    measures_open: tuple[str, ...] = ()
    next_due_kind: str | None = None
    next_due_on: date | None = None
    fell_due: tuple[str, ...] = ()
    escalated: tuple[str, ...] = ()
    late_since: date | None = None
    late_kinds: tuple[str, ...] = ()
    escalation_open: bool = False


def fold(rows: Mapping[Key, CaseloadRow], recorded: Recorded) -> Mapping[Key, CaseloadRow]:
    event = recorded.event
    if isinstance(event, intake.PersonRegistered):
        row = _registered(event, recorded)
    else:
        before = rows[(recorded.stream_id,)]
        row = replace(before, **_changes(event, before, recorded.effective_on))
        if row.phase != before.phase:
            row = replace(row, phase_since=recorded.effective_on)
    row = replace(row, version=recorded.version, last_event_at=recorded.recorded_at)
    return {(row.case_id,): replace(row, **_deadlines(row))}


def _registered(event: intake.PersonRegistered, recorded: Recorded) -> CaseloadRow:
    return CaseloadRow(
        case_id=recorded.stream_id,
        version=recorded.version,
        person_id=event.person_id,
        provider=event.provider,
        name=event.name,
        birth_date=event.birth_date,
        sex=event.sex,
        needs_interpreter=event.needs_interpreter,
        phase=Phase.REGISTERED,
        phase_since=recorded.effective_on,
        registered_at=recorded.recorded_at,
        last_event_at=recorded.recorded_at,
    )


def _deadlines(row: CaseloadRow) -> dict[str, Any]:
    """What runs now, by the rule that the clock follows too."""
    if row.policy_version is None:
        return {}
    case = Case(
        phase=Phase(row.phase),
        support_start=row.support_start,
        first_contact=row.first_contact_on is not None,
        intensity=Intensity(row.intensity) if row.intensity else None,
    )
    running = sorted(deadlines.running(case, policy_named(POLICIES, row.policy_version)), key=lambda d: d.due_on)
    late = [deadline for deadline in running if deadline.kind in row.fell_due]
    return {
        "next_due_kind": running[0].kind.value if running else None,
        "next_due_on": running[0].due_on if running else None,
        "late_since": late[0].due_on if late else None,
        "late_kinds": tuple(deadline.kind.value for deadline in late),
        "escalation_open": any(deadline.kind in row.escalated for deadline in running),
    }


def _changes(event: Event, row: CaseloadRow, on: date) -> dict[str, Any]:
    """What an event, effective on a day, changes in the row; nothing for events that the caseload does not show."""
    match event:
        case eligibility.EligibilityConfirmed():
            title = _title(row, event.title_code, event.title_valid_until, event.checked_on)
            return {"eligible": True, "basis": event.basis.value, **title}
        case eligibility.EligibilityRefused():
            return {"eligible": False, "basis": event.basis.value}
        case intake.CaseOpened():
            return {
                "phase": Phase.INTAKE.value,
                "municipality": event.municipality,
                "household_id": event.household_id,
                "policy_version": event.policy,
                "support_start": event.support_start,
                "support_end": event.support_end,
            }
        case intake.ManagerAssigned():
            return {"manager_id" if event.assignment is Assignment.PRIMARY else "deputy_id": event.manager_id}
        case intake.IntakeCompleted():
            return {"phase": Phase.PLANNING.value, "first_contact_on": event.first_contact_on}
        case plan.AssessmentRecorded():
            return {"intensity": event.intensity.value}
        case facts.LanguageLevelRecorded() if row.language_since is None or on >= row.language_since:
            return {"language_level": event.level.value, "language_since": on}
        case facts.ResidenceStatusRecorded():
            return _title(row, event.title_code, event.valid_until, on)
        case facts.ResidenceStatusLost():
            return _title(row, Title.NONE, None, on)
        case plan.PlanDrafted():
            return {"draft_version": event.plan_version}
        case plan.PlanAgreed():
            return {
                "phase": Phase.SUPPORT.value if row.phase == Phase.PLANNING else row.phase,
                "plan_version": event.plan_version,
                "plan_agreed_on": on,
                "draft_version": None,
                "next_review_due": event.next_review_due,
            }
        case goals.GoalAdded():
            return {"goals_open": row.goals_open + 1}
        case goals.GoalAchieved():
            return {"goals_open": row.goals_open - 1, "goals_achieved": row.goals_achieved + 1}
        case goals.GoalDropped():
            return {"goals_open": row.goals_open - 1}
        case goals.MeasureAgreed():
            return _measures((*row.measures_open, f"{event.measure}:{event.party.value}"))
        case goals.MeasureDone() | goals.MeasureMissed():
            return _measures(tuple(each for each in row.measures_open if each.split(":")[0] != str(event.measure)))
        case deadlines.DeadlineFellDue():
            return {"fell_due": (*row.fell_due, event.deadline.value)}
        case deadlines.DeadlineEscalated():
            return {"escalated": (*row.escalated, event.deadline.value)}
    return {}


def _title(row: CaseloadRow, title: Title, until: date | None, since: date) -> dict[str, Any]:
    """A title of earlier times that is handed in late changes nothing here, as it does for the rules."""
    if row.title_since is not None and since < row.title_since:
        return {}
    return {"title_code": title.value, "title_valid_until": until, "title_since": since}


def _measures(measures: tuple[str, ...]) -> dict[str, Any]:
    own = (Party.CLIENT.value, Party.GUARDIAN.value)
    return {
        "measures_open": measures,
        "own_contributions_open": sum(each.split(":")[1] in own for each in measures),
    }


CASELOAD = ReadModel(
    "caseload", CaseloadRow, ("case_id",), fold, indexes=(f"provider, {LATENESS}", "provider, manager_id")
)


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; `provider` None means every provider, for those who may see that."""

    provider: str | None = None
    phase: Phase | None = None
    manager_id: str | None = None
    municipality: str | None = None
    late: bool = False
    unassigned: bool = False

    def where(self) -> tuple[str, dict[str, Any]]:
        equal = {
            "provider": self.provider,
            "phase": self.phase and self.phase.value,
            "manager_id": self.manager_id,
            "municipality": self.municipality,
        }
        parts = [f"{column} = %({column})s" for column, value in equal.items() if value is not None]
        if self.late:
            parts.append("late_since IS NOT NULL")
        if self.unassigned:
            parts.append("manager_id IS NULL AND phase = ANY(%(open)s)")
        return " AND ".join(parts) or "true", {**equal, "open": [phase.value for phase in OPEN_PHASES]}


async def page(
    connection: AsyncConnection[DictRow], wanted: Filter, after: str | None = None, limit: int = 50
) -> tuple[list[CaseloadRow], str | None]:
    """Cases sorted by lateness, then next due date, then id; and the cursor of the next page. `after` is such a cursor; raises ValueError on another text."""
    where, values = wanted.where()
    if after is not None:
        late, due, case_id = after.split("_", 2)
        values |= {"late": _day(late), "due": _day(due), "after": case_id}
        where += f" AND ({LATENESS}) > (%(late)s::date, %(due)s::date, %(after)s)"
    query = f"SELECT * FROM caseload WHERE {where} ORDER BY {LATENESS} LIMIT %(limit)s"  # noqa: S608 - parts are ours
    found = await (await connection.execute(query, {**values, "limit": limit + 1})).fetchall()
    rows = [_row(each) for each in found[:limit]]
    return rows, _cursor(rows[-1]) if len(found) > limit else None


async def counts_by_phase(connection: AsyncConnection[DictRow], wanted: Filter) -> dict[Phase, int]:
    """How many cases of the filter are in each phase; phases without a case are left out."""
    where, values = wanted.where()
    query = f"SELECT phase, count(*) AS n FROM caseload WHERE {where} GROUP BY phase"  # noqa: S608 - parts are ours
    return {Phase(each["phase"]): each["n"] for each in await (await connection.execute(query, values)).fetchall()}


async def one(connection: AsyncConnection[DictRow], case_id: str) -> CaseloadRow | None:
    found = await (await connection.execute("SELECT * FROM caseload WHERE case_id = %s", (case_id,))).fetchone()
    return _row(found) if found else None


async def choices(connection: AsyncConnection[DictRow], provider: str | None) -> tuple[list[str], list[str]]:
    """The integration managers and the municipalities that a list can be narrowed to."""
    query = "SELECT DISTINCT manager_id, municipality FROM caseload WHERE %(p)s::text IS NULL OR provider = %(p)s"
    found = await (await connection.execute(query, {"p": provider})).fetchall()
    return tuple(sorted({each[name] for each in found if each[name]}) for name in ("manager_id", "municipality"))  # type: ignore[return-value]


def _row(found: DictRow) -> CaseloadRow:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    return CaseloadRow(**values)


def _day(text: str) -> str:
    return text if text == "infinity" else date.fromisoformat(text).isoformat()


def _cursor(row: CaseloadRow) -> str:
    return f"{row.late_since or 'infinity'}_{row.next_due_on or 'infinity'}_{row.case_id}"
