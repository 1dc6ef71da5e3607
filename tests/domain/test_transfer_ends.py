"""How a transfer ends without being accepted, and what has to wait for the answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.closure import GROUPS, NEEDS_APPROVAL
from domain.departure import RecordDeath, RecordDeparture
from domain.intake import WithdrawConsent
from domain.refusals import Refusal
from domain.story import Command, State
from domain.transfer import (
    TakeOver,
    TransferCancelled,
)
from domain.vocabulary import (
    ClosureReason,
    ConsentScope,
    DepartureKind,
    Phase,
    TransferEnd,
)
from tests.domain.test_transfer import ASKED, HERE, KEPT, NUMBER, RETURN, TAKE_OVER, told
from tests.examples import (
    AGREE,
    CLOCK,
    DRAFT,
    SUPERVISOR,
    SUPPORTED,
    TODAY,
    noon,
)
from tests.examples_closing import APPROVE, CLOSE, MOVED, PROPOSE
from tests.examples_transfer import (
    ANSWER_BY,
    CANCEL,
    REQUEST,
    SHARE_PROVIDER,
    UNIT_THERE,
)
from tests.scenario import given

DECLINED = {"closure_reason": ClosureReason.DECLINED}


def cancelled(because: TransferEnd) -> TransferCancelled:
    return TransferCancelled(transfer=NUMBER, to_municipality="ulm", to_provider="diakonie", because=because)


def test_g25_without_consent_nobody_is_handed_to_another_provider() -> None:
    without = replace(given(*SUPPORTED), others=KEPT)
    without.when(REQUEST).then_refused(Refusal.CONSENT_MISSING, scope=ConsentScope.SHARE_PROVIDER)
    until = SHARE_PROVIDER.model_copy(update={"valid_until": TODAY + timedelta(days=3)})
    expired = without.given(until)
    assert expired.when(REQUEST, at=noon(TODAY + timedelta(days=3))).recorded
    expired.when(REQUEST, at=noon(TODAY + timedelta(days=4))).then_refused(Refusal.CONSENT_MISSING)


def test_g25_within_the_provider_no_consent_is_asked_for() -> None:
    unit = {"unit-wangen.drk": State(version=1, provider="drk")}
    story = replace(given(*SUPPORTED), others=unit)
    within = REQUEST.model_copy(update={"to_municipality": "wangen", "to_provider": "drk"})
    assert story.when(within).recorded
    after = story.given(within)
    assert after.given(TakeOver(transfer=after.case.version), by=CLOCK).case.municipality == "wangen"


def test_g25_consent_that_is_withdrawn_ends_the_transfer_that_rests_on_it() -> None:
    answer = ASKED.when(WithdrawConsent(scope=ConsentScope.SHARE_PROVIDER))
    assert answer.events[1] == cancelled(TransferEnd.CONSENT_ENDED)
    assert told(answer, ASKED) == [("WithdrawTransfer", UNIT_THERE), ("TransferCancelled", "drk")]


def test_g25_consent_that_ran_out_meanwhile_ends_the_transfer_instead_of_completing_it() -> None:
    until = SHARE_PROVIDER.model_copy(update={"valid_until": TODAY + timedelta(days=3)})
    story = HERE.given(until, REQUEST)
    number = story.case.version
    answer = story.when(TakeOver(transfer=number), by=CLOCK, at=noon(TODAY + timedelta(days=4)))
    assert [each.name for each in answer.recorded] == ["TransferCancelled"]
    assert told(answer, story) == [("WithdrawTransfer", UNIT_THERE), ("TransferCancelled", "drk")]


def test_g24_one_transfer_at_a_time() -> None:
    ASKED.when(REQUEST).then_refused(Refusal.TRANSFER_OPEN, answer_by=ANSWER_BY)


def test_g24_no_plan_is_agreed_while_a_transfer_is_pending() -> None:
    drafted = ASKED.given(DRAFT)
    drafted.when(AGREE).then_refused(Refusal.TRANSFER_OPEN, answer_by=ANSWER_BY)
    assert drafted.given(CANCEL).when(AGREE).recorded


@pytest.mark.parametrize("reason", sorted(NEEDS_APPROVAL))
def test_g24_a_planned_end_or_one_by_the_clients_wish_waits_for_the_answer(reason: ClosureReason) -> None:
    close = CLOSE.model_copy(update={"closure_reason": reason})
    ASKED.when(close).then_refused(Refusal.TRANSFER_OPEN, answer_by=ANSWER_BY)


def test_g24_after_the_answer_an_approved_closing_goes_on() -> None:
    approved = HERE.given(PROPOSE.model_copy(update=DECLINED)).given(APPROVE, by=SUPERVISOR).given(REQUEST)
    close = CLOSE.model_copy(update=DECLINED)
    approved.when(close).then_refused(Refusal.TRANSFER_OPEN)
    assert approved.given(CANCEL).when(close).recorded


@pytest.mark.parametrize("reason", sorted(set(GROUPS) - NEEDS_APPROVAL))
def test_g24_every_other_end_passes_and_cancels_the_transfer(reason: ClosureReason) -> None:
    answer = ASKED.when(MOVED.model_copy(update={"closure_reason": reason}))
    assert [each.name for each in answer.recorded] == ["TransferCancelled", "CaseClosed"]
    assert answer.events[0] == cancelled(TransferEnd.CASE_CLOSED)
    assert ("WithdrawTransfer", UNIT_THERE) in told(answer, ASKED)


@pytest.mark.parametrize(
    "command", [RecordDeath(), RecordDeparture(departure=DepartureKind.DEPORTED)], ids=["death", "deportation"]
)
def test_g24_death_and_deportation_pass_and_cancel_the_transfer(command: Command) -> None:
    story = ASKED.given(command)
    assert [each.name for each in story.recorded].count("TransferCancelled") == 1
    assert (story.case.phase, story.case.transfer) == (Phase.CLOSED, None)
    assert story.when(TAKE_OVER, by=CLOCK).refusal is not None


def test_the_old_side_takes_the_transfer_back_while_it_is_pending() -> None:
    answer = ASKED.when(CANCEL)
    answer.then(cancelled(TransferEnd.CANCELLED))
    assert told(answer, ASKED) == [("WithdrawTransfer", UNIT_THERE)]
    ASKED.given(CANCEL).when(CANCEL).then_refused(Refusal.NO_TRANSFER)
    HERE.when(CANCEL).then_refused(Refusal.NO_TRANSFER)


def test_an_answer_to_an_earlier_request_touches_no_later_one() -> None:
    anew = ASKED.given(CANCEL, REQUEST)
    anew.when(TAKE_OVER, by=CLOCK).then_refused(Refusal.NO_TRANSFER)
    anew.when(RETURN, by=CLOCK).then_nothing()
    HERE.when(RETURN, by=CLOCK).then_nothing()
