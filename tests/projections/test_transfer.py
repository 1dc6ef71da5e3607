"""After a transfer every row of a case is its new provider's; while one is pending the caseload shows it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.responsibility import AssignManager
from domain.story import State
from domain.transfer import TakeOver
from domain.vocabulary import ApprovalState, ClosureReason, DeadlineKind
from projections.approvals import APPROVALS
from projections.caseload import CASELOAD
from projections.read_model import ReadModel, retell
from projections.referrals import REFERRALS
from projections.reviews_due import REVIEWS_DUE
from tests.examples import CASE_ID, CLOCK, SUPPORTED, TODAY, noon
from tests.examples_closing import PROPOSE
from tests.examples_reviews import SCHEDULE_REVIEW
from tests.examples_support import REFER, SHARE
from tests.examples_transfer import ANSWER_BY, CANCEL, MANAGER_THERE, REQUEST, SHARE_PROVIDER, UNIT_THERE
from tests.scenario import Story, given

KEPT = {UNIT_THERE: State(version=1, provider="diakonie")}
WISH = PROPOSE.model_copy(update={"closure_reason": ClosureReason.DECLINED})
HERE = replace(
    given(*SUPPORTED, SHARE_PROVIDER, SHARE, REFER, AssignManager(manager_id="im-07"), SCHEDULE_REVIEW, WISH),
    others=KEPT,
)
ASKED = HERE.given(REQUEST)
THERE = ASKED.given(TakeOver(transfer=ASKED.case.version), by=CLOCK)


def row(model: ReadModel[Any], story: Story) -> Any:
    (only,) = retell(model, story.recorded).values()
    return only


def test_the_caseload_shows_whose_answer_is_waited_for_and_until_when() -> None:
    shown = row(CASELOAD, ASKED)
    assert (shown.transfer_municipality, shown.transfer_provider) == ("ulm", "diakonie")
    assert (shown.transfer_answer_by, shown.next_due_kind) == (ANSWER_BY, DeadlineKind.TRANSFER_ANSWER)
    assert (shown.provider, shown.municipality, shown.manager_id) == ("drk", "ravensburg", "im-07")
    late = row(CASELOAD, ASKED.until(noon(ANSWER_BY + timedelta(days=2))))
    assert (late.escalation_open, late.late_kinds) == (True, (DeadlineKind.TRANSFER_ANSWER,))
    assert row(CASELOAD, ASKED.given(CANCEL)).transfer_answer_by is None


def test_g23_after_the_transfer_every_row_is_the_new_providers() -> None:
    shown = row(CASELOAD, THERE)
    assert (shown.provider, shown.municipality) == ("diakonie", "ulm")
    assert (shown.manager_id, shown.deputy_id, shown.transfer_answer_by) == (None, None, None)
    assert row(REFERRALS, THERE).provider == "diakonie"
    assert row(APPROVALS, THERE).provider == "diakonie"


def test_what_waited_for_a_second_person_lapses_with_the_transfer() -> None:
    assert row(APPROVALS, ASKED).state is ApprovalState.WAITING
    assert row(APPROVALS, THERE).state is ApprovalState.LAPSED
    assert row(CASELOAD, THERE).closure_proposed_on is None


def test_edge_case_01_the_next_review_is_due_within_four_weeks_and_its_appointment_is_gone() -> None:
    for model, due in ((REVIEWS_DUE, "due_on"), (CASELOAD, "next_review_due")):
        assert getattr(row(model, ASKED), due) == date(2018, 7, 12)
        assert getattr(row(model, THERE), due) == TODAY + timedelta(days=28)
    assert row(REVIEWS_DUE, THERE).planned_for is None
    assert row(CASELOAD, THERE).review_planned_for is None


def test_whoever_is_assigned_there_stands_on_the_row() -> None:
    assigned = THERE.given(AssignManager(manager_id="im-51"), by=MANAGER_THERE)
    assert row(CASELOAD, assigned).manager_id == "im-51"
    assert retell(CASELOAD, assigned.recorded).keys() == {(CASE_ID,)}


@pytest.mark.parametrize("model", [CASELOAD, REFERRALS, APPROVALS, REVIEWS_DUE], ids=lambda model: model.name)
def test_a_rebuild_tells_the_same(model: ReadModel[Any]) -> None:
    for story in (ASKED, ASKED.given(CANCEL), THERE, THERE.given(AssignManager(manager_id="im-51"), by=MANAGER_THERE)):
        assert [model.values(row(model, story))] == model.told(story.recorded)
