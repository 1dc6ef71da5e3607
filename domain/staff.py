"""A member of staff: employed from when to when, with which posts, absent when. No kind of absence is ever recorded, and nothing personal."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from domain.hands import within
from domain.posts import Post
from domain.story import State

NOBODY = Decimal(0)
WHOLE = Decimal(1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spell:
    """Employed from `since` to `last_day`, both included; with an open end where there is none. `left`: the cases were told of the end."""

    since: date
    last_day: date | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """From `since` to `until`, both included; nobody knows until when where there is none. `number` is the version with which it was recorded first.

    `remind_on`: the last working day on which nobody need stand in. `reassign_on`: the last working day on which the cases are kept.
    `told`: the cases heard of a deputy. `reminded`, `left_from`: what the clock has brought. `ended`: somebody has said when it was over.
    """

    number: int
    since: date
    remind_on: date
    reassign_on: date
    until: date | None = None
    deputy: str | None = None
    told: bool = False
    reminded: bool = False
    left_from: date | None = None
    ended: bool = False

    def on(self, day: date) -> bool:
        return within(day, self.since, self.until)


@dataclass(slots=True)
class Staff(State):
    """`posts`: by municipality, sorted by day; a share holds until the next one."""

    manager_id: str = ""
    spells: tuple[Spell, ...] = ()
    posts: dict[str, tuple[Post, ...]] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()

    def spell_on(self, day: date) -> Spell | None:
        return next((each for each in self.spells if within(day, each.since, each.last_day)), None)

    def absence_on(self, day: date) -> Absence | None:
        return next((each for each in self.absences if each.on(day)), None)

    def absence(self, number: int) -> Absence | None:
        return next((each for each in self.absences if each.number == number), None)

    def absence_since(self, day: date) -> Absence | None:
        """The absence that began on a day, if nobody has said yet when it was over."""
        return next((each for each in self.absences if each.since == day and not each.ended), None)

    def active_on(self, day: date) -> bool:
        """Whether cases can be assigned on a day: employed, and not absent."""
        return self.spell_on(day) is not None and self.absence_on(day) is None

    def keeps_cases_on(self, day: date) -> bool:
        """Whether cases stay with that person on a day: employed, and not absent for so long that they were reassigned."""
        return self.spell_on(day) is not None and not any(within(day, *left) for left in self.left())

    def left(self) -> list[tuple[date, date | None]]:
        """The periods, first and last day, for which the cases were told that this person is gone."""
        away = [(each.left_from, each.until) for each in self.absences if each.left_from is not None]
        over = [(each.last_day + DAY, self._next_spell(each)) for each in self.spells if each.left and each.last_day]
        return [*away, *over]

    def _next_spell(self, spell: Spell) -> date | None:
        """The day before the next employment, if there is one."""
        return next((each.since - DAY for each in self.spells if each.since > spell.since), None)

    def share_on(self, municipality: str, day: date) -> Decimal:
        """The share of a full post that is agreed for a day; 0 where there is no post, or no employment."""
        if self.spell_on(day) is None:
            return NOBODY
        known = self.posts.get(municipality, ())
        return next((each.share for each in reversed(known) if each.since <= day), NOBODY)

    def sums(self) -> dict[date, Decimal]:
        """The sum of the shares over all units from each day on which one of them changes within an employment."""
        days = {each.since for posts in self.posts.values() for each in posts} | {each.since for each in self.spells}
        return {
            day: sum((self.share_on(place, day) for place in self.posts), NOBODY) for day in days if self.spell_on(day)
        }

    def counted(self, municipality: str) -> tuple[Post, ...]:
        """What a unit counts: the shares, but nothing for days on which nobody is employed or the cases had to be reassigned. Sorted by day."""
        changes = {each.since for each in self.posts.get(municipality, ())}
        for spell in self.spells:
            changes |= {spell.since, *_day_after(spell.last_day)}
        long = [each for each in self.absences if each.left_from is not None]
        for absence in long:
            changes |= {absence.left_from or absence.since, *_day_after(absence.until)}
        posts = [Post(day, self._counted_on(municipality, day, long)) for day in sorted(changes)]
        return tuple(posts[:1]) + tuple(post for before, post in pairwise(posts) if before.share != post.share)

    def _counted_on(self, municipality: str, day: date, long: Iterable[Absence]) -> Decimal:
        away = any(within(day, each.left_from or each.since, each.until) for each in long)
        return NOBODY if away else self.share_on(municipality, day)

    def hold(self, municipality: str, share: Decimal, since: date) -> None:
        """A share from a day on; what was said about that and later days falls away."""
        before = (each for each in self.posts.get(municipality, ()) if each.since < since)
        self.posts = {**self.posts, municipality: (*before, Post(since, share))}

    def leave(self, last_day: date) -> None:
        """The cases have heard of the end of an employment."""
        self.spells = tuple(replace(each, left=each.left or each.last_day == last_day) for each in self.spells)

    def copied(self) -> "Staff":
        """Apart from this one: nothing inside is ever changed in place."""
        return replace(self)

    def keep(self, absence: Absence, **changes: object) -> None:
        """An absence as it is known now."""
        known = replace(absence, **changes)  # type: ignore[arg-type]  # fields of an absence
        self.absences = tuple(known if each.number == absence.number else each for each in self.absences)


def _day_after(day: date | None) -> tuple[date, ...]:
    return () if day is None else (day + DAY,)
