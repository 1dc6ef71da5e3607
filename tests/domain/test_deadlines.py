"""Deadlines: local dates with a rule, each stage once, cleared only by what clears them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.deadlines import (
    DeadlineEscalated,
    DeadlineFellDue,
    DeadlineReminded,
    ReachDeadline,
    running,
    start_of,
)
from domain.policy import POLICIES
from domain.story import Command
from domain.vocabulary import DeadlineKind, DeadlineStage, Phase
from tests.examples import (
    ADD_GOAL,
    ADD_OWN_STEP,
    AGREE,
    ASSESS,
    CLOCK,
    COMPLETE_INTAKE,
    CONFIRM,
    DRAFT,
    OPEN,
    OPENED,
    REGISTER,
    REGISTERED,
    SUPPORTED,
)
from tests.scenario import Story, given

FIRST_CONTACT, ASSESSMENT, PLAN = DeadlineKind.FIRST_CONTACT, DeadlineKind.ASSESSMENT, DeadlineKind.PLAN
DUE = {FIRST_CONTACT: date(2018, 4, 17), ASSESSMENT: date(2018, 5, 1), PLAN: date(2018, 5, 15)}
"""14, 28 and 42 days after the start of support on 3 April 2018."""


def reminded(kind: DeadlineKind) -> DeadlineReminded:
    return DeadlineReminded(deadline=kind, due_on=DUE[kind])


def fell_due(kind: DeadlineKind) -> DeadlineFellDue:
    return DeadlineFellDue(deadline=kind, due_on=DUE[kind])


def escalated(kind: DeadlineKind, days_late: int = 14) -> DeadlineEscalated:
    return DeadlineEscalated(deadline=kind, due_on=DUE[kind], days_late=days_late)


def reach(kind: DeadlineKind, stage: DeadlineStage) -> ReachDeadline:
    return ReachDeadline(deadline=kind, stage=stage, due_on=DUE[kind])


def support_from(start: date) -> Story:
    """A case whose support begins on that day, opened just then."""
    confirm = CONFIRM.model_copy(update={"title_valid_until": None})
    opening = OPEN.model_copy(update={"effective_on": start})
    return given(REGISTER, confirm, opening, at=start)


@pytest.mark.parametrize(
    ("due_on", "is_over_at"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_a_deadline_is_over_at_local_midnight_when_the_clocks_change(due_on: date, is_over_at: datetime) -> None:
    assert is_over_at == start_of(due_on + timedelta(days=1))
    story = support_from(due_on - timedelta(days=14)).until(is_over_at - timedelta(milliseconds=1))
    coming = story.next_deadline()
    assert coming is not None
    assert (FIRST_CONTACT, DeadlineStage.FELL_DUE, due_on, is_over_at) == (
        coming.kind,
        coming.stage,
        coming.due_on,
        coming.at,
    )
    story.when_time_passes(is_over_at).then(DeadlineFellDue(deadline=FIRST_CONTACT, due_on=due_on))


def test_before_opening_no_deadline_runs() -> None:
    assert given().next_deadline() is None
    assert given(*REGISTERED).next_deadline() is None
    given(*REGISTERED).when_time_passes(date(2030, 1, 1)).then_nothing()


def test_three_deadlines_run_from_the_start_of_support_each_stage_once() -> None:
    given(*OPENED).when_time_passes(date(2019, 1, 1)).then(
        reminded(FIRST_CONTACT),
        fell_due(FIRST_CONTACT),
        reminded(ASSESSMENT),
        escalated(FIRST_CONTACT),
        fell_due(ASSESSMENT),
        reminded(PLAN),
        escalated(ASSESSMENT),
        fell_due(PLAN),
        escalated(PLAN),
    )


def test_deadlines_of_a_planned_beginning_count_from_there() -> None:
    story = given(*REGISTERED, OPEN.model_copy(update={"effective_on": date(2018, 6, 1)}))
    coming = story.next_deadline()
    assert coming is not None
    assert (FIRST_CONTACT, date(2018, 6, 15)) == (coming.kind, coming.due_on)
    story.when_time_passes(date(2018, 6, 7)).then_nothing()


@pytest.mark.parametrize(
    ("clearing", "kind"),
    [((COMPLETE_INTAKE,), FIRST_CONTACT), ((COMPLETE_INTAKE, ASSESS), ASSESSMENT)],
)
def test_a_deadline_is_cleared_by_what_it_waits_for(clearing: tuple[Command, ...], kind: DeadlineKind) -> None:
    passed = given(*OPENED, *clearing).when_time_passes(date(2020, 1, 1)).recorded
    assert kind.value not in {recorded.event.model_dump(mode="json")["deadline"] for recorded in passed}


def test_an_agreed_plan_clears_the_plan_deadline_but_not_the_assessment() -> None:
    unassessed = given(*OPENED, COMPLETE_INTAKE, DRAFT, ADD_GOAL, ADD_OWN_STEP, AGREE)
    unassessed.when_time_passes(date(2018, 7, 1)).then(
        reminded(ASSESSMENT), fell_due(ASSESSMENT), escalated(ASSESSMENT)
    )


def test_in_support_review_end_of_support_and_title_are_what_runs() -> None:
    runs = running(given(*SUPPORTED).case, POLICIES[0])
    assert {deadline.kind: deadline.due_on for deadline in runs} == {
        DeadlineKind.REVIEW: date(2018, 7, 12),
        DeadlineKind.SUPPORT_END: date(2020, 4, 2),
        DeadlineKind.TITLE_EXPIRY: date(2019, 10, 1),
    }


def test_towards_the_end_no_plan_is_waited_for_and_after_it_nothing() -> None:
    opened = given(*OPENED).case
    runs = {deadline.kind for deadline in running(replace(opened, phase=Phase.WITHDRAWAL), POLICIES[0])}
    assert {ASSESSMENT, FIRST_CONTACT} == runs & {ASSESSMENT, FIRST_CONTACT, PLAN}
    assert running(replace(opened, phase=Phase.CLOSED), POLICIES[0]) == []


@pytest.mark.parametrize("other", [ASSESS, DRAFT])
def test_a_deadline_is_not_cleared_by_anything_else(other: Command) -> None:
    story = given(*OPENED, COMPLETE_INTAKE, other).until(date(2018, 5, 20))
    assert fell_due(PLAN) in [recorded.event for recorded in story.recorded]
    story.when_time_passes(date(2018, 6, 1)).then(escalated(PLAN))


def test_what_is_done_late_ends_the_matter() -> None:
    late = given(*OPENED).until(date(2018, 4, 20)).given(COMPLETE_INTAKE.model_copy(update={"effective_on": None}))
    late.when_time_passes(date(2018, 5, 2)).then(reminded(ASSESSMENT), fell_due(ASSESSMENT))


def test_a_plan_may_be_agreed_after_its_deadline_and_then_nothing_more_comes() -> None:
    story = given(*OPENED, COMPLETE_INTAKE, ASSESS, DRAFT, ADD_GOAL, ADD_OWN_STEP).until(date(2018, 5, 20))
    story.given(AGREE).when_time_passes(date(2018, 8, 1)).then_nothing()


def test_after_a_standstill_over_all_stages_no_reminder_comes_late_and_the_delay_is_true() -> None:
    story = given(*OPENED)
    fell_due_, escalated_ = DeadlineStage.FELL_DUE, DeadlineStage.ESCALATED
    later = date(2018, 7, 1)
    story.when(reach(FIRST_CONTACT, DeadlineStage.REMINDED), by=CLOCK, at=later).then_nothing()
    story.when(reach(FIRST_CONTACT, escalated_), by=CLOCK, at=later).then_nothing()
    story.when(reach(FIRST_CONTACT, fell_due_), by=CLOCK, at=later).then(fell_due(FIRST_CONTACT))
    story.given(fell_due(FIRST_CONTACT)).when(reach(FIRST_CONTACT, escalated_), by=CLOCK, at=later).then(
        escalated(FIRST_CONTACT, days_late=75)
    )


def test_after_a_standstill_the_clock_brings_what_is_missing_in_order_and_stops() -> None:
    woken = given(*OPENED).given(at=date(2018, 7, 1)).when_time_passes(date(2018, 7, 1))
    woken.then(
        fell_due(FIRST_CONTACT),
        escalated(FIRST_CONTACT, days_late=75),
        fell_due(ASSESSMENT),
        escalated(ASSESSMENT, days_late=61),
        fell_due(PLAN),
        escalated(PLAN, days_late=47),
    )


def test_what_was_cleared_during_a_standstill_is_not_told_afterwards() -> None:
    story = given(*OPENED).given(COMPLETE_INTAKE, at=date(2018, 7, 1))
    story.when(reach(FIRST_CONTACT, DeadlineStage.FELL_DUE), by=CLOCK).then_nothing()


def test_the_clock_is_never_early() -> None:
    story, remind = given(*OPENED), reach(FIRST_CONTACT, DeadlineStage.REMINDED)
    at = start_of(date(2018, 4, 10))
    story.given(at=date(2018, 4, 9)).when(remind, by=CLOCK, at=at - timedelta(microseconds=1)).then_nothing()
    story.when(remind, by=CLOCK, at=at).then(reminded(FIRST_CONTACT))


def test_when_the_due_day_is_over_it_is_too_late_to_remind() -> None:
    remind, over = reach(FIRST_CONTACT, DeadlineStage.REMINDED), start_of(date(2018, 4, 18))
    given(*OPENED).when(remind, by=CLOCK, at=over - timedelta(microseconds=1)).then(reminded(FIRST_CONTACT))
    given(*OPENED).when(remind, by=CLOCK, at=over).then_nothing()


def test_stages_belong_to_a_due_date_and_a_new_one_begins_anew() -> None:
    of_an_earlier_date = DeadlineEscalated(deadline=PLAN, due_on=date(2018, 4, 30), days_late=14)
    given(*OPENED, of_an_earlier_date).when(reach(PLAN, DeadlineStage.REMINDED), by=CLOCK, at=date(2018, 5, 8)).then(
        reminded(PLAN)
    )


@pytest.mark.parametrize("stage", DeadlineStage)
def test_a_stage_is_reached_once(stage: DeadlineStage) -> None:
    after = given(*OPENED, reminded(PLAN), fell_due(PLAN), escalated(PLAN))
    after.when(reach(PLAN, stage), by=CLOCK, at=date(2018, 7, 1)).then_nothing()


def test_a_deadline_of_another_day_is_none_of_this_case() -> None:
    moved = ReachDeadline(deadline=PLAN, stage=DeadlineStage.FELL_DUE, due_on=date(2018, 5, 14))
    given(*OPENED).when(moved, by=CLOCK, at=date(2018, 7, 1)).then_nothing()


def test_a_deadline_whose_turn_came_is_heard_even_if_another_is_nearer() -> None:
    story = given(*OPENED)
    story.when(reach(PLAN, DeadlineStage.FELL_DUE), by=CLOCK, at=date(2018, 7, 1)).then(fell_due(PLAN))


def test_before_opening_the_clock_is_not_heard() -> None:
    given(*REGISTERED).when(reach(PLAN, DeadlineStage.FELL_DUE), by=CLOCK, at=date(2018, 7, 1)).then_nothing()


def test_an_escalation_tells_its_supervisor_once() -> None:
    story = given(*OPENED).until(date(2018, 5, 2))
    (notice,) = story.follow_ups()
    assert notice.about == {
        "event": "DeadlineEscalated",
        "deadline": FIRST_CONTACT,
        "due_on": "2018-04-17",
        "days_late": 14,
    }
    assert [notice] == story.follow_ups()
    assert notice.provider == "drk"
