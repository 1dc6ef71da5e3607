"""The town's house: the units that keep its places, who works there, and how each household comes to its places."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from cli.client import Receipt
from cli.town import MANAGERS, SUPERVISORS, TOWN, Household, Manager, Person
from domain import absence, capacity, employment, places, waiting
from domain.envelopes import Actor
from domain.refusals import Refusal
from domain.story import Command
from domain.vocabulary import CapacityBase, Role, StaffQualification

COORDINATOR = Actor(id="ko-ravensburg", role=Role.COORDINATOR, provider="stadt-ravensburg")
NEXT_TOWN = "weingarten"
NEXT_DOOR = Manager(Actor(id="im-drk-6", role=Role.MANAGER, provider="drk"), Decimal("0.10"))
"""The neighbouring town has a tenth of a post, so six places: one sees there what it is to be full."""

KEY = 60
KEPT_SINCE, HIRED_ON = date(2017, 12, 1), date(2018, 1, 1)
HOLIDAY = (date(2018, 8, 6), date(2018, 8, 24))
DEPUTY_OF = ("im-drk-2", "im-drk-3")


@dataclass
class Known:
    """What the answers so far have told: the case of each person, and by the key of what was asked the version and the number of its first event."""

    cases: dict[int, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def note(self, key: str, to: int | str, receipt: Receipt) -> None:
        first = receipt.events[0]
        self.versions[key], self.numbers[key] = first.version, first.number or 0
        if isinstance(to, int):
            self.cases[to] = receipt.stream_id


@dataclass(frozen=True)
class Move:
    """Something asked in a chain, after what comes before it: in a person's case (`to`: the number), or of a unit or about somebody of the staff (the path).

    `refused`: the rule that says no, if one does. `not_yet`: the refusal that only means that another story has not heard of it yet: asked again.
    """

    key: str
    by: Actor
    to: int | str
    command: Callable[[Known], Command]
    refused: Refusal | None = None
    not_yet: Refusal | None = None


@dataclass(frozen=True)
class Look:
    """A chain goes on when what the API shows somebody at `path` holds: what follows from one story in another comes by itself."""

    by: Actor
    path: str
    holds: Callable[[Mapping[str, Any], Known], bool]


Chain = list[Move | Look]


def founding() -> Chain:
    """The coordinator has places kept, supervisors hire, and the units count the posts. One of the managers goes on holiday, and another stands in."""
    chain: Chain = [
        _established(TOWN, "drk", CapacityBase.HEAD),
        _established(TOWN, "diakonie", CapacityBase.HEAD),
        _established(NEXT_TOWN, "drk", CapacityBase.FULL_TIME),
        *(_hired(manager, TOWN) for manager in MANAGERS),
        _hired(NEXT_DOOR, NEXT_TOWN),
    ]
    away, deputy = DEPUTY_OF
    on, until = HOLIDAY
    holiday = absence.RecordAbsence(effective_on=on, until=until, deputy=deputy)
    chain.append(Move("house-absence", SUPERVISORS["drk"], f"staff/{away}", lambda _: holiday))
    return [*chain, *(Look(COORDINATOR, path, _counted(heads)) for path, heads in _heads())]


def admissions(town: Iterable[Person], seed: int, entering: Container[int]) -> dict[str, Chain]:
    """How each household of which somebody's case is still to open waits for its places, and is admitted: by the path of the unit."""
    found: dict[str, Chain] = {}
    for home, members in _households(town):
        numbers = [person.number for person in members]
        if any(number in entering for number in numbers):
            found.setdefault(home.unit, []).extend(_admitted(home, numbers, f"town-{seed}-{numbers[0]:04}-place"))
    return found


def _households(town: Iterable[Person]) -> Iterator[tuple[Household, list[Person]]]:
    for _, members in groupby(town, key=lambda person: id(person.household)):
        everybody = list(members)
        yield everybody[0].household, everybody


def _admitted(home: Household, numbers: list[int], key: str) -> list[Move]:
    asked_on, given_on = home.start - timedelta(days=4), home.start - timedelta(days=1)
    return [
        Move(f"{key}-1", home.manager, home.unit, lambda known: waits(known, numbers, effective_on=asked_on)),
        Move(
            f"{key}-2",
            SUPERVISORS[home.manager.provider],
            home.unit,
            lambda known: places.AdmitClient(effective_on=given_on, entry=known.numbers[f"{key}-1"]),
        ),
    ]


def waits(known: Known, numbers: Iterable[int], **said: Any) -> waiting.WaitlistClient:
    """Those persons wait together for places."""
    return waiting.WaitlistClient(case_ids=tuple(known.cases[number] for number in numbers), **said)


def _established(municipality: str, provider: str, base: CapacityBase) -> Move:
    kept = capacity.EstablishUnit(
        effective_on=KEPT_SINCE, municipality=municipality, provider=provider, key=KEY, base=base
    )
    return Move(
        f"house-unit-{municipality}-{provider}", COORDINATOR, f"units/{municipality}/{provider}", lambda _: kept
    )


def _hired(manager: Manager, municipality: str) -> Move:
    staff, share = manager.actor, manager.position
    hired = employment.HireManager(
        effective_on=HIRED_ON,
        manager_id=staff.id,
        qualification=StaffQualification.DEGREE if share >= Decimal("0.75") else StaffQualification.INTERMEDIATE,
        posts={municipality: share},
    )
    return Move(f"house-staff-{staff.id}", SUPERVISORS[staff.provider], f"staff/{staff.id}", lambda _: hired)


def _heads() -> Iterator[tuple[str, int]]:
    for provider in SUPERVISORS:
        yield f"units/{TOWN}/{provider}", sum(manager.actor.provider == provider for manager in MANAGERS)
    yield f"units/{NEXT_TOWN}/{NEXT_DOOR.actor.provider}", 1


def _counted(heads: int) -> Callable[[Mapping[str, Any], Known], bool]:
    return lambda shown, _: bool(shown["board"]["heads"] == heads)
