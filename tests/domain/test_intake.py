"""Chapter one: a person is registered, says yes or rather not, and is met for the first time."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.intake import (
    CompleteIntake,
    ConsentRecorded,
    ConsentWithdrawn,
    DataRefused,
    IntakeCompleted,
    PersonRegistered,
    RecordConsent,
    RecordRefusalOfData,
    RegisterPerson,
    WithdrawConsent,
)
from domain.refusals import Refusal
from domain.vocabulary import (
    ConsentForm,
    ConsentScope,
    ContactMode,
    DataField,
    Phase,
    Sex,
)
from tests.examples import (
    COMMANDS,
    COMPLETE_INTAKE,
    CONFIRM,
    EVENTS,
    MET,
    OPEN,
    OPENED,
    PERSON_ID,
    REGISTER,
    REGISTERED,
    START,
    TODAY,
)
from tests.scenario import given


def test_a_person_is_registered_with_the_provider_of_who_registers() -> None:
    given().when(REGISTER).then(EVENTS["PersonRegistered"])


def test_a_person_may_decline_to_tell_everything_but_a_name() -> None:
    given().when(RegisterPerson(person_id=PERSON_ID, name="Unknown woman, blue coat")).then(
        PersonRegistered(
            person_id=str(PERSON_ID),
            provider="drk",
            name="Unknown woman, blue coat",
            sex=Sex.UNKNOWN,
            nationality_codes=(),
            languages=(),
            needs_interpreter=False,
        )
    )


def test_a_case_is_registered_once() -> None:
    given(REGISTER).when(REGISTER).then_refused(
        Refusal.ILLEGAL_TRANSITION, command="RegisterPerson", phase=Phase.REGISTERED
    )


def test_registering_without_a_person_id_is_a_fault_of_the_door() -> None:
    with pytest.raises(ValueError, match="the door"):
        given().when(RegisterPerson(name="Amal Haddad"))


def test_g28_nobody_is_registered_before_being_born() -> None:
    unborn = REGISTER.model_copy(update={"birth_date": "2018-06-01"})
    given().when(unborn).then_refused(Refusal.BEFORE_BIRTH, effective_on=TODAY)
    newborn = REGISTER.model_copy(update={"birth_date": "2018-04-12"})
    assert given().when(newborn).refusal is None


def test_a_consent_is_given_for_a_scope_and_may_be_withdrawn() -> None:
    given(REGISTER).when(COMMANDS["RecordConsent"]).then(EVENTS["ConsentRecorded"])
    given(REGISTER, COMMANDS["RecordConsent"]).when(COMMANDS["WithdrawConsent"]).then(EVENTS["ConsentWithdrawn"])


def test_g25_a_consent_that_was_never_given_is_not_withdrawn() -> None:
    other_scope = WithdrawConsent(scope=ConsentScope.STATISTICS)
    given(REGISTER, COMMANDS["RecordConsent"]).when(other_scope).then_refused(
        Refusal.CONSENT_MISSING, scope=ConsentScope.STATISTICS
    )


def test_g25_a_consent_withdrawn_is_gone_until_given_again() -> None:
    give, withdraw = COMMANDS["RecordConsent"], COMMANDS["WithdrawConsent"]
    story = given(REGISTER, give, withdraw)
    story.when(withdraw).then_refused(Refusal.CONSENT_MISSING)
    story.given(give).when(withdraw).then(ConsentWithdrawn(scope=ConsentScope.COUNSELLING_DATA))


def test_withdrawing_is_never_too_late() -> None:
    story = given(REGISTER, COMMANDS["RecordConsent"])
    story.when(COMMANDS["WithdrawConsent"], at=date(2025, 1, 1)).then(EVENTS["ConsentWithdrawn"])


def test_a_consent_does_not_end_before_it_begins() -> None:
    ended = RecordConsent(
        scope=ConsentScope.STATISTICS, form=ConsentForm.ORAL, language="de", valid_until=date(2018, 4, 11)
    )
    given(REGISTER).when(ended).then_refused(Refusal.DATE_ORDER, first=TODAY, then=date(2018, 4, 11))
    day_before = ended.model_copy(update={"effective_on": date(2018, 4, 11)})
    given(REGISTER).when(day_before).then(
        ConsentRecorded(
            scope=ConsentScope.STATISTICS, form=ConsentForm.ORAL, language="de", valid_until=date(2018, 4, 11)
        )
    )


@pytest.mark.parametrize("field", DataField)
def test_refusing_data_is_a_right_and_stops_nothing(field: DataField) -> None:
    refuse = RecordRefusalOfData(field=field)
    given(REGISTER).when(refuse).then(DataRefused(field=field))
    given(REGISTER, refuse, CONFIRM).when(OPEN).then(EVENTS["CaseOpened"])


def test_the_first_contact_completes_intake() -> None:
    given(*OPENED).when(COMPLETE_INTAKE).then(EVENTS["IntakeCompleted"])
    assert given(*MET).case.phase is Phase.PLANNING


def test_a_first_contact_before_support_is_refused() -> None:
    early = COMPLETE_INTAKE.model_copy(update={"effective_on": date(2018, 4, 2)})
    given(*OPENED).when(early).then_refused(Refusal.DATE_ORDER, first=START, then=date(2018, 4, 2))
    first_day = CompleteIntake(effective_on=START, mode=ContactMode.PHONE)
    given(*OPENED).when(first_day).then(IntakeCompleted(first_contact_on=START, mode=ContactMode.PHONE))


def test_a_first_contact_waits_for_a_planned_beginning() -> None:
    planned = OPEN.model_copy(update={"effective_on": date(2018, 5, 2)})
    story = given(*REGISTERED, planned)
    story.when(CompleteIntake(mode=ContactMode.OFFICE)).then_refused(
        Refusal.DATE_ORDER, first=date(2018, 5, 2), then=TODAY
    )
    story.when(CompleteIntake(mode=ContactMode.OFFICE), at=date(2018, 5, 2)).then(
        IntakeCompleted(first_contact_on=date(2018, 5, 2), mode=ContactMode.OFFICE)
    )


def test_nobody_is_their_own_guardian() -> None:
    with pytest.raises(ValidationError, match="guardian"):
        RegisterPerson(person_id=PERSON_ID, name="Amal Haddad", guardian_person_id=PERSON_ID)
