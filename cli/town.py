"""Ravensburg in 2018, invented person by person: who lives there, who supports whom, and what is asked for them in which order.

After the city's own figures: 460 persons, 8 integration managers on 5.5 full-time positions, two providers. The same seed gives the same town, and a
smaller town is the beginning of a larger one, household for household and key for key.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum, auto
from itertools import count
from random import Random
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from cli.town_words import ORIGINS, Origin
from domain.envelopes import Actor
from domain.refusals import Refusal
from domain.story import Command
from domain.vocabulary import Phase, Role, Sex, Title

PEOPLE = 460
SEED = 2018
TOWN = "ravensburg"

SINGLES, FAMILIES = 141, 62
"""Households of a town in the same state that counted them; a family there had 4.1 persons on average."""

FAMILY_SIZES = {2: 12, 3: 22, 4: 30, 5: 21, 6: 10, 7: 4, 8: 1}  # size: weight
NEW_YEAR = date(2018, 1, 1)
FIRST_STARTS, LAST_STARTS = date(2018, 1, 2), date(2018, 4, 27)
REACHES = {
    Phase.REGISTERED: 6,
    Phase.INTAKE: 8,
    Phase.PLANNING: 14,
    Phase.SUPPORT: 58,
    Phase.WITHDRAWAL: 4,
    Phase.CLOSED: 10,
}  # how far cases come: weight
ADULT = 18

T = TypeVar("T")


class Ending(StrEnum):
    """How the cases of a household end, if they do."""

    STEP_BY_STEP = auto()
    CONTACT_LOST = auto()
    MOVED_AWAY = auto()
    DEPARTED = auto()


ENDINGS = {
    Ending.STEP_BY_STEP: 55,
    Ending.CONTACT_LOST: 15,
    Ending.MOVED_AWAY: 15,
    Ending.DEPARTED: 15,
}  # ending: weight


@dataclass(frozen=True)
class Manager:
    """An integration manager and the share of a full-time position."""

    actor: Actor
    position: Decimal


MANAGERS = tuple(
    Manager(Actor(id=f"im-{provider}-{nth}", role=Role.MANAGER, provider=provider), Decimal(position))
    for provider, positions in (
        ("drk", ("1.00", "0.75", "0.75", "0.50", "0.50")),
        ("diakonie", ("1.00", "0.50", "0.50")),
    )
    for nth, position in enumerate(positions, 1)
)
SUPERVISORS = {
    provider: Actor(id=f"fl-{provider}", role=Role.SUPERVISOR, provider=provider) for provider in ("drk", "diakonie")
}


@dataclass(frozen=True)
class Household:
    """What those who live together share. `reaches`: how far their cases come; `start`: the first day of support; `municipality`: whose place they need."""

    id: UUID | None
    origin: Origin
    family: str
    manager: Actor
    title: Title
    title_until: date | None
    in_town_since: date
    start: date
    reaches: Phase
    ending: Ending
    municipality: str = TOWN

    @property
    def unit(self) -> str:
        """Where the unit that keeps their places is asked."""
        return f"units/{self.municipality}/{self.manager.provider}"


@dataclass(frozen=True)
class Person:
    """`birth_date` as it is told: YYYY-MM-DD, YYYY, or not at all. `guardian`: an adult of the same household."""

    number: int
    id: UUID
    name: str
    sex: Sex
    birth_date: str | None
    household: Household
    guardian: UUID | None = None


@dataclass(frozen=True)
class Step:
    """One thing asked for, under its own idempotency key.

    `refused`: the rule that says no, if one does. `seen`: the version that the caller believes to be the last. `times`: how often it is asked.
    """

    key: str
    by: Actor
    command: Command
    refused: Refusal | None = None
    seen: int | None = None
    times: int = 1


def people(number: int = PEOPLE, seed: int = SEED) -> list[Person]:
    """The town's first persons, household by household: so many, and who else belongs to the last household."""
    town: list[Person] = []
    heads: Counter[str] = Counter({manager.actor.id: 0 for manager in MANAGERS})
    for nth in count():
        rng = Random(f"{seed}/household/{nth}")  # noqa: S311  a town by chance, no secret
        if len(town) >= number:
            return town
        household = _household(rng, seed, nth, heads)
        for place, (age, sex) in enumerate(_members(rng, alone=household.id is None)):
            heads[household.manager.id] += 1
            guardian = town[-place].id if place and age < ADULT else None
            town.append(_person(rng, seed, len(town), household, age, sex, guardian))
    raise AssertionError("count() does not end")


def _household(rng: Random, seed: int, nth: int, heads: Counter[str]) -> Household:
    """Families are spread evenly among those who live alone; whoever has the fewest persons takes the next household."""
    family = (nth + 1) * FAMILIES // (SINGLES + FAMILIES) > nth * FAMILIES // (SINGLES + FAMILIES)
    origin = _one_of(rng, {each: each.share for each in ORIGINS})
    start = _working_day(rng, FIRST_STARTS, LAST_STARTS)
    reaches = _one_of(rng, REACHES)
    title = _one_of(rng, dict(origin.titles))
    if reaches is Phase.REGISTERED and rng.random() < 0.6:
        title = Title.ASYLUM_PENDING
    return Household(
        id=uuid5(NAMESPACE_URL, f"lotse:{seed}:household:{nth}") if family else None,
        origin=origin,
        family=rng.choice(origin.families.split()),
        manager=min((manager.actor for manager in MANAGERS), key=lambda actor: heads[actor.id]),
        title=title,
        title_until=start + timedelta(days=rng.randint(60, 900)),
        in_town_since=start - timedelta(days=rng.randint(40, 700)),
        start=start,
        reaches=reaches,
        ending=_one_of(Random(f"{seed}/ending/{nth}"), ENDINGS),  # noqa: S311  an end by chance, no secret
    )


def _members(rng: Random, *, alone: bool) -> list[tuple[int, Sex]]:
    """Age and sex of those who live together: adults first, then children, the eldest first."""
    if alone:
        age = _one_of(rng, {18: 15, 24: 45, 31: 30, 45: 10}) + rng.randint(0, 6)
        return [(age, Sex.FEMALE if rng.random() < 0.18 else Sex.MALE)]
    size, mother = _one_of(rng, FAMILY_SIZES), rng.randint(22, 44)
    adults = [(mother, Sex.FEMALE)]
    if rng.random() < 0.78:
        adults.insert(rng.randint(0, 1), (mother + rng.randint(-1, 8), Sex.MALE))
    ages = sorted((rng.randint(0, min(ADULT - 1, mother - 19)) for _ in range(size - len(adults))), reverse=True)
    return adults + [(age, rng.choice((Sex.FEMALE, Sex.MALE))) for age in ages]


def _person(
    rng: Random, seed: int, number: int, household: Household, age: int, sex: Sex, guardian: UUID | None
) -> Person:
    """Some adults know only the year of their birth, or would rather not tell."""
    birth = date(NEW_YEAR.year - age - 1, 1, 1) + timedelta(days=rng.randint(1, 364))
    told = rng.random()
    birth_date = birth.isoformat() if guardian or told < 0.82 else str(birth.year) if told < 0.95 else None
    given = rng.choice((household.origin.women if sex is Sex.FEMALE else household.origin.men).split())
    return Person(
        number=number,
        id=uuid5(NAMESPACE_URL, f"lotse:{seed}:person:{number}"),
        name=f"{given} {household.family}",
        sex=sex,
        birth_date=birth_date,
        household=household,
        guardian=guardian,
    )


def _one_of(rng: Random, weights: Mapping[T, int]) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]


def _working_day(rng: Random, first: date, last: date) -> date:
    day = first + timedelta(days=rng.randint(0, (last - first).days))
    return day - timedelta(days=max(0, day.weekday() - 4))
