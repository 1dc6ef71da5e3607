"""Free places are offered in the order of the queue, in the same decision that made them free.

Urgent entries come first, then who has asked earlier, then who was put down earlier. A household is admitted together. Where it is too large for the
places that are free, these are held for it; when they were held long enough, smaller entries may pass, and each pass is recorded. How long, and how often
an entry may be passed, is our default in the policy: after that, places are held for it until they are enough.

Whoever declines, or lets an offer run out, keeps the place in the queue but stands back: these places go on to those behind, and nobody is asked twice
for them. As soon as a place becomes free otherwise, or the capacity grows, everybody is asked again. So each decision asks nobody twice, and ends.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from domain.deadlines import start_of
from domain.envelopes import UNIT_PREFIX, FollowUp, Recorded
from domain.handing import notice
from domain.refusals import Refusal, Refused
from domain.story import CASEWORK, Command, Event, Occasion
from domain.unit import DAY, Entry, Hold, Unit
from domain.vocabulary import PassReason, Role


class NextClientOffered(Event):
    """Places are reserved for a household until the end of `expires_on`. The provider's supervisors are told."""

    entry: int
    case_ids: tuple[str, ...]
    slots: int
    expires_on: date

    def apply(self, unit: Unit) -> None:
        unit.offers[self.entry] = self.expires_on
        if unit.hold is not None and unit.hold.entry == self.entry:
            unit.hold = None

    def tells(self, unit: Unit, recorded: Recorded) -> list[FollowUp]:
        about = {
            "event": recorded.name,
            "entry": self.entry,
            "slots": self.slots,
            "expires_on": self.expires_on.isoformat(),
        }
        return [notice(recorded, unit.provider, about)]


class PlacesHeld(Event):
    """Fewer places are free than the household needs (`slots`); they are held for it until the end of a day, or, without one, until they are enough."""

    entry: int
    slots: int
    until: date | None = None

    def apply(self, unit: Unit) -> None:
        unit.hold = Hold(self.entry, self.until)


class EntryPassed(Event):
    """An entry behind this one (`by`) goes first. An entry is passed only so often."""

    entry: int
    by: int
    because: PassReason

    def apply(self, unit: Unit) -> None:
        unit.pass_over(self.entry)


class DeclineOffer(Command):
    """The household does not want the places that are offered to it. It keeps its place in the queue."""

    kind: Literal["DeclineOffer"] = "DeclineOffer"
    entry: int

    of_kind = UNIT_PREFIX
    roles = CASEWORK | {Role.COORDINATOR}

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        if self.entry not in unit.offers:
            raise Refused(Refusal.NO_OFFER, entry=self.entry)
        return [OfferDeclined(entry=self.entry)]


class _OfferOver(Event):
    entry: int

    def apply(self, unit: Unit) -> None:
        del unit.offers[self.entry]
        unit.stood_back |= {self.entry}


class OfferDeclined(_OfferOver):
    pass


class ExpireOffer(Command):
    """The clock says that the last day of an offer is over. Silent when it was taken, declined or withdrawn before."""

    kind: Literal["ExpireOffer"] = "ExpireOffer"
    entry: int
    expires_on: date

    of_kind = UNIT_PREFIX
    roles = frozenset({Role.SYSTEM})

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        if unit.offers.get(self.entry) != self.expires_on or occasion.now < start_of(self.expires_on + DAY):
            return []
        return [OfferExpired(entry=self.entry)]


class OfferExpired(_OfferOver):
    pass


class ExpireHold(Command):
    """The clock says that places were held for long enough. Silent when they are held no more."""

    kind: Literal["ExpireHold"] = "ExpireHold"
    entry: int
    until: date

    of_kind = UNIT_PREFIX
    roles = frozenset({Role.SYSTEM})

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        if unit.hold != Hold(self.entry, self.until) or occasion.now < start_of(self.until + DAY):
            return []
        return [HoldExpired(entry=self.entry)]


class HoldExpired(Event):
    """The places that are free now may go to smaller entries, as far as the one for which they were held may still be passed."""

    entry: int

    def apply(self, unit: Unit) -> None:
        if unit.hold is not None:
            unit.hold = Hold(unit.hold.entry, unit.hold.until, over=True)


class CountPlaces(Command):
    """The clock says that a planned day has come on which the capacity is another."""

    kind: Literal["CountPlaces"] = "CountPlaces"
    day: date

    of_kind = UNIT_PREFIX
    roles = frozenset({Role.SYSTEM})

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        if self.day <= unit.counted_on or occasion.now < start_of(self.day):
            return []
        return [PlacesCounted(day=self.day, capacity=unit.capacity(self.day))]


class PlacesCounted(Event):
    """What was planned counts from `day` on: so many places there are now."""

    day: date
    capacity: int


def and_offers(unit: Unit, events: list[Event], on: date, occasion: Occasion) -> list[Event]:
    """What a decision says, and to whom the places that are free then are offered. `on`: the day on which the events are true."""
    if not events:
        return []
    goes_on = unit.copy()
    goes_on.count(occasion.today)
    for event in events:
        _apply(goes_on, event, on, occasion)
    return [*events, *_offers(goes_on, on, occasion)]


def _offers(unit: Unit, on: date, occasion: Occasion) -> Iterator[Event]:
    """One after the other, as many as fit. Whoever places were held for long enough may be passed by all who fit into what is free now."""
    passable = unit.hold.entry if unit.hold is not None and unit.hold.over else None
    while step := _next(unit, occasion, passable):
        for event in step:
            _apply(unit, event, on, occasion)
            yield event


def _next(unit: Unit, occasion: Occasion, passable: int | None) -> list[Event]:
    """The next offer, with those whom it passes; or that places are held; or nothing."""
    free, at_most = unit.free(occasion.today), occasion.policy(unit).waiting_passes_at_most
    passed: list[int] = []
    for number, entry in unit.asked() if free > 0 else ():
        if entry.slots <= free:
            return [*passes(passed, number, PassReason.HELD_LONG_ENOUGH), _offer(number, entry, unit, occasion)]
        if not passed and (number != passable or entry.passed >= at_most):
            return _hold(number, unit, occasion)
        if entry.passed >= at_most:
            break
        passed.append(number)
    return _hold(passed[0], unit, occasion) if passed else []


def _offer(number: int, entry: Entry, unit: Unit, occasion: Occasion) -> NextClientOffered:
    expires_on = occasion.working_days_after(occasion.today, occasion.policy(unit).offer_working_days)
    return NextClientOffered(entry=number, case_ids=entry.case_ids, slots=entry.slots, expires_on=expires_on)


def _hold(number: int, unit: Unit, occasion: Occasion) -> list[Event]:
    """Nothing where they are held for it already. Who was passed too often has them held until they are enough."""
    policy, entry = occasion.policy(unit), unit.waiting[number]
    for_good = entry.passed >= policy.waiting_passes_at_most
    if unit.hold is not None and unit.hold.entry == number and (unit.hold.until is None) == for_good:
        return []
    until = occasion.working_days_after(occasion.today, policy.places_held_working_days)
    return [PlacesHeld(entry=number, slots=entry.slots, until=None if for_good else until)]


def passes(passed: list[int], by: int, because: PassReason) -> list[Event]:
    return [EntryPassed(entry=number, by=by, because=because) for number in passed]


def _apply(unit: Unit, event: Event, on: date, occasion: Occasion) -> None:
    event.apply_on(unit, on)
    unit.count(occasion.today)
