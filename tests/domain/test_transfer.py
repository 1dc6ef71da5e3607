"""A case goes to another unit: asked for, answered there, and until it is accepted all stays as it is."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.envelopes import Submitted
from domain.lifecycle import follow_ups
from domain.refusals import Refusal
from domain.responsibility import AssignManager
from domain.reviews import ReviewCancelled
from domain.story import State
from domain.transfer import (
    ReturnTransfer,
    TakeOver,
    TransferAccepted,
    TransferRejected,
    TransferRequested,
)
from domain.vocabulary import (
    ClosureReason,
    DeadlineKind,
    DeadlineStage,
    Phase,
    Reason,
    Turn,
)
from tests.examples import (
    CLOCK,
    COMMANDS,
    EVENTS,
    MANAGER,
    OPENED,
    REGISTERED,
    SUPERVISOR,
    SUPPORTED,
    TODAY,
    noon,
    occasion,
)
from tests.examples_closing import PROPOSE
from tests.examples_reviews import COMPLETE_REVIEW, START_REVIEW
from tests.examples_support import CONTACT
from tests.examples_transfer import (
    ANSWER_BY,
    CANCEL,
    MANAGER_THERE,
    REQUEST,
    SHARE_PROVIDER,
    SUPERVISOR_THERE,
    UNIT_HERE,
    UNIT_THERE,
)
from tests.scenario import Answer, Story, given

KEPT = {UNIT_THERE: State(version=1, provider="diakonie")}
HERE = replace(given(*SUPPORTED, SHARE_PROVIDER, AssignManager(manager_id="im-07")), others=KEPT)
ASKED = HERE.given(REQUEST)
NUMBER = ASKED.case.version
TAKE_OVER = TakeOver(transfer=NUMBER, reason=Reason.TRANSFER)
RETURN = ReturnTransfer(transfer=NUMBER, reason=Reason.NO_PLACE)
THERE = ASKED.given(TAKE_OVER, by=CLOCK)
DECLINED = {"closure_reason": ClosureReason.DECLINED}


def told(answer: Answer, story: Story) -> list[tuple[str, str]]:
    """What an answer leads to elsewhere: (kind of command or of notice, where)."""
    after = replace(story, recorded=(*story.recorded, *answer.recorded)).state
    return [_handed(each.about, each.provider) for each in follow_ups(after, answer.recorded)]


def _handed(about: dict[str, Any], provider: str) -> tuple[str, str]:
    if "submitted" not in about:
        return about["event"], provider
    submitted = Submitted.model_validate(about["submitted"])
    return submitted.command["kind"], submitted.stream_id


def test_a_transfer_is_asked_for_and_the_other_unit_is_told() -> None:
    answer = HERE.when(REQUEST)
    answer.then(TransferRequested(to_municipality="ulm", to_provider="diakonie", answer_by=ANSWER_BY))
    assert told(answer, HERE) == [("AnnounceTransfer", UNIT_THERE)]


def test_the_answer_is_due_after_ten_working_days_without_holidays() -> None:
    """1 May and Ascension Day (10 May 2018) do not count."""
    answer = HERE.when(REQUEST, at=noon(date(2018, 4, 27)))
    (asked,) = answer.events
    assert isinstance(asked, TransferRequested)
    assert asked.answer_by == date(2018, 5, 15)


def test_edge_case_02_until_it_is_accepted_all_stays_as_it_is() -> None:
    before, after = HERE.case, ASKED.case
    assert (before.provider, before.municipality, before.unit, before.phase, before.hands, before.review_due) == (
        after.provider,
        after.municipality,
        after.unit,
        after.phase,
        after.hands,
        after.review_due,
    )
    assert ASKED.when(CONTACT).recorded
    ASKED.when(CONTACT, by=MANAGER_THERE).then_refused(Refusal.CROSS_PROVIDER)


def test_edge_case_02_without_an_answer_the_supervisor_is_told_once_and_the_case_stays() -> None:
    story = ASKED.until(noon(ANSWER_BY + timedelta(days=30)))
    escalated = [
        (each.recorded_at.date(), each.event.model_dump()["due_on"])
        for each in story.recorded
        if each.name == "DeadlineEscalated" and each.event.model_dump()["deadline"] == DeadlineKind.TRANSFER_ANSWER
    ]
    assert escalated == [(ANSWER_BY, ANSWER_BY)], "at the local midnight with which the last day is over"
    assert story.case.stages[(DeadlineKind.TRANSFER_ANSWER, ANSWER_BY)] is DeadlineStage.ESCALATED
    assert (story.case.provider, story.case.transfer is not None) == ("drk", True)


def test_edge_case_02_a_rejection_comes_back_with_its_reason_and_the_case_stays() -> None:
    answer = ASKED.when(RETURN, by=CLOCK)
    answer.then(TransferRejected(transfer=NUMBER, to_municipality="ulm", to_provider="diakonie"))
    assert answer.recorded[0].reason is Reason.NO_PLACE
    assert told(answer, ASKED) == [("TransferRejected", "drk")]
    back = ASKED.given(RETURN, by=CLOCK)
    assert (back.case.provider, back.case.transfer) == ("drk", None)
    assert back.when(REQUEST).recorded, "it may be asked for again"


def test_the_other_unit_takes_the_case_over() -> None:
    answer = ASKED.when(TAKE_OVER, by=CLOCK)
    answer.then(
        TransferAccepted(
            transfer=NUMBER,
            from_municipality="ravensburg",
            from_provider="drk",
            municipality="ulm",
            provider="diakonie",
            next_review_due=TODAY + timedelta(days=28),
        )
    )
    assert answer.recorded[0].reason is Reason.TRANSFER
    assert told(answer, ASKED) == [("ConfirmPlace", UNIT_THERE), ("TransferAccepted", "drk")]
    case = THERE.case
    assert (case.provider, case.municipality, case.unit, case.phase) == ("diakonie", "ulm", UNIT_THERE, Phase.SUPPORT)


def test_the_place_here_becomes_free_before_one_is_taken_there() -> None:
    held = replace(ASKED.case, unit=UNIT_HERE)
    (accepted,) = TAKE_OVER.decide(held, occasion(CLOCK))
    recorded = replace(ASKED.recorded[-1], event=accepted)
    assert [_handed(each.about, "")[0] for each in accepted.tells(held, recorded)] == [
        "ReleaseSlot",
        "ConfirmPlace",
        "TransferAccepted",
    ]


def test_nobody_is_responsible_until_somebody_is_assigned_there() -> None:
    later = AssignManager(manager_id="im-08", effective_on=TODAY + timedelta(days=20))
    planned = HERE.given(later, by=SUPERVISOR).given(REQUEST)
    story = planned.given(TakeOver(transfer=planned.case.version), by=CLOCK)
    for days in (0, 20, 40):
        assert story.case.hands.manager_on(TODAY + timedelta(days=days)) is None
    assert story.case.hands.stand_ins == ()
    assigned = story.given(AssignManager(manager_id="im-51"), by=MANAGER_THERE)
    assert assigned.case.hands.manager_on(TODAY) == "im-51"


def test_g23_after_the_transfer_the_others_may_write_and_those_before_no_longer() -> None:
    THERE.when(CONTACT, by=MANAGER).then_refused(Refusal.CROSS_PROVIDER)
    THERE.when(CANCEL, by=SUPERVISOR).then_refused(Refusal.CROSS_PROVIDER)
    for by in (MANAGER_THERE, SUPERVISOR_THERE):
        assert THERE.when(CONTACT, by=by).recorded


@pytest.mark.parametrize(("days", "in_days"), [(0, 28), (63, 91), (70, 91)])
def test_edge_case_01_the_next_review_is_due_as_before_or_after_four_weeks(days: int, in_days: int) -> None:
    """The old due date is 12 July, 91 days ahead."""
    at = noon(TODAY + timedelta(days=days))
    story = HERE.given(REQUEST, at=at)
    after = story.given(TakeOver(transfer=story.case.version), by=CLOCK)
    assert after.case.review_due == TODAY + timedelta(days=in_days)


def test_edge_case_01_without_a_plan_no_review_is_due() -> None:
    story = replace(given(*OPENED, SHARE_PROVIDER), others=KEPT).given(REQUEST)
    assert story.given(TakeOver(transfer=story.case.version), by=CLOCK).case.review_due is None


def test_edge_case_01_the_months_of_support_count_on() -> None:
    assert (HERE.case.support_start, HERE.case.support_end) == (THERE.case.support_start, THERE.case.support_end)
    assert HERE.case.policy_version == THERE.case.policy_version


def test_edge_case_01_an_open_review_is_cancelled_when_the_case_is_taken_over() -> None:
    story = HERE.given(START_REVIEW, REQUEST)
    answer = story.when(TakeOver(transfer=story.case.version, reason=Reason.TRANSFER), by=CLOCK)
    assert answer.events[0] == ReviewCancelled(review=1)
    assert [each.name for each in answer.recorded] == ["ReviewCancelled", "TransferAccepted"]
    assert {each.reason for each in answer.recorded} == {Reason.TRANSFER}


def test_edge_case_01_or_completed_before_by_whoever_was_responsible() -> None:
    story = HERE.given(START_REVIEW, REQUEST)
    number = story.case.version
    held = story.given(COMPLETE_REVIEW)
    assert [each.name for each in held.when(TakeOver(transfer=number), by=CLOCK).recorded] == ["TransferAccepted"]


def test_what_waits_for_a_second_person_lapses_with_the_transfer() -> None:
    story = HERE.given(PROPOSE.model_copy(update=DECLINED), EVENTS["ExtensionProposed"], REQUEST)
    assert None not in (story.case.closure, story.case.extension)
    case = story.given(TakeOver(transfer=story.case.version), by=CLOCK).case
    assert (case.closure, case.extension, case.transfer) == (None, None, None)


def test_where_the_case_lies_already_it_is_not_handed_to() -> None:
    own = REQUEST.model_copy(update={"to_municipality": "ravensburg", "to_provider": "drk"})
    HERE.when(own).then_refused(Refusal.ALREADY_THERE)


def test_a_unit_that_is_not_kept_cannot_answer() -> None:
    nobody = REQUEST.model_copy(update={"to_municipality": "biberach"})
    HERE.when(nobody).then_refused(Refusal.UNIT_UNKNOWN)


def test_what_is_only_registered_is_not_transferred() -> None:
    replace(given(*REGISTERED), others=KEPT).when(REQUEST).then_refused(Refusal.ILLEGAL_TRANSITION)


def test_edge_case_01_a_running_residence_rule_is_a_warning_and_no_bar() -> None:
    rule = COMMANDS["RecordResidenceRule"].model_copy(update={"area": "ravensburg", "until": None})
    elsewhere = rule.model_copy(update={"area": "ulm"})
    for story, areas in (
        (HERE.given(rule), ("ravensburg",)),
        (HERE.given(rule, rule.model_copy(update={"turn": Turn.ENDS})), ()),
        (HERE.given(elsewhere), ()),
        (HERE.given(rule.model_copy(update={"until": TODAY})), ("ravensburg",)),
    ):
        (asked,) = story.when(REQUEST).events
        assert isinstance(asked, TransferRequested)
        assert asked.residence_rules == areas


def test_a_case_may_come_back() -> None:
    here = {UNIT_HERE: State(version=1, provider="drk")}
    back = REQUEST.model_copy(update={"to_municipality": "ravensburg", "to_provider": "drk"})
    story = replace(THERE, others=here).given(back, by=MANAGER_THERE)
    home = story.given(TakeOver(transfer=story.case.version), by=CLOCK)
    assert (home.case.provider, home.case.municipality, home.case.unit) == ("drk", "ravensburg", UNIT_HERE)
    assert home.when(CONTACT).recorded
