"""A closed case is taken up again: for some months, with its plan as a draft and its months counted on."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from domain.closure import CloseCase
from domain.plan import DraftPlan, PlanDrafted
from domain.refusals import Refusal
from domain.reopening import CaseReopened, ReopenCase
from domain.story import Command
from domain.vocabulary import ClosureReason, Phase
from tests.examples import AGREE, MET, OPENED, READY_TO_AGREE, START, SUPPORTED, TODAY, noon
from tests.examples_closing import MOVED, REOPEN
from tests.scenario import Story, given

CLOSED = given(*SUPPORTED, MOVED)
LAST_DAY = date(2018, 10, 12)


def reopened(story: Story, phase: Phase) -> CaseReopened:
    return CaseReopened(phase=phase, closed_at_version=story.case.version, counts_to_same_period=True)


def test_edge_case_11_a_case_goes_on_in_support_with_its_plan_as_a_draft() -> None:
    answer = CLOSED.when(REOPEN, at=noon(LAST_DAY))
    answer.then(reopened(CLOSED, Phase.SUPPORT), PlanDrafted(plan_version=2))
    again = CLOSED.given(REOPEN, at=noon(LAST_DAY))
    assert (again.case.phase, again.case.plan_version, again.case.draft) == (Phase.SUPPORT, 1, 2)
    assert again.given(AGREE).case.plan_version == 2


def test_edge_case_11_earlier_months_count() -> None:
    again = CLOSED.given(REOPEN, at=noon(LAST_DAY)).case
    assert (again.support_start, again.policy_version) == (START, "2017")
    assert (again.closed_on, again.closure_reason, again.closed_at_version) == (None, None, None)


def test_a_draft_that_was_open_at_the_closing_goes_on() -> None:
    closed = given(*SUPPORTED, DraftPlan(), MOVED)
    closed.when(REOPEN).then(reopened(closed, Phase.SUPPORT))


@pytest.mark.parametrize("steps", [OPENED, MET, READY_TO_AGREE], ids=["opened", "met", "drafted"])
def test_a_case_that_never_had_a_plan_begins_at_intake_again(steps: tuple[Command, ...]) -> None:
    closed = given(*steps, MOVED)
    closed.when(REOPEN).then(reopened(closed, Phase.INTAKE))


def test_edge_case_11_after_six_months_a_new_case_is_needed() -> None:
    too_late = LAST_DAY + timedelta(days=1)
    CLOSED.when(REOPEN, at=noon(too_late)).then_refused(Refusal.REOPENING_TOO_LATE, closed_on=TODAY, until=LAST_DAY)


@pytest.mark.parametrize("reason", [ClosureReason.DECEASED, ClosureReason.DUPLICATE])
def test_edge_case_11_a_death_and_a_duplicate_are_for_good(reason: ClosureReason) -> None:
    closed = given(*SUPPORTED, CloseCase(closure_reason=reason))
    closed.when(REOPEN).then_refused(Refusal.REOPENING_EXCLUDED, closure_reason=reason)


def test_a_case_is_not_reopened_before_it_was_closed() -> None:
    early = REOPEN.model_copy(update={"effective_on": TODAY - timedelta(days=1)})
    CLOSED.when(early).then_refused(Refusal.DATE_ORDER, first=TODAY)


def test_an_open_case_is_not_reopened() -> None:
    given(*SUPPORTED).when(REOPEN).then_refused(Refusal.ILLEGAL_TRANSITION)


def test_reopening_has_its_reason() -> None:
    with pytest.raises(ValidationError):
        ReopenCase.model_validate({"kind": "ReopenCase"})


def test_a_reopened_case_may_be_closed_and_reopened_again() -> None:
    again = CLOSED.given(REOPEN)
    closed = again.given(MOVED)
    closed.when(REOPEN).then(reopened(closed, Phase.SUPPORT))


def test_reopening_takes_the_claim_again_that_closing_gave_back() -> None:
    (closing,) = given(*SUPPORTED).when(MOVED).events
    reopening = CLOSED.when(REOPEN).events[0]
    assert closing.releases(given(*SUPPORTED).case) == reopening.claims(CLOSED.case)


def test_the_clock_goes_on_where_it_stood() -> None:
    closed = given(*OPENED, MOVED)
    before, after = given(*OPENED).next_deadline(), closed.given(REOPEN).next_deadline()
    assert before == after
