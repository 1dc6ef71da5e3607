"""A unit's places: how many there are, who gets one, who gives one back; and that no case opens without one where places are kept."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain.capacity import CapacitySet, EstablishUnit, SetCapacity, UnitEstablished
from domain.closed_in_error import RetractClosure
from domain.closure import CloseCase
from domain.departure import PersonDeparted, RecordDeath, RecordDeparture
from domain.envelopes import Actor, unit_id
from domain.intake import CaseOpened, OpenCase
from domain.offers import EntryPassed
from domain.places import AdmitClient, ClientAdmitted, PlaceTaken, TakePlace
from domain.posts import CountPost, PostCounted
from domain.refusals import Refusal
from domain.reopening import ReopenCase
from domain.slots import LosePlace, PlaceGivenUp, ReleaseSlot, SlotReleased, SlotTakenBack, TakeBackSlot
from domain.story import Command
from domain.vocabulary import (
    CapacityBase,
    ClosureReason,
    DepartureKind,
    PassReason,
    Precision,
    PriorityClass,
    Reason,
    Role,
)
from domain.waiting import WaitlistClient
from tests.domain.units import EMPTY, TWO_PLACES, balanced, household, offered, posts, registered, with_places
from tests.examples import CLOCK, MANAGER, OPEN, START, SUPERVISOR, TODAY
from tests.examples_units import COORDINATOR, ESTABLISH, HALF_A_POST, UNIT_ID, case_id
from tests.scenario import Answer, Story

ADMITTED = ClientAdmitted(entry=1, case_ids=(case_id(1),), over_capacity=False)
OF_DIAKONIE = Actor(id="sv-09", role=Role.SUPERVISOR, provider="diakonie")
IN_WEINGARTEN = OpenCase(effective_on=START, municipality="weingarten")
MOVED = CloseCase(closure_reason=ClosureReason.MOVED_AWAY)


def handed(answer: Answer, story: Story) -> list[dict[str, Any]]:
    """The commands that other streams get of what is recorded now."""
    after = replace(story, recorded=(*story.recorded, *answer.recorded))
    told = [each for recorded in answer.recorded for each in recorded.event.tells(after.state, recorded)]
    submissions = [each.about["submitted"] for each in told if each.kind == "hand_over"]
    return [{"to": each["stream_id"], **each["command"]} for each in submissions]


def with_place(n: int = 1) -> Story:
    """A registered case that has got its place."""
    return registered(n).given(PlaceTaken(unit_id=UNIT_ID, entry=1)).beside(ONE_IN)


ONE_IN = TWO_PLACES.given(household(1)).given(AdmitClient(entry=1), by=SUPERVISOR)
OPENED = with_place().given(OPEN)
CLOSED = OPENED.given(MOVED)


def test_a_unit_is_established_once_by_the_coordinator_for_a_provider() -> None:
    established = UnitEstablished(municipality="ravensburg", provider="drk", key=4, base=CapacityBase.FULL_TIME)
    nothing = Story(stream_id=UNIT_ID)
    nothing.when(ESTABLISH, by=COORDINATOR).then(established)
    nothing.when(ESTABLISH, by=SUPERVISOR).then_refused(Refusal.ROLE_NOT_ALLOWED)
    nothing.when(household(1)).then_refused(Refusal.UNIT_UNKNOWN)
    EMPTY.when(ESTABLISH, by=COORDINATOR).then_refused(Refusal.UNIT_ESTABLISHED)
    own = EstablishUnit(municipality="ravensburg", key=4, base=CapacityBase.HEAD)
    assert nothing.given(own, by=COORDINATOR).state.provider == COORDINATOR.provider


def test_another_provider_keeps_out_of_the_unit() -> None:
    TWO_PLACES.given(household(1)).when(AdmitClient(entry=1), by=OF_DIAKONIE).then_refused(Refusal.CROSS_PROVIDER)


def test_units_keep_no_free_text() -> None:
    told = AdmitClient(entry=1, reason=Reason.OTHER, reason_text="her sister lives there")
    TWO_PLACES.given(household(1)).when(told, by=SUPERVISOR).then_refused(Refusal.NO_FREE_TEXT)


def test_the_capacity_is_the_key_times_heads_or_posts_rounded_down() -> None:
    two_heads = EMPTY.given(
        CountPost(manager_id="im-07", shares={START: Decimal("0.50")}),
        CountPost(manager_id="im-08", shares={START: Decimal("0.60"), date(2018, 5, 1): Decimal(0)}),
        by=CLOCK,
    )
    unit = two_heads.state
    assert (unit.heads(TODAY), unit.full_time(TODAY), unit.capacity(TODAY)) == (2, Decimal("1.10"), 4)
    assert unit.capacity(date(2018, 5, 1)) == 2
    assert unit.capacity(START - timedelta(days=1)) == 0
    by_head = two_heads.given(SetCapacity(key=60, base=CapacityBase.HEAD), by=COORDINATOR).state
    assert by_head.capacity(TODAY) == 120


def test_a_key_planned_ahead_counts_from_its_day_on() -> None:
    ahead = SetCapacity(effective_on=date(2018, 7, 1), key=8, base=CapacityBase.FULL_TIME)
    TWO_PLACES.when(ahead, by=COORDINATOR).then(CapacitySet(key=8, base=CapacityBase.FULL_TIME))
    unit = TWO_PLACES.given(ahead, by=COORDINATOR).state
    assert (unit.capacity(date(2018, 6, 30)), unit.capacity(date(2018, 7, 1))) == (2, 4)
    TWO_PLACES.when(ahead, by=SUPERVISOR).then_refused(Refusal.ROLE_NOT_ALLOWED)


def test_who_has_an_offer_is_admitted_and_each_case_hears_of_its_place() -> None:
    unit = TWO_PLACES.given(household(1))
    answer = unit.when(AdmitClient(entry=1), by=SUPERVISOR)
    answer.then(ADMITTED)
    taken = {"kind": "TakePlace", "unit_id": UNIT_ID, "entry": 1, "effective_on": TODAY.isoformat()}
    assert handed(answer, unit) == [{"to": case_id(1), **taken}]
    assert balanced(ONE_IN)
    ONE_IN.when(AdmitClient(entry=1), by=SUPERVISOR).then_refused(Refusal.ENTRY_UNKNOWN)
    unit.when(AdmitClient(entry=1), by=COORDINATOR).then(ADMITTED)
    unit.when(AdmitClient(entry=1), by=MANAGER).then_refused(Refusal.ROLE_NOT_ALLOWED)


def test_nobody_is_admitted_before_the_request() -> None:
    unit = TWO_PLACES.given(household(1))
    early = AdmitClient(entry=1, effective_on=TODAY - timedelta(days=1))
    unit.when(early, by=SUPERVISOR).then_refused(Refusal.DATE_ORDER, first=TODAY)


def test_g19_nobody_is_admitted_where_too_few_places_are_free_unless_a_supervisor_overrides_with_a_reason() -> None:
    unit = EMPTY.given(household(1))
    unit.when(AdmitClient(entry=1, reason=Reason.HARDSHIP), by=SUPERVISOR).then_refused(
        Refusal.NO_CAPACITY, capacity=0, used=0, reserved=0, needed=1
    )
    overridden = AdmitClient(entry=1, override=True, reason=Reason.HARDSHIP)
    unit.when(overridden.model_copy(update={"reason": None}), by=SUPERVISOR).then_refused(Refusal.NO_CAPACITY)
    unit.when(overridden, by=COORDINATOR).then_refused(Refusal.NO_CAPACITY)
    unit.when(overridden, by=SUPERVISOR).then(ADMITTED.model_copy(update={"over_capacity": True}))
    over = unit.given(overridden, by=SUPERVISOR)
    assert over.state.free(TODAY) == -1
    assert balanced(over)


def test_g20_out_of_order_only_with_a_reason_which_is_recorded_beside_those_who_were_passed() -> None:
    held = with_places(1).given(household(1, size=6), household(7))
    behind = AdmitClient(entry=2)
    held.when(behind, by=SUPERVISOR).then_refused(Refusal.QUEUE_ORDER, entry=2, before=1)
    answer = held.when(behind.model_copy(update={"reason": Reason.HARDSHIP}), by=COORDINATOR)
    answer.then(
        EntryPassed(entry=1, by=2, because=PassReason.ADMITTED_FIRST),
        ClientAdmitted(entry=2, case_ids=(case_id(7),), over_capacity=False),
    )
    assert {recorded.reason for recorded in answer.recorded} == {Reason.HARDSHIP}


def test_g20_urgent_ones_are_before_those_who_have_asked_earlier() -> None:
    unit = EMPTY.given(household(1), household(2, priority=PriorityClass.URGENT))
    first = AdmitClient(entry=1, override=True, reason=Reason.HARDSHIP)
    unit.when(AdmitClient(entry=1, override=True), by=SUPERVISOR).then_refused(Refusal.NO_CAPACITY)
    answer = unit.when(first, by=SUPERVISOR)
    assert answer.events[0] == EntryPassed(entry=1 + 1, by=1, because=PassReason.ADMITTED_FIRST)


def test_edge_case_16_after_a_cut_nobody_is_thrown_out_nobody_is_offered_a_place_and_g19_nobody_admitted() -> None:
    unit = with_places(4).given(household(1)).given(AdmitClient(entry=1), by=SUPERVISOR).given(household(2))
    cut = unit.given(posts(0), by=CLOCK)
    assert cut.state.places == {case_id(1): TODAY}
    assert cut.state.free(TODAY) == -2
    cut.when(AdmitClient(entry=2), by=SUPERVISOR).then_refused(Refusal.NO_CAPACITY)
    cut.when(ReleaseSlot(case_id=case_id(1)), by=CLOCK).then(SlotReleased(case_id=case_id(1)))
    assert balanced(cut)


def test_edge_case_16_capacity_that_grows_again_is_offered_at_once() -> None:
    waits = EMPTY.given(household(1))
    waits.when(HALF_A_POST, by=CLOCK).then(
        PostCounted(manager_id="im-07", shares=HALF_A_POST.shares), offered(1, first=1)
    )


def test_a_case_takes_its_place_once_and_only_while_it_is_its_own() -> None:
    take = TakePlace(unit_id=UNIT_ID, entry=1)
    waits = registered(1).beside(ONE_IN)
    waits.when(take, by=CLOCK).then(PlaceTaken(unit_id=UNIT_ID, entry=1))
    with_place().when(take, by=CLOCK).then_nothing()
    registered(2).beside(ONE_IN).when(take, by=CLOCK).then_nothing()


def test_a_case_that_needs_no_place_refuses_it_and_the_unit_gets_it_back() -> None:
    take = TakePlace(unit_id=UNIT_ID, entry=1)
    died = registered(1).given(RecordDeath(precision=Precision.DAY)).beside(ONE_IN)
    died.when(take, by=CLOCK).then_refused(Refusal.AFTER_DEATH)
    elsewhere = registered(1).given(PlaceTaken(unit_id=unit_id("weingarten", "drk"), entry=1)).beside(ONE_IN)
    elsewhere.when(take, by=CLOCK).then_refused(Refusal.PLACE_ALREADY)
    registered(1).given(IN_WEINGARTEN).beside(ONE_IN).when(take, by=CLOCK).then_refused(Refusal.PLACE_ALREADY)
    [told] = [each.about for each in ONE_IN.follow_ups() if each.kind == "hand_over"]
    assert (told["otherwise"]["stream_id"], told["otherwise"]["command"]["kind"]) == (UNIT_ID, "ReleaseSlot")
    ONE_IN.beside(died).when(ReleaseSlot(case_id=case_id(1)), by=CLOCK).then(SlotReleased(case_id=case_id(1)))


def test_a_closed_case_gets_a_place_only_where_it_can_be_reopened() -> None:
    """Else a closing in error that is taken back would find the case with a place in another town."""
    closed_there = registered(1).given(IN_WEINGARTEN, MOVED)
    EMPTY.beside(closed_there).when(household(1)).then_refused(Refusal.PLACE_ALREADY)
    closed_there.beside(ONE_IN).when(TakePlace(unit_id=UNIT_ID, entry=1), by=CLOCK).then_refused(Refusal.PLACE_ALREADY)


def test_nobody_is_admitted_who_has_no_use_for_a_place_any_more() -> None:
    waits = TWO_PLACES.given(household(1, size=2))
    died = registered(2).given(RecordDeath(precision=Precision.DAY))
    waits.beside(died).when(AdmitClient(entry=1), by=SUPERVISOR).then_refused(Refusal.AFTER_DEATH)
    elsewhere = registered(2).given(PlaceTaken(unit_id=unit_id("weingarten", "drk"), entry=1))
    waits.beside(elsewhere).when(AdmitClient(entry=1), by=SUPERVISOR).then_refused(Refusal.PLACE_ALREADY)


def test_g19_a_case_opens_only_with_a_place_where_places_are_kept() -> None:
    assert registered(1).when(OPEN).refusal is None
    registered(2).beside(ONE_IN).when(OPEN).then_refused(Refusal.NO_CAPACITY, capacity=2, used=1, needed=1)
    [opened] = with_place().when(OPEN).events
    assert isinstance(opened, CaseOpened)
    registered(1).beside(ONE_IN).when(OPEN).then(opened, PlaceTaken(unit_id=UNIT_ID, entry=1))
    with_place().when(IN_WEINGARTEN).then_refused(Refusal.PLACE_ALREADY)


def test_a_closed_case_gives_its_place_back() -> None:
    answer = OPENED.when(MOVED)
    assert handed(answer, OPENED) == [{"to": UNIT_ID, "kind": "ReleaseSlot", "case_id": case_id(1)}]
    assert handed(registered(1).given(OPEN).when(MOVED), registered(1).given(OPEN)) == []
    full = with_places(1).given(household(1)).given(AdmitClient(entry=1), by=SUPERVISOR).given(household(2))
    release = ReleaseSlot(case_id=case_id(1))
    full.beside(CLOSED).when(release, by=CLOCK).then(SlotReleased(case_id=case_id(1)), offered(2, first=2))
    full.beside(OPENED).when(release, by=CLOCK).then_nothing()


def test_a_registered_person_who_leaves_or_dies_gives_the_place_back() -> None:
    gone = RecordDeparture(departure=DepartureKind.ONWARD)
    answer = with_place().when(gone)
    assert answer.events[0] == PersonDeparted(departure=DepartureKind.ONWARD, precision=Precision.DAY)
    assert answer.events[1:] == [PlaceGivenUp(unit_id=UNIT_ID)]
    assert handed(answer, with_place()) == [{"to": UNIT_ID, "kind": "ReleaseSlot", "case_id": case_id(1)}]


def test_a_supervisor_gives_the_place_of_a_case_that_is_not_open_to_others() -> None:
    release = ReleaseSlot(case_id=case_id(1))
    ONE_IN.beside(OPENED).when(release, by=SUPERVISOR).then_refused(Refusal.PLACE_IN_USE)
    unit = ONE_IN.beside(with_place())
    answer = unit.when(release, by=SUPERVISOR)
    answer.then(SlotReleased(case_id=case_id(1)))
    assert handed(answer, unit) == [{"to": case_id(1), "kind": "LosePlace", "unit_id": UNIT_ID}]
    lose = LosePlace(unit_id=UNIT_ID)
    with_place().when(lose, by=CLOCK).then(PlaceGivenUp(unit_id=UNIT_ID))
    OPENED.when(lose, by=CLOCK).then_nothing()
    ONE_IN.when(ReleaseSlot(case_id=case_id(2)), by=SUPERVISOR).then_nothing()


def test_edge_case_11_a_case_is_reopened_only_with_a_place_of_its_own() -> None:
    again = ReopenCase(reason=Reason.HARDSHIP)
    CLOSED.when(again).then_refused(Refusal.NO_CAPACITY)
    released = ONE_IN.beside(CLOSED).given(ReleaseSlot(case_id=case_id(1)), by=CLOCK)
    CLOSED.beside(released).when(again).then_refused(Refusal.NO_CAPACITY)
    urgent = WaitlistClient(case_ids=(case_id(1),), priority=PriorityClass.URGENT)
    admitted = released.given(urgent).given(AdmitClient(entry=2), by=SUPERVISOR)
    again_in = CLOSED.beside(admitted)
    stale, taken = TakePlace(unit_id=UNIT_ID, entry=1), PlaceTaken(unit_id=UNIT_ID, entry=2)
    again_in.when(stale, by=CLOCK).then_nothing()
    assert again_in.when(again).events[1] == taken
    back = again_in.given(TakePlace(unit_id=UNIT_ID, entry=2), by=CLOCK)
    assert taken not in back.when(again).events
    assert back.given(again).state.unit == UNIT_ID


def test_what_the_unit_says_too_late_of_a_place_that_was_given_back_changes_nothing() -> None:
    closed_at_once = registered(1).beside(ONE_IN).given(OPEN).given(MOVED)
    closed_at_once.when(TakePlace(unit_id=UNIT_ID, entry=1), by=CLOCK).then_nothing()
    ONE_IN.beside(closed_at_once).when(ReleaseSlot(case_id=case_id(1)), by=CLOCK).then(SlotReleased(case_id=case_id(1)))


def test_edge_case_23_a_closing_in_error_takes_the_place_back_over_capacity_and_the_new_client_stays() -> None:
    retract = RetractClosure(reason=Reason.MISTAKE)
    answer = CLOSED.when(retract, by=SUPERVISOR)
    assert handed(answer, CLOSED) == [{"to": UNIT_ID, "kind": "TakeBackSlot", "case_id": case_id(1)}]
    reinstated = CLOSED.given(retract, by=SUPERVISOR)
    assert reinstated.state.unit == UNIT_ID
    full = with_places(1).given(household(1)).given(AdmitClient(entry=1), by=SUPERVISOR).given(household(2))
    given_on = full.beside(CLOSED).given(ReleaseSlot(case_id=case_id(1)), by=CLOCK)
    given_on = given_on.given(AdmitClient(entry=2), by=SUPERVISOR).beside(reinstated)
    take_back = TakeBackSlot(case_id=case_id(1))
    given_on.when(take_back, by=CLOCK).then(SlotTakenBack(case_id=case_id(1), over_capacity=True))
    both = given_on.given(take_back, by=CLOCK)
    assert set(both.state.places) == {case_id(1), case_id(2)}
    assert balanced(both)
    both.when(take_back, by=CLOCK).then_nothing()
    given_on.beside(CLOSED).when(take_back, by=CLOCK).then_nothing()


def test_who_takes_a_place_back_waits_no_more() -> None:
    closed = ONE_IN.beside(CLOSED).given(ReleaseSlot(case_id=case_id(1)), by=CLOCK).given(household(1))
    reinstated = CLOSED.given(RetractClosure(reason=Reason.MISTAKE), by=SUPERVISOR)
    back = closed.beside(reinstated).given(TakeBackSlot(case_id=case_id(1)), by=CLOCK).state
    assert (back.waiting, back.offers, set(back.places)) == ({}, {}, {case_id(1)})


def test_only_the_house_itself_hands_places_on() -> None:
    inner: tuple[Command, ...] = (TakePlace(unit_id=UNIT_ID, entry=1), LosePlace(unit_id=UNIT_ID))
    for command in inner:
        registered(1).when(command, by=SUPERVISOR).then_refused(Refusal.ROLE_NOT_ALLOWED)
    TWO_PLACES.when(TakeBackSlot(case_id=case_id(1)), by=SUPERVISOR).then_refused(Refusal.ROLE_NOT_ALLOWED)
