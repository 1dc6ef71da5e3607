"""What holds in a house: at every step, and when everything that was told has arrived."""

from collections import Counter

from domain.case import Case
from domain.closure import FOR_GOOD
from domain.envelopes import CASE_PREFIX, STAFF_PREFIX, UNIT_PREFIX, Recorded, Submitted, unit_id
from domain.places import ClientAdmitted, PlaceTaken
from domain.slots import PlaceGivenUp, SlotReleased, SlotTakenBack
from domain.staff import Staff
from domain.story import Event
from domain.transfer import TransferAccepted
from domain.transfer_answer import SlotReserved
from domain.transfer_unit import PlaceConfirmed
from domain.unit import Unit
from domain.vocabulary import Phase
from tests.domain.house import House


class WatchedHouse(House):
    @property
    def cases(self) -> dict[str, Case]:
        return {each: self.state(each) for each in self.ids(CASE_PREFIX)}

    @property
    def units(self) -> dict[str, Unit]:
        return {each: self.state(each) for each in self.ids(UNIT_PREFIX)}

    @property
    def staff(self) -> dict[str, Staff]:
        return {each: self.state(each) for each in self.ids(STAFF_PREFIX)}

    def before_recorded(self, stream_id: str, submitted: Submitted, events: list[Recorded]) -> None:
        """Nobody comes in beyond the capacity unless a supervisor has said so, or a case takes back what was its own."""
        if not stream_id.startswith(UNIT_PREFIX):
            return
        unit: Unit = self.state(stream_id).copy()
        for recorded in events:
            event = recorded.event
            if isinstance(event, ClientAdmitted | SlotReserved) and not event.over_capacity:
                entry = getattr(event, "entry", None)
                needed = 1 if entry is None else len(event.case_ids)  # type: ignore[union-attr]
                others = 0 if entry in unit.offers else unit.reserved - len(unit.reservations)
                capacity = unit.capacity(self.today)
                assert unit.used + len(unit.reservations) + others + needed <= capacity, f"{event} beyond {capacity}"
            if isinstance(event, ClientAdmitted | SlotReserved) and event.over_capacity:
                assert submitted.command["override"]
            unit.take(recorded)

    def is_sound(self) -> None:
        """Holds at every step, whatever is still to be told."""
        units, cases = self.units, self.cases
        held = Counter(case_id for unit in units.values() for case_id in unit.places)
        assert not [each for each, times in held.items() if times > 1], "two places"
        claimed = {name: unit for name, unit in self.claims.items() if name.startswith("place:")}
        assert claimed == {f"place:{case_id}": name for name, unit in units.items() for case_id in unit.places}
        for name, unit in units.items():
            assert unit.used == _counted(self.stories[name])
            assert unit.used + unit.reserved + unit.free(self.today) == unit.capacity(self.today)
            assert not unit.places.keys() & unit.reservations.keys()
            waiting = [case_id for entry in unit.waiting.values() for case_id in entry.case_ids]
            assert len(waiting) == len(set(waiting)), "somebody waits twice"
            assert not set(waiting) & unit.places.keys(), "somebody waits where they have a place"
            assert all(unit.waiting[number].slots for number in unit.offers)
        for case_id, case in cases.items():
            assert case.provider, f"{case_id} has no provider"
            assert case.merged_into is None or not case.open
            assert not case.open or self.claims.get(f"open-case:{case.person_id}") == case_id
        for name, case_id in self.claims.items():
            holder = cases.get(case_id)
            assert holder is None or holder.open or holder.merged_into, f"{name} is kept from others"
        for story in self.stories.values():
            assert all(version == each.version for version, each in enumerate(story, 1))

    def is_at_rest(self) -> None:
        """Holds when everything has arrived: all stories say the same."""
        self.is_sound()
        cases, units = self.cases, self.units
        for case_id, case in cases.items():
            holding = [name for name, unit in units.items() if case_id in unit.places]
            assert [case.unit] * (case.unit is not None) == holding, f"{case_id} knows {case.unit}, not {holding}"
            self._place_is_rightful(case_id, case)
            self._manager_is_there(case_id, case)
            self._transfer_is_known(case_id, case)
            self._merge_is_known(case_id, case)
            self._deaths_are_known(case_id, case)
        for name, unit in units.items():
            assert not unit.reservations, f"{name} keeps {unit.reservations}"
            self._nobody_is_left_out(name, unit)
            self._posts_are_counted(name, unit)

    def _place_is_rightful(self, case_id: str, case: Case) -> None:
        here = unit_id(case.municipality or "", case.provider)
        story = [each.event for each in self.stories[case_id]]
        takings = [each for each in story if isinstance(each, PlaceTaken | TransferAccepted | PlaceGivenUp)]
        if case.open:
            had = bool(takings) and not isinstance(takings[-1], PlaceGivenUp)
            assert case.unit in (here, None)
            assert case.unit or not (had and here in self.units), f"{case_id} has lost its place"
        if case.died_on is not None or case.merged_into is not None or case.closure_reason in FOR_GOOD:
            assert case.unit is None, f"{case_id} keeps a place"
        if case.phase is Phase.CLOSED and case.unit is not None:
            after = story[(case.closed_at_version or 0) :]
            assert any(isinstance(each, PlaceTaken) for each in after), f"{case_id} is closed and keeps its place"

    def _manager_is_there(self, case_id: str, case: Case) -> None:
        manager_id = case.hands.manager_on(self.today)
        if case.open and manager_id is not None:
            staff: Staff = self.state(f"{STAFF_PREFIX}{manager_id}")
            here = not staff.begun or staff.keeps_cases_on(self.today) or self.today < staff.spells[0].since
            assert here, f"{case_id} is with somebody who is gone"

    def _transfer_is_known(self, case_id: str, case: Case) -> None:
        pending = case.transfer
        there = {} if pending is None else {unit_id(pending.to_municipality, pending.to_provider): pending.version}
        known = {name: each.incoming[case_id].transfer for name, each in self.units.items() if case_id in each.incoming}
        assert known == there, f"{case_id} is on its way to {there}, and {known} know of it"

    def _merge_is_known(self, case_id: str, case: Case) -> None:
        """A case is merged into exactly the one that names it as its duplicate."""
        naming = [each for each, other in self.cases.items() if case_id in other.duplicates]
        assert naming == [case.merged_into] * (case.merged_into is not None), f"{case_id}: {naming}, {case.merged_into}"

    def _deaths_are_known(self, case_id: str, case: Case) -> None:
        """A death that was taken back is noted nowhere."""
        noted = [each.causation or "" for each in self.stories[case_id] if each.name == "DeathInHouseholdNoted"]
        dead = {f"{each}/{other.died_version}" for each, other in self.cases.items() if other.died_on is not None}
        assert case.deaths_in_household <= len(noted)
        assert case.deaths_in_household == 0 or dead & set(noted), f"{case_id}: {noted}"

    def _nobody_is_left_out(self, name: str, unit: Unit) -> None:
        """What is free is offered, or held, to whoever fits and has not declined it."""
        free = unit.free(self.today)
        fitting = [number for number, entry in unit.asked() if entry.slots <= free]
        assert not fitting or unit.hold is not None, f"{name}: {free} free, and {fitting} are not asked"

    def _posts_are_counted(self, name: str, unit: Unit) -> None:
        for staff in self.staff.values():
            if staff.provider == unit.provider and unit.municipality in staff.posts:
                told = unit.posts.get(staff.manager_id, [])
                assert tuple(told) == staff.counted(unit.municipality), f"{name} counts {told} for {staff.manager_id}"


def _counted(story: list[Recorded]) -> int:
    """How many places are used, by what the story says of each of them."""
    events: list[Event] = [each.event for each in story]
    released = {n for n, each in enumerate(events) if isinstance(each, SlotReleased)}
    used: set[str] = set()
    for n, event in enumerate(events):
        if isinstance(event, ClientAdmitted):
            used |= set(event.case_ids)
        elif isinstance(event, SlotTakenBack | PlaceConfirmed):
            used.add(event.case_id)
        elif n in released:
            used.discard(event.case_id)  # type: ignore[attr-defined]
    return len(used)
