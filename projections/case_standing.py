"""How a case stands: the row of the caseload, and how it is told from the events of a case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain import intake
from domain.case import Case, Eligibility, Goal, Measure, ProposedExtension, Suspension
from domain.deadlines import LATE, running
from domain.envelopes import Recorded
from domain.lifecycle import replay
from domain.vocabulary import (
    ClosureReason,
    DeadlineKind,
    DeadlineStage,
    EligibilityBasis,
    EligibilityGround,
    HistoryConflict,
    Intensity,
    LanguageLevel,
    Party,
    Phase,
    Relation,
    Sex,
    Title,
    TitleQuestion,
)
from projections import closing_standing, household_standing, statement_standing, support_standing, transfer_standing
from projections.case_shown import shown
from projections.numbers import numbers_of
from projections.read_model import Key

OWN = (Party.CLIENT, Party.GUARDIAN)


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """`name`, `birth_date` are sealed tokens. Days are local, and when it was or will be so; `…_at` (UTC) and `opened_on` are when it was recorded.

    No `manager_id`: nobody is responsible. `next_due_…` is the nearest deadline that is not met, `late_since` the earliest due date that is over and not met,
    as the clock has brought them. `open_goals` are numbers, `measures_open` are `number:party`, `open_obstacles` `number:severity`, `open_referrals` `number:state`,
    `missed_contacts` the days of no-shows since the last contact, `stages` {deadline: {due date: stage}} are those reached.
    `suspended_until` is what is expected; while `clock_stopped`, deadlines of the programme stand still. `extension_proposed_until` waits for a second person.
    `withdrawal_stage` is 0 outside of a withdrawal; `closure_reason` is that of a proposal (`closure_proposed_on`) or of the closing (`closed_on`);
    `reopened_on` is the last time. `title_question`: what a supervisor has to decide on; `history_conflicts`: what somebody has to look at.
    `transfer_…`: which unit was asked to take the case over, and by which day it is to answer.
    `death_in_household_on` is when it was noted; `comes_of_age_in` the first of the month; `duplicates` the cases merged into this one, `merged_into` the one it was merged into.
    """

    case_id: str
    version: int
    person_id: str
    provider: str
    name: str
    birth_date: str | None
    sex: Sex
    needs_interpreter: bool
    phase: Phase
    phase_since: date
    registered_at: datetime
    last_event_at: datetime
    eligible: bool | None = None
    basis: EligibilityBasis | None = None
    eligible_since: date | None = None
    refused_grounds: tuple[EligibilityGround, ...] = ()
    title_code: Title = Title.UNKNOWN
    title_valid_until: date | None = None
    title_since: date | None = None
    municipality: str | None = None
    household_id: str | None = None
    relation: Relation | None = None
    household_split_on: date | None = None
    household_protected: bool = False
    deaths_in_household: int = 0
    death_in_household_on: date | None = None
    comes_of_age_in: date | None = None
    duplicates: tuple[str, ...] = ()
    merged_into: str | None = None
    policy_version: str | None = None
    support_start: date | None = None
    support_end: date | None = None
    opened_on: date | None = None
    manager_id: str | None = None
    manager_since: date | None = None
    deputy_id: str | None = None
    deputy_since: date | None = None
    deputy_until: date | None = None
    first_contact_on: date | None = None
    last_contact_on: date | None = None
    missed_contacts: tuple[str, ...] = ()
    no_shows_in_a_row: int = 0
    open_obstacles: tuple[str, ...] = ()
    obstacles_high: int = 0
    obstacles_medium: int = 0
    obstacles_low: int = 0
    open_referrals: tuple[str, ...] = ()
    referrals_awaited: int = 0
    intensity: Intensity | None = None
    language_level: LanguageLevel | None = None
    language_since: date | None = None
    statements: dict[str, Any] | None = None
    disputed_facts: int = 0
    restricted_since: date | None = None
    title_question: TitleQuestion | None = None
    title_decided: bool = False
    history_conflicts: tuple[HistoryConflict, ...] = ()
    plan_version: int = 0
    plan_agreed_on: date | None = None
    draft_version: int | None = None
    next_review_due: date | None = None
    review_planned_for: datetime | None = None
    last_review_on: date | None = None
    suspended_since: date | None = None
    suspended_until: date | None = None
    clock_stopped: bool = False
    stopped_days: int = 0
    extension_proposed_until: date | None = None
    independence: int | None = None
    withdrawal_stage: int = 0
    withdrawal_since: date | None = None
    withdrawal_began: date | None = None
    withdrawal_stopped_days: int = 0
    closure_proposed_on: date | None = None
    closure_approved: bool = False
    closure_reason: ClosureReason | None = None
    closed_on: date | None = None
    reopened_on: date | None = None
    before_closing: dict[str, Any] | None = None
    transfer_municipality: str | None = None
    transfer_provider: str | None = None
    transfer_answer_by: date | None = None
    goals_open: int = 0
    goals_achieved: int = 0
    open_goals: tuple[int, ...] = ()
    own_contributions_open: int = 0
    measures_open: tuple[str, ...] = ()
    next_due_kind: DeadlineKind | None = None
    next_due_on: date | None = None
    next_due_stage: DeadlineStage | None = None
    late_since: date | None = None
    late_kinds: tuple[DeadlineKind, ...] = ()
    escalation_open: bool = False
    stages: dict[str, dict[str, str]] | None = None


def fold(rows: Mapping[Key, CaseloadRow], recorded: Recorded) -> Mapping[Key, CaseloadRow]:
    """What the rules keep of an event is taken from the rules themselves; what only eyes need is added."""
    key, event, on = (recorded.stream_id,), recorded.event, recorded.effective_on
    row = registered(event, recorded) if isinstance(event, intake.PersonRegistered) else rows[key]
    case = case_of(row)
    case.statements = statement_standing.statements(row, event)
    replay([recorded], case)
    changes = {
        **kept(case),
        **statement_standing.kept(row, case, event),
        **household_standing.kept(row, case, recorded),
        **deadlines_of(case),
        **shown(row, recorded),
        "last_event_at": recorded.recorded_at,
    }
    if case.phase is not row.phase:
        changes["phase_since"] = on
    return {key: replace(row, **changes)}


def registered(event: intake.PersonRegistered, recorded: Recorded) -> CaseloadRow:
    return CaseloadRow(
        case_id=recorded.stream_id,
        version=recorded.version - 1,
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


def case_of(row: CaseloadRow) -> Case:
    """The case as the row remembers it. Goals and measures that are closed are not touched again, and what else is missing no event asks for."""
    return Case(
        **household_standing.stands(row),
        version=row.version,
        phase=row.phase,
        eligibility=Eligibility(row.basis, row.eligible_since)
        if row.eligible and row.basis and row.eligible_since
        else None,
        title=row.title_code,
        title_until=row.title_valid_until,
        title_since=row.title_since,
        title_decided=row.title_decided,
        conflicts=frozenset(row.history_conflicts),
        language_level=row.language_level,
        language_since=row.language_since,
        before_closing=statement_standing.before_closing(row),
        policy_version=row.policy_version,
        support_start=row.support_start,
        support_end=row.support_end,
        suspension=Suspension(row.suspended_since, row.clock_stopped, row.suspended_until)
        if row.suspended_since
        else None,
        stopped_days=row.stopped_days,
        extension=ProposedExtension(row.extension_proposed_until, "") if row.extension_proposed_until else None,
        review_due=row.next_review_due,
        last_review_on=row.last_review_on,
        independence=row.independence,
        first_contact=row.first_contact_on is not None,
        last_contact_on=row.last_contact_on,
        missed_contacts=support_standing.days(row.missed_contacts),
        obstacles=support_standing.obstacles(row.open_obstacles),
        referrals=support_standing.referrals(row.open_referrals),
        withdrawal_stage=row.withdrawal_stage,
        withdrawal_since=row.withdrawal_since,
        withdrawal_began=row.withdrawal_began,
        withdrawal_stopped_days=row.withdrawal_stopped_days,
        closure=closing_standing.proposed(row),
        transfer=transfer_standing.pending(row),
        closed_on=row.closed_on,
        closure_reason=row.closure_reason if row.closed_on else None,
        intensity=row.intensity,
        plan_version=row.plan_version,
        agreed_on=row.plan_agreed_on,
        draft=row.draft_version,
        goals={number: Goal() for number in row.open_goals},
        measures={int(number): Measure(0, Party(party)) for number, party in (m.split(":") for m in row.measures_open)},
        stages={
            (DeadlineKind(kind), date.fromisoformat(due_on)): DeadlineStage(stage)
            for kind, reached in (row.stages or {}).items()
            for due_on, stage in reached.items()
        },
    )


def kept(case: Case) -> dict[str, Any]:
    open_goals = tuple(number for number, goal in case.goals.items() if goal.open)
    measures = [(number, measure.party) for number, measure in case.measures.items() if measure.open]
    return {
        "version": case.version,
        "phase": case.phase,
        "eligible_since": case.eligibility and case.eligibility.since,
        "title_code": case.title,
        "title_valid_until": case.title_until,
        "title_since": case.title_since,
        "policy_version": case.policy_version,
        "restricted_since": case.restricted_since,
        "support_start": case.support_start,
        "support_end": case.support_end,
        "suspended_since": case.suspension and case.suspension.since,
        "suspended_until": case.suspension and case.suspension.expected_until,
        "clock_stopped": case.suspension is not None and case.suspension.clock_stops,
        "stopped_days": case.stopped_days,
        "extension_proposed_until": case.extension and case.extension.new_end,
        "next_review_due": case.review_due,
        "last_review_on": case.last_review_on,
        "independence": case.independence,
        "intensity": case.intensity,
        "plan_version": case.plan_version,
        "plan_agreed_on": case.agreed_on,
        "draft_version": case.draft,
        "goals_open": len(open_goals),
        "open_goals": open_goals,
        "own_contributions_open": sum(party in OWN for _, party in measures),
        "measures_open": tuple(f"{number}:{party.value}" for number, party in measures),
        **support_standing.kept(case),
        **closing_standing.kept(case),
        **transfer_standing.kept(case),
        "stages": _by_kind(case),
    }


def _by_kind(case: Case) -> dict[str, dict[str, str]]:
    kinds = dict.fromkeys(kind for kind, _ in case.stages)
    return {
        kind.value: {due_on.isoformat(): stage.value for (of, due_on), stage in case.stages.items() if of is kind}
        for kind in kinds
    }


def deadlines_of(case: Case) -> dict[str, Any]:
    """What runs now, by the rule that the clock follows too, and what the clock has brought of it: a row looks at no clock of its own."""
    if case.policy_version is None:
        return {}
    runs = sorted(running(case, numbers_of(case.policy_version)), key=lambda each: each.due_on)
    reached = {each: stage for each in runs if (stage := case.stages.get((each.kind, each.due_on)))}
    late = [each for each in runs if reached.get(each) in LATE]
    following = runs[0] if runs else None
    return {
        "next_due_kind": following and following.kind,
        "next_due_on": following and following.due_on,
        "next_due_stage": following and reached.get(following),
        "late_since": late[0].due_on if late else None,
        "late_kinds": tuple(each.kind for each in late),
        "escalation_open": DeadlineStage.ESCALATED in reached.values(),
    }
