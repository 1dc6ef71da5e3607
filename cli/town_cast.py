"""Those in the town who have a story of their own: households as they were in spring, invented one by one."""

from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from cli.town import MANAGERS, SEED, TOWN, Ending, Household, Manager, Person
from cli.town_house import NEXT_DOOR, NEXT_TOWN
from cli.town_words import ORIGINS
from domain.vocabulary import Phase, Sex, Title

FIRST_NUMBER = 10_000
"""Behind the largest town, so that these are the same people in any."""

START, TITLE_UNTIL, BORN_AFTER = date(2018, 2, 5), date(2020, 6, 30), "2000"
MANAGER = {manager.actor.id: manager for manager in MANAGERS}


@dataclass(frozen=True)
class Role:
    """A household of the cast: who supports it, its family name, and who belongs to it (given name, sex, date of birth)."""

    name: str
    manager: Manager
    country: str
    family: str
    members: tuple[tuple[str, Sex, str], ...]
    municipality: str = TOWN
    reaches: Phase = Phase.SUPPORT


DRK, OTHER = MANAGER["im-drk-1"], MANAGER["im-diakonie-2"]
F, M = Sex.FEMALE, Sex.MALE

ROLES = (
    Role("corrected", DRK, "ER", "Haile", (("Semhar", F, "1991-03-12"),)),
    Role("twice", DRK, "AF", "Rahimi", (("Jawad", M, "1988-07-01"),)),
    Role(
        "split",
        DRK,
        "IQ",
        "Hussein",
        (("Nadia", F, "1986-05-20"), ("Saad", M, "1982-11-02"), ("Amal", F, "2009-01-30"), ("Murad", M, "2012-08-14")),
    ),
    Role(
        "death", DRK, "SY", "Haddad", (("Omar", M, "1969-04-04"), ("Samar", F, "1974-09-09"), ("Nour", F, "2006-02-17"))
    ),
    Role("back", DRK, "GM", "Ceesay", (("Lamin", M, "1995-10-10"),), reaches=Phase.CLOSED),
    Role("back-too", OTHER, "NG", "Okafor", (("Blessing", F, "1990-12-24"),), reaches=Phase.CLOSED),
    Role("moving", DRK, "SO", "Farah", (("Hodan", F, "1993-06-15"),)),
    Role("asking", OTHER, "IR", "Moradi", (("Behrouz", M, "1979-01-19"),)),
    Role(
        "next-door",
        NEXT_DOOR,
        "SY",
        "Shami",
        (("Rima", F, "1987-02-02"), ("Firas", M, "1984-03-03"), ("Yazan", M, "2013-04-04")),
        NEXT_TOWN,
    ),
    Role("leaving", NEXT_DOOR, "PK", "Malik", (("Imran", M, "1992-05-05"),), NEXT_TOWN),
    Role("leaving-too", NEXT_DOOR, "AF", "Karimi", (("Hamid", M, "1985-08-21"),), NEXT_TOWN),
    Role(
        "large",
        NEXT_DOOR,
        "IQ",
        "Khalaf",
        (
            ("Dalal", F, "1989-09-01"),
            ("Khairi", M, "1986-10-11"),
            ("Berivan", F, "2010-06-06"),
            ("Ali", M, "2014-12-12"),
        ),
        NEXT_TOWN,
        Phase.REGISTERED,
    ),
    Role("urgent", NEXT_DOOR, "ER", "Tekle", (("Luwam", F, "1996-01-07"),), NEXT_TOWN, Phase.REGISTERED),
    Role("patient", NEXT_DOOR, "SY", "Zain", (("Karam", M, "1994-11-30"),), NEXT_TOWN, Phase.REGISTERED),
)


def cast(seed: int = SEED) -> dict[str, list[Person]]:
    """The people of each role, numbered on."""
    found: dict[str, list[Person]] = {}
    number = FIRST_NUMBER
    for role in ROLES:
        home = _home(role, seed)
        found[role.name] = [_person(role, home, seed, number, place) for place in range(len(role.members))]
        number += len(role.members)
    return found


def _home(role: Role, seed: int) -> Household:
    several = len(role.members) > 1
    return Household(
        id=uuid5(NAMESPACE_URL, f"lotse:{seed}:household:{role.name}") if several else None,
        origin=next(origin for origin in ORIGINS if origin.country == role.country),
        family=role.family,
        manager=role.manager.actor,
        title=Title.P25_2,
        title_until=TITLE_UNTIL,
        in_town_since=date(2017, 6, 1),
        start=START,
        reaches=role.reaches,
        ending=Ending.MOVED_AWAY,
        municipality=role.municipality,
    )


def _person(role: Role, home: Household, seed: int, number: int, place: int) -> Person:
    given, sex, born = role.members[place]
    return Person(
        number=number + place,
        id=_id(seed, number + place),
        name=f"{given} {role.family}",
        sex=sex,
        birth_date=born,
        household=home,
        guardian=_id(seed, number) if born > BORN_AFTER else None,
    )


def _id(seed: int, number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"lotse:{seed}:person:{number}")
