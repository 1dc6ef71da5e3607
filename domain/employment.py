"""Employment: somebody is hired, the share of a post changes, the employment ends. Units count the posts, and cases hear of the end."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.envelopes import STAFF_PREFIX, FollowUp, Recorded, unit_id
from domain.handing import hand_over
from domain.posts import CountPost, Share
from domain.refusals import Refusal, Refused
from domain.staff import NOBODY, WHOLE, Spell, Staff
from domain.story import Command, Event, Occasion, Slug, StaffId
from domain.vocabulary import Role, StaffQualification

Posts = Annotated[dict[Slug, Share], Field(min_length=1, description="shares of a full post by municipality")]


class HireManager(Command):
    """Somebody begins as an integration manager on `effective_on`, with a post in one unit of the provider or in several.

    On any day the shares over all units add up to more than nothing and to one whole post at most. Whoever has left may be hired again later.
    """

    kind: Literal["HireManager"] = "HireManager"
    manager_id: StaffId
    qualification: StaffQualification
    posts: Posts

    of_kind = STAFF_PREFIX
    opens = True
    roles = frozenset({Role.SUPERVISOR})
    plannable = True

    def decide(self, staff: Staff, occasion: Occasion) -> list[Event]:
        on, last = self.on(occasion), staff.spells[-1] if staff.spells else None
        if last is not None and (last.last_day is None or on <= last.last_day):
            raise Refused(Refusal.ALREADY_EMPLOYED, since=last.since)
        hired = ManagerHired(
            manager_id=self.manager_id,
            provider=occasion.actor.provider,
            qualification=self.qualification,
            posts=self.posts,
        )
        check_units(self.posts, hired.provider, occasion)
        check_shares(staff, hired, on, min(self.posts.values()) > NOBODY)
        return [hired]


class ManagerHired(Event):
    """`posts`: shares of a full post by municipality."""

    manager_id: StaffId
    provider: str
    qualification: StaffQualification
    posts: dict[str, Share]

    def apply_on(self, staff: Staff, on: date) -> None:
        staff.manager_id, staff.provider = self.manager_id, self.provider
        staff.spells = (*staff.spells, Spell(on))
        for municipality in {**staff.posts, **self.posts}:
            staff.hold(municipality, self.posts.get(municipality, NOBODY), on)

    def tells(self, staff: Staff, recorded: Recorded) -> list[FollowUp]:
        return count_posts(staff, recorded, staff.posts)


class ChangeFte(Command):
    """The share of a post in a municipality changes from `effective_on` on; what was planned for later days is planned anew. 0: no post there any more.

    Whoever leaves the last post leaves the provider: that is the end of the employment.
    """

    kind: Literal["ChangeFte"] = "ChangeFte"
    municipality: Slug
    share: Share

    of_kind = STAFF_PREFIX
    roles = frozenset({Role.SUPERVISOR})
    plannable = True

    def decide(self, staff: Staff, occasion: Occasion) -> list[Event]:
        on = self.on(occasion)
        check_employed(staff, on)
        check_units([self.municipality], staff.provider, occasion)
        changed = FteChanged(municipality=self.municipality, share=self.share)
        check_shares(staff, changed, on, self.share >= NOBODY)
        return [changed]


class FteChanged(Event):
    municipality: str
    share: Share

    def apply_on(self, staff: Staff, on: date) -> None:
        staff.hold(self.municipality, self.share, on)

    def tells(self, staff: Staff, recorded: Recorded) -> list[FollowUp]:
        return count_posts(staff, recorded, [self.municipality])


class EndEmployment(Command):
    """`effective_on` is the last day of the employment. It may be moved until it is over; from the day after on the cases are without a manager."""

    kind: Literal["EndEmployment"] = "EndEmployment"

    of_kind = STAFF_PREFIX
    roles = frozenset({Role.SUPERVISOR})
    plannable = True

    def decide(self, staff: Staff, occasion: Occasion) -> list[Event]:
        on, last = self.on(occasion), staff.spells[-1]
        if last.left or on < last.since:
            raise Refused(Refusal.NOT_EMPLOYED, effective_on=on)
        return [] if last.last_day == on else [EmploymentEnded(last_day=on)]


class EmploymentEnded(Event):
    last_day: date

    def apply(self, staff: Staff) -> None:
        staff.spells = (*staff.spells[:-1], Spell(staff.spells[-1].since, self.last_day))

    def tells(self, staff: Staff, recorded: Recorded) -> list[FollowUp]:
        return count_posts(staff, recorded, staff.posts)


def check_employed(staff: Staff, on: date) -> None:
    if staff.spell_on(on) is None:
        raise Refused(Refusal.NOT_EMPLOYED, effective_on=on)


def check_units(municipalities: Iterable[str], provider: str, occasion: Occasion) -> None:
    """A post is one in a unit: where none is kept, nobody would count it."""
    for municipality in municipalities:
        if not occasion.elsewhere(unit_id(municipality, provider)).begun:
            raise Refused(Refusal.UNIT_UNKNOWN, municipality=municipality)


def check_shares(staff: Staff, event: Event, on: date, possible: bool) -> None:
    """On no day from `on` on nothing at all, nor more than one whole post over all units. Raises Refused."""
    after = staff.copied()
    event.apply_on(after, on)
    for day, total in sorted(after.sums().items()):
        if day >= on and not (possible and NOBODY < total <= WHOLE):
            raise Refused(Refusal.FTE_RANGE, since=day, total=str(total))


def count_posts(staff: Staff, recorded: Recorded, municipalities: Iterable[str]) -> list[FollowUp]:
    """Each unit is told all that it has to count, so that what it hears last is right."""
    return [
        hand_over(
            recorded,
            unit_id(municipality, staff.provider),
            CountPost(
                manager_id=staff.manager_id,
                shares={post.since: post.share for post in staff.counted(municipality)},
            ),
        )
        for municipality in municipalities
    ]
