"""Death and departure: the case ends at once, and nothing runs on."""

from datetime import date

import pytest

from domain.closure import CaseClosed
from domain.departure import PersonDeparted, PersonDied, RecordDeath, RecordDeparture
from domain.facts import RecordLanguageLevel
from domain.intake import OpenCase
from domain.referrals import ReferralStopped
from domain.refusals import Refusal
from domain.story import Event
from domain.vocabulary import (
    ClosureReason,
    DepartureKind,
    LanguageEvidence,
    LanguageLevel,
    Phase,
    Precision,
)
from tests.examples import COMMANDS, EVENTS, OPEN, OPENED, REGISTERED, SUPPORTED, TODAY
from tests.examples_closing import REOPEN
from tests.examples_support import CONTACT, DEPARTED, DIED, REFER, SHARE
from tests.scenario import given

LEVEL = RecordLanguageLevel(level=LanguageLevel.B1, evidence=LanguageEvidence.CERT_DTZ)
YESTERDAY = date(2018, 4, 11)


def closed_as(reason: ClosureReason, on: date, *, goals: int = 1) -> Event:
    return CaseClosed(closure_reason=reason, closed_on=on, first_tenancy=False, goals_achieved=0, goals_total=goals)


def test_edge_case_07_with_a_death_the_case_is_closed_at_once_without_withdrawal_or_approval() -> None:
    story = given(*SUPPORTED, SHARE, REFER)
    story.when(DIED).then(
        PersonDied(precision=Precision.DAY),
        ReferralStopped(referral=1),
        closed_as(ClosureReason.DECEASED, TODAY),
    )
    assert story.given(DIED).case.phase is Phase.CLOSED


def test_edge_case_07_all_timers_stop_at_the_same_moment() -> None:
    story = given(*OPENED)
    assert story.next_deadline() is not None
    dead = story.given(DIED)
    assert dead.next_deadline() is None
    dead.when_time_passes(date(2020, 1, 1)).then_nothing()


@pytest.mark.parametrize("life", [REGISTERED, OPENED, SUPPORTED], ids=["registered", "opened", "supported"])
def test_g28_nothing_is_true_of_a_person_after_their_death(life: tuple[OpenCase, ...]) -> None:
    died_yesterday = DIED.model_copy(update={"effective_on": YESTERDAY})
    story = given(*life, died_yesterday)
    story.when(LEVEL).then_refused(Refusal.AFTER_DEATH, effective_on=TODAY, died_on=YESTERDAY)
    handed_in_late = LEVEL.model_copy(update={"effective_on": YESTERDAY})
    assert story.when(handed_in_late).refusal is None


def test_g28_nobody_is_met_and_no_case_is_opened_after_death() -> None:
    died_yesterday = DIED.model_copy(update={"effective_on": YESTERDAY})
    given(*SUPPORTED, died_yesterday).when(CONTACT).then_refused(Refusal.AFTER_DEATH)
    dead = given(*REGISTERED, died_yesterday)
    dead.when(OpenCase(municipality="ravensburg")).then_refused(Refusal.AFTER_DEATH)
    as_of_earlier = OpenCase(municipality="ravensburg", effective_on=YESTERDAY)
    dead.when(as_of_earlier).then_refused(Refusal.AFTER_DEATH, effective_on=YESTERDAY, died_on=YESTERDAY)


@pytest.mark.parametrize(
    ("precision", "last"), [(Precision.MONTH, date(2018, 4, 30)), (Precision.YEAR, date(2018, 12, 31))]
)
def test_g28_where_only_the_month_or_year_of_a_death_is_known_all_of_it_may_have_been_lived(
    precision: Precision, last: date
) -> None:
    story = given(*REGISTERED, RecordDeath(precision=precision))
    on_the_last = LEVEL.model_copy(update={"effective_on": last})
    assert story.when(on_the_last, at=date(2019, 2, 1)).refusal is None
    story.when(LEVEL, at=date(2019, 2, 1)).then_refused(Refusal.AFTER_DEATH, died_on=last)


def test_a_death_is_recorded_once() -> None:
    story = given(*REGISTERED, DIED)
    story.when(DIED).then_refused(Refusal.AFTER_DEATH, died_on=TODAY)


def test_the_death_of_somebody_whose_case_is_not_open_closes_nothing() -> None:
    given(*REGISTERED).when(DIED).then(PersonDied(precision=Precision.DAY))
    given(*SUPPORTED, DEPARTED).when(DIED).then(PersonDied(precision=Precision.DAY))


def test_edge_case_11_the_case_of_somebody_who_died_after_leaving_is_not_reopened() -> None:
    story = given(*SUPPORTED, DEPARTED, DIED)
    story.when(REOPEN).then_refused(Refusal.REOPENING_EXCLUDED, closure_reason=ClosureReason.DEPARTED_VOLUNTARY)


def test_a_case_that_would_begin_later_is_closed_as_of_its_beginning() -> None:
    may = date(2018, 5, 2)
    story = given(*REGISTERED, OPEN.model_copy(update={"effective_on": may}))
    story.when(DIED).then(PersonDied(precision=Precision.DAY), closed_as(ClosureReason.DECEASED, may, goals=0))


@pytest.mark.parametrize(
    ("departure", "reason"),
    [
        (DepartureKind.VOLUNTARY_RETURN, ClosureReason.DEPARTED_VOLUNTARY),
        (DepartureKind.ONWARD, ClosureReason.DEPARTED_VOLUNTARY),
        (DepartureKind.DEPORTED, ClosureReason.DEPORTED),
        (DepartureKind.UNKNOWN, ClosureReason.MOVED_AWAY),
    ],
)
def test_edge_case_08_with_a_departure_the_case_is_closed_for_the_fitting_reason(
    departure: DepartureKind, reason: ClosureReason
) -> None:
    left = RecordDeparture(departure=departure, precision=Precision.MONTH, effective_on=date(2018, 4, 5))
    given(*SUPPORTED).when(left).then(
        PersonDeparted(departure=departure, precision=Precision.MONTH),
        closed_as(reason, date(2018, 4, 5)),
    )


def test_edge_case_08_who_left_before_a_case_was_opened_has_none_to_close() -> None:
    given(*REGISTERED).when(DEPARTED).then(EVENTS["PersonDeparted"])


def test_edge_case_22_a_certificate_of_before_the_closing_is_taken_on_a_closed_case() -> None:
    story = given(*SUPPORTED).given(DEPARTED, at=date(2021, 3, 1))
    late = LEVEL.model_copy(update={"effective_on": date(2020, 12, 10)})
    (recorded,) = story.when(late, at=date(2021, 3, 15)).recorded
    assert (date(2020, 12, 10), date(2021, 3, 15)) == (recorded.effective_on, recorded.recorded_at.date())
    assert story.given(late, at=date(2021, 3, 15)).case.phase is Phase.CLOSED


@pytest.mark.parametrize("name", ["RecordLanguageLevel", "RecordHousing", "RecordActivity", "RecordContact"])
def test_g16_what_was_true_only_after_the_closing_is_not_taken(name: str) -> None:
    story = given(*SUPPORTED, DEPARTED)
    fact = COMMANDS[name].model_copy(update={"effective_on": date(2018, 4, 13)})
    story.when(fact, at=date(2018, 4, 20)).then_refused(Refusal.CLOSED_IMMUTABLE, closed_on=TODAY)
    assert story.when(fact.model_copy(update={"effective_on": TODAY}), at=date(2018, 4, 20)).refusal is None
