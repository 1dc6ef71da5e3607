"""How long a withdrawal may last: some months from its beginning, with reminder, overdue and escalation."""

from datetime import date

from domain.closure import CloseCase
from domain.deadlines import DeadlineEscalated, DeadlineFellDue, DeadlineReminded, running
from domain.policy import POLICIES
from domain.vocabulary import ClosureReason, DeadlineKind
from tests.examples import SUPERVISOR, SUPPORTED
from tests.examples_closing import ADVANCE, REVERT, START_WITHDRAWAL
from tests.examples_reviews import RESUME, SUSPEND
from tests.scenario import Answer, Story, given

RESTS = SUSPEND.model_copy(update={"expected_until": None})
WITHDRAWING = given(*SUPPORTED).given(START_WITHDRAWAL, by=SUPERVISOR)
Told = list[tuple[type, date, date]]


def told(answer: Answer) -> Told:
    """What the clock brought for a withdrawal's end: the stage, its due date, and when."""
    return [
        (type(each.event), each.event.due_on, each.effective_on)
        for each in answer.recorded
        if isinstance(each.event, DeadlineReminded | DeadlineFellDue | DeadlineEscalated)
        and each.event.deadline is DeadlineKind.WITHDRAWAL_END
    ]


def latest_end(story: Story) -> date | None:
    due = {deadline.kind: deadline.due_on for deadline in running(story.case, POLICIES[0])}
    return due.get(DeadlineKind.WITHDRAWAL_END)


def test_a_withdrawal_lasts_six_months_at_most_counted_from_its_beginning_through_all_stages() -> None:
    later = WITHDRAWING.given(ADVANCE, at=date(2018, 6, 1))
    assert [latest_end(each) for each in (given(*SUPPORTED), WITHDRAWING, later)] == [
        None,
        date(2018, 10, 12),
        date(2018, 10, 12),
    ]
    due_on = date(2018, 10, 12)
    assert told(later.when_time_passes(date(2018, 12, 1))) == [
        (DeadlineReminded, due_on, date(2018, 10, 5)),
        (DeadlineFellDue, due_on, date(2018, 10, 13)),
        (DeadlineEscalated, due_on, date(2018, 10, 26)),
    ]


def test_a_withdrawal_that_began_on_a_31st_ends_with_february() -> None:
    started = given(*SUPPORTED).given(START_WITHDRAWAL, by=SUPERVISOR, at=date(2019, 8, 31))
    assert latest_end(started) == date(2020, 2, 29)


def test_going_back_to_support_or_closing_ends_the_matter_and_a_new_withdrawal_has_its_own_months() -> None:
    back = WITHDRAWING.given(REVERT, at=date(2018, 7, 1))
    closed = WITHDRAWING.given(CloseCase(closure_reason=ClosureReason.MOVED_AWAY))
    again = back.given(START_WITHDRAWAL, by=SUPERVISOR)
    assert [latest_end(each) for each in (back, closed, again)] == [None, None, date(2019, 1, 1)]


def test_while_a_case_rests_its_withdrawal_does_not_run_out() -> None:
    rests = WITHDRAWING.given(RESTS, at=date(2018, 5, 2))
    assert latest_end(rests) is None
    assert latest_end(rests.given(RESUME, at=date(2018, 5, 12))) == date(2018, 10, 22)


def test_a_withdrawal_that_began_while_the_case_rested_stood_still_from_then_on_only() -> None:
    rests = given(*SUPPORTED).given(RESTS).given(START_WITHDRAWAL, by=SUPERVISOR, at=date(2018, 5, 2))
    assert latest_end(rests.given(RESUME, at=date(2018, 5, 12))) == date(2018, 11, 12)


def test_what_was_told_of_a_withdrawal_s_end_before_a_rest_is_not_told_again() -> None:
    overdue = WITHDRAWING.until(date(2018, 10, 14))
    resumed = overdue.given(RESTS).given(RESUME, at=date(2018, 10, 24))
    assert told(resumed.when_time_passes(date(2018, 12, 1))) == [
        (DeadlineEscalated, date(2018, 10, 22), date(2018, 11, 5))
    ]
