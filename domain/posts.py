"""Posts: what share of a full post somebody holds in a unit, from which day on; and how the unit gets to know of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from domain.envelopes import UNIT_PREFIX
from domain.story import Command, Event, Occasion, StaffId
from domain.vocabulary import Role

if TYPE_CHECKING:
    from domain.unit import Unit

Share = Annotated[Decimal, Field(max_digits=3, decimal_places=2, description="of a full post: 0.50 is half of one")]


@dataclass(frozen=True, slots=True)
class Post:
    """From a day on, until the next one. A share of 0: not there."""

    since: date
    share: Decimal


class CountPost(Command):
    """A unit gets to know what somebody's post there counts: `shares` of a full post by the day from which on they hold, 0 where nobody is there.

    All that is known is told, past and planned, and takes the place of what was told before.
    """

    kind: Literal["CountPost"] = "CountPost"
    manager_id: StaffId
    shares: dict[date, Share]

    of_kind = UNIT_PREFIX
    roles = frozenset({Role.SYSTEM})

    def decide(self, unit: "Unit", occasion: Occasion) -> list[Event]:
        counted = PostCounted(manager_id=self.manager_id, shares=self.shares)
        return [] if unit.posts.get(self.manager_id, []) == counted.posts() else [counted]


class PostCounted(Event):
    """`shares` of a full post by the day from which on they hold."""

    manager_id: StaffId
    shares: dict[date, Share]

    def apply(self, unit: "Unit") -> None:
        unit.count_post(self.manager_id, self.posts())

    def posts(self) -> list[Post]:
        return [Post(since, share) for since, share in sorted(self.shares.items())]
