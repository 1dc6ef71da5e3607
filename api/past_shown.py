"""A case as it was in plain words: one line per thing, so that two looks can be laid beside each other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from api.facts_page import value_said
from api.language import place_named, said, translate
from api.telling import born, label
from projections.as_of import AsItWas, Change, HeldFact, OpenGoal, OpenMeasure, OpenObstacle, OpenReferral

LABELS = {
    "name": "label.name",
    "birth_date": "label.birth_date",
    "sex": "label.sex",
    "needs_interpreter": "label.needs_interpreter",
    "language_level": "case.language_level",
    "relation": "label.relation",
    "household_split_on": "past.household_split_on",
    "death_in_household_on": "past.death_in_household_on",
    "comes_of_age_in": "past.comes_of_age_in",
    "duplicates": "past.duplicates",
    "merged_into": "past.merged_into",
    "phase": "case.phase",
    "phase_since": "past.phase_since",
    "eligible": "case.eligible",
    "basis": "label.basis",
    "eligible_since": "past.eligible_since",
    "refused_grounds": "label.grounds",
    "title_code": "label.title_code",
    "title_valid_until": "label.title_valid_until",
    "title_question": "label.question",
    "history_conflicts": "label.conflict",
    "disputed_facts": "past.disputed_facts",
    "restricted_since": "past.restricted_since",
    "municipality": "cases.municipality",
    "provider": "label.provider",
    "manager_id": "case.manager",
    "manager_since": "past.manager_since",
    "deputy_id": "case.deputy",
    "deputy_since": "past.deputy_since",
    "deputy_until": "past.deputy_until",
    "opened_on": "past.opened_on",
    "policy_version": "label.policy",
    "support_start": "label.support_start",
    "support_end": "label.support_end",
    "extension_proposed_until": "past.extension_proposed_until",
    "suspended_since": "past.suspended_since",
    "suspended_until": "label.expected_until",
    "clock_stopped": "label.clock_stops",
    "stopped_days": "label.days_stopped",
    "first_contact_on": "label.first_contact_on",
    "last_contact_on": "case.last_contact",
    "no_shows_in_a_row": "case.no_shows",
    "intensity": "label.intensity",
    "independence": "label.independence",
    "plan_version": "label.plan_version",
    "plan_agreed_on": "label.agreed_on",
    "draft_version": "past.draft_version",
    "goals_achieved": "label.goals_achieved",
    "own_contributions_open": "case.own_contributions",
    "next_review_due": "label.next_review_due",
    "review_planned_for": "label.planned_for",
    "last_review_on": "past.last_review_on",
    "withdrawal_stage": "case.withdrawal",
    "withdrawal_since": "past.withdrawal_since",
    "closure_proposed_on": "label.proposed_on",
    "closure_approved": "past.closure_approved",
    "closure_reason": "label.closure_reason",
    "closed_on": "label.closed_on",
    "reopened_on": "case.reopened",
    "transfer_municipality": "label.to_municipality",
    "transfer_provider": "label.to_provider",
    "transfer_answer_by": "label.answer_by",
    "next_due_kind": "past.next_due_kind",
    "next_due_on": "past.next_due_on",
    "late_since": "past.late_since",
    "late_kinds": "past.late_kinds",
    "escalation_open": "past.escalation_open",
}
"""What is shown of the row of a case, in this order, and how it is called."""

UNTOLD = frozenset(
    {
        *("case_id", "version", "person_id", "household_id", "registered_at", "last_event_at", "household_protected"),
        *("title_since", "title_decided", "language_since", "statements", "before_closing", "stages", "next_due_stage"),
        *("deaths_in_household", "missed_contacts", "withdrawal_began", "withdrawal_stopped_days", "goals_open"),
        *("open_goals", "measures_open", "open_obstacles", "open_referrals", "referrals_awaited"),
        *("obstacles_high", "obstacles_medium", "obstacles_low"),
    }
)
"""Ids, what only rules ask for, and counts of what is listed one by one."""

PLACES = frozenset({"municipality", "provider", "transfer_municipality", "transfer_provider"})
NOTHING = (None, (), 0, False)
SAID_IF_NO = frozenset({"eligible", "needs_interpreter"})


@dataclass(frozen=True)
class Line:
    label: str
    text: str


@dataclass(frozen=True)
class ChangedLine:
    """None: there was, or is, none."""

    label: str
    old: str | None
    new: str | None


def lines(language: str, stood: AsItWas | None, texts: Callable[[str], str]) -> dict[str, Line]:
    """What there is to say, by what it is about: a field of the case, `facts.LANGUAGE`, `goals.1`, …"""
    return {} if stood is None else dict(_lines(language, stood, texts))


def changed(changes: list[Change], before: dict[str, Line], after: dict[str, Line]) -> list[ChangedLine]:
    """The lines that tell of changes. What only rules ask for is left out."""
    found = []
    for about in dict.fromkeys(map(_about, changes)):
        old, new = before.get(about), after.get(about)
        if either := new or old:
            found.append(ChangedLine(either.label, old.text if old else None, new.text if new else None))
    return found


def _about(change: Change) -> str:
    several, _, rest = change.field.partition(".")
    return f"{several}.{rest.rpartition('.')[0]}" if rest else several


def _lines(language: str, stood: AsItWas, texts: Callable[[str], str]) -> Iterator[tuple[str, Line]]:
    for field, message in LABELS.items():
        value = getattr(stood.case, field)
        if value not in NOTHING or (value is False and field in SAID_IF_NO):
            yield field, Line(translate(language, message), _text(language, field, value, texts))
    for fact in stood.facts:
        about = f"facts.{fact.kind}" + (f".{fact.subject}" if fact.subject else "")
        yield about, Line(translate(language, "past.fact", fact=fact.kind), _fact(language, fact))
    for goal in stood.goals:
        yield f"goals.{goal.number}", Line(_nth(language, "goal", goal), _goal(language, goal, texts))
    for measure in stood.measures:
        yield f"measures.{measure.number}", Line(_nth(language, "measure", measure), _measure(language, measure, texts))
    for obstacle in stood.obstacles:
        what = (said(language, obstacle.kind), said(language, obstacle.severity))
        yield f"obstacles.{obstacle.number}", Line(_nth(language, "obstacle", obstacle), "; ".join(what))
    for referral in stood.referrals:
        about = f"referrals.{referral.number}"
        yield about, Line(_nth(language, "referral", referral), _referral(language, referral))


def _nth(language: str, what: str, one: OpenGoal | OpenMeasure | OpenObstacle | OpenReferral) -> str:
    return f"{label(language, what)} {one.number}"


def _text(language: str, field: str, value: Any, texts: Callable[[str], str]) -> str:
    if field == "name":
        return texts(value)
    if field == "birth_date":
        return born(language, texts(value))
    return place_named(language, value) if field in PLACES else said(language, value)


def _fact(language: str, fact: HeldFact) -> str:
    span = "facts.from_to" if fact.valid_to else "facts.from"
    held = translate(language, span, start=fact.valid_from, end=fact.valid_to)
    noted = f"; {translate(language, 'facts.disputed')}" if fact.disputed else ""
    return f"{value_said(language, fact.kind, fact.value)}; {held}{noted}"


def _goal(language: str, goal: OpenGoal, texts: Callable[[str], str]) -> str:
    until = f"; {label(language, 'target_date')}: {said(language, goal.target_date)}" if goal.target_date else ""
    return f"{said(language, goal.field)}; {texts(goal.text)}; {label(language, 'priority')}: {goal.priority}{until}"


def _measure(language: str, measure: OpenMeasure, texts: Callable[[str], str]) -> str:
    until = f"; {label(language, 'due_on')}: {said(language, measure.due_on)}" if measure.due_on else ""
    return f"{texts(measure.text)}; {said(language, measure.party)}; {label(language, 'goal')} {measure.goal}{until}"


def _referral(language: str, referral: OpenReferral) -> str:
    where = f" ({place_named(language, referral.service_id)})" if referral.service_id else ""
    since = translate(language, "past.waiting_since", date=referral.waiting_since)
    urgent = f"; {label(language, 'urgent')}" if referral.urgent else ""
    return f"{said(language, referral.service)}{where}; {said(language, referral.state)}; {since}{urgent}"
