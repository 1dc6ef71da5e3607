"""Which reviews of the plan lie ahead, since when they are late, and whose they are."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from domain.deadlines import running
from domain.policy import POLICIES
from domain.responsibility import AssignManager
from domain.story import Command
from domain.suspension import Resume, Suspend
from domain.vocabulary import DeadlineKind, DeadlineStage, Phase, Reason
from infra.postgres import migrate, pool
from projections import follow
from projections.read_model import retell
from projections.reviews_due import REVIEWS_DUE, Counts, Filter, ReviewDueRow, counts, overdue_by_manager, page
from tests.examples import AGREE, SUPERVISOR, SUPPORTED
from tests.examples_closing import APPROVE, CLOSE, MOVED, PROPOSE, REOPEN, START_WITHDRAWAL
from tests.examples_corrections import RETRACT_CLOSURE
from tests.examples_reviews import CANCEL_REVIEW, COMPLETE_REVIEW, POSTPONE_REVIEW, SCHEDULE_REVIEW, START_REVIEW
from tests.projections.lives import advance_all, append
from tests.scenario import Moment, Story

Connection = psycopg.AsyncConnection[dict[str, Any]]

PLANNED = Story().given(*SUPPORTED)
DUE = date(2018, 7, 12)
SUSPEND = Suspend(reason=Reason.ILLNESS)


def row(story: Story) -> ReviewDueRow:
    (found,) = retell(REVIEWS_DUE, story.recorded).values()
    return found


def test_a_review_lies_ahead_once_the_plan_is_agreed() -> None:
    assert retell(REVIEWS_DUE, PLANNED.recorded[:-1]) == {}
    assert row(PLANNED) == ReviewDueRow(PLANNED.recorded[0].stream_id, due_on=DUE)


def test_it_is_planned_begun_called_off_and_held() -> None:
    planned = PLANNED.given(SCHEDULE_REVIEW)
    assert row(planned).planned_for is not None
    begun = planned.given(START_REVIEW, at=date(2018, 7, 10))
    assert row(begun).started_on == date(2018, 7, 10)
    called_off = row(begun.given(CANCEL_REVIEW))
    assert (called_off.planned_for, called_off.started_on, called_off.due_on) == (None, None, DUE)
    held = row(begun.given(COMPLETE_REVIEW))
    assert (held.planned_for, held.started_on, held.due_on) == (None, None, date(2018, 10, 10))


def test_it_is_postponed_and_that_is_counted_until_it_is_held() -> None:
    postponed = PLANNED.given(POSTPONE_REVIEW)
    assert (row(postponed).due_on, row(postponed).postponed) == (POSTPONE_REVIEW.new_due_on, 1)
    assert row(postponed.given(START_REVIEW, COMPLETE_REVIEW, at=date(2018, 8, 1))).postponed == 0


def test_the_supervisor_is_told_once_and_only_holding_it_ends_that() -> None:
    late = PLANNED.until(date(2018, 8, 1))
    assert row(late).escalated
    assert row(late.given(START_REVIEW)).escalated
    assert not row(late.given(START_REVIEW, COMPLETE_REVIEW)).escalated


def test_while_the_clock_stands_still_the_day_waits_and_moves_on() -> None:
    rests = PLANNED.given(SUSPEND, at=date(2018, 5, 1))
    assert row(rests).resting_since == date(2018, 5, 1)
    goes_on = row(rests.given(Resume(), at=date(2018, 5, 11)))
    assert (goes_on.resting_since, goes_on.due_on) == (None, DUE + timedelta(days=10))
    assert row(PLANNED.given(SUSPEND.model_copy(update={"clock_stops": False}))).resting_since is None


def test_edge_case_23_a_case_whose_closing_is_taken_back_has_it_ahead_again() -> None:
    planned = PLANNED.given(SCHEDULE_REVIEW)
    back = planned.given(MOVED).given(RETRACT_CLOSURE, by=SUPERVISOR)
    assert row(planned) == row(back)


def test_a_closed_case_has_none_ahead_until_its_plan_is_agreed_anew() -> None:
    closed = PLANNED.given(START_WITHDRAWAL, by=SUPERVISOR).given(PROPOSE).given(APPROVE, by=SUPERVISOR).given(CLOSE)
    assert row(closed).closed
    again = closed.given(REOPEN)
    assert row(again).due_on is None
    assert row(again.given(AGREE)).due_on == again.given(AGREE).case.review_due


asked: st.SearchStrategy[Command] = st.sampled_from(
    [
        *(SCHEDULE_REVIEW, START_REVIEW, CANCEL_REVIEW, COMPLETE_REVIEW, POSTPONE_REVIEW, SUSPEND, Resume()),
        *(START_WITHDRAWAL, PROPOSE, APPROVE, CLOSE, REOPEN, AGREE, RETRACT_CLOSURE),
    ]
)
steps = st.lists(st.tuples(asked, st.integers(0, 60)), max_size=12)


@settings(max_examples=100, deadline=None, derandomize=True)
@for_all(steps=steps)
def test_whatever_happens_a_row_says_what_the_rules_hold(steps: list[tuple[Command, int]]) -> None:
    story = PLANNED
    for command, days in steps:
        story = story.until(story.at + timedelta(days=days))
        story = replace(story, recorded=(*story.recorded, *story.when(command, by=SUPERVISOR).recorded))
    found, case = row(story), story.case
    assert found.closed == (case.phase is Phase.CLOSED)
    if found.closed:
        return
    ahead = [each for each in running(case, POLICIES[0]) if each.kind is DeadlineKind.REVIEW]
    assert ([found.due_on] if found.due_on and not found.resting_since else []) == [each.due_on for each in ahead]
    assert found.due_on == case.review_due
    assert found.started_on == (case.review and case.review.started)
    reached = [case.stages.get((each.kind, each.due_on)) for each in ahead]
    assert found.escalated == (DeadlineStage.ESCALATED in reached) or found.resting_since
    if found.due_on:
        assert found.postponed == case.postponed


def late(until: Moment, manager: str) -> Story:
    return PLANNED.given(AssignManager(manager_id=manager), by=SUPERVISOR).until(until)


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    """A reader's connection to four cases: late and escalated, late, ahead, and one for which the clock stands still."""
    migrate(database_url)
    stories = {
        "case-4": late(date(2018, 8, 1), "im-07"),
        "case-3": late(date(2018, 7, 1), "im-03").given(POSTPONE_REVIEW),
        "case-2": late(date(2018, 7, 16), "im-03"),
        "case-1": late(date(2018, 5, 1), "im-07").given(SUSPEND),
    }
    with pool(database_url, 2) as connections:
        for case_id, story in stories.items():
            for recorded in story.recorded:
                append(connections, replace(recorded, stream_id=case_id, command_id=f"{case_id}/{recorded.version}"))
    with follow.connect(database_url) as follower:
        advance_all(follower, 100)
    async with await psycopg.AsyncConnection.connect(database_url, row_factory=dict_row) as opened:
        yield opened


TODAY = date(2018, 8, 1)


async def test_the_latest_come_first_and_those_at_rest_last(connection: Connection) -> None:
    rows, following = await page(connection, Filter(TODAY, "drk"))
    assert [row.case_id for row in rows] == ["case-2", "case-4", "case-3", "case-1"]
    assert [row.days_late(TODAY) for row in rows] == [20, 20, 0, 0]
    assert [row.days_late(DUE + timedelta(days=1)) for row in rows] == [1, 1, 0, 0]
    assert rows[0].days_late(DUE) == 0
    assert (rows[1].manager_id, rows[1].municipality, rows[1].escalated, following) == (
        "im-07",
        "ravensburg",
        True,
        None,
    )


async def test_it_is_narrowed_by_who_is_responsible_by_lateness_and_by_escalation(connection: Connection) -> None:
    async def found(**narrowed: Any) -> list[str]:
        return [row.case_id for row in (await page(connection, Filter(TODAY, **{"provider": "drk", **narrowed})))[0]]

    assert await found(manager_id="im-07") == ["case-4", "case-1"]
    assert await found(overdue=True) == ["case-2", "case-4"]
    assert await found(escalated=True) == ["case-4"]
    assert await found(municipality="weingarten") == []
    assert await found(provider="diakonie") == []


async def test_they_are_counted_by_when_they_are_due_and_by_who_is_responsible(connection: Connection) -> None:
    assert await counts(connection, Filter(TODAY, "drk")) == Counts(4, 2, 1, 0, 1)
    assert await counts(connection, Filter(TODAY, "drk", overdue=True)) == Counts(2, 2, 1)
    assert await counts(connection, Filter(DUE, "drk")) == Counts(4, 0, 1, 2, 3)
    assert await counts(connection, Filter(TODAY, "diakonie")) == Counts()
    assert await overdue_by_manager(connection, "drk", TODAY) == [("im-03", 1, DUE), ("im-07", 1, DUE)]
    assert await overdue_by_manager(connection, "drk", DUE) == []


async def test_it_is_read_page_by_page(connection: Connection) -> None:
    seen, after = [], None
    while True:
        rows, after = await page(connection, Filter(TODAY, "drk"), after, limit=1)
        seen += [row.case_id for row in rows]
        if after is None:
            break
    assert seen == ["case-2", "case-4", "case-3", "case-1"]
    for wrong in ("x", "1_x_case-1", "x_2018-01-01_case-1"):
        with pytest.raises(ValueError, match=r"."):
            await page(connection, Filter(TODAY, "drk"), wrong)
