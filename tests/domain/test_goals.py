"""Goals and the steps towards them."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.goals import (
    AddGoal,
    AddMeasure,
    ChangeGoal,
    CompleteMeasure,
    GoalAchieved,
    GoalAdded,
    GoalDropped,
    MeasureAgreed,
    MeasureDone,
    MeasureMissed,
)
from domain.refusals import Refusal
from domain.vocabulary import FieldOfAction, GoalOutcome, MeasureOutcome, Party
from tests.examples import (
    ADD_GOAL,
    ADD_OWN_STEP,
    COMMANDS,
    DRAFT,
    EVENTS,
    MET,
    READY_TO_AGREE,
    SUPPORTED,
    TODAY,
)
from tests.scenario import given

YESTERDAY = date(2018, 4, 11)
ACHIEVED = ChangeGoal(goal=1, outcome=GoalOutcome.ACHIEVED)
DROPPED = ChangeGoal(goal=1, outcome=GoalOutcome.DROPPED)
DONE = CompleteMeasure(measure=1, outcome=MeasureOutcome.DONE)


def test_goals_are_added_to_a_draft_and_numbered_through_all_versions() -> None:
    given(*MET, DRAFT).when(ADD_GOAL).then(EVENTS["GoalAdded"])
    second = AddGoal(field=FieldOfAction.HOUSING, text="A flat of her own")
    given(*SUPPORTED, DRAFT).when(second).then(
        GoalAdded(goal=2, field=FieldOfAction.HOUSING, text="A flat of her own", priority=2)
    )


def test_steps_are_agreed_for_a_goal_and_numbered_through_all_versions() -> None:
    given(*MET, DRAFT, ADD_GOAL).when(ADD_OWN_STEP).then(EVENTS["MeasureAgreed"])
    second = AddMeasure(goal=1, text="Look for an evening course", party=Party.SERVICE)
    given(*SUPPORTED, DRAFT).when(second).then(
        MeasureAgreed(measure=2, goal=1, text="Look for an evening course", party=Party.SERVICE)
    )


def test_without_a_draft_nothing_is_added() -> None:
    for story, version in ((given(*MET), 0), (given(*SUPPORTED), 1)):
        story.when(ADD_GOAL).then_refused(Refusal.NO_DRAFT, plan_version=version)
        story.when(ADD_OWN_STEP).then_refused(Refusal.NO_DRAFT, plan_version=version)


def test_a_step_leads_to_an_open_goal() -> None:
    given(*MET, DRAFT).when(ADD_OWN_STEP).then_refused(Refusal.GOAL_UNKNOWN, goal=1)
    given(*MET, DRAFT, ADD_GOAL, ACHIEVED).when(ADD_OWN_STEP).then_refused(Refusal.GOAL_UNKNOWN, goal=1)


@pytest.mark.parametrize(
    "command",
    [
        ADD_GOAL.model_copy(update={"target_date": YESTERDAY}),
        ADD_OWN_STEP.model_copy(update={"due_on": YESTERDAY}),
        ChangeGoal(goal=1, outcome=GoalOutcome.POSTPONED, target_date=YESTERDAY),
    ],
)
def test_nothing_is_to_be_reached_before_it_is_agreed(command: AddGoal | AddMeasure | ChangeGoal) -> None:
    given(*READY_TO_AGREE).when(command).then_refused(Refusal.DATE_ORDER, first=TODAY, then=YESTERDAY)
    day = "due_on" if isinstance(command, AddMeasure) else "target_date"
    assert given(*READY_TO_AGREE).when(command.model_copy(update={day: TODAY})).refusal is None


def test_a_goal_is_achieved_dropped_or_postponed() -> None:
    given(*SUPPORTED).when(ACHIEVED).then(GoalAchieved(goal=1))
    given(*SUPPORTED).when(DROPPED).then(GoalDropped(goal=1))
    given(*SUPPORTED).when(COMMANDS["ChangeGoal"]).then(EVENTS["GoalPostponed"])


def test_a_postponed_goal_stays_open() -> None:
    given(*SUPPORTED, COMMANDS["ChangeGoal"]).when(ACHIEVED).then(GoalAchieved(goal=1))


@pytest.mark.parametrize("ended", [ACHIEVED, DROPPED])
def test_a_goal_ends_once(ended: ChangeGoal) -> None:
    for again in (ACHIEVED, DROPPED, COMMANDS["ChangeGoal"]):
        given(*SUPPORTED, ended).when(again).then_refused(Refusal.GOAL_UNKNOWN, goal=1)


def test_a_goal_that_is_not_there_does_not_change() -> None:
    given(*SUPPORTED).when(ChangeGoal(goal=2, outcome=GoalOutcome.DROPPED)).then_refused(Refusal.GOAL_UNKNOWN, goal=2)


def test_a_new_date_belongs_to_a_postponed_goal_and_only_there() -> None:
    for outcome, target_date in ((GoalOutcome.POSTPONED, None), (GoalOutcome.ACHIEVED, TODAY)):
        with pytest.raises(ValidationError, match="new target_date"):
            ChangeGoal(goal=1, outcome=outcome, target_date=target_date)


def test_a_step_is_done_or_missed_once() -> None:
    missed = CompleteMeasure(measure=1, outcome=MeasureOutcome.MISSED)
    given(*SUPPORTED).when(DONE).then(MeasureDone(measure=1))
    given(*SUPPORTED).when(missed).then(MeasureMissed(measure=1))
    for ended in (DONE, missed):
        given(*SUPPORTED, ended).when(DONE).then_refused(Refusal.MEASURE_UNKNOWN, measure=1)
    given(*MET, DRAFT, ADD_GOAL).when(DONE).then_refused(Refusal.MEASURE_UNKNOWN, measure=1)


def test_a_step_may_end_after_its_goal() -> None:
    given(*SUPPORTED, ACHIEVED).when(DONE).then(MeasureDone(measure=1))


def test_events_that_make_something_say_its_number() -> None:
    made = {name: event.number() for name, event in EVENTS.items() if event.number() is not None}
    assert made == {
        "PlanDrafted": 1,
        "GoalAdded": 1,
        "MeasureAgreed": 1,
        "PlanAgreed": 1,
        "PlanRevised": 2,
        "ClientWaitlisted": 1,
        "ObstacleRecorded": 1,
        "ReferralMade": 1,
    }
