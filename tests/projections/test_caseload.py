"""The caseload: what its rows tell of a case, and in which order and how far narrowed they are listed."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from domain.eligibility import ConfirmEligibility
from domain.facts import RecordLanguageLevel, RecordResidenceStatus
from domain.goals import ChangeGoal, CompleteMeasure
from domain.responsibility import AssignManager
from domain.reviews import GoalFound
from domain.vocabulary import (
    Assignment,
    DeadlineKind,
    DeadlineStage,
    EligibilityGround,
    GoalOutcome,
    GoalStatus,
    LanguageEvidence,
    LanguageLevel,
    MeasureOutcome,
    Phase,
    Source,
    Title,
    Turn,
)
from infra.postgres import migrate, pool
from projections import follow
from projections.case_standing import CaseloadRow, case_of
from projections.caseload import CASELOAD, Filter, choices, counts_by_phase, one, page
from projections.read_model import retell
from tests.examples import CONFIRM, MET, OPEN, OPENED, REGISTER, REGISTERED, START, SUPERVISOR, SUPPORTED, TODAY
from tests.examples_closing import REVERT, START_WITHDRAWAL
from tests.examples_reviews import COMPLETE_REVIEW, RESUME, SCHEDULE_REVIEW, START_REVIEW, SUSPEND
from tests.projections.lives import advance_all, append, life
from tests.scenario import Story

RESTS = SUSPEND.model_copy(update={"expected_until": None})
Connection = psycopg.AsyncConnection[dict[str, Any]]


def row(story: Story) -> CaseloadRow:
    (only,) = retell(CASELOAD, story.recorded).values()
    return only


def test_a_row_tells_how_far_a_case_is() -> None:
    told = row(Story().given(*SUPPORTED))
    assert (told.phase, told.phase_since, told.version) == (Phase.SUPPORT, TODAY, len(SUPPORTED))
    assert (told.plan_version, told.plan_agreed_on, told.draft_version) == (1, TODAY, None)
    assert (told.support_start, told.first_contact_on, told.next_review_due) == (
        START,
        date(2018, 4, 10),
        date(2018, 7, 12),
    )
    assert (told.goals_open, told.goals_achieved, told.measures_open) == (1, 0, ("1:CLIENT",))
    assert told.own_contributions_open == 1


def test_goals_and_measures_that_are_done_are_no_longer_open() -> None:
    done = CompleteMeasure(measure=1, outcome=MeasureOutcome.DONE)
    told = row(Story().given(*SUPPORTED, done, ChangeGoal(goal=1, outcome=GoalOutcome.ACHIEVED)))
    assert (told.goals_open, told.goals_achieved, told.measures_open) == (0, 1, ())


def test_the_nearest_deadline_stands_until_it_is_met() -> None:
    opened = row(Story().given(*OPENED))
    assert (opened.next_due_kind, opened.next_due_on) == (DeadlineKind.FIRST_CONTACT, START + timedelta(days=14))
    met = row(Story().given(*MET))
    assert (met.next_due_kind, met.next_due_on) == (DeadlineKind.ASSESSMENT, START + timedelta(days=28))
    supported = row(Story().given(*SUPPORTED))
    assert (supported.next_due_kind, supported.next_due_on) == (DeadlineKind.REVIEW, date(2018, 7, 12))


def test_a_row_tells_when_the_next_review_is_due_and_that_one_is_overdue() -> None:
    overdue = Story().given(*SUPPORTED, SCHEDULE_REVIEW).until(date(2018, 7, 27))
    told = row(overdue)
    assert (told.next_review_due, told.late_since, told.late_kinds) == (
        date(2018, 7, 12),
        date(2018, 7, 12),
        (DeadlineKind.REVIEW,),
    )
    assert told.escalation_open
    assert told.review_planned_for == datetime(2018, 7, 10, 12, 30, tzinfo=UTC)
    held = row(overdue.given(START_REVIEW, COMPLETE_REVIEW))
    assert (held.late_since, held.escalation_open, held.review_planned_for) == (None, False, None)
    assert (held.plan_version, held.last_review_on, held.next_review_due) == (2, date(2018, 7, 27), date(2018, 10, 27))


def test_a_goal_found_achieved_at_a_review_counts_as_achieved() -> None:
    achieved = COMPLETE_REVIEW.model_copy(update={"goals": (GoalFound(goal=1, status=GoalStatus.ACHIEVED),)})
    told = row(Story().given(*SUPPORTED, START_REVIEW, achieved))
    assert (told.goals_open, told.goals_achieved) == (0, 1)


def test_a_row_tells_that_a_case_is_suspended_and_how_its_dates_moved() -> None:
    rests = Story().given(*SUPPORTED, SUSPEND)
    told = row(rests)
    assert (told.suspended_since, told.suspended_until, told.clock_stopped) == (TODAY, date(2018, 6, 30), True)
    assert (told.next_due_kind, told.next_due_on) == (DeadlineKind.SUSPENSION, date(2018, 6, 30))
    told = row(rests.given(RESUME, at=date(2018, 5, 12)))
    assert (told.suspended_since, told.clock_stopped, told.stopped_days) == (None, False, 30)
    assert (told.next_review_due, told.support_end) == (date(2018, 8, 11), date(2020, 5, 2))


def test_a_row_keeps_the_same_stages_as_the_case() -> None:
    story = Story().given(*SUPPORTED).until(date(2018, 7, 17)).given(RESTS)
    story = story.until(date(2018, 9, 5)).given(RESUME).until(date(2018, 12, 31))
    assert case_of(row(story)).stages == story.case.stages


def test_lateness_begins_when_the_clock_says_so_and_ends_with_what_was_missing() -> None:
    due_on = START + timedelta(days=14)
    on_the_day = Story().given(*OPENED).until(due_on)
    assert (row(on_the_day).late_since, row(on_the_day).next_due_stage) == (None, DeadlineStage.REMINDED)
    after = on_the_day.until(due_on + timedelta(days=1))
    assert (row(after).late_since, row(after).late_kinds) == (due_on, (DeadlineKind.FIRST_CONTACT,))
    assert not row(after).escalation_open
    escalated = after.until(due_on + timedelta(days=14))
    assert row(escalated).escalation_open
    met = escalated.given(MET[-1])
    assert DeadlineKind.FIRST_CONTACT not in row(met).late_kinds


def test_a_withdrawal_that_lasts_too_long_is_late_until_it_ends_and_the_row_keeps_its_days_through_a_rest() -> None:
    began = Story().given(*SUPPORTED).given(START_WITHDRAWAL, by=SUPERVISOR)
    rested = began.given(RESTS, at=date(2018, 5, 2)).given(RESUME, at=date(2018, 5, 12))
    late = rested.until(date(2018, 10, 23))
    assert DeadlineKind.WITHDRAWAL_END in row(late).late_kinds
    assert (row(late).withdrawal_began, row(late).withdrawal_stopped_days) == (TODAY, 10)
    assert DeadlineKind.WITHDRAWAL_END not in row(late.given(REVERT)).late_kinds


def test_why_a_person_is_not_eligible_stands_until_they_are() -> None:
    refused = CONFIRM.model_copy(update={"evidence_seen": False})
    story = Story().given(REGISTER, refused)
    assert (row(story).eligible, row(story).refused_grounds) == (False, (EligibilityGround.NO_EVIDENCE,))
    story = story.given(ConfirmEligibility.model_validate(CONFIRM.model_dump()))
    assert (row(story).eligible, row(story).refused_grounds) == (True, ())


def test_of_two_managers_the_one_of_the_later_day_is_responsible_whichever_was_recorded_first() -> None:
    next_month = AssignManager(manager_id="im-02", effective_on=TODAY + timedelta(days=30))
    today, stands_in = (
        AssignManager(manager_id="im-01"),
        AssignManager(manager_id="im-03", assignment=Assignment.DEPUTY),
    )
    story = Story().given(*OPENED).given(next_month, today, stands_in, by=SUPERVISOR)
    told = row(story)
    assert (told.manager_id, told.manager_since, told.deputy_id) == ("im-02", TODAY + timedelta(days=30), "im-03")


def test_a_language_level_of_earlier_times_that_is_handed_in_late_is_history() -> None:
    now = RecordLanguageLevel(level=LanguageLevel.A2, evidence=LanguageEvidence.CERT_DTZ)
    before = RecordLanguageLevel(
        level=LanguageLevel.A1, evidence=LanguageEvidence.COURSE, effective_on=TODAY - timedelta(days=9)
    )
    told = row(Story().given(*OPENED, now, before))
    assert (told.language_level, told.language_since) == (LanguageLevel.A2, TODAY)


def test_the_loss_of_another_title_leaves_the_title_that_is_held() -> None:
    lost = RecordResidenceStatus(title_code=Title.FICTION, turn=Turn.ENDS, source=Source.AUTHORITY)
    assert row(Story().given(*OPENED, lost)).title_code is Title.P25_2


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    """A reader's connection to the caseload of five cases."""
    migrate(database_url)
    assign = AssignManager(manager_id="im-07")
    lives = {
        "case-registered": life("case-registered", len(REGISTERED), [], 0),
        "case-opened": life("case-opened", len(OPENED), [], 0),
        "case-met-late": life("case-met-late", len(MET), [assign], 25),
        "case-late": life("case-late", len(OPENED), [], 40),
        "case-supported": life("case-supported", len(SUPPORTED), [assign], 0),
    }
    with pool(database_url, 2) as connections:
        for recorded in (each for story in lives.values() for each in story):
            append(connections, recorded)
    with follow.connect(database_url) as follower:
        advance_all(follower, 100)
    async with await psycopg.AsyncConnection.connect(database_url, row_factory=dict_row) as opened:
        yield opened


async def listed(connection: Connection, wanted: Filter) -> list[str]:
    rows, _ = await page(connection, wanted)
    return [each.case_id for each in rows]


async def test_what_is_late_for_longest_is_listed_first_then_what_is_due_next(connection: Connection) -> None:
    expected = ["case-late", "case-met-late", "case-opened", "case-supported", "case-registered"]
    assert await listed(connection, Filter()) == expected


async def test_pages_follow_each_other_without_gap_or_repeat(connection: Connection) -> None:
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        rows, cursor = await page(connection, Filter(provider="drk"), cursor, limit=2)
        seen += [each.case_id for each in rows]
    assert cursor is None
    assert seen == await listed(connection, Filter())


@pytest.mark.parametrize("cursor", ["", "x", "infinity_x_case", "2018-13-01_infinity_case-1"])
async def test_a_cursor_that_is_none_of_ours_is_told(connection: Connection, cursor: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        await page(connection, Filter(), cursor)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(provider="diakonie"), []),
        (Filter(phase=Phase.REGISTERED), ["case-registered"]),
        (Filter(manager_id="im-07"), ["case-met-late", "case-supported"]),
        (Filter(late=True), ["case-late", "case-met-late"]),
        (Filter(escalated=True), ["case-late"]),
        (Filter(unassigned=True), ["case-late", "case-opened"]),
        (Filter(unassigned=True, open_only=True), ["case-late", "case-opened"]),
        (Filter(phase=Phase.REGISTERED, open_only=True), []),
        (Filter(suspended=True), []),
        (Filter(in_question=True), []),
        (Filter(municipality="ulm"), []),
        (Filter(municipality="ravensburg", phase=Phase.PLANNING), ["case-met-late"]),
    ],
)
async def test_a_list_is_narrowed(connection: Connection, wanted: Filter, expected: list[str]) -> None:
    assert await listed(connection, wanted) == expected


async def test_cases_are_counted_by_phase(connection: Connection) -> None:
    counts = await counts_by_phase(connection, Filter(provider="drk"))
    assert counts == {Phase.REGISTERED: 1, Phase.INTAKE: 2, Phase.PLANNING: 1, Phase.SUPPORT: 1}


async def test_one_case_is_found_as_it_was_told(connection: Connection) -> None:
    found = await one(connection, "case-late")
    assert found is not None
    assert found.phase is Phase.INTAKE
    assert found.municipality == OPEN.municipality
    assert await one(connection, "case-nobody") is None


async def test_the_choices_are_those_that_occur(connection: Connection) -> None:
    assert await choices(connection, "drk") == (["im-07"], ["ravensburg"])
    assert await choices(connection, "diakonie") == ([], [])
