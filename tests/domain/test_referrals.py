"""Referrals: who may be referred when, on what consent, and the handshake with the service."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.intake import ConsentWithdrawn, WithdrawConsent
from domain.referrals import MAY_FOLLOW, RecordReferralOutcome, ReferralMade, ReferralStopped
from domain.refusals import Refusal
from domain.vocabulary import ConsentScope, Reason, ReferralOutcome, ReferralState, ServiceKind
from tests.examples import CONFIRM, EVENTS, OPENED, READY_TO_AGREE, SUPPORTED, TODAY
from tests.examples_support import REFER, SHARE
from tests.scenario import Story, given

URGENT = REFER.model_copy(update={"urgent": True})
DANGER = REFER.model_copy(
    update={"danger_to_life": True, "reason": Reason.ILLNESS, "reason_text": "Spoke of not wanting to live"}
)
ADDRESS_ONLY = REFER.model_copy(update={"shares_data": False, "text": None})
WITHDRAW = WithdrawConsent(scope=ConsentScope.SHARE_SERVICE)

PATHS: dict[ReferralState, tuple[ReferralOutcome, ...]] = {
    ReferralState.MADE: (),
    ReferralState.WAITING: (ReferralOutcome.WAITING,),
    ReferralState.ACCEPTED: (ReferralOutcome.ACCEPTED,),
    ReferralState.NO_SHOW: (ReferralOutcome.ACCEPTED, ReferralOutcome.NO_SHOW),
    ReferralState.DECLINED: (ReferralOutcome.DECLINED,),
    ReferralState.COMPLETED: (ReferralOutcome.ACCEPTED, ReferralOutcome.COMPLETED),
}


def outcome(what: ReferralOutcome, referral: int = 1) -> RecordReferralOutcome:
    return RecordReferralOutcome(referral=referral, outcome=what)


def referred(*outcomes: ReferralOutcome) -> Story:
    return given(*SUPPORTED, SHARE, REFER, *(outcome(each) for each in outcomes))


def test_g05_nobody_is_referred_before_a_plan_is_agreed() -> None:
    given(*READY_TO_AGREE, SHARE).when(REFER).then_refused(Refusal.NO_PLAN)
    given(*SUPPORTED, SHARE).when(REFER).then(EVENTS["ReferralMade"])


def test_g05_what_is_urgent_does_not_wait_for_the_plan() -> None:
    (made,) = given(*OPENED, SHARE).when(URGENT).events
    assert isinstance(made, ReferralMade)
    assert made.urgent


def test_g25_nothing_is_passed_on_without_consent() -> None:
    given(*SUPPORTED).when(REFER).then_refused(Refusal.CONSENT_MISSING, scope=ConsentScope.SHARE_SERVICE)
    given(*SUPPORTED, SHARE, WITHDRAW).when(REFER).then_refused(Refusal.CONSENT_MISSING)
    given(*SUPPORTED, SHARE.model_copy(update={"scope": ConsentScope.SHARE_PROVIDER})).when(REFER).then_refused(
        Refusal.CONSENT_MISSING
    )


def test_g25_consent_holds_through_its_last_day() -> None:
    story = given(*SUPPORTED, SHARE.model_copy(update={"valid_until": date(2018, 5, 31)}))
    assert story.when(REFER, at=date(2018, 5, 31)).refusal is None
    story.when(REFER, at=date(2018, 6, 1)).then_refused(Refusal.CONSENT_MISSING)
    on_the_day = REFER.model_copy(update={"effective_on": date(2018, 5, 31)})
    assert story.when(on_the_day, at=date(2018, 6, 1)).refusal is None


def test_g25_who_is_given_an_address_only_needs_no_consent() -> None:
    given(*SUPPORTED).when(ADDRESS_ONLY).then(
        ReferralMade(referral=1, service=ServiceKind.PSYCHOLOGICAL, service_id="caritas-rv", shares_data=False)
    )


@pytest.mark.parametrize("missing", ["reason", "reason_text"])
def test_g25_danger_to_life_goes_before_consent_with_a_documented_reason(missing: str) -> None:
    (made,) = given(*OPENED).when(DANGER).events
    assert isinstance(made, ReferralMade)
    assert (made.danger_to_life, made.urgent) == (True, True)
    given(*OPENED).when(DANGER.model_copy(update={missing: None})).then_refused(Refusal.CONSENT_MISSING)


def test_where_there_is_consent_danger_to_life_is_not_needed_for_it() -> None:
    (made,) = given(*OPENED, SHARE).when(DANGER).events
    assert isinstance(made, ReferralMade)
    assert not made.danger_to_life


def test_referrals_are_numbered_within_the_case() -> None:
    assert [event.number() for event in referred().when(REFER).events] == [2]


@pytest.mark.parametrize("state", PATHS)
@pytest.mark.parametrize("answer", ReferralOutcome)
def test_a_referral_is_answered_in_order(state: ReferralState, answer: ReferralOutcome) -> None:
    story = referred(*PATHS[state])
    assert story.case.referrals[1].state is state
    told = story.when(outcome(answer))
    if state not in MAY_FOLLOW:
        told.then_refused(Refusal.REFERRAL_UNKNOWN, referral=1)
    elif answer in MAY_FOLLOW[state]:
        assert told.refusal is None
    else:
        told.then_refused(Refusal.REFERRAL_ORDER, referral=1, referral_state=state, outcome=answer)


def test_an_outcome_needs_a_referral_and_does_not_lie_before_it() -> None:
    given(*SUPPORTED).when(outcome(ReferralOutcome.ACCEPTED)).then_refused(Refusal.REFERRAL_UNKNOWN)
    early = outcome(ReferralOutcome.ACCEPTED).model_copy(update={"effective_on": date(2018, 4, 11)})
    referred().when(early).then_refused(Refusal.DATE_ORDER, first=TODAY, then=date(2018, 4, 11))


def test_edge_case_20_consent_withdrawn_for_one_service_stops_that_referral_and_nothing_else() -> None:
    story = given(*SUPPORTED, SHARE, REFER, REFER)
    one = WITHDRAW.model_copy(update={"referral": 2})
    story.when(one).then(ReferralStopped(referral=2))
    after = story.given(one)
    after.when(outcome(ReferralOutcome.ACCEPTED, 2)).then_refused(Refusal.REFERRAL_UNKNOWN)
    assert after.when(outcome(ReferralOutcome.ACCEPTED, 1)).refusal is None
    assert after.when(REFER).refusal is None
    after.when(one).then_refused(Refusal.REFERRAL_UNKNOWN, referral=2)


def test_edge_case_20_consent_withdrawn_altogether_stops_every_open_referral_that_rests_on_it() -> None:
    story = given(*SUPPORTED, DANGER, SHARE, REFER, ADDRESS_ONLY, REFER, outcome(ReferralOutcome.DECLINED, 4))
    story.when(WITHDRAW).then(ConsentWithdrawn(scope=ConsentScope.SHARE_SERVICE), ReferralStopped(referral=2))
    after = story.given(WITHDRAW)
    assert after.when(outcome(ReferralOutcome.ACCEPTED, 1)).refusal is None
    after.when(REFER).then_refused(Refusal.CONSENT_MISSING)


def test_a_referral_that_rests_on_no_consent_is_not_stopped_by_withdrawing_it() -> None:
    story = given(*SUPPORTED, SHARE, ADDRESS_ONLY)
    story.when(WITHDRAW.model_copy(update={"referral": 1})).then_refused(Refusal.CONSENT_MISSING)


def test_only_sharing_with_services_is_withdrawn_for_one_referral() -> None:
    with pytest.raises(ValidationError, match="SHARE_SERVICE"):
        WithdrawConsent(scope=ConsentScope.STATISTICS, referral=1)


def test_a_case_that_is_not_open_refers_nobody() -> None:
    given(*OPENED[:1], CONFIRM).when(URGENT).then_refused(Refusal.ILLEGAL_TRANSITION)
