"""Contacts, kept or missed, and obstacles."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.refusals import Refusal
from domain.support import ContactRecorded, ObstacleRecorded, RecordContact, RecordObstacle, ResolveObstacle
from domain.vocabulary import Attendee, ContactMode, ObstacleKind, Severity, Visibility
from tests.examples import EVENTS, MET, OPENED, REGISTERED, START, SUPPORTED
from tests.examples_support import CONTACT, ILLNESS, NO_SHOW, OBSTACLE
from tests.scenario import given


def on(day: date, *, missed: bool = False) -> RecordContact:
    return (NO_SHOW if missed else CONTACT).model_copy(update={"effective_on": day})


def test_a_contact_is_recorded_from_the_start_of_support_on() -> None:
    given(*OPENED).when(CONTACT).then(EVENTS["ContactRecorded"])
    given(*SUPPORTED).when(CONTACT).then(EVENTS["ContactRecorded"])
    given(*REGISTERED).when(CONTACT).then_refused(Refusal.ILLEGAL_TRANSITION)
    given(*OPENED).when(on(date(2018, 4, 2))).then_refused(Refusal.DATE_ORDER, first=START)


def test_topics_and_people_are_named_once() -> None:
    twice = CONTACT.model_copy(update={"topics": CONTACT.topics * 2, "present": CONTACT.present * 2})
    given(*OPENED).when(twice).then(EVENTS["ContactRecorded"])


def test_a_no_show_is_recorded_as_such() -> None:
    missed = ContactRecorded(mode=ContactMode.OFFICE, minutes=0, topics=(), present=(), no_show=True)
    given(*OPENED).when(NO_SHOW).then(missed)


@pytest.mark.parametrize(
    "wrong",
    [
        {"no_show": True, "minutes": 5},
        {"no_show": True, "present": (Attendee.CLIENT,)},
        {"no_show": True, "present": (Attendee.GUARDIAN,)},
        {},
        {"minutes": 721, "present": (Attendee.CLIENT,)},
    ],
)
def test_at_a_contact_somebody_is_present_and_at_a_no_show_nobody_of_the_family(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RecordContact.model_validate({"mode": "OFFICE", **wrong})


def test_missed_contacts_are_counted_from_the_last_one_that_took_place_whatever_is_handed_in_first() -> None:
    days = [date(2018, 4, day) for day in (11, 5, 12, 4)]
    story = given(*OPENED, *(on(day, missed=True) for day in days))
    assert sorted(days) == story.case.missed_contacts
    met = story.given(on(date(2018, 4, 6)))
    assert (met.case.last_contact_on, met.case.missed_contacts) == (date(2018, 4, 6), days[:1] + days[2:3])
    late = met.given(on(date(2018, 4, 5)), on(date(2018, 4, 4), missed=True))
    assert late.case.last_contact_on == date(2018, 4, 6)
    assert late.case.missed_contacts == met.case.missed_contacts


def test_the_first_contact_counts_as_contact() -> None:
    assert given(*MET).case.last_contact_on == date(2018, 4, 10)


def test_obstacles_are_numbered_within_the_case() -> None:
    story = given(*SUPPORTED)
    story.when(OBSTACLE).then(EVENTS["ObstacleRecorded"])
    (second,) = story.given(OBSTACLE, ResolveObstacle(obstacle=1)).when(OBSTACLE).events
    assert second.number() == 2


def test_what_concerns_health_is_of_a_special_category_whoever_says_it() -> None:
    expected = ObstacleRecorded(
        obstacle=1,
        code=ObstacleKind.HEALTH,
        severity=Severity.MEDIUM,
        visibility=Visibility.SPECIAL,
        special_text=ILLNESS.special_text,
    )
    given(*SUPPORTED).when(ILLNESS).then(expected)
    with pytest.raises(ValidationError, match="special_text"):
        RecordObstacle(code=ObstacleKind.TRAUMA, severity=Severity.HIGH, text="Nightmares")


def test_any_obstacle_may_be_made_special() -> None:
    hidden = RecordObstacle(
        code=ObstacleKind.FAMILY_CONFLICT,
        severity=Severity.HIGH,
        visibility=Visibility.SPECIAL,
        special_text="Threatened by her cousin",
    )
    (recorded,) = given(*SUPPORTED).when(hidden).events
    assert isinstance(recorded, ObstacleRecorded)
    assert recorded.visibility is Visibility.SPECIAL
    with pytest.raises(ValidationError, match="special_text"):
        RecordObstacle(code=ObstacleKind.DEBT, severity=Severity.LOW, special_text="Owes rent")


def test_an_obstacle_is_resolved_once() -> None:
    resolve = ResolveObstacle(obstacle=1)
    story = given(*SUPPORTED, OBSTACLE)
    story.when(resolve).then(EVENTS["ObstacleResolved"])
    story.given(resolve).when(resolve).then_refused(Refusal.OBSTACLE_UNKNOWN, obstacle=1)
    given(*SUPPORTED).when(resolve).then_refused(Refusal.OBSTACLE_UNKNOWN, obstacle=1)
