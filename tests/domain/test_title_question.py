"""A title that is lost, or has run out without news: a supervisor decides, and nothing ends by itself."""

from datetime import date

import pytest

from domain.deadlines import DeadlineEscalated, DeadlineFellDue, DeadlineReminded, title_question
from domain.facts import RecordResidenceStatus
from domain.refusals import Refusal
from domain.suspension import CaseSuspended
from domain.title_question import TitleDecided
from domain.vocabulary import (
    ClosureReason,
    DeadlineKind,
    Phase,
    Reason,
    Source,
    Title,
    TitleBasis,
    TitleDecision,
    TitleQuestion,
)
from tests.examples import EVENTS, LOST, OPENED, SUPERVISOR, SUPPORTED, TODAY
from tests.examples_corrections import DECIDE, DECIDE_TO_CLOSE, RETRACT, TOLD_AT
from tests.scenario import given

LAST_DAY = date(2019, 10, 1)
SUSPEND = DECIDE.model_copy(update={"decision": TitleDecision.SUSPEND, "basis": TitleBasis.APPLICATION_PENDING})
RENEWED = RecordResidenceStatus(title_code=Title.P25_2, valid_until=date(2022, 10, 1), source=Source.DOCUMENT)


def decided(decision: TitleDecision, basis: TitleBasis) -> TitleDecided:
    return TitleDecided(question=TitleQuestion.LOST, title_code=Title.NONE, decision=decision, basis=basis)


def test_edge_case_09_a_title_that_is_lost_closes_nothing_and_waits_for_a_supervisor_for_thirty_days() -> None:
    story = given(*SUPPORTED, LOST)
    assert (story.case.phase, title_question(story.case)) == (Phase.SUPPORT, TitleQuestion.LOST)
    about = {"deadline": DeadlineKind.TITLE_DECISION, "due_on": date(2018, 5, 12)}
    told = story.when_time_passes(date(2018, 5, 27)).events
    assert [each for each in told if getattr(each, "deadline", None) is DeadlineKind.TITLE_DECISION] == [
        DeadlineReminded(**about),
        DeadlineFellDue(**about),
        DeadlineEscalated(**about, days_late=14),
    ]


def test_edge_case_09_a_supervisor_decides_that_support_goes_on() -> None:
    story = given(*SUPPORTED, LOST)
    story.when(DECIDE, by=SUPERVISOR).then(EVENTS["TitleDecided"])
    after = story.given(DECIDE, by=SUPERVISOR)
    assert title_question(after.case) is None
    brought = after.when_time_passes(date(2018, 6, 30)).events
    assert DeadlineKind.TITLE_DECISION not in {getattr(each, "deadline", None) for each in brought}


def test_edge_case_09_a_supervisor_decides_that_the_case_rests() -> None:
    story = given(*SUPPORTED, LOST)
    expected = decided(TitleDecision.SUSPEND, TitleBasis.APPLICATION_PENDING)
    story.when(SUSPEND, by=SUPERVISOR).then(expected, CaseSuspended(since=TODAY, clock_stops=True))
    resting = story.given(SUSPEND, by=SUPERVISOR)
    resting.when(SUSPEND, by=SUPERVISOR).then(expected)


def test_edge_case_09_a_supervisor_decides_that_the_case_is_closed() -> None:
    story = given(*SUPPORTED, LOST).given(DECIDE_TO_CLOSE, by=SUPERVISOR)
    assert decided(TitleDecision.CLOSE, TitleBasis.OBLIGED_TO_LEAVE) == story.recorded[-2].event
    assert (story.case.phase, story.case.closure_reason) == (Phase.CLOSED, ClosureReason.NOT_ELIGIBLE)


def test_edge_case_09_a_day_of_expiry_without_news_is_unclear_and_not_lost() -> None:
    story = given(*SUPPORTED).until(date(2019, 10, 1))
    assert title_question(story.case) is None
    over = story.until(date(2019, 10, 2))
    assert (over.case.title, title_question(over.case)) == (Title.P25_2, TitleQuestion.UNCLEAR)
    due = [each.event for each in over.until(date(2019, 11, 1)).recorded if each.name == "DeadlineFellDue"][-1]
    assert DeadlineFellDue(deadline=DeadlineKind.TITLE_DECISION, due_on=date(2019, 10, 31)) == due


def test_edge_case_09_with_a_decision_the_day_of_expiry_is_settled_too() -> None:
    over = given(*SUPPORTED).until(date(2019, 10, 2))
    answer = over.when(DECIDE, by=SUPERVISOR)
    assert [each.question for each in answer.events if isinstance(each, TitleDecided)] == [TitleQuestion.UNCLEAR]
    later = over.given(DECIDE, by=SUPERVISOR).until(date(2019, 12, 1)).recorded[len(over.recorded) :]
    of_titles = (DeadlineKind.TITLE_EXPIRY, DeadlineKind.TITLE_DECISION)
    assert not [each for each in later if getattr(each.event, "deadline", None) in of_titles]


def test_edge_case_09_with_a_new_title_nothing_is_left_to_decide() -> None:
    for story in (given(*SUPPORTED, LOST), given(*SUPPORTED).until(date(2019, 10, 2))):
        renewed = story.given(RENEWED)
        assert title_question(renewed.case) is None
        renewed.when(DECIDE, by=SUPERVISOR).then_refused(Refusal.TITLE_NOT_IN_QUESTION, title=Title.P25_2)


def test_edge_case_09_a_title_that_is_lost_again_is_decided_on_again() -> None:
    story = given(*SUPPORTED, LOST).given(DECIDE, by=SUPERVISOR).given(RENEWED, LOST, at=date(2018, 5, 2))
    assert TitleQuestion.LOST is title_question(story.case)


def test_edge_case_09_a_decision_outlasts_corrections_of_other_facts_and_falls_with_its_own() -> None:
    story = given(*SUPPORTED, LOST).given(DECIDE, by=SUPERVISOR)
    other = RETRACT.model_copy(update={"corrects": TOLD_AT + 2})
    kept = story.given(
        RecordResidenceStatus(title_code=Title.P24, source=Source.DOCUMENT, effective_on=date(2018, 4, 1))
    )
    assert kept.given(other).case.title_decided
    assert not story.given(RETRACT).case.title_decided


def test_edge_case_09_a_title_in_force_is_not_decided_on() -> None:
    given(*SUPPORTED).when(DECIDE, by=SUPERVISOR).then_refused(
        Refusal.TITLE_NOT_IN_QUESTION, title=Title.P25_2, valid_until=LAST_DAY
    )


@pytest.mark.parametrize("override", [True])
def test_edge_case_09_who_was_taken_in_without_a_title_was_decided_on_then(override: bool) -> None:
    *registered, opens = OPENED
    without = opens.model_copy(update={"override": override, "reason": Reason.APPEAL_PENDING})
    story = given(*registered, LOST).given(without, by=SUPERVISOR)
    assert (story.case.title, title_question(story.case)) == (Title.NONE, None)
