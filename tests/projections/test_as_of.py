"""A case as it was: at every event boundary it is what the plain fold told then, and a difference lists exactly what changed."""

from datetime import date, timedelta
from time import perf_counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.deadlines import local_day
from domain.envelopes import Recorded
from domain.lifecycle import replay
from domain.story import Command
from projections.as_of import Change, as_of, diff, fields_of, known
from projections.caseload import CASELOAD
from projections.facts import FACTS
from projections.read_model import retell
from projections.referrals import REFERRALS
from tests import examples
from tests.examples_corrections import CORRECT, TOLD_AT, TOLD_WRONG
from tests.projections.lives import life
from tests.scenario import Story

steps = st.integers(1, len(examples.SUPPORTED))
more = st.lists(st.sampled_from([*examples.COMMANDS.values(), TOLD_WRONG]), max_size=12)
days = st.sampled_from([0, 10, 100])

PUT_RIGHT = CORRECT.fact.model_dump()["level"]


def by_plain_fold(events: list[Recorded], on: date) -> dict[str, Any]:
    """What the folds and the rules themselves say, under the names of the fields."""
    [row] = retell(CASELOAD, events).values()
    told = {name: getattr(row, name) for name in CASELOAD.columns}
    for fact in retell(FACTS, events).values():
        if fact.holds(on, events[-1].recorded_at):
            subject = f"facts.{fact.kind}" + (f".{fact.subject}" if fact.subject else "")
            said = ("value", "valid_from", "valid_to", "disputed")
            told |= {f"{subject}.{name}": getattr(fact, name) for name in said}
    for referral in retell(REFERRALS, events).values():
        if referral.waiting_since:
            of_referral = ("service", "service_id", "urgent", "state", "made_on", "waiting_since")
            told |= {f"referrals.{referral.number}.{name}": getattr(referral, name) for name in of_referral}
    return told


@settings(max_examples=200, deadline=None, derandomize=True)
@given(steps=steps, more=more, days=days)
def test_at_every_event_a_case_is_as_the_plain_fold_told_it_and_a_difference_lists_what_changed(
    steps: int, more: list[Command], days: int
) -> None:
    events = life("case-1", steps, more, days)
    before, told_before = None, dict[str, Any]()
    for nth, last in enumerate(events, start=1):
        on = local_day(last.recorded_at)
        stood = as_of(events[:nth], on)
        assert stood is not None
        fields, told = fields_of(stood), by_plain_fold(events[:nth], on)
        of_plan = {name for name in fields if name.startswith(("goals.", "measures.", "obstacles."))}
        assert {name: value for name, value in fields.items() if name not in of_plan} == told

        case = replay(events[:nth], Case())
        assert [each.number for each in stood.goals] == [number for number, goal in case.goals.items() if goal.open]
        assert [(each.number, each.goal, each.party) for each in stood.measures] == [
            (number, each.goal, each.party) for number, each in case.measures.items() if each.open
        ]
        assert [(each.number, each.severity) for each in stood.obstacles] == [
            (number, each.severity) for number, each in case.obstacles.items() if each.open
        ]

        now_told = told | {name: fields[name] for name in of_plan}
        names = now_told.keys() | told_before.keys()
        changed = {name for name in names if now_told.get(name) != told_before.get(name)}
        found = diff(before, stood)
        assert {each.field for each in found} == changed
        assert len(found) == len(changed)
        assert all((each.old, each.new) == (told_before.get(each.field), now_told.get(each.field)) for each in found)
        before, told_before = stood, now_told


@settings(max_examples=50, deadline=None, derandomize=True)
@given(steps=steps, more=more, days=days)
def test_an_instant_knows_the_events_that_were_recorded_up_to_it(steps: int, more: list[Command], days: int) -> None:
    events = life("case-1", steps, more, days)
    for last in events:
        assert known(events, last.recorded_at) == [each for each in events if each.recorded_at <= last.recorded_at]
    assert known(events, events[0].recorded_at - timedelta(microseconds=1)) == []


def test_edge_case_23_what_was_known_before_a_correction_stays_what_it_was() -> None:
    events = list(Story().given(*examples.SUPPORTED, TOLD_WRONG, CORRECT).recorded)
    on = local_day(events[-1].recorded_at)
    as_told, put_right = as_of(events[:TOLD_AT], on), as_of(events, on)

    changes = {each.field: each for each in diff(as_told, put_right) if each.field.startswith("facts.")}

    assert changes["facts.LANGUAGE.value"] == Change("facts.LANGUAGE.value", TOLD_WRONG.level, PUT_RIGHT)


def test_nothing_was_known_before_the_first_event_and_nothing_differs_from_itself() -> None:
    events = life("case-1", 3, [], 0)
    stood = as_of(events, examples.TODAY)
    assert as_of([], examples.TODAY) is None
    assert diff(stood, stood) == []
    assert diff(None, None) == []
    assert {each.field for each in diff(None, stood)} == {
        name for name, value in fields_of(stood).items() if value is not None
    }


def test_a_case_of_a_thousand_events_is_told_in_a_tenth_of_a_second() -> None:
    story = Story().given(*examples.SUPPORTED)
    events = list(story.recorded)
    contact, level = examples.COMMANDS["RecordContact"], examples.COMMANDS["RecordLanguageLevel"]
    for nth in range(1000 - len(events)):
        story = story.given(level if nth % 50 == 0 else contact)
    events = list(story.recorded)[:1000]
    fastest = min(_seconds(events) for _ in range(3))
    assert fastest < 0.1


def _seconds(events: list[Recorded]) -> float:
    begun = perf_counter()
    as_of(events, examples.TODAY)
    return perf_counter() - begun
