"""The review cycle: the plan is looked at again in time, postponed with a limit, and cleared only by a review that is held."""

from datetime import date, datetime

import pytest
from pydantic import ValidationError

from domain.deadlines import DeadlineEscalated, DeadlineFellDue, DeadlineReminded
from domain.goals import AddGoal
from domain.refusals import Refusal
from domain.reviews import CompleteReview, GoalFound, PostponeReview, ReviewCompleted, ReviewPostponed, ScheduleReview
from domain.vocabulary import DeadlineKind, FieldOfAction, GoalStatus, Intensity, Phase, Reason, ReviewDecision
from tests.examples import (
    ADD_GOAL,
    ADD_OWN_STEP,
    AGREE,
    ASSESS,
    CONFIRM,
    DRAFT,
    EVENTS,
    MET,
    OPENED,
    REGISTER,
    SUPERVISOR,
    SUPPORTED,
    TODAY,
)
from tests.examples_closing import MOVED, REOPEN
from tests.examples_reviews import (
    CANCEL_REVIEW,
    COMPLETE_REVIEW,
    DUE,
    PLAN_REVISED,
    POSTPONE_REVIEW,
    REVIEW_COMPLETED,
    SCHEDULE_REVIEW,
    START_REVIEW,
    SUSPEND,
)
from tests.scenario import Story, given

REVIEW = DeadlineKind.REVIEW
STARTED = (*SUPPORTED, START_REVIEW)
UNTITLED = (REGISTER, CONFIRM.model_copy(update={"title_valid_until": None}), *SUPPORTED[2:])
"""Her life with a title that does not run out."""


def held(**changes: object) -> CompleteReview:
    return COMPLETE_REVIEW.model_copy(update=changes)


def completed(**changes: object) -> ReviewCompleted:
    return REVIEW_COMPLETED.model_copy(update=changes)


def postponed(to: date) -> PostponeReview:
    return POSTPONE_REVIEW.model_copy(update={"new_due_on": to})


def reviewed(on: date, **changes: object) -> Story:
    """A case whose review was held on that day, whatever the clock had brought before."""
    return given(*UNTITLED).until(datetime.fromisoformat(f"{on}T12:00+00:00")).given(START_REVIEW, held(**changes))


def test_a_review_is_planned_begun_and_completed_and_the_plan_goes_on() -> None:
    given(*SUPPORTED).when(SCHEDULE_REVIEW).then(EVENTS["ReviewScheduled"])
    given(*SUPPORTED, SCHEDULE_REVIEW).when(START_REVIEW).then(EVENTS["ReviewStarted"])
    given(*STARTED).when(COMPLETE_REVIEW).then(REVIEW_COMPLETED, PLAN_REVISED)
    case = given(*STARTED, COMPLETE_REVIEW).case
    assert (case.plan_version, case.phase, case.independence, case.last_review_on) == (2, Phase.SUPPORT, 2, TODAY)


def test_what_was_drafted_meanwhile_goes_into_the_version_of_the_review() -> None:
    second = AddGoal(field=FieldOfAction.WORK, text="First job")
    both = held(goals=tuple(GoalFound(goal=goal, status=GoalStatus.ON_TRACK) for goal in (1, 2)))
    case = given(*STARTED, DRAFT, second, both).case
    assert (case.plan_version, case.draft) == (2, None)


def test_a_goal_that_is_found_achieved_or_dropped_is_closed() -> None:
    for status, achieved in ((GoalStatus.ACHIEVED, True), (GoalStatus.DROPPED, False)):
        goal = given(*STARTED, held(goals=(GoalFound(goal=1, status=status),))).case.goals[1]
        assert (goal.open, goal.achieved) == (False, achieved)


def test_review_incomplete_every_open_goal_is_looked_at_and_no_other() -> None:
    given(*STARTED).when(held(goals=())).then_refused(Refusal.REVIEW_INCOMPLETE, goals=[1])
    unknown = held(goals=(*COMPLETE_REVIEW.goals, GoalFound(goal=7, status=GoalStatus.DIFFICULT)))
    given(*STARTED).when(unknown).then_refused(Refusal.GOAL_UNKNOWN, goal=7)
    with pytest.raises(ValidationError, match="each goal at most once"):
        CompleteReview.model_validate(held(goals=COMPLETE_REVIEW.goals * 2).model_dump())


@pytest.mark.parametrize(
    ("before", "after", "due"),
    [
        (Intensity.LOW, Intensity.MEDIUM, date(2018, 7, 12)),
        (Intensity.MEDIUM, Intensity.HIGH, date(2018, 5, 12)),
        (Intensity.HIGH, Intensity.HIGH, date(2018, 5, 12)),
    ],
)
def test_more_intensive_support_is_a_step_up_and_reviews_follow_sooner(
    before: Intensity, after: Intensity, due: date
) -> None:
    assess = ASSESS.model_copy(update={"intensity": before})
    story = given(*MET, assess, DRAFT, ADD_GOAL, ADD_OWN_STEP, AGREE, START_REVIEW)
    intensify = held(decision=ReviewDecision.INTENSIFY)
    event = story.when(intensify).events[0]
    assert isinstance(event, ReviewCompleted)
    assert (event.intensity, event.next_review_due) == (after, due)
    assert story.given(intensify).case.intensity is after


def test_g05_before_a_plan_there_is_no_regular_review() -> None:
    for command in (SCHEDULE_REVIEW, START_REVIEW, COMPLETE_REVIEW, POSTPONE_REVIEW):
        given(*MET).when(command).then_refused(Refusal.NO_PLAN, command=command.kind)
    given(*OPENED).when(START_REVIEW).then_refused(Refusal.NO_PLAN, command="StartReview")


def test_g05_and_edge_case_11_a_reopened_case_agrees_its_plan_before_it_is_reviewed() -> None:
    reopened = given(*SUPPORTED, MOVED, REOPEN)
    reopened.when(START_REVIEW).then_refused(Refusal.NO_PLAN, command="StartReview")
    assert reopened.given(AGREE).when(START_REVIEW).refusal is None


def test_g07_g08_the_version_of_a_review_is_agreed_by_both_in_writing() -> None:
    given(*STARTED).when(held(client_agreed=False)).then_refused(Refusal.PLAN_NOT_JOINT, missing="client")
    given(*STARTED).when(held(written_copy=None)).then_refused(Refusal.WRITTEN_FORM, plan_version=2)
    with_reason = held(client_agreed=False, reason=Reason.ILLNESS)
    given(*STARTED).when(with_reason).then(REVIEW_COMPLETED, PLAN_REVISED.model_copy(update={"client_agreed": False}))


def test_g09_a_plan_that_is_no_longer_in_force_is_not_reviewed() -> None:
    given(*STARTED, DRAFT, AGREE).when(COMPLETE_REVIEW).then_refused(Refusal.REVIEW_STALE_PLAN, reviewed=1, current=2)


def test_g10_a_review_that_was_not_begun_is_not_completed() -> None:
    given(*SUPPORTED).when(COMPLETE_REVIEW).then_refused(Refusal.REVIEW_NOT_OPEN, review=None)
    given(*SUPPORTED, SCHEDULE_REVIEW).when(COMPLETE_REVIEW).then_refused(Refusal.REVIEW_NOT_OPEN, review=1)
    given(*SUPPORTED).when(CANCEL_REVIEW).then_refused(Refusal.REVIEW_NOT_OPEN, review=None)


def test_g10_two_reviews_do_not_run_at_once() -> None:
    given(*STARTED).when(START_REVIEW).then_refused(Refusal.REVIEW_NOT_OPEN, review=1)
    given(*STARTED).when(SCHEDULE_REVIEW).then_refused(Refusal.REVIEW_NOT_OPEN, review=1)
    given(*STARTED).when(CANCEL_REVIEW).then(EVENTS["ReviewCancelled"])
    assert given(*STARTED, CANCEL_REVIEW, START_REVIEW).case.reviews == 2


def test_edge_case_12_of_two_who_complete_the_same_review_the_second_is_refused() -> None:
    story = given(*STARTED)
    after = story.given(COMPLETE_REVIEW)
    after.when(COMPLETE_REVIEW, seen=story.case.version).then_refused(
        Refusal.CONCURRENCY, expected=story.case.version, actual=after.case.version
    )
    after.when(COMPLETE_REVIEW).then_refused(Refusal.REVIEW_NOT_OPEN, review=None)


def test_edge_case_12_a_plan_agreed_by_another_meanwhile_makes_the_review_stale() -> None:
    given(*STARTED, DRAFT, AGREE).when(COMPLETE_REVIEW).then_refused(Refusal.REVIEW_STALE_PLAN)


def test_edge_case_14_a_review_nobody_holds_is_reminded_falls_due_and_is_escalated_once() -> None:
    given(*UNTITLED).when_time_passes(date(2019, 12, 31)).then(
        DeadlineReminded(deadline=REVIEW, due_on=DUE),
        DeadlineFellDue(deadline=REVIEW, due_on=DUE),
        DeadlineEscalated(deadline=REVIEW, due_on=DUE, days_late=14),
    )


def test_edge_case_14_a_late_review_says_by_how_many_days_and_the_next_counts_from_its_own_day() -> None:
    late = reviewed(date(2018, 9, 10))
    event = late.recorded[-2].event
    assert isinstance(event, ReviewCompleted)
    assert (event.due_on, event.days_late, event.next_review_due) == (DUE, 60, date(2018, 12, 10))
    late.when_time_passes(date(2018, 12, 10)).then(DeadlineReminded(deadline=REVIEW, due_on=date(2018, 12, 10)))


def test_edge_case_14_only_a_review_that_is_held_clears_it() -> None:
    overdue = given(*UNTITLED).until(date(2018, 7, 20))
    for attempt in (
        (DRAFT, AGREE),
        (SCHEDULE_REVIEW.model_copy(update={"planned_for": datetime.fromisoformat("2018-08-02T09:00")}),),
        (START_REVIEW, CANCEL_REVIEW),
    ):
        after = overdue.given(*attempt)
        assert after.case.review_due == DUE
        after.when_time_passes(date(2018, 7, 26)).then(DeadlineEscalated(deadline=REVIEW, due_on=DUE, days_late=14))


def test_review_overdue_what_is_over_is_not_postponed_by_anybody() -> None:
    on_the_day = given(*UNTITLED).until(datetime.fromisoformat("2018-07-12T20:00+00:00"))
    on_the_day.when(POSTPONE_REVIEW).then(ReviewPostponed(due_on=DUE, new_due_on=date(2018, 8, 9), in_a_row=1))
    over = given(*UNTITLED).until(date(2018, 7, 13))
    over.when(POSTPONE_REVIEW, by=SUPERVISOR).then_refused(Refusal.REVIEW_OVERDUE, due_on=DUE)


def test_a_postponed_review_is_due_on_the_new_day_and_begins_anew() -> None:
    story = given(*UNTITLED).until(date(2018, 7, 6)).given(POSTPONE_REVIEW)
    story.when_time_passes(date(2018, 8, 10)).then(
        DeadlineReminded(deadline=REVIEW, due_on=date(2018, 8, 9)),
        DeadlineFellDue(deadline=REVIEW, due_on=date(2018, 8, 9)),
    )


def test_postponed_too_often_after_two_times_in_a_row_it_takes_a_supervisor() -> None:
    twice = given(*SUPPORTED, postponed(date(2018, 8, 1)), postponed(date(2018, 9, 1)))
    third = postponed(date(2018, 10, 1))
    twice.when(third).then_refused(Refusal.POSTPONED_TOO_OFTEN, times=2)
    twice.when(third, by=SUPERVISOR).then(
        ReviewPostponed(due_on=date(2018, 9, 1), new_due_on=date(2018, 10, 1), in_a_row=0)
    )
    again = twice.given(third, by=SUPERVISOR)
    assert again.when(postponed(date(2018, 11, 1))).refusal is None
    assert twice.given(START_REVIEW, COMPLETE_REVIEW).when(postponed(date(2018, 8, 1))).refusal is None


def test_review_interval_a_review_is_never_due_later_than_a_year_after_the_last() -> None:
    given(*SUPPORTED).when(postponed(date(2019, 4, 13)), by=SUPERVISOR).then_refused(
        Refusal.REVIEW_INTERVAL, next_review_due=date(2019, 4, 13), latest=date(2019, 4, 12)
    )
    assert given(*SUPPORTED).when(postponed(date(2019, 4, 12))).refusal is None
    given(*SUPPORTED).when(postponed(DUE)).then_refused(Refusal.DATE_ORDER, first=DUE, then=DUE)


def test_review_interval_half_a_year_may_be_agreed_after_a_year_of_support() -> None:
    given(*STARTED).when(held(next_in_months=6)).then_refused(Refusal.REVIEW_INTERVAL, latest=DUE)
    given(*STARTED).when(held(next_in_months=2)).then(completed(next_review_due=date(2018, 6, 12)), PLAN_REVISED)
    assert reviewed(date(2019, 4, 3), next_in_months=6).case.review_due == date(2019, 10, 3)
    assert reviewed(date(2019, 4, 3)).case.review_due == date(2019, 7, 3)


def test_a_review_lies_neither_before_its_beginning_nor_before_the_plan() -> None:
    yesterday = {"effective_on": date(2018, 4, 11)}
    given(*STARTED).when(held(**yesterday)).then_refused(Refusal.DATE_ORDER, first=TODAY)
    given(*SUPPORTED).when(START_REVIEW.model_copy(update=yesterday)).then_refused(Refusal.DATE_ORDER, first=TODAY)


def test_case_suspended_no_review_is_begun_held_or_postponed_meanwhile() -> None:
    for command in (START_REVIEW, COMPLETE_REVIEW, POSTPONE_REVIEW):
        given(*STARTED, SUSPEND).when(command).then_refused(Refusal.CASE_SUSPENDED, since=TODAY)


def planned(text: str) -> ScheduleReview:
    return ScheduleReview(planned_for=datetime.fromisoformat(text))


def test_edge_case_24_an_hour_that_the_clocks_leave_out_is_refused_with_a_proposal() -> None:
    given(*SUPPORTED).when(planned("2019-03-31T02:30")).then_refused(
        Refusal.APPOINTMENT_TIME,
        asked_on=date(2019, 3, 31),
        asked_at="02:30",
        proposal=datetime.fromisoformat("2019-03-31T03:30+02:00"),
    )


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("2018-10-28T02:30", "2018-10-28T02:30+02:00"),
        ("2018-10-28T02:30+01:00", "2018-10-28T02:30+01:00"),
        ("2018-10-28T00:30+00:00", "2018-10-28T02:30+02:00"),
        ("2018-12-05T09:00", "2018-12-05T09:00+01:00"),
    ],
)
def test_edge_case_24_an_hour_that_is_struck_twice_is_stored_with_its_offset(said: str, stored: str) -> None:
    event = given(*SUPPORTED).when(planned(said)).events[0]
    assert event.model_dump(mode="json")["planned_for"] in (stored, stored.replace("+", ":00+"))


def test_an_appointment_is_not_made_in_the_past_and_may_be_made_anew() -> None:
    given(*SUPPORTED).when(planned("2018-04-11T15:00")).then_refused(Refusal.DATE_ORDER, first=TODAY)
    assert given(*SUPPORTED, SCHEDULE_REVIEW, planned("2018-07-11T10:00")).case.reviews == 1


@pytest.mark.parametrize(
    ("on", "months", "due"),
    [
        (date(2019, 8, 31), 6, date(2020, 2, 29)),
        (date(2019, 11, 30), 3, date(2020, 2, 29)),
        (date(2020, 2, 29), 6, date(2020, 8, 29)),
    ],
)
def test_edge_case_24_months_end_on_the_last_day_where_there_is_no_such_day(on: date, months: int, due: date) -> None:
    assert reviewed(on, next_in_months=months).case.review_due == due
