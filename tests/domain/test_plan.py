"""Chapter two: needs are assessed, and a plan is drafted and agreed by both sides, in writing."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.goals import AddGoal, AddMeasure
from domain.intake import RegisterPerson
from domain.plan import AgreePlan, AssessmentRecorded, DraftPlan, Need, PlanAgreed, PlanDrafted, RecordAssessment
from domain.refusals import Refusal
from domain.vocabulary import FieldOfAction, GoalOutcome, Intensity, MeasureOutcome, Party, Phase, Reason
from tests.examples import (
    ADD_GOAL,
    ADD_OWN_STEP,
    AGREE,
    ASSESS,
    COMMANDS,
    COMPLETE_INTAKE,
    CONFIRM,
    DRAFT,
    EVENTS,
    GUARDIAN_ID,
    MET,
    OPEN,
    READY_TO_AGREE,
    REGISTER,
    SUPPORTED,
    TODAY,
)
from tests.scenario import Story, given

PLANNING = (OPEN, COMPLETE_INTAKE, DRAFT, ADD_GOAL)
GUARDIANS_STEP = ADD_OWN_STEP.model_copy(update={"party": Party.GUARDIAN})
MANAGERS_STEP = ADD_OWN_STEP.model_copy(update={"party": Party.MANAGER})
BOTH_AGREE = AGREE.model_copy(update={"guardian_agreed": True})
ONLY_THE_GUARDIAN = BOTH_AGREE.model_copy(update={"client_agreed": False})


def planning_for(person: RegisterPerson, *steps: AddMeasure) -> Story:
    return given(person, CONFIRM, *PLANNING, *steps)


def born(birth_date: str | None, **more: Any) -> RegisterPerson:
    return REGISTER.model_copy(update={"birth_date": birth_date, **more})


def agreed(**changes: Any) -> PlanAgreed:
    event = EVENTS["PlanAgreed"]
    assert isinstance(event, PlanAgreed)
    return event.model_copy(update=changes)


def test_needs_are_assessed_field_by_field() -> None:
    given(*MET).when(ASSESS).then(EVENTS["AssessmentRecorded"])


def test_a_need_runs_from_none_to_much_and_each_field_is_named_once() -> None:
    for need in (-1, 4):
        with pytest.raises(ValidationError):
            Need(field=FieldOfAction.WORK, need=need)
    twice = (Need(field=FieldOfAction.WORK, need=1), Need(field=FieldOfAction.WORK, need=2))
    with pytest.raises(ValidationError, match="at most once"):
        RecordAssessment(needs=twice, intensity=Intensity.LOW)
    with pytest.raises(ValidationError):
        RecordAssessment(needs=(), intensity=Intensity.LOW)


def test_an_assessment_may_be_renewed_during_support() -> None:
    again = RecordAssessment(needs=(Need(field=FieldOfAction.WORK, need=1),), intensity=Intensity.LOW)
    given(*SUPPORTED).when(again).then(AssessmentRecorded(needs=again.needs, intensity=Intensity.LOW))


def test_a_first_draft_is_version_one_and_there_is_one_at_a_time() -> None:
    given(*MET).when(DRAFT).then(PlanDrafted(plan_version=1))
    given(*MET, DRAFT).when(DRAFT).then_refused(Refusal.DRAFT_OPEN, plan_version=1)


def test_the_agreed_plan_stays_in_force_while_the_next_is_drafted() -> None:
    story = given(*SUPPORTED)
    story.when(DRAFT).then(PlanDrafted(plan_version=2))
    assert (story.given(DRAFT).case.plan_version, story.given(DRAFT).case.draft) == (1, 2)


def test_both_sides_agree_and_support_begins() -> None:
    given(*READY_TO_AGREE).when(AGREE).then(EVENTS["PlanAgreed"])
    assert given(*SUPPORTED).case.phase is Phase.SUPPORT


def test_the_next_version_is_agreed_without_a_change_of_phase() -> None:
    story = given(*SUPPORTED, DRAFT)
    story.when(AGREE).then(agreed(plan_version=2))
    assert story.given(AGREE).case.phase is Phase.SUPPORT


def test_a_plan_is_agreed_only_from_a_draft() -> None:
    given(*MET).when(AGREE).then_refused(Refusal.NO_DRAFT, plan_version=0)
    given(*SUPPORTED).when(AGREE).then_refused(Refusal.NO_DRAFT, plan_version=1)


def test_g06_an_empty_draft_is_refused() -> None:
    given(*MET, DRAFT).when(AGREE).then_refused(Refusal.PLAN_EMPTY, missing=["goal", "measure", "own_contribution"])


def test_g06_a_plan_without_a_measure_is_refused() -> None:
    given(*MET, DRAFT, ADD_GOAL).when(AGREE).then_refused(Refusal.PLAN_EMPTY, missing=["measure", "own_contribution"])


@pytest.mark.parametrize("party", [Party.MANAGER, Party.SERVICE, Party.GUARDIAN])
def test_g06_a_plan_without_own_contribution_is_refused(party: Party) -> None:
    by_others = ADD_OWN_STEP.model_copy(update={"party": party})
    given(*MET, DRAFT, ADD_GOAL, by_others).when(AGREE).then_refused(Refusal.PLAN_EMPTY, missing=["own_contribution"])


def test_g06_what_is_done_or_dropped_does_not_fill_a_plan() -> None:
    goal_done = COMMANDS["ChangeGoal"].model_copy(update={"outcome": GoalOutcome.ACHIEVED, "target_date": None})
    given(*READY_TO_AGREE, goal_done).when(AGREE).then_refused(
        Refusal.PLAN_EMPTY, missing=["goal", "measure", "own_contribution"]
    )
    step_missed = COMMANDS["CompleteMeasure"].model_copy(update={"outcome": MeasureOutcome.MISSED})
    given(*READY_TO_AGREE, step_missed).when(AGREE).then_refused(
        Refusal.PLAN_EMPTY, missing=["measure", "own_contribution"]
    )


def test_g06_a_step_towards_a_dropped_goal_does_not_count_for_another() -> None:
    second = AddGoal(field=FieldOfAction.WORK, text="First job")
    drop_first = COMMANDS["ChangeGoal"].model_copy(update={"outcome": GoalOutcome.DROPPED, "target_date": None})
    given(*READY_TO_AGREE, second, drop_first).when(AGREE).then_refused(
        Refusal.PLAN_EMPTY, missing=["measure", "own_contribution"]
    )


def test_g06_below_fourteen_the_guardian_contributes() -> None:
    planning_for(born("2004-04-13"), GUARDIANS_STEP).when(BOTH_AGREE).then(agreed(guardian_agreed=True))
    planning_for(born("2004-04-13"), MANAGERS_STEP).when(BOTH_AGREE).then_refused(
        Refusal.PLAN_EMPTY, missing=["own_contribution"]
    )
    planning_for(born("2004-04-12"), GUARDIANS_STEP).when(BOTH_AGREE).then_refused(
        Refusal.PLAN_EMPTY, missing=["own_contribution"]
    )


def test_g06_a_child_may_contribute_too() -> None:
    planning_for(born("2006-01-01"), ADD_OWN_STEP).when(BOTH_AGREE).then(agreed(guardian_agreed=True))


def test_g07_without_the_clients_agreement_a_reason_is_recorded() -> None:
    alone = AGREE.model_copy(update={"client_agreed": False})
    given(*READY_TO_AGREE).when(alone).then_refused(Refusal.PLAN_NOT_JOINT, missing="client")
    with_reason = alone.model_copy(update={"reason": Reason.ILLNESS, "reason_text": "In hospital until May"})
    answer = given(*READY_TO_AGREE).when(with_reason)
    answer.then(agreed(client_agreed=False))
    assert Reason.ILLNESS is answer.recorded[0].reason


@pytest.mark.parametrize("asked", [AGREE, AGREE.model_copy(update={"guardian_agreed": False})])
def test_g07_the_guardian_of_a_minor_agrees_too(asked: AgreePlan) -> None:
    planning_for(born("2000-04-13"), ADD_OWN_STEP).when(asked).then_refused(Refusal.PLAN_NOT_JOINT, missing="guardian")


def test_g07_on_the_eighteenth_birthday_the_own_agreement_is_enough() -> None:
    planning_for(born("2000-04-12", guardian_person_id=GUARDIAN_ID), ADD_OWN_STEP).when(AGREE).then(agreed())


def test_g07_the_day_of_agreement_decides_who_must_agree() -> None:
    yesterday = AGREE.model_copy(update={"effective_on": date(2018, 4, 11)})
    planning_for(born("2000-04-12"), ADD_OWN_STEP).when(yesterday).then_refused(
        Refusal.PLAN_NOT_JOINT, missing="guardian"
    )


def test_g07_below_fourteen_the_guardian_agrees_for_the_child() -> None:
    planning_for(born("2012-01-01"), GUARDIANS_STEP).when(ONLY_THE_GUARDIAN).then(
        agreed(client_agreed=False, guardian_agreed=True)
    )
    planning_for(born("2003-01-01"), ADD_OWN_STEP).when(ONLY_THE_GUARDIAN).then_refused(
        Refusal.PLAN_NOT_JOINT, missing="client"
    )


def test_g07_of_unknown_age_a_registered_guardian_counts() -> None:
    guarded = born(None, guardian_person_id=GUARDIAN_ID)
    planning_for(guarded, ADD_OWN_STEP).when(AGREE).then_refused(Refusal.PLAN_NOT_JOINT, missing="guardian")
    planning_for(guarded, GUARDIANS_STEP).when(BOTH_AGREE).then(agreed(guardian_agreed=True))
    planning_for(guarded, GUARDIANS_STEP).when(ONLY_THE_GUARDIAN).then_refused(Refusal.PLAN_NOT_JOINT, missing="client")


def test_g07_of_unknown_age_and_without_guardian_a_person_decides_alone() -> None:
    planning_for(born(None), ADD_OWN_STEP).when(AGREE).then(agreed())
    planning_for(born(None), GUARDIANS_STEP).when(AGREE).then_refused(Refusal.PLAN_EMPTY, missing=["own_contribution"])


def test_g07_a_year_of_birth_stands_for_its_first_of_january() -> None:
    planning_for(born("2000"), ADD_OWN_STEP).when(AGREE).then(agreed())
    planning_for(born("2001"), ADD_OWN_STEP).when(AGREE).then_refused(Refusal.PLAN_NOT_JOINT, missing="guardian")


def test_g08_a_plan_without_its_written_copy_is_refused() -> None:
    given(*READY_TO_AGREE).when(AgreePlan(client_agreed=True)).then_refused(Refusal.WRITTEN_FORM, plan_version=1)


@pytest.mark.parametrize(
    ("intensity", "due"),
    [
        (Intensity.LOW, date(2018, 7, 12)),
        (Intensity.MEDIUM, date(2018, 7, 12)),
        (Intensity.HIGH, date(2018, 5, 12)),
    ],
)
def test_the_next_review_is_due_by_the_intensity_of_support(intensity: Intensity, due: date) -> None:
    assess = ASSESS.model_copy(update={"intensity": intensity})
    given(*MET, assess, DRAFT, ADD_GOAL, ADD_OWN_STEP).when(AGREE).then(agreed(next_review_due=due))


def test_without_an_assessment_support_counts_as_medium() -> None:
    given(*MET, DRAFT, ADD_GOAL, ADD_OWN_STEP).when(AGREE).then(agreed())


def test_a_plan_agreed_on_paper_is_recorded_later_with_its_own_day() -> None:
    on_paper = AGREE.model_copy(update={"effective_on": TODAY})
    given(*READY_TO_AGREE).when(on_paper, at=date(2018, 4, 30)).then(agreed())


def test_a_later_version_is_not_agreed_before_an_earlier_one() -> None:
    before = AGREE.model_copy(update={"effective_on": date(2018, 4, 11)})
    given(*SUPPORTED, DRAFT).when(before, at=date(2018, 6, 1)).then_refused(
        Refusal.DATE_ORDER, first=TODAY, then=date(2018, 4, 11)
    )


@pytest.mark.parametrize(
    "command", [ASSESS, DraftPlan(), ADD_GOAL, ADD_OWN_STEP, AGREE, COMMANDS["ChangeGoal"], COMMANDS["CompleteMeasure"]]
)
def test_no_casework_lies_before_the_beginning_of_support(command: Any) -> None:
    early = command.model_copy(update={"effective_on": date(2018, 4, 2)})
    given(*READY_TO_AGREE).when(early).then_refused(Refusal.DATE_ORDER, first=date(2018, 4, 3), then=date(2018, 4, 2))
