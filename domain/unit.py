"""The unit: a municipality's places with a provider, who has one, and who waits for one.

At all times used + reserved + free = capacity. `free` may be negative, after a cut: then nobody is thrown out, nobody is offered a place, and nobody admitted.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Self

from domain.deadlines import local_day
from domain.envelopes import Recorded
from domain.posts import Post
from domain.story import State
from domain.vocabulary import CapacityBase, PriorityClass

DAY = timedelta(days=1)
PRIORITIES = list(PriorityClass)


@dataclass(frozen=True, slots=True)
class Key:
    """From a day on, so many persons for each head, or for each full-time post."""

    since: date
    persons: int
    base: CapacityBase


@dataclass(frozen=True, slots=True)
class Entry:
    """A household on the waiting list: its cases are admitted together. `passed`: how often one behind it went first."""

    case_ids: tuple[str, ...]
    priority: PriorityClass
    requested_on: date
    passed: int = 0

    @property
    def slots(self) -> int:
        return len(self.case_ids)


@dataclass(frozen=True, slots=True)
class Hold:
    """Places are kept free for a household that is too large for them: until the end of a day (None: until they are enough). `over`: smaller ones may pass."""

    entry: int
    until: date | None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """A case that another unit wants to hand over. `transfer`: the version of the request in the story of the case."""

    transfer: int
    from_municipality: str
    from_provider: str
    requested_on: date
    answer_by: date


@dataclass(slots=True)
class Unit(State):
    """`places` and `reservations`: by case, since when; `reservations` are those of accepted transfers. `admissions`: with which entry a case came in.

    `offers`: by entry, the last day of the offer. `entries`: how many there ever were. `stood_back`: who has declined the places that are free now.
    `counted`: the capacity of the day `counted_on`.
    """

    municipality: str = ""
    keys: tuple[Key, ...] = ()
    posts: dict[str, list[Post]] = field(default_factory=dict)
    places: dict[str, date] = field(default_factory=dict)
    admissions: dict[str, int] = field(default_factory=dict)
    reservations: dict[str, date] = field(default_factory=dict)
    offers: dict[int, date] = field(default_factory=dict)
    waiting: dict[int, Entry] = field(default_factory=dict)
    incoming: dict[str, Incoming] = field(default_factory=dict)
    entries: int = 0
    stood_back: frozenset[int] = frozenset()
    hold: Hold | None = None
    counted: int = 0
    counted_on: date = date.min

    def take(self, recorded: Recorded) -> None:
        day = local_day(recorded.recorded_at)
        self.count(day)
        recorded.event.apply_on(self, recorded.effective_on)
        self.count(day)
        self.come_to(recorded)

    def heads(self, on: date) -> int:
        """How many members of staff have a post here on a day."""
        return sum(share > 0 for share in self._shares(on))

    def full_time(self, on: date) -> Decimal:
        """Their posts on a day, as shares of full ones."""
        return sum(self._shares(on), Decimal(0))

    def share_of(self, manager_id: str, on: date) -> Decimal:
        """Somebody's share of a full post here on a day; 0 where they have none."""
        began = [post for post in self.posts.get(manager_id, ()) if post.since <= on]
        return max(began, key=lambda post: post.since).share if began else Decimal(0)

    def capacity(self, on: date) -> int:
        """How many persons can have a place on a day; a part of a place is none."""
        key = self.key(on)
        if key is None:
            return 0
        return int(key.persons * (self.heads(on) if key.base is CapacityBase.HEAD else self.full_time(on)))

    def key(self, on: date) -> Key | None:
        """That of the latest day up to this one; of two for the same day, the one that was set last."""
        return max((key for key in self.keys if key.since <= on), key=lambda key: key.since, default=None)

    @property
    def used(self) -> int:
        return len(self.places)

    @property
    def reserved(self) -> int:
        """Places that are offered, or kept for an accepted transfer."""
        return len(self.reservations) + sum(self.waiting[entry].slots for entry in self.offers)

    def free(self, on: date) -> int:
        return self.capacity(on) - self.used - self.reserved

    def queue(self) -> list[tuple[int, Entry]]:
        """Who waits and has no offer, by number, in the order in which places are offered."""
        rest = [(number, entry) for number, entry in self.waiting.items() if number not in self.offers]
        return sorted(rest, key=lambda each: order(*each))

    def asked(self) -> list[tuple[int, Entry]]:
        """Who of these can be offered what is free now: all but those who have declined it."""
        return [(number, entry) for number, entry in self.queue() if number not in self.stood_back]

    def entry_of(self, case_id: str) -> int | None:
        """The number under which a case waits."""
        return next((number for number, entry in self.waiting.items() if case_id in entry.case_ids), None)

    def place(self, case_id: str, on: date) -> None:
        """The case has a place from a day on. Who has a place waits no more, and needs none reserved."""
        self.places[case_id] = on
        self.reservations.pop(case_id, None)
        number = self.entry_of(case_id)
        if number is None:
            return
        entry = self.waiting[number]
        rest = tuple(each for each in entry.case_ids if each != case_id)
        self.waiting[number] = replace(entry, case_ids=rest)
        if not rest:
            self.strike(number)

    def strike(self, number: int) -> None:
        """The entry is on the waiting list no more; what was offered to it, or held for it, is free."""
        del self.waiting[number]
        self.offers.pop(number, None)
        self.stood_back -= {number}
        if self.hold is not None and self.hold.entry == number:
            self.hold = None

    def pass_over(self, number: int) -> None:
        """Somebody behind the entry goes first; places are held for it anew from now on."""
        entry = self.waiting[number]
        self.waiting[number] = replace(entry, passed=entry.passed + 1)
        if self.hold is not None and self.hold.entry == number:
            self.hold = None

    def set_key(self, key: Key) -> None:
        self.keys = (*(each for each in self.keys if each.since != key.since), key)
        self._count_anew()

    def count_post(self, manager_id: str, posts: list[Post]) -> None:
        """All that is known of somebody's post here; it takes the place of what was known before."""
        self.posts[manager_id] = posts
        self._count_anew()

    def ask_anew(self) -> None:
        """A place has become free: those who declined another are asked again too."""
        self.stood_back = frozenset()

    def count(self, day: date) -> None:
        """Where the unit stands on a day. More places than there were are places that have become free; where none is free, none is held."""
        if day > self.counted_on:
            self.counted_on = day
            self._count_anew()
        if self.hold is not None and self.counted <= self.used + self.reserved:
            self.hold = None

    def changes_after(self, day: date) -> list[date]:
        """The days on which the capacity will be another, as it is planned."""
        days = {key.since for key in self.keys} | {post.since for posts in self.posts.values() for post in posts}
        return sorted(each for each in days if each > day)

    def copy(self) -> Self:
        """What the parts hold is never changed."""
        return replace(
            self,
            posts=dict(self.posts),
            places=dict(self.places),
            admissions=dict(self.admissions),
            reservations=dict(self.reservations),
            offers=dict(self.offers),
            waiting=dict(self.waiting),
            incoming=dict(self.incoming),
        )

    def _count_anew(self) -> None:
        before, self.counted = self.counted, self.capacity(self.counted_on)
        if self.counted > before:
            self.ask_anew()

    def _shares(self, on: date) -> list[Decimal]:
        return [self.share_of(manager_id, on) for manager_id in self.posts]


def order(number: int, entry: Entry) -> tuple[int, date, int]:
    """What the place in the queue is told by: urgent ones first, then who has asked earlier, then who was put down earlier."""
    return PRIORITIES.index(entry.priority), entry.requested_on, number
