"""The programme's numbers are published before they come into force, and a case is moved to them by an event of its own."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.envelopes import POLICY_STREAM, Actor
from domain.policy import POLICIES, Parameters, Policy
from domain.policy_story import MoveToPolicy, PolicyMoved, PolicyPublished, PublishPolicy
from domain.refusals import Refusal
from domain.vocabulary import DeadlineKind, DeadlineStage, Intensity, Reason, Role
from tests.examples import CONFIRM, EVENTS, OPEN, REGISTER, SUPERVISOR, SUPPORTED, TODAY
from tests.examples_reviews import EXTEND, PROPOSE_EXTENSION, RESUME, SUSPEND
from tests.examples_staff import PUBLISH
from tests.scenario import Story, given

MINISTRY = Actor(id="sm-01", role=Role.MINISTRY, provider="land")
COORDINATOR = Actor(id="co-01", role=Role.COORDINATOR, provider="landkreis-ravensburg")
RULES = Story(stream_id=POLICY_STREAM)
NEW = Parameters(support_months=30, support_months_at_most=42)
IN_2024 = date(2024, 1, 10)


def publish(version: str, valid_from: date) -> PublishPolicy:
    return PublishPolicy(version=version, valid_from=valid_from, parameters=NEW)


def move(version: str = "2023", **changes: Any) -> MoveToPolicy:
    return MoveToPolicy(version=version, reason=Reason.CIRCUMSTANCES_CHANGED, **changes)


def opened_on(start: date) -> Story:
    lasting = CONFIRM.model_copy(update={"title_valid_until": None})
    return given(REGISTER, lasting, OPEN.model_copy(update={"effective_on": start}), at=start)


def test_the_ministry_or_a_coordinator_publishes_new_numbers_and_no_one_else() -> None:
    RULES.when(PUBLISH, by=MINISTRY).then(EVENTS["PolicyPublished"])
    published = RULES.given(PUBLISH, by=MINISTRY)
    next_one = publish("2028", date(2028, 1, 1))
    assert published.when(next_one, by=COORDINATOR).refusal is None, "whatever their house"
    RULES.when(PUBLISH, by=SUPERVISOR).then_refused(Refusal.ROLE_NOT_ALLOWED)


def test_policy_order_numbers_are_published_before_they_come_into_force() -> None:
    for valid_from in (TODAY, TODAY - timedelta(days=1)):
        only_2017 = RULES.under(POLICIES[0])
        only_2017.when(publish("x", valid_from), by=MINISTRY).then_refused(
            Refusal.POLICY_ORDER, version="x", earliest=TODAY + timedelta(days=1)
        )
    only_2017 = RULES.under(POLICIES[0])
    assert only_2017.when(publish("x", TODAY + timedelta(days=1)), by=MINISTRY).refusal is None


def test_policy_order_each_version_is_later_than_the_last_and_has_a_name_of_its_own() -> None:
    published = RULES.given(PUBLISH, by=MINISTRY)
    not_later = publish("2027-b", date(2027, 1, 1))
    published.when(not_later, by=MINISTRY).then_refused(Refusal.POLICY_ORDER, earliest=date(2027, 1, 2))
    for taken in ("2027", "2023"):
        published.when(publish(taken, date(2028, 1, 1)), by=MINISTRY).then_refused(Refusal.POLICY_ORDER, version=taken)


def test_all_numbers_stand_in_the_event_those_that_were_left_out_too() -> None:
    event = EVENTS["PolicyPublished"]
    assert isinstance(event, PolicyPublished)
    assert set(event.model_dump()["parameters"]) == set(Parameters.model_fields)
    assert event.policy == Policy(
        version="2027", valid_from=date(2027, 1, 1), support_months=30, support_months_at_most=42
    )


def test_what_is_left_out_of_a_list_stays_as_the_default_has_it() -> None:
    days = Parameters(
        support_months=30,
        support_months_at_most=42,
        due_after_days={DeadlineKind.PLAN: 60},
        review_months={Intensity.HIGH: 2},
    )
    assert (days.due_after_days[DeadlineKind.PLAN], days.due_after_days[DeadlineKind.ASSESSMENT]) == (60, 28)
    assert (days.review_months[Intensity.HIGH], days.review_months[Intensity.LOW]) == (2, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"support_months": 48, "support_months_at_most": 36},
        {"support_months": 0},
        {"reopen_months": -1},
        {"absence_reassign_working_days": 10**9},
        {"due_after_days": {"PLAN": -1}},
        {"withdrawal_contact_weeks": []},
        {"stage_days": {"COMING_OF_AGE": {}}},
        {"stage_days": {"PLAN": {DeadlineStage.REMINDED: 3, DeadlineStage.FELL_DUE: 1}}},
        {"no_such_number": 1},
    ],
)
def test_numbers_that_cannot_be_are_not_taken(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Parameters.model_validate({"support_months": 24, "support_months_at_most": 48, **wrong})


def test_edge_case_25_a_case_keeps_its_numbers_until_an_event_moves_it_and_both_dates_are_told() -> None:
    """From the pact of 2017 (24 months) to the regulation of 2023 (36): opened on 3 April 2018."""
    story = given(*SUPPORTED)
    assert (story.case.policy_version, story.case.support_end) == ("2017", date(2020, 4, 2))
    answer = story.when(move(), by=SUPERVISOR, at=IN_2024)
    answer.then(
        PolicyMoved(
            policy="2023",
            support_end=date(2021, 4, 2),
            previous_policy="2017",
            previous_support_end=date(2020, 4, 2),
        )
    )
    assert [(each.reason, each.policy_version) for each in answer.recorded] == [(Reason.CIRCUMSTANCES_CHANGED, "2017")]
    moved = story.given(move(), by=SUPERVISOR, at=IN_2024)
    assert (moved.case.policy_version, moved.case.support_end) == ("2023", date(2021, 4, 2))
    moved.when(move(), by=SUPERVISOR).then_nothing()


def test_edge_case_25_the_warning_comes_ninety_days_before_the_new_end() -> None:
    story = opened_on(date(2022, 9, 1))
    assert story.case.support_end == date(2024, 8, 31)
    moved = story.given(move(), by=SUPERVISOR, at=date(2023, 7, 1))
    warned = [
        each
        for each in moved.until(date(2025, 6, 30)).recorded
        if each.name == "DeadlineReminded" and each.event.model_dump()["deadline"] == "SUPPORT_END"
    ]
    assert [each.event.model_dump()["due_on"] for each in warned] == [date(2025, 8, 31)]


def test_only_supervisors_move_a_case_and_only_to_numbers_that_are_known_and_in_force() -> None:
    story = given(*SUPPORTED)
    story.when(move(), at=IN_2024).then_refused(Refusal.ROLE_NOT_ALLOWED)
    story.when(move("1999"), by=SUPERVISOR).then_refused(Refusal.POLICY_UNKNOWN, version="1999")
    story.when(move(), by=SUPERVISOR).then_refused(Refusal.DATE_ORDER, first=date(2023, 6, 6), then=TODAY)


def test_a_case_may_be_moved_to_numbers_that_were_published_a_moment_ago() -> None:
    published = RULES.given(PUBLISH, by=MINISTRY)
    story = given(*SUPPORTED).beside(published)
    answer = story.when(move("2027"), by=SUPERVISOR, at=date(2027, 2, 1))
    assert [event.support_end for event in answer.events if isinstance(event, PolicyMoved)] == [date(2020, 10, 2)]


def test_an_extension_stays_within_the_longest_support_of_the_new_numbers() -> None:
    opened = opened_on(date(2023, 7, 3))
    extend = PROPOSE_EXTENSION.model_copy(update={"new_end": date(2027, 7, 2)})
    extended = opened.given(extend).given(EXTEND, by=SUPERVISOR)
    assert extended.case.support_end == date(2027, 7, 2)
    policies = (*POLICIES, PolicyPublished(version="2027", valid_from=date(2024, 1, 1), parameters=NEW).policy)
    answer = extended.under(*policies).when(move("2027"), by=SUPERVISOR, at=date(2024, 2, 1))
    assert [event.support_end for event in answer.events if isinstance(event, PolicyMoved)] == [date(2027, 1, 2)]


def test_days_on_which_the_clock_stood_still_are_counted_on() -> None:
    story = given(*SUPPORTED)
    rested = story.given(SUSPEND, at=date(2018, 5, 2)).given(RESUME, at=date(2018, 6, 1))
    answer = rested.when(move(), by=SUPERVISOR, at=IN_2024)
    assert [event.support_end for event in answer.events if isinstance(event, PolicyMoved)] == [date(2021, 5, 2)]
