"""A case rests: what the programme sets itself stands still, the world outside does not, and afterwards the days that were left go on."""

from datetime import date, datetime

from domain.deadlines import (
    DeadlineEscalated,
    DeadlineFellDue,
    DeadlineReminded,
    DeadlineRemindedAgain,
    running,
)
from domain.facts import RecordResidenceStatus
from domain.policy import POLICIES
from domain.refusals import Refusal
from domain.suspension import CaseResumed, CaseSuspended
from domain.vocabulary import DeadlineKind, Source, Title
from tests.examples import AGREE, EVENTS, OPENED, READY_TO_AGREE, SUPPORTED, TODAY
from tests.examples_reviews import COMPLETE_REVIEW, DUE, RESUME, START_REVIEW, SUSPEND
from tests.scenario import Story, given

REVIEW, TITLE_EXPIRY = DeadlineKind.REVIEW, DeadlineKind.TITLE_EXPIRY
RESTS = SUSPEND.model_copy(update={"expected_until": None})
RUNS_ON = RESTS.model_copy(update={"clock_stops": False})


def due(story: Story) -> dict[DeadlineKind, date]:
    return {deadline.kind: deadline.due_on for deadline in running(story.case, POLICIES[0])}


def test_a_case_is_suspended_and_goes_on() -> None:
    given(*SUPPORTED).when(SUSPEND).then(EVENTS["CaseSuspended"])
    given(*SUPPORTED, SUSPEND).when(RESUME).then(EVENTS["CaseResumed"])
    given(*SUPPORTED, SUSPEND).when(RESUME, at=date(2018, 6, 1)).then(
        CaseResumed(resumed_on=date(2018, 6, 1), days_stopped=50)
    )


def test_case_suspended_and_not_suspended_it_is_one_or_the_other() -> None:
    given(*SUPPORTED, SUSPEND).when(SUSPEND).then_refused(Refusal.CASE_SUSPENDED, since=TODAY)
    given(*SUPPORTED).when(RESUME).then_refused(Refusal.NOT_SUSPENDED)


def test_while_the_clock_stands_still_nothing_of_the_programme_comes_and_afterwards_the_days_left() -> None:
    rests = given(*SUPPORTED).until(date(2018, 6, 12)).given(RESTS)
    assert due(rests) == {TITLE_EXPIRY: date(2019, 10, 1)}
    resumed = rests.until(datetime.fromisoformat("2018-09-20T08:00+00:00"))
    assert resumed.recorded == rests.recorded
    resumed = resumed.given(RESUME)
    assert due(resumed) == {
        REVIEW: date(2018, 10, 20),
        DeadlineKind.SUPPORT_END: date(2020, 7, 11),
        TITLE_EXPIRY: date(2019, 10, 1),
    }


def test_deadlines_counted_from_the_start_go_on_with_the_days_left_too() -> None:
    resumed = given(*OPENED, RESTS).given(RESUME, at=date(2018, 4, 22))
    assert due(resumed)[DeadlineKind.FIRST_CONTACT] == date(2018, 4, 27)
    assert due(resumed)[DeadlineKind.PLAN] == date(2018, 5, 25)


def test_edge_case_14_what_was_overdue_before_is_escalated_once_after_the_days_left() -> None:
    overdue = given(*SUPPORTED).until(date(2018, 7, 17)).given(RESTS)
    resumed = overdue.until(date(2018, 9, 5)).given(RESUME)
    moved = date(2018, 8, 31)
    assert due(resumed)[REVIEW] == moved
    resumed.when_time_passes(date(2018, 12, 31)).then(DeadlineEscalated(deadline=REVIEW, due_on=moved, days_late=14))


def test_a_reminder_that_was_given_is_not_given_again() -> None:
    reminded = given(*SUPPORTED).until(date(2018, 7, 6)).given(RESTS)
    resumed = reminded.until(date(2018, 8, 5)).given(RESUME)
    resumed.when_time_passes(date(2018, 8, 12)).then(DeadlineFellDue(deadline=REVIEW, due_on=date(2018, 8, 11)))


def test_where_the_clock_runs_on_deadlines_come_as_ever() -> None:
    story = given(*SUPPORTED, RUNS_ON)
    story.when_time_passes(date(2018, 7, 13)).then(
        DeadlineReminded(deadline=REVIEW, due_on=DUE), DeadlineFellDue(deadline=REVIEW, due_on=DUE)
    )
    assert due(story.given(RESUME, at=date(2018, 9, 1)))[REVIEW] == DUE


def test_a_second_suspension_adds_its_own_days() -> None:
    once = given(*SUPPORTED, RESTS).given(RESUME, at=date(2018, 4, 22))
    twice = once.given(RESTS, at=date(2018, 5, 1)).given(RESUME, at=date(2018, 5, 6))
    assert due(twice)[REVIEW] == date(2018, 7, 27)
    assert twice.case.stopped_days == 15


def test_somebody_is_told_when_a_suspension_lasts_longer_than_expected() -> None:
    of = {"deadline": DeadlineKind.SUSPENSION, "due_on": date(2018, 6, 30)}
    given(*SUPPORTED, SUSPEND).when_time_passes(date(2018, 12, 31)).then(
        DeadlineReminded(**of), DeadlineFellDue(**of), DeadlineEscalated(**of, days_late=14)
    )
    given(*SUPPORTED, SUSPEND).given(RESUME, at=date(2018, 6, 20)).when_time_passes(date(2018, 7, 1)).then_nothing()


def test_a_title_runs_out_all_the_same_and_is_warned_of_twice() -> None:
    of = {"deadline": TITLE_EXPIRY, "due_on": date(2019, 10, 1)}
    answer = given(*SUPPORTED, RESTS).when_time_passes(date(2019, 10, 20))
    answer.then(
        DeadlineReminded(**of),
        DeadlineRemindedAgain(**of),
        DeadlineFellDue(**of),
        DeadlineEscalated(**of, days_late=14),
    )
    assert [each.effective_on for each in answer.recorded] == [
        date(2019, 7, 3),
        date(2019, 9, 1),
        date(2019, 10, 2),
        date(2019, 10, 15),
    ]


def test_a_new_title_ends_the_matter_and_one_that_runs_out_soon_is_warned_of_once() -> None:
    renewed = RecordResidenceStatus(title_code=Title.P25_2, valid_until=date(2018, 5, 10), source=Source.DOCUMENT)
    story = given(*SUPPORTED, renewed)
    story.when_time_passes(date(2018, 5, 10)).then(
        DeadlineRemindedAgain(deadline=TITLE_EXPIRY, due_on=date(2018, 5, 10))
    )
    settled = RecordResidenceStatus(title_code=Title.SETTLEMENT, source=Source.DOCUMENT)
    assert TITLE_EXPIRY not in due(story.given(settled))


def test_a_due_date_that_comes_back_is_not_reminded_of_again() -> None:
    story = given(*SUPPORTED)
    for until in (date(2018, 7, 1), date(2018, 7, 5), date(2018, 7, 1)):
        title = RecordResidenceStatus(title_code=Title.P25_2, valid_until=until, source=Source.DOCUMENT)
        story = story.given(title).until(date(2018, 4, 13))
    reminded = [each.event for each in story.recorded if each.name == "DeadlineReminded"]
    assert reminded == [
        DeadlineReminded(deadline=TITLE_EXPIRY, due_on=until) for until in (date(2018, 7, 1), date(2018, 7, 5))
    ]


def test_a_suspension_lies_after_what_was_done_and_before_its_end() -> None:
    yesterday = RESTS.model_copy(update={"effective_on": date(2018, 4, 11)})
    given(*SUPPORTED).when(yesterday).then_refused(Refusal.DATE_ORDER, first=TODAY, then=date(2018, 4, 11))
    given(*READY_TO_AGREE).when(yesterday).then(CaseSuspended(since=date(2018, 4, 11), clock_stops=True))
    early = SUSPEND.model_copy(update={"expected_until": date(2018, 4, 1)})
    given(*SUPPORTED).when(early).then_refused(Refusal.DATE_ORDER, first=TODAY)
    given(*SUPPORTED, RESTS).when(RESUME.model_copy(update={"effective_on": date(2018, 4, 11)})).then_refused(
        Refusal.DATE_ORDER, first=TODAY
    )


def test_case_suspended_a_plan_is_not_agreed_meanwhile() -> None:
    given(*READY_TO_AGREE, RESTS).when(AGREE).then_refused(Refusal.CASE_SUSPENDED, since=TODAY)


def test_a_review_held_after_the_suspension_counts_from_its_own_day() -> None:
    resumed = given(*SUPPORTED, RESTS).given(RESUME, at=date(2018, 5, 12)).given(START_REVIEW, COMPLETE_REVIEW)
    assert due(resumed)[REVIEW] == date(2018, 8, 12)
