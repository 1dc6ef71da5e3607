"""Who lives in the house that is tested: three units of two providers, eight people with ten cases, three members of staff; and who of them can be asked what."""

from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine

from domain.capacity import EstablishUnit
from domain.case import Case
from domain.employment import HireManager
from domain.envelopes import Actor, staff_id, unit_id
from domain.places import AdmitClient
from domain.story import Command
from domain.unit import Unit
from domain.vocabulary import CapacityBase, Phase, Reason, Role, StaffQualification
from domain.waiting import WaitlistClient
from tests.domain.house_in_order import WatchedHouse
from tests.examples import CONFIRM, OPEN, REGISTER, START
from tests.examples_transfer import SHARE_PROVIDER

COORDINATOR = Actor(id="ko-01", role=Role.COORDINATOR, provider="landkreis")
PLACES = (("ravensburg", "drk"), ("weingarten", "drk"), ("ulm", "diakonie"))
UNITS = tuple(unit_id(*place) for place in PLACES)
NO_UNIT = "wangen"
PERSONS, CASES = 8, tuple(f"case-{UUID(int=n)}" for n in range(10))
"""The last two are second cases of the first two persons."""
STAFF = {"im-01": "drk", "im-02": "drk", "im-03": "diakonie"}
HOUSEHOLDS = tuple(UUID(int=n) for n in range(100, 104))

T = TypeVar("T")


class PeopleAtHome(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.house = WatchedHouse()

    def settle(self, keys: tuple[int, ...], late: bool, at_home: int) -> None:
        """Some units and staff, whom everybody knows, and some cases that have been opened with a place."""
        for place, key in list(zip(PLACES, keys, strict=True))[: 2 if late else 3]:
            self.establish(place, key)
        for who, provider in STAFF.items():
            self.hire(who, {"ulm" if provider == "diakonie" else "ravensburg": Decimal("0.50")}, -9)
        self.house.rest()
        for n, case_id in enumerate(CASES):
            provider = "diakonie" if n in (6, 7) else "drk"
            person = REGISTER.model_copy(update={"person_id": UUID(int=n % PERSONS + 1)})
            self.house.ask(case_id, person, supervisor(provider))
            self.house.ask(case_id, CONFIRM, supervisor(provider))
        for case_id in CASES[:at_home]:
            unit = self.units_of(case_id)[0]
            self.house.ask(unit, WaitlistClient(case_ids=(case_id,)), COORDINATOR)
            self.admit(unit, self.unit(unit).entries, override=True)
            self.house.rest()
            self.open_case(case_id, None)

    def establish(self, place: tuple[str, str], key: int) -> None:
        base = CapacityBase.HEAD if key % 2 else CapacityBase.FULL_TIME
        establish = EstablishUnit(municipality=place[0], provider=place[1], key=key * 2, base=base, effective_on=START)
        self.house.ask(unit_id(*place), establish, COORDINATOR)

    def hire(self, who: str, posts: dict[str, Decimal], on: int) -> None:
        hire = HireManager(
            manager_id=who, qualification=StaffQualification.DEGREE, posts=posts, effective_on=self.day(on)
        )
        self.house.ask(staff_id(who), hire, supervisor(STAFF[who]))

    def admit(self, unit: str, entry: int, *, override: bool) -> None:
        admit = AdmitClient(entry=entry, override=override, reason=Reason.HARDSHIP if override else None)
        self.house.ask(unit, admit, self.supervisor_of(unit))

    def open_case(self, case_id: str, municipality: str | None) -> None:
        holders = self.holders(case_id)
        there = self.unit(holders[0]).municipality if holders else "ravensburg"
        opening = OPEN.model_copy(update={"municipality": municipality or there, "household_id": None})
        if self.house.ask(case_id, opening, self.owner(case_id)) is None:
            self.house.ask(case_id, SHARE_PROVIDER, self.owner(case_id))

    def ask_case(self, case_id: str, command: Command) -> None:
        self.house.ask(case_id, command, self.owner(case_id))

    def in_phase(self, *phases: Phase) -> list[str]:
        return [each for each in CASES if self.case(each).phase in phases]

    def holders(self, case_id: str) -> list[str]:
        return [unit for unit in UNITS if case_id in self.unit(unit).places]

    def placed(self) -> list[tuple[str, str]]:
        return [(unit, case_id) for unit in UNITS for case_id in self.unit(unit).places]

    def units_of(self, case_id: str) -> list[str]:
        provider = self.case(case_id).provider
        return [unit for unit in UNITS if unit.endswith(f".{provider}")]

    def waiting(self) -> list[tuple[str, int]]:
        """Entries of waiting lists, first those that have an offer."""
        units = {unit: self.unit(unit) for unit in UNITS}
        offered = [(unit, number) for unit, each in units.items() for number in each.offers]
        return [*offered, *((unit, number) for unit, each in units.items() for number, _ in each.queue())]

    def on_their_way(self) -> list[str]:
        return [each for each in CASES if self.case(each).transfer]

    def incoming(self) -> list[tuple[str, str]]:
        """What a unit has heard of, and perhaps answered already."""
        return [(unit, case_id) for unit in UNITS for case_id in self.unit(unit).incoming]

    def survivors(self) -> list[tuple[str, str]]:
        return [(each, other) for each in CASES for other in self.case(each).duplicates]

    def in_households(self) -> list[str]:
        return [each for each in CASES if self.case(each).household_id]

    def day(self, shift: int) -> Any:
        return START.fromordinal(self.house.today.toordinal() + shift)

    def case(self, case_id: str) -> Case:
        case: Case = self.house.state(case_id)
        return case

    def unit(self, unit: str) -> Unit:
        state: Unit = self.house.state(unit)
        return state

    def owner(self, case_id: str) -> Actor:
        return supervisor(self.case(case_id).provider)

    def supervisor_of(self, unit: str) -> Actor:
        return supervisor(PLACES[UNITS.index(unit)][1])


def pick_one(among: list[T], pick: int) -> T:
    return among[pick % len(among)]


def supervisor(provider: str) -> Actor:
    return Actor(id="sv-01", role=Role.SUPERVISOR, provider=provider)
