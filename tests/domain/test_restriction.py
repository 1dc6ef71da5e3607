"""Processing that is restricted: nothing is done with the data but what the person may demand, and what the clock and other stories have to say."""

from datetime import date

from domain.case import Case
from domain.catalogue import COMMANDS as CLASSES
from domain.corrections import MarkDisputed
from domain.deadlines import DeadlineReminded
from domain.intake import WithdrawConsent
from domain.refusals import Refusal
from domain.restriction import LiftRestriction, ProcessingRestricted, RestrictionLifted, RestrictProcessing
from domain.support import RecordContact
from domain.vocabulary import Attendee, ConsentScope, ContactMode, RestrictionBasis
from tests.examples import COMPLETE_INTAKE, DPO, OPENED, SUPERVISOR
from tests.scenario import given

RESTRICT = RestrictProcessing(basis=RestrictionBasis.ACCURACY_CONTESTED)
RESTRICTED = given(*OPENED).given(RESTRICT, by=DPO)
CONTACT = RecordContact(mode=ContactMode.PHONE, minutes=10, present=(Attendee.CLIENT,))


def test_g26_the_data_protection_officer_restricts_and_lifts() -> None:
    since = RESTRICTED.at.date()
    given(*OPENED).when(RESTRICT, by=DPO).then(
        ProcessingRestricted(basis=RestrictionBasis.ACCURACY_CONTESTED, since=since)
    )
    RESTRICTED.when(LiftRestriction(), by=DPO).then(RestrictionLifted(since=since))
    RESTRICTED.given(LiftRestriction(), by=DPO).when(COMPLETE_INTAKE)


def test_g26_nobody_else_does() -> None:
    given(*OPENED).when(RESTRICT, by=SUPERVISOR).then_refused(Refusal.ROLE_NOT_ALLOWED)
    RESTRICTED.when(LiftRestriction(), by=SUPERVISOR).then_refused(Refusal.ROLE_NOT_ALLOWED)


def test_g26_casework_is_refused_meanwhile_and_goes_on_afterwards() -> None:
    RESTRICTED.when(CONTACT).then_refused(Refusal.RESTRICTED, since=RESTRICTED.at.date())
    RESTRICTED.when(RESTRICT, by=DPO).then_refused(Refusal.RESTRICTED)
    assert RESTRICTED.given(LiftRestriction(), by=DPO).when(CONTACT).refusal is None


def test_g26_what_the_person_may_demand_is_done() -> None:
    RESTRICTED.when(WithdrawConsent(scope=ConsentScope.STATISTICS)).then_refused(Refusal.CONSENT_MISSING)
    RESTRICTED.when(MarkDisputed(disputes=99)).then_refused(Refusal.CORRECTION_TARGET)
    assert {name for name, command in CLASSES.items() if command.while_restricted} == {
        "CorrectBirthDate",
        "CorrectFact",
        "LiftRestriction",
        "MarkDisputed",
        "RecordRefusalOfData",
        "ResolveDispute",
        "RetractFact",
        "WithdrawConsent",
    }


def test_g26_the_clock_goes_on_so_that_no_deadline_is_lost() -> None:
    brought = RESTRICTED.when_time_passes(date(2018, 4, 12)).events
    assert [type(event) for event in brought] == [DeadlineReminded]


def test_what_is_not_restricted_is_not_lifted() -> None:
    given(*OPENED).when(LiftRestriction(), by=DPO).then_refused(Refusal.NOT_RESTRICTED)


def test_a_restriction_is_not_lifted_before_it_began() -> None:
    early = LiftRestriction(effective_on=date(2018, 4, 1))
    RESTRICTED.when(early, by=DPO).then_refused(Refusal.DATE_ORDER)


def test_a_blank_case_is_not_restricted() -> None:
    assert Case().restricted_since is None
