"""Examples about the places of the unit in Ravensburg: four for a full post, of which half a one is filled, so two; and who waits for them."""

from datetime import date
from decimal import Decimal

from domain import capacity, offers, places, slots, waiting
from domain.envelopes import Actor, unit_id
from domain.posts import CountPost
from domain.story import Command, Event
from domain.vocabulary import CapacityBase, PassReason, PriorityClass, Role, WaitlistEnd

COORDINATOR = Actor(id="ko-01", role=Role.COORDINATOR, provider="landratsamt")
UNIT_ID = unit_id("ravensburg", "drk")
KEPT_FROM = date(2018, 4, 3)
ASKED_ON = date(2018, 4, 12)
LAST_DAY = date(2018, 4, 26)
"""Ten working days later."""


def case_id(n: int) -> str:
    return f"case-01621f9c-7a00-7000-8000-{n:012d}"


ESTABLISH = capacity.EstablishUnit(
    effective_on=KEPT_FROM, municipality="ravensburg", provider="drk", key=4, base=CapacityBase.FULL_TIME
)
HALF_A_POST = CountPost(manager_id="im-07", shares={KEPT_FROM: Decimal("0.50")})
WAIT = waiting.WaitlistClient(case_ids=(case_id(1),), requested_on=ASKED_ON)
ADMIT = places.AdmitClient(entry=1)
DECLINE = offers.DeclineOffer(entry=1)
REMOVE = waiting.RemoveFromWaitlist(entry=1, because=WaitlistEnd.MOVED)
RELEASE = slots.ReleaseSlot(case_id=case_id(1))

COMMANDS: tuple[Command, ...] = (
    ESTABLISH,
    capacity.SetCapacity(key=60, base=CapacityBase.HEAD),
    WAIT,
    REMOVE,
    ADMIT,
    DECLINE,
    RELEASE,
    slots.TakeBackSlot(case_id=case_id(1)),
    offers.ExpireOffer(entry=1, expires_on=LAST_DAY),
    offers.ExpireHold(entry=1, until=LAST_DAY),
    offers.CountPlaces(day=date(2018, 5, 1)),
    places.TakePlace(unit_id=UNIT_ID, entry=1),
    slots.LosePlace(unit_id=UNIT_ID),
)

EVENTS: tuple[Event, ...] = (
    capacity.UnitEstablished(municipality="ravensburg", provider="drk", key=4, base=CapacityBase.FULL_TIME),
    capacity.CapacitySet(key=60, base=CapacityBase.HEAD),
    waiting.ClientWaitlisted(entry=1, case_ids=(case_id(1),), priority=PriorityClass.NORMAL, requested_on=ASKED_ON),
    waiting.WaitlistEntryRemoved(entry=1, because=WaitlistEnd.MOVED),
    offers.NextClientOffered(entry=1, case_ids=(case_id(1),), slots=1, expires_on=LAST_DAY),
    offers.PlacesHeld(entry=1, slots=6, until=LAST_DAY),
    offers.HoldExpired(entry=1),
    offers.EntryPassed(entry=1, by=2, because=PassReason.HELD_LONG_ENOUGH),
    offers.OfferDeclined(entry=1),
    offers.OfferExpired(entry=1),
    offers.PlacesCounted(day=date(2018, 5, 1), capacity=4),
    places.ClientAdmitted(entry=1, case_ids=(case_id(1),), over_capacity=False),
    slots.SlotReleased(case_id=case_id(1)),
    slots.SlotTakenBack(case_id=case_id(1), over_capacity=True),
    places.PlaceTaken(unit_id=UNIT_ID, entry=1),
    slots.PlaceGivenUp(unit_id=UNIT_ID),
)
