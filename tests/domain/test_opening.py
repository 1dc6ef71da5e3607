"""Chapter one, the decision: a person is found eligible, and support begins on a day, under a policy."""

from datetime import date

import pytest

from domain.eligibility import ConfirmEligibility, EligibilityConfirmed, EligibilityRefused
from domain.intake import (
    CaseOpened,
    OpenCase,
)
from domain.refusals import Refusal
from domain.vocabulary import (
    EligibilityBasis,
    EligibilityGround,
    Reason,
    Source,
    Title,
)
from tests.examples import (
    COMMANDS,
    CONFIRM,
    DEPUTY,
    EVENTS,
    LOST,
    MANAGER,
    OPEN,
    PERSON_ID,
    REGISTER,
    REGISTERED,
    START,
    SUPERVISOR,
    TODAY,
)
from tests.scenario import given

UKRAINE = ConfirmEligibility(
    basis=EligibilityBasis.UKRAINE_DECREE, title_code=Title.P24, au_since=date(2022, 3, 1), evidence_seen=True
)
OVERRIDE = OPEN.model_copy(update={"override": True, "reason": Reason.APPEAL_PENDING})


def test_eligibility_is_confirmed_with_its_basis() -> None:
    given(REGISTER).when(CONFIRM).then(EVENTS["EligibilityConfirmed"])


@pytest.mark.parametrize(
    ("change", "ground"),
    [
        ({"evidence_seen": False}, EligibilityGround.NO_EVIDENCE),
        ({"au_since": date(2018, 4, 13)}, EligibilityGround.NOT_YET_ALLOTTED),
        ({"title_code": Title.ASYLUM_PENDING}, EligibilityGround.PROCEDURE_OPEN),
        ({"basis": EligibilityBasis.UKRAINE_DECREE}, EligibilityGround.NOT_TEMPORARY_PROTECTION),
    ],
)
def test_a_refused_eligibility_is_recorded_with_its_grounds(
    change: dict[str, object], ground: EligibilityGround
) -> None:
    asked = CONFIRM.model_copy(update=change)
    given(REGISTER).when(asked).then(
        EligibilityRefused(
            basis=asked.basis,
            title_code=asked.title_code,
            title_valid_until=asked.title_valid_until,
            au_since=asked.au_since,
            grounds=(ground,),
        )
    )


def test_who_is_allotted_on_the_day_of_the_check_is_allotted() -> None:
    today = CONFIRM.model_copy(update={"au_since": TODAY})
    story = given(REGISTER, today)
    assert story.recorded[-1].name == "EligibilityConfirmed"
    assert story.when(OPEN.model_copy(update={"effective_on": TODAY})).refusal is None


def test_the_decree_for_ukraine_knows_temporary_protection_and_its_pending_renewal() -> None:
    pending = UKRAINE.model_copy(update={"title_code": Title.FICTION})
    given(REGISTER, at=date(2022, 3, 20)).when(pending).then(
        EligibilityConfirmed(
            basis=EligibilityBasis.UKRAINE_DECREE,
            title_code=Title.FICTION,
            au_since=date(2022, 3, 1),
            checked_on=date(2022, 3, 20),
        )
    )


def test_a_later_check_replaces_an_earlier_one() -> None:
    refused = CONFIRM.model_copy(update={"evidence_seen": False})
    given(REGISTER, refused, CONFIRM).when(OPEN).then(EVENTS["CaseOpened"])
    given(REGISTER, CONFIRM, refused).when(OPEN).then_refused(Refusal.NOT_ELIGIBLE)


def test_support_begins_on_a_day_with_its_end_and_policy() -> None:
    given(*REGISTERED).when(OPEN).then(EVENTS["CaseOpened"])


def test_g01_a_case_without_confirmed_eligibility_is_refused() -> None:
    given(REGISTER).when(OPEN).then_refused(Refusal.NOT_ELIGIBLE, support_start=START)


def test_g01_support_before_the_allotment_is_refused() -> None:
    early = OPEN.model_copy(update={"effective_on": date(2018, 1, 31)})
    given(*REGISTERED).when(early).then_refused(Refusal.NOT_ELIGIBLE, support_start=date(2018, 1, 31))


def test_g02_support_under_the_decree_for_ukraine_begins_on_11_march_2022_at_the_earliest() -> None:
    story = given(REGISTER, UKRAINE, at=date(2022, 3, 20))
    story.when(OpenCase(municipality="ravensburg", effective_on=date(2022, 3, 10))).then_refused(
        Refusal.UKRAINE_BEFORE_DATE, support_start=date(2022, 3, 10), earliest=date(2022, 3, 11)
    )
    story.when(OpenCase(municipality="ravensburg", effective_on=date(2022, 3, 11))).then(
        CaseOpened(
            person_id=str(PERSON_ID),
            municipality="ravensburg",
            provider="drk",
            policy="2017",
            support_start=date(2022, 3, 11),
            support_end=date(2024, 3, 10),
        )
    )


NO_TITLE = CONFIRM.model_copy(update={"title_code": Title.NONE, "title_valid_until": None})
EXPIRED = CONFIRM.model_copy(update={"title_valid_until": date(2018, 4, 2)})


@pytest.mark.parametrize("confirm", [NO_TITLE, EXPIRED])
def test_g03_without_a_valid_title_a_supervisor_with_a_reason_opens(confirm: ConfirmEligibility) -> None:
    story = given(REGISTER, confirm)
    for refused, by in (
        (OPEN, SUPERVISOR),
        (OVERRIDE, MANAGER),
        (OVERRIDE, DEPUTY),
        (OVERRIDE.model_copy(update={"reason": None}), SUPERVISOR),
    ):
        story.when(refused, by=by).then_refused(
            Refusal.OBLIGED_TO_LEAVE, title=confirm.title_code, valid_until=confirm.title_valid_until
        )
    story.when(OVERRIDE, by=SUPERVISOR).then(EVENTS["CaseOpened"].model_copy(update={"override": True}))


def test_g03_a_title_is_valid_on_its_last_day() -> None:
    last_day = CONFIRM.model_copy(update={"title_valid_until": START})
    given(REGISTER, last_day).when(OPEN).then(EVENTS["CaseOpened"])


def test_g03_an_override_that_was_not_needed_is_not_recorded_as_one() -> None:
    given(*REGISTERED).when(OVERRIDE).then(EVENTS["CaseOpened"])


def test_g03_an_unclear_title_is_not_a_lost_one() -> None:
    unclear = CONFIRM.model_copy(update={"title_code": Title.UNKNOWN, "title_valid_until": None})
    given(REGISTER, unclear).when(OPEN).then(EVENTS["CaseOpened"])


def test_g03_a_title_lost_after_the_check_counts() -> None:
    given(*REGISTERED, LOST).when(OPEN).then_refused(Refusal.OBLIGED_TO_LEAVE, title=Title.NONE)


def test_g03_a_title_of_earlier_times_handed_in_late_decides_nothing() -> None:
    old = COMMANDS["RecordResidenceStatus"].model_copy(
        update={"effective_on": date(2016, 1, 1), "valid_until": date(2017, 1, 1)}
    )
    given(*REGISTERED, old).when(OPEN).then(EVENTS["CaseOpened"])
    given(*REGISTERED, LOST, old).when(OPEN).then_refused(Refusal.OBLIGED_TO_LEAVE)


def test_g03_another_title_than_the_present_one_may_be_lost() -> None:
    other = LOST.model_copy(update={"title_code": Title.ASYLUM_PENDING})
    given(*REGISTERED, other).when(OPEN).then(EVENTS["CaseOpened"])


def test_g04_an_open_case_claims_its_person() -> None:
    story = given(*REGISTERED)
    (opened,) = story.when(OPEN).events
    assert (f"open-case:{PERSON_ID}",) == opened.claims(story.case)


def test_only_an_open_case_and_one_that_is_merged_into_another_claim_their_person() -> None:
    case = given().case
    claiming = {
        name for name, event in EVENTS.items() if any(each.startswith("open-case:") for each in event.claims(case))
    }
    assert claiming == {"CaseOpened", "CaseReopened", "ClosureRetracted", "MergedInto"}


def test_support_may_begin_within_a_year() -> None:
    story = given(*REGISTERED)
    planned = OPEN.model_copy(update={"effective_on": date(2019, 4, 12)})
    assert story.when(planned).refusal is None
    story.when(planned.model_copy(update={"effective_on": date(2019, 4, 13)})).then_refused(
        Refusal.FUTURE_FACT, effective_on=date(2019, 4, 13), today=TODAY
    )


def test_support_does_not_begin_before_the_programme() -> None:
    long_here = CONFIRM.model_copy(update={"au_since": date(2015, 9, 1)})
    early = OPEN.model_copy(update={"effective_on": date(2016, 12, 31)})
    story = given(REGISTER, long_here)
    story.when(early).then_refused(Refusal.DATE_ORDER, first=date(2017, 1, 1), then=date(2016, 12, 31))
    assert story.when(early.model_copy(update={"effective_on": date(2017, 1, 1)})).refusal is None


def test_g28_support_does_not_begin_before_birth() -> None:
    newborn = REGISTER.model_copy(update={"birth_date": "2018-04-04"})
    given(newborn, CONFIRM).when(OPEN).then_refused(Refusal.BEFORE_BIRTH, effective_on=START)


def test_g34_hearsay_takes_no_title_before_an_opening() -> None:
    hearsay = LOST.model_copy(update={"source": Source.HEARSAY})
    given(*REGISTERED).when(hearsay).then_refused(Refusal.TITLE_EVIDENCE, source=Source.HEARSAY)
    assert given(*REGISTERED).case.title is Title.P25_2
