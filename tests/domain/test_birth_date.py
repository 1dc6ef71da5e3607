"""A birth date is corrected, or turns out not to be known."""

from datetime import date

import pytest

from domain.birth_date import BirthDateCorrected, CorrectBirthDate
from domain.refusals import Refusal
from domain.vocabulary import Reason, Source
from tests.examples import AGREE, CASE_ID, EVENTS, READY_TO_AGREE, REGISTER, SUPPORTED, TODAY, sealed, unseal
from tests.examples_closing import MOVED
from tests.examples_corrections import BORN_LATER
from tests.scenario import given


def known(birth_date: str | None) -> CorrectBirthDate:
    return BORN_LATER.model_copy(update={"birth_date": birth_date})


def test_edge_case_06_a_birth_date_is_corrected_to_its_year_and_stays_sealed() -> None:
    answer = given(*SUPPORTED).when(BORN_LATER)
    answer.then(EVENTS["BirthDateCorrected"])
    (recorded,) = answer.recorded
    assert (f"{CASE_ID}/1", TODAY) == (recorded.corrects, recorded.effective_on)
    token = given(*SUPPORTED, BORN_LATER).case.birth_date
    assert token is not None
    assert unseal(token, "person.birth_date") == "1991"


def test_edge_case_06_a_birth_date_turns_out_not_to_be_known() -> None:
    nobody_knows = BirthDateCorrected(corrects=1, birth_date=None, source=Source.AUTHORITY)
    given(*SUPPORTED).when(known(None)).then(nobody_knows)
    assert given(*SUPPORTED, known(None)).case.birth_date is None


def test_edge_case_06_a_second_correction_names_the_first() -> None:
    story = given(REGISTER, BORN_LATER)
    assert f"{CASE_ID}/2" == story.when(known("1992-02-29")).recorded[0].corrects


@pytest.mark.parametrize("birth_date", ["1990-05-17", None])
def test_edge_case_06_what_is_known_already_is_not_corrected(birth_date: str | None) -> None:
    given(REGISTER.model_copy(update={"birth_date": birth_date})).when(known(birth_date)).then_nothing()


def test_edge_case_06_the_age_follows_from_the_corrected_date() -> None:
    story = given(*READY_TO_AGREE)
    alone = AGREE.model_copy(update={"guardian_agreed": None})
    assert story.when(alone).refusal is None
    story.given(known("2009")).when(alone).then_refused(Refusal.PLAN_NOT_JOINT)


def test_g28_nobody_is_born_later_than_today() -> None:
    given(REGISTER).when(known("2018-04-13")).then_refused(Refusal.BEFORE_BIRTH, effective_on=TODAY)
    assert given(REGISTER).when(known("2018-04-12")).refusal is None


def test_g28_a_refusal_tells_no_birth_date() -> None:
    refusal = given(REGISTER).when(known("2018-04-13")).refusal
    assert refusal is not None
    assert date(2018, 4, 13) not in refusal.params.values()


def test_g16_a_birth_date_is_corrected_in_a_closed_case_too() -> None:
    given(*SUPPORTED, MOVED).when(BORN_LATER).then(EVENTS["BirthDateCorrected"])


def test_the_event_of_the_example_is_sealed() -> None:
    assert sealed(BORN_LATER).birth_date == given(*SUPPORTED, BORN_LATER).case.birth_date
    assert Reason.MISTAKE is BORN_LATER.reason
