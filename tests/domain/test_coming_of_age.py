"""Edge case 5: a client comes of age. The clock warns ahead; on the birthday nothing is recorded, and from then on the adult decides."""

from datetime import date, timedelta

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.deadlines import DeadlineReminded, running
from domain.intake import RecordConsent, RegisterPerson
from domain.plan import AgreePlan
from domain.policy import POLICIES
from domain.refusals import Refusal
from domain.story import Command, birthday
from domain.vocabulary import ConsentForm, ConsentScope, DeadlineKind, DeadlineStage, Reason, Source
from tests.examples import AGREE, GUARDIAN_ID, OPENED, REGISTER, START, SUPPORTED, TODAY, unseal
from tests.examples_closing import MOVED
from tests.examples_corrections import BORN_LATER
from tests.examples_reviews import COMPLETE_REVIEW, START_REVIEW
from tests.examples_support import REFER
from tests.scenario import Story, given

BIRTHDAY = date(2018, 9, 15)
BORN = "2000-09-15"
MONTH = date(2018, 9, 1)
WARNED = date(2018, 6, 3)
"""90 days before the month in which she comes of age begins, so at least that many before the day itself."""

CHILD: RegisterPerson = REGISTER.model_copy(update={"birth_date": BORN, "guardian_person_id": GUARDIAN_ID})
WITH_GUARDIAN: AgreePlan = AGREE.model_copy(update={"guardian_agreed": True})
REMINDED = DeadlineReminded(deadline=DeadlineKind.COMING_OF_AGE, due_on=MONTH)
COMMON = SUPPORTED[1:-1]


def minor(*life: Command, born: str | None = BORN) -> Story:
    return given(CHILD.model_copy(update={"birth_date": born}), *life)


def supported() -> Story:
    return minor(*COMMON, WITH_GUARDIAN)


def warned_on(story: Story, until: date = date(2021, 12, 31)) -> list[tuple[date, date]]:
    """(recorded on, due on) of every warning that somebody comes of age."""
    return [
        (each.effective_on, each.event.due_on)
        for each in story.when_time_passes(until).recorded
        if isinstance(each.event, DeadlineReminded) and each.event.deadline is DeadlineKind.COMING_OF_AGE
    ]


def test_edge_case_05_at_least_90_days_before_the_birthday_the_clock_warns_once() -> None:
    assert warned_on(minor(*OPENED[1:])) == [(WARNED, MONTH)]
    assert (BIRTHDAY - WARNED).days >= POLICIES[0].adult_ahead_days == 90


def test_edge_case_05_the_warning_names_the_month_and_never_the_day() -> None:
    days = {date(2000, 9, day) for day in (1, 2, 15, 30)}
    assert {((WARNED, MONTH),)} == {tuple(warned_on(minor(*OPENED[1:], born=day.isoformat()))) for day in days}


def test_edge_case_05_on_the_birthday_and_after_it_nothing_is_recorded() -> None:
    story = minor(*OPENED[1:]).until(date(2018, 8, 31))
    kinds = {getattr(each.event, "deadline", None) for each in story.when_time_passes(date(2021, 1, 1)).recorded}
    assert DeadlineKind.COMING_OF_AGE not in kinds
    assert {DeadlineStage.REMINDED} == set(POLICIES[0].stage_days[DeadlineKind.COMING_OF_AGE])


def test_edge_case_05_the_case_is_not_closed() -> None:
    assert supported().until(date(2019, 1, 1)).case.open


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("1990-05-17", []),
        ("2000-04-03", []),
        (None, []),
        ("2000-04-04", [(date(2018, 4, 12), date(2018, 4, 1))]),
        ("2000-06-20", [(date(2018, 4, 12), date(2018, 6, 1))]),
        ("2001", [(date(2018, 10, 3), date(2019, 1, 1))]),
    ],
    ids=["an adult", "of age on the first day of support", "unknown", "since then", "soon", "by the year alone"],
)
def test_edge_case_05_only_who_was_a_minor_when_support_began(
    born: str | None, expected: list[tuple[date, date]]
) -> None:
    assert expected == warned_on(minor(*OPENED[1:], born=born), until=date(2019, 12, 31))


@given_any(born=st.dates(date(1999, 1, 1), date(2004, 12, 31)))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_edge_case_05_whenever_somebody_was_born_the_warning_comes_once_in_time_and_tells_the_month_alone(
    born: date,
) -> None:
    of_age = birthday(born, 18)
    warned = warned_on(minor(*OPENED[1:], born=born.isoformat()), until=date(2020, 4, 2))
    if of_age <= START:
        assert warned == []
    for recorded_on, month in warned:
        assert (of_age.year, of_age.month, 1) == (month.year, month.month, month.day)
        assert recorded_on == max(TODAY, month - timedelta(days=90))
    assert len(warned) == (of_age > START and of_age.replace(day=1) - timedelta(days=90) <= date(2020, 4, 2))


def test_edge_case_05_a_birth_date_that_is_corrected_is_warned_of_anew() -> None:
    story = minor(*OPENED[1:]).until(date(2018, 7, 1))
    younger = BORN_LATER.model_copy(update={"birth_date": "2001-02-28"})
    assert [(date(2018, 11, 3), date(2019, 2, 1))] == warned_on(story.given(younger))
    grown = BORN_LATER.model_copy(update={"birth_date": "1995"})
    assert warned_on(story.given(grown)) == []


def test_edge_case_05_a_case_that_is_over_warns_of_nothing() -> None:
    assert warned_on(minor(*OPENED[1:], MOVED)) == []


def test_edge_case_05_only_who_opens_what_is_sealed_knows_of_the_deadline() -> None:
    case = minor(*OPENED[1:]).case
    kinds = [{each.kind for each in running(case, POLICIES[0], opener)} for opener in (None, unseal)]
    assert {DeadlineKind.COMING_OF_AGE} == kinds[1] - kinds[0]


def test_edge_case_19_where_the_key_was_destroyed_the_other_deadlines_run_on() -> None:
    def destroyed(token: str, label: str) -> str:
        raise ValueError("key_destroyed")

    case = minor(*OPENED[1:]).case
    assert running(case, POLICIES[0]) == running(case, POLICIES[0], destroyed)


def test_edge_case_05_born_on_29_february_somebody_is_an_adult_on_1_march() -> None:
    story = minor(*COMMON, born="2000-02-29")
    assert story.given(WITH_GUARDIAN).case.plan_version == 1
    ready = given(CHILD.model_copy(update={"birth_date": "2002-02-28"}), *COMMON)
    leap = given(CHILD.model_copy(update={"birth_date": "2004-02-29"}), *COMMON)
    alone = AGREE.model_copy(update={"guardian_agreed": None})
    leap.when(alone, at=date(2022, 2, 28)).then_refused(Refusal.PLAN_NOT_JOINT, missing="guardian")
    assert leap.when(alone, at=date(2022, 3, 1)).refusal is None
    assert ready.when(alone, at=date(2020, 2, 28)).refusal is None


def test_g07_edge_case_05_on_the_birthday_the_own_agreement_is_needed_and_the_guardians_no_longer() -> None:
    story = minor(*COMMON)
    day_before = date(2018, 9, 14)
    story.when(AGREE, at=day_before).then_refused(Refusal.PLAN_NOT_JOINT, missing="guardian")
    assert story.when(AGREE, at=BIRTHDAY).refusal is None
    unwilling = AGREE.model_copy(update={"client_agreed": False, "guardian_agreed": True})
    story.when(unwilling, at=BIRTHDAY).then_refused(Refusal.PLAN_NOT_JOINT, missing="client")


def test_g07_edge_case_05_at_the_next_review_the_adult_agrees_to_the_plan_themselves_for_no_reason_otherwise() -> None:
    unwilling = COMPLETE_REVIEW.model_copy(
        update={"client_agreed": False, "guardian_agreed": True, "reason": Reason.CLIENT_ABSENT}
    )
    as_a_minor = supported().given(START_REVIEW, at=date(2018, 9, 3))
    assert as_a_minor.when(unwilling).refusal is None
    of_age = supported().given(START_REVIEW, at=BIRTHDAY)
    of_age.when(unwilling).then_refused(Refusal.PLAN_NOT_JOINT, missing="client")
    own = COMPLETE_REVIEW.model_copy(update={"client_agreed": True, "guardian_agreed": None})
    assert of_age.when(own).refusal is None


def test_g07_edge_case_05_once_agreed_as_an_adult_a_reason_may_stand_for_an_agreement_again() -> None:
    own = COMPLETE_REVIEW.model_copy(update={"client_agreed": True, "guardian_agreed": None})
    absent = own.model_copy(update={"client_agreed": False, "reason": Reason.CLIENT_ABSENT})
    story = supported().given(START_REVIEW, own, at=BIRTHDAY).given(START_REVIEW, at=date(2018, 12, 3))
    assert story.when(absent).refusal is None


SHARE = RecordConsent(scope=ConsentScope.SHARE_SERVICE, form=ConsentForm.WRITTEN, language="ar")


def test_g25_edge_case_05_a_consent_given_for_a_minor_ends_when_they_come_of_age() -> None:
    story = supported().given(SHARE)
    assert story.when(REFER, at=date(2018, 9, 14)).refusal is None
    story.when(REFER, at=BIRTHDAY).then_refused(Refusal.CONSENT_MISSING, scope=ConsentScope.SHARE_SERVICE)
    assert story.given(SHARE, at=BIRTHDAY).when(REFER).refusal is None


def test_g25_edge_case_05_where_the_age_is_not_known_a_consent_stays() -> None:
    unknown = BORN_LATER.model_copy(update={"birth_date": None, "source": Source.AUTHORITY})
    assert supported().given(SHARE, unknown).when(REFER, at=BIRTHDAY).refusal is None
