"""The waiting list: who is offered what, who is passed and how often, and that nobody is asked twice for the same place."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.offers import (
    DeclineOffer,
    EntryPassed,
    ExpireHold,
    ExpireOffer,
    HoldExpired,
    OfferDeclined,
    OfferExpired,
    PlacesCounted,
    PlacesHeld,
)
from domain.places import AdmitClient, ClientAdmitted
from domain.posts import CountPost, PostCounted
from domain.refusals import Refusal
from domain.slots import ReleaseSlot, SlotReleased
from domain.vocabulary import PassReason, PriorityClass, Reason, WaitlistEnd
from domain.waiting import ClientWaitlisted, RemoveFromWaitlist, WaitlistClient, WaitlistEntryRemoved
from tests.domain.units import EMPTY, TWO_PLACES, balanced, household, offered, posts, with_places
from tests.examples import CLOCK, MANAGER, SUPERVISOR, TODAY
from tests.examples_units import ASKED_ON, COORDINATOR, LAST_DAY, WAIT, case_id
from tests.scenario import Story

LATER = date(2018, 4, 27)
"""The day after the last one of an offer."""
MUCH_LATER = date(2018, 5, 15)
"""Ten working days after that, with two holidays between."""


def full(places: int) -> Story:
    """Every place is used, by the cases from 21 on."""
    unit = with_places(places)
    for n in range(places):
        unit = unit.given(household(21 + n), AdmitClient(entry=n + 1), by=SUPERVISOR)
    return unit


def released(n: int) -> ReleaseSlot:
    return ReleaseSlot(case_id=case_id(n))


FAMILY_WAITS = full(1).given(household(1, size=6), household(7), by=MANAGER)
"""Entry 2 is a family of six, entry 3 one person; the one place is used by case 21."""
HELD = FAMILY_WAITS.given(released(21), by=CLOCK)


def test_who_is_put_down_while_a_place_is_free_is_offered_it_at_once() -> None:
    put_down = ClientWaitlisted(entry=1, case_ids=(case_id(1),), priority=PriorityClass.NORMAL, requested_on=ASKED_ON)
    TWO_PLACES.when(WAIT).then(put_down, offered(1, first=1))
    EMPTY.when(WAIT).then(put_down)


def test_the_queue_is_ordered_by_urgency_then_by_the_day_of_the_request_then_by_number() -> None:
    earlier = WaitlistClient(case_ids=(case_id(2),), requested_on=date(2018, 4, 1))
    urgent = household(3, priority=PriorityClass.URGENT)
    unit = EMPTY.given(household(1), earlier, urgent, household(4))
    assert [number for number, _ in unit.state.queue()] == [3, 2, 1, 4]
    answer = unit.when(posts(4), by=CLOCK)
    assert [event.entry for event in answer.events[1:]] == [3, 2, 1, 4]  # type: ignore[attr-defined]


def test_a_case_waits_only_once_and_not_where_it_has_a_place() -> None:
    EMPTY.given(WAIT).when(WAIT).then_refused(Refusal.WAITING_ALREADY, entry=1)
    full(1).when(household(21)).then_refused(Refusal.PLACE_ALREADY)


def test_nobody_is_put_down_whose_case_is_unknown_or_on_a_day_to_come() -> None:
    EMPTY.when(household(99)).then_refused(Refusal.CASE_UNKNOWN)
    tomorrow = TODAY + timedelta(days=1)
    EMPTY.when(WAIT.model_copy(update={"requested_on": tomorrow})).then_refused(Refusal.FUTURE_FACT)
    with pytest.raises(ValueError, match="once"):
        WaitlistClient(case_ids=(case_id(1), case_id(1)))


def test_edge_case_18_two_closures_at_the_same_moment_offer_one_place_to_the_one_who_waits() -> None:
    unit = full(2).given(household(1))
    unit.when(released(21), by=CLOCK).then(SlotReleased(case_id=case_id(21)), offered(3, first=1))
    once = unit.given(released(21), by=CLOCK)
    once.when(released(22), by=CLOCK).then(SlotReleased(case_id=case_id(22)))
    once.when(released(21), by=CLOCK).then_nothing()
    assert once.state.reserved == 1
    assert balanced(once)


def test_edge_case_18_a_declined_offer_goes_to_the_next_one_and_the_entry_keeps_its_place_in_the_queue() -> None:
    unit = full(1).given(household(1), household(2)).given(released(21), by=CLOCK)
    unit.when(DeclineOffer(entry=2)).then(OfferDeclined(entry=2), offered(3, first=2))
    declined = unit.given(DeclineOffer(entry=2))
    assert [number for number, _ in declined.state.queue()] == [2]
    declined.when(DeclineOffer(entry=3)).then(OfferDeclined(entry=3))
    freed = declined.given(AdmitClient(entry=3), by=SUPERVISOR)
    freed.when(released(2), by=CLOCK).then(SlotReleased(case_id=case_id(2)), offered(2, first=1))


def test_nobody_is_asked_twice_for_the_same_place_but_everybody_for_the_next_one() -> None:
    unit = full(2).given(household(1), household(2)).given(released(21), by=CLOCK)
    nobody_wants = unit.given(DeclineOffer(entry=3)).given(DeclineOffer(entry=4))
    assert nobody_wants.state.free(TODAY) == 1
    nobody_wants.when(household(3)).then(
        ClientWaitlisted(entry=5, case_ids=(case_id(3),), priority=PriorityClass.NORMAL, requested_on=ASKED_ON),
        offered(5, first=3),
    )
    answer = nobody_wants.when(released(22), by=CLOCK)
    answer.then(SlotReleased(case_id=case_id(22)), offered(3, first=1), offered(4, first=2))


def test_edge_case_18_an_offer_runs_out_after_ten_working_days_and_goes_to_the_next_one() -> None:
    unit = full(1).given(household(1), household(2)).given(released(21), by=CLOCK)
    assert unit.state.offers == {2: LAST_DAY}
    unit.when_time_passes(LAST_DAY).then_nothing()
    unit.when_time_passes(LATER).then(OfferExpired(entry=2), offered(3, first=2, until=MUCH_LATER))
    unit.when(ExpireOffer(entry=2, expires_on=LAST_DAY), by=CLOCK).then_nothing()
    taken = unit.given(AdmitClient(entry=2), by=SUPERVISOR)
    taken.when(ExpireOffer(entry=2, expires_on=LAST_DAY), by=CLOCK, at=LATER).then_nothing()


def test_edge_case_17_a_place_is_held_for_the_family_of_six_at_the_head_of_the_list() -> None:
    FAMILY_WAITS.when(released(21), by=CLOCK).then(
        SlotReleased(case_id=case_id(21)), PlacesHeld(entry=2, slots=6, until=LAST_DAY)
    )
    HELD.when(household(8)).then(
        ClientWaitlisted(entry=4, case_ids=(case_id(8),), priority=PriorityClass.NORMAL, requested_on=ASKED_ON)
    )
    HELD.when(ExpireHold(entry=2, until=LAST_DAY), by=CLOCK).then_nothing()


def test_edge_case_17_when_it_was_held_long_enough_the_next_smaller_entry_passes_with_the_reason_recorded() -> None:
    HELD.when_time_passes(LAST_DAY).then_nothing()
    passed = EntryPassed(entry=2, by=3, because=PassReason.HELD_LONG_ENOUGH)
    HELD.when_time_passes(LATER).then(HoldExpired(entry=2), passed, offered(3, first=7, until=MUCH_LATER))


def test_edge_case_17_who_comes_after_the_hold_is_over_passes_at_once() -> None:
    alone = full(1).given(household(1, size=6)).given(released(21), by=CLOCK)
    alone.when_time_passes(LATER).then(HoldExpired(entry=2))
    alone.until(LATER).when(household(7)).then(
        ClientWaitlisted(entry=3, case_ids=(case_id(7),), priority=PriorityClass.NORMAL, requested_on=ASKED_ON),
        EntryPassed(entry=2, by=3, because=PassReason.HELD_LONG_ENOUGH),
        offered(3, first=7, until=MUCH_LATER),
    )


def test_edge_case_17_places_become_enough_while_they_are_held() -> None:
    HELD.when(posts(6), by=CLOCK).then(
        PostCounted(manager_id="im-07", shares=posts(6).shares), offered(2, first=1, size=6)
    )
    assert HELD.given(posts(6), by=CLOCK).state.hold is None


def test_edge_case_17_who_was_passed_three_times_is_passed_no_more() -> None:
    unit = full(1).given(household(1, size=6), *(household(n) for n in range(7, 12))).given(released(21), by=CLOCK)
    for n in range(3):
        over = unit.state.hold.until + timedelta(days=1)
        unit = unit.until(over).given(AdmitClient(entry=3 + n), by=SUPERVISOR).given(released(7 + n), by=CLOCK)
    assert unit.state.waiting[2].passed == 3
    assert unit.state.hold.until is None
    unit.when_time_passes(date(2020, 1, 1)).then_nothing()
    unit.when(AdmitClient(entry=6, reason=Reason.HARDSHIP), by=SUPERVISOR).then_refused(Refusal.QUEUE_ORDER, before=2)
    overbook = AdmitClient(entry=2, override=True, reason=Reason.HARDSHIP)
    unit.when(overbook, by=SUPERVISOR).then(
        ClientAdmitted(entry=2, case_ids=tuple(map(case_id, range(1, 7))), over_capacity=True)
    )


def test_edge_case_17_places_are_held_for_one_entry_and_what_is_left_is_held_anew() -> None:
    unit = full(3).given(household(1, size=6), household(7)).given(*map(released, (21, 22, 23)), by=CLOCK)
    unit.when_time_passes(LATER).then(
        HoldExpired(entry=4),
        EntryPassed(entry=4, by=5, because=PassReason.HELD_LONG_ENOUGH),
        offered(5, first=7, until=MUCH_LATER),
        PlacesHeld(entry=4, slots=6, until=MUCH_LATER),
    )


def test_a_hold_ends_when_nothing_is_free_any_more() -> None:
    assert HELD.state.hold is not None
    cut = HELD.given(posts(0), by=CLOCK)
    assert cut.state.hold is None
    assert cut.next_deadline() is None


def test_who_is_taken_off_the_list_leaves_the_offer_to_the_next_one() -> None:
    unit = full(1).given(household(1), household(2)).given(released(21), by=CLOCK)
    remove = RemoveFromWaitlist(entry=2, because=WaitlistEnd.MOVED)
    unit.when(remove).then_refused(Refusal.ROLE_NOT_ALLOWED)
    unit.when(remove, by=COORDINATOR).then(
        WaitlistEntryRemoved(entry=2, because=WaitlistEnd.MOVED), offered(3, first=2)
    )
    unit.given(remove, by=COORDINATOR).when(remove, by=COORDINATOR).then_refused(Refusal.ENTRY_UNKNOWN, entry=2)
    HELD.when(RemoveFromWaitlist(entry=2, because=WaitlistEnd.DECEASED), by=SUPERVISOR).then(
        WaitlistEntryRemoved(entry=2, because=WaitlistEnd.DECEASED), offered(3, first=7)
    )


def test_only_what_is_offered_can_be_declined() -> None:
    EMPTY.given(WAIT).when(DeclineOffer(entry=1)).then_refused(Refusal.NO_OFFER, entry=1)


def test_capacity_that_grows_on_a_day_to_come_is_offered_on_that_day() -> None:
    first_of_may = date(2018, 5, 1)
    quarter = CountPost(manager_id="im-07", shares={first_of_may: Decimal("0.25")})
    planned = EMPTY.given(WAIT).given(quarter, by=CLOCK)
    planned.when_time_passes(first_of_may - timedelta(days=1)).then_nothing()
    planned.when_time_passes(first_of_may).then(
        PlacesCounted(day=first_of_may, capacity=1), offered(1, first=1, until=date(2018, 5, 16))
    )
