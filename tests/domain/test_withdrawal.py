"""Gradual withdrawal: when it may begin, how it goes on, and how a setback leads back to support."""

from datetime import date, timedelta

import pytest

from domain.case import Case, Obstacle
from domain.envelopes import Actor
from domain.goals import ChangeGoal, GoalAchieved
from domain.plan import DraftPlan
from domain.refusals import Refusal, Refused
from domain.story import Event
from domain.vocabulary import GoalOutcome, Intensity, Phase, Severity
from domain.withdrawal import StartWithdrawal, WithdrawalAdvanced, WithdrawalReverted, WithdrawalStarted
from tests.examples import EVENTS, MANAGER, MET, START, SUPERVISOR, SUPPORTED, TODAY, occasion
from tests.examples_closing import ADVANCE, PROPOSE, REVERT, START_WITHDRAWAL
from tests.scenario import given

START_NOW = StartWithdrawal()
WITHDRAWING = given(*SUPPORTED).given(START_WITHDRAWAL, by=SUPERVISOR)


def ready(**changes: object) -> Case:
    """A case that may be withdrawn from, with something changed."""
    case = Case(
        version=20,
        phase=Phase.SUPPORT,
        provider="drk",
        policy_version="2017",
        support_start=START,
        plan_version=2,
        intensity=Intensity.MEDIUM,
        last_review_on=date(2018, 1, 12),
        independence=3,
    )
    for name, value in changes.items():
        setattr(case, name, value)
    return case


def starting(case: Case, command: StartWithdrawal = START_NOW, by: Actor = MANAGER) -> list[Event]:
    return command.decide(case, occasion(by))


@pytest.mark.parametrize("phase", [Phase.INTAKE, Phase.PLANNING])
def test_g05_without_an_agreed_plan_there_is_no_withdrawal(phase: Phase) -> None:
    story = given(*MET[:-1]) if phase is Phase.INTAKE else given(*MET)
    assert story.case.phase is phase
    story.when(START_NOW).then_refused(Refusal.NO_PLAN, command="StartWithdrawal")


def test_a_withdrawal_begins_with_contact_every_two_weeks() -> None:
    expected = WithdrawalStarted(stage=1, contact_interval_weeks=2, since=TODAY)
    assert starting(ready()) == [expected]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"last_review_on": None}, ["review"]),
        ({"last_review_on": date(2018, 1, 11)}, ["review"]),
        ({"intensity": Intensity.HIGH}, ["review"]),
        ({"independence": 2}, ["independence"]),
        ({"independence": None}, ["independence"]),
        ({"obstacles": {1: Obstacle(Severity.HIGH)}}, ["obstacle"]),
        ({"last_review_on": None, "independence": 0}, ["review", "independence"]),
    ],
)
def test_g11_too_early_is_told_with_what_is_missing(changes: dict[str, object], missing: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        starting(ready(**changes))
    assert (refused.value.code, refused.value.params["missing"]) == (Refusal.WITHDRAWAL_TOO_EARLY, missing)


@pytest.mark.parametrize(
    "obstacle", [Obstacle(Severity.MEDIUM), Obstacle(Severity.HIGH, open=False)], ids=["lesser", "overcome"]
)
def test_g11_lesser_and_overcome_obstacles_are_no_hindrance(obstacle: Obstacle) -> None:
    assert starting(ready(obstacles={1: obstacle}))


def test_g11_a_supervisor_may_override_with_a_reason_and_the_event_says_so() -> None:
    given(*SUPPORTED).when(START_WITHDRAWAL, by=SUPERVISOR).then(EVENTS["WithdrawalStarted"])
    given(*SUPPORTED).when(START_WITHDRAWAL).then_refused(Refusal.WITHDRAWAL_TOO_EARLY)
    without_reason = START_WITHDRAWAL.model_copy(update={"reason": None})
    given(*SUPPORTED).when(without_reason, by=SUPERVISOR).then_refused(Refusal.WITHDRAWAL_TOO_EARLY)


def test_an_override_that_was_not_needed_is_none() -> None:
    (started,) = starting(ready(), START_NOW.model_copy(update={"override": True}), SUPERVISOR)
    assert isinstance(started, WithdrawalStarted)
    assert not started.override


def test_contact_grows_rarer_with_each_stage_and_there_are_three() -> None:
    WITHDRAWING.when(ADVANCE).then(EVENTS["WithdrawalAdvanced"])
    second = WITHDRAWING.given(ADVANCE)
    second.when(ADVANCE).then(WithdrawalAdvanced(stage=3, contact_interval_weeks=8, since=TODAY))
    second.given(ADVANCE).when(ADVANCE).then_refused(Refusal.WITHDRAWAL_LAST_STAGE, stage=3)


def test_a_setback_leads_back_to_support_with_its_reason_and_a_withdrawal_begins_anew() -> None:
    answer = WITHDRAWING.given(ADVANCE).when(REVERT)
    answer.then(WithdrawalReverted(stage=2))
    assert answer.recorded[0].reason is REVERT.reason
    back = WITHDRAWING.given(ADVANCE, REVERT)
    assert back.case.phase is Phase.SUPPORT
    back.when(START_WITHDRAWAL, by=SUPERVISOR).then(EVENTS["WithdrawalStarted"])


def test_a_closure_that_was_proposed_falls_away_with_a_setback() -> None:
    proposed = WITHDRAWING.given(PROPOSE)
    assert proposed.case.closure is not None
    assert proposed.given(REVERT).case.closure is None


@pytest.mark.parametrize("command", [ADVANCE, REVERT])
def test_a_stage_does_not_end_before_it_began(command: object) -> None:
    early = TODAY - timedelta(days=1)
    asked = command.model_copy(update={"effective_on": early})  # type: ignore[attr-defined]  # either command
    WITHDRAWING.when(asked).then_refused(Refusal.DATE_ORDER, first=TODAY, then=early)


def test_withdrawal_does_not_begin_before_the_plan_was_agreed() -> None:
    early = START_WITHDRAWAL.model_copy(update={"effective_on": TODAY - timedelta(days=1)})
    given(*SUPPORTED).when(early, by=SUPERVISOR).then_refused(Refusal.DATE_ORDER, first=TODAY)


def test_goals_may_still_be_reached_while_withdrawing_but_the_plan_is_not_rewritten() -> None:
    WITHDRAWING.when(ChangeGoal(goal=1, outcome=GoalOutcome.ACHIEVED)).then(GoalAchieved(goal=1))
    WITHDRAWING.when(DraftPlan()).then_refused(Refusal.ILLEGAL_TRANSITION)
