"""Random lives of a whole house: three units of two providers, eight people in households, three members of staff, and whatever they ask of each other.

What one story has to tell another arrives late, in any order between stories, and again where nobody has noted that it did. Whatever happens, nobody
has two places or none too many; and when everything has arrived, all stories say the same.
"""

import os
from decimal import Decimal
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from domain.absence import RecordAbsence, ReturnFromAbsence
from domain.capacity import SetCapacity
from domain.case import OPEN_PHASES
from domain.closed_in_error import RetractClosure
from domain.closure import CloseCase
from domain.departure import RecordDeath, RecordDeparture
from domain.duplicates import MergePersons, UndoMerge
from domain.employment import ChangeFte, EndEmployment
from domain.envelopes import staff_id, unit_id
from domain.household import AddToHousehold, LeaveHousehold, SplitHousehold
from domain.intake import WithdrawConsent
from domain.offers import DeclineOffer
from domain.reopening import ReopenCase
from domain.responsibility import AssignManager
from domain.slots import ReleaseSlot
from domain.story import Command
from domain.transfer import CancelTransfer, RequestTransfer
from domain.transfer_answer import AcceptTransfer, RejectTransfer
from domain.vocabulary import (
    CapacityBase,
    ClosureReason,
    ConsentScope,
    DepartureKind,
    MergeEvidence,
    Phase,
    PriorityClass,
    Reason,
    WaitlistEnd,
)
from domain.waiting import RemoveFromWaitlist, WaitlistClient
from tests.domain.house_people import (
    CASES,
    COORDINATOR,
    HOUSEHOLDS,
    NO_UNIT,
    PLACES,
    STAFF,
    PeopleAtHome,
    pick_one,
    supervisor,
)
from tests.examples_transfer import SHARE_PROVIDER

CLOSED_AS = (ClosureReason.MOVED_AWAY, ClosureReason.SAFETY, ClosureReason.OPENED_IN_ERROR, ClosureReason.DUPLICATE)

cases = st.sampled_from(CASES)
staff = st.sampled_from(sorted(STAFF))
towns = st.sampled_from(["ravensburg", "weingarten", "ulm"])
shares = st.sampled_from(["0.00", "0.25", "0.50", "1.00"]).map(Decimal)
days = st.integers(-20, 40) | st.just(0)
picks = st.integers(0, 9)
ENDS: tuple[Command, ...] = (
    *(CloseCase(closure_reason=reason) for reason in CLOSED_AS),
    RecordDeath(),
    RecordDeparture(departure=DepartureKind.DEPORTED),
)
AGAIN: tuple[Command, ...] = (ReopenCase(reason=Reason.CLIENT_WISH), RetractClosure(reason=Reason.MISTAKE))
ABOUT_TRANSFERS: tuple[Command, ...] = (
    CancelTransfer(reason=Reason.OTHER),
    WithdrawConsent(scope=ConsentScope.SHARE_PROVIDER),
    SHARE_PROVIDER,
)


class People(PeopleAtHome):
    @initialize(keys=st.tuples(*[st.integers(1, 4)] * 3), late=st.booleans(), at_home=st.integers(0, 8))
    def a_house(self, keys: tuple[int, int, int], late: bool, at_home: int) -> None:
        self.settle(keys, late, at_home)

    @rule(case_id=cases, pick=picks, size=st.sampled_from([1, 1, 1, 2, 3]), priority=st.sampled_from(PriorityClass))
    def a_household_is_put_down(self, case_id: str, pick: int, size: int, priority: PriorityClass) -> None:
        units = self.units_of(case_id)
        if units:
            first = CASES.index(case_id)
            case_ids = tuple(CASES[(first + n) % len(CASES)] for n in range(size))
            wait = WaitlistClient(case_ids=case_ids, priority=priority)
            self.house.ask(pick_one(units, pick), wait, COORDINATOR)

    @precondition(lambda self: self.waiting())
    @rule(pick=picks, override=st.booleans())
    def a_household_is_admitted(self, pick: int, override: bool) -> None:
        self.admit(*pick_one(self.waiting(), pick), override=override)

    @precondition(lambda self: self.waiting())
    @rule(pick=picks, because=st.none() | st.sampled_from(WaitlistEnd))
    def an_entry_is_declined_or_removed(self, pick: int, because: WaitlistEnd | None) -> None:
        unit, entry = pick_one(self.waiting(), pick)
        ends = DeclineOffer(entry=entry) if because is None else RemoveFromWaitlist(entry=entry, because=because)
        self.house.ask(unit, ends, COORDINATOR)

    @precondition(lambda self: self.in_phase(Phase.REGISTERED))
    @rule(pick=picks, elsewhere=st.sampled_from([None, None, None, NO_UNIT, "weingarten"]))
    def a_case_is_opened(self, pick: int, elsewhere: str | None) -> None:
        """Where it has a place, or anywhere."""
        ready = [each for each in self.in_phase(Phase.REGISTERED) if self.holders(each)]
        self.open_case(pick_one(ready or self.in_phase(Phase.REGISTERED), pick), elsewhere)

    @precondition(lambda self: self.in_phase(*OPEN_PHASES))
    @rule(pick=picks, command=st.sampled_from(ENDS))
    def a_case_ends(self, pick: int, command: Command) -> None:
        self.ask_case(pick_one(self.in_phase(*OPEN_PHASES), pick), command)

    @rule(case_id=cases, command=st.sampled_from(ENDS[-2:]))
    def a_life_here_ends(self, case_id: str, command: Command) -> None:
        self.ask_case(case_id, command)

    @precondition(lambda self: self.in_phase(Phase.CLOSED))
    @rule(pick=picks, command=st.sampled_from(AGAIN))
    def a_case_goes_on(self, pick: int, command: Command) -> None:
        self.ask_case(pick_one(self.in_phase(Phase.CLOSED), pick), command)

    @precondition(lambda self: self.in_phase(*OPEN_PHASES))
    @rule(pick=picks, place=st.sampled_from(PLACES))
    def a_transfer_is_asked_for(self, pick: int, place: tuple[str, str]) -> None:
        request = RequestTransfer(to_municipality=place[0], to_provider=place[1], reason=Reason.RELOCATION)
        self.ask_case(pick_one(self.in_phase(*OPEN_PHASES), pick), request)

    @precondition(lambda self: self.on_their_way())
    @rule(pick=picks, command=st.sampled_from(ABOUT_TRANSFERS))
    def something_is_said_of_a_transfer(self, pick: int, command: Command) -> None:
        self.ask_case(pick_one(self.on_their_way(), pick), command)

    @precondition(lambda self: self.incoming())
    @rule(pick=picks, override=st.none() | st.booleans())
    def a_unit_answers(self, pick: int, override: bool | None) -> None:
        """None: it rejects."""
        unit, case_id = pick_one(self.incoming(), pick)
        reason = Reason.HARDSHIP if override else None
        said = (
            RejectTransfer(case_id=case_id, reason=Reason.NO_PLACE)
            if override is None
            else AcceptTransfer(case_id=case_id, override=override, reason=reason)
        )
        self.house.ask(unit, said, self.supervisor_of(unit))

    @rule(case_id=cases, other=cases)
    def two_are_merged(self, case_id: str, other: str) -> None:
        self.ask_case(case_id, MergePersons(duplicate_case=other, evidence=MergeEvidence.SAME_DOCUMENT))

    @precondition(lambda self: self.survivors())
    @rule(pick=picks)
    def a_merge_is_undone(self, pick: int) -> None:
        case_id, other = pick_one(self.survivors(), pick)
        self.ask_case(case_id, UndoMerge(duplicate_case=other, reason=Reason.MISTAKE))

    @rule(case_id=cases, household_id=st.sampled_from(HOUSEHOLDS), on=st.integers(-20, 0))
    def somebody_joins_a_household(self, case_id: str, household_id: UUID, on: int) -> None:
        self.ask_case(case_id, AddToHousehold(household_id=household_id, effective_on=self.day(on)))

    @precondition(lambda self: self.in_households())
    @rule(
        pick=picks,
        household_id=st.none() | st.sampled_from(HOUSEHOLDS),
        protected=st.booleans(),
        others=st.integers(0, 2),
    )
    def a_household_splits(self, pick: int, household_id: UUID | None, protected: bool, others: int) -> None:
        """None: one of them leaves it."""
        case_id = pick_one(self.in_households(), pick)
        own = self.case(case_id).household_id
        rest = [each for each in CASES if each != case_id and self.case(each).household_id == own]
        split = SplitHousehold(
            new_household_id=household_id or HOUSEHOLDS[0], leaving=tuple(rest[:others]), protected=protected
        )
        self.ask_case(case_id, LeaveHousehold() if household_id is None else split)

    @rule(
        who=staff,
        what=st.integers(0, 5),
        town=towns,
        share=shares,
        on=days,
        until=st.none() | st.integers(0, 90),
        deputy=st.none() | staff,
    )
    def something_happens_to_staff(
        self, who: str, what: int, town: str, share: Decimal, on: int, until: int | None, deputy: str | None
    ) -> None:
        day = self.day(on)
        last = None if until is None else self.day(on + until)
        commands: tuple[Command, ...] = (
            ChangeFte(municipality=town, share=share, effective_on=day),
            RecordAbsence(effective_on=day, until=last, deputy=deputy),
            RecordAbsence(effective_on=day, until=None, deputy=deputy),
            ReturnFromAbsence(effective_on=day),
            EndEmployment(effective_on=day),
        )
        if what == len(commands):
            self.hire(who, {town: share}, on)
        else:
            self.house.ask(staff_id(who), commands[what], supervisor(STAFF[who]))

    @precondition(lambda self: self.in_phase(*OPEN_PHASES))
    @rule(pick=picks, who=staff, on=st.just(0) | days)
    def a_case_is_assigned(self, pick: int, who: str, on: int) -> None:
        self.ask_case(
            pick_one(self.in_phase(*OPEN_PHASES), pick), AssignManager(manager_id=who, effective_on=self.day(on))
        )

    @rule(place=st.sampled_from(PLACES), key=st.integers(1, 6), ahead=st.sampled_from([0, 0, 5, 40]))
    def places_become_more_or_fewer(self, place: tuple[str, str], key: int, ahead: int) -> None:
        base = CapacityBase.HEAD if key % 2 else CapacityBase.FULL_TIME
        self.establish(place, key)
        self.house.ask(unit_id(*place), SetCapacity(key=key, base=base, effective_on=self.day(ahead)), COORDINATOR)

    @precondition(lambda self: self.placed())
    @rule(pick=picks)
    def a_supervisor_gives_a_place_to_others(self, pick: int) -> None:
        unit, case_id = pick_one(self.placed(), pick)
        self.house.ask(unit, ReleaseSlot(case_id=case_id), self.supervisor_of(unit))

    @rule(n=st.sampled_from([1, 3, 15, 60, 100]))
    def time_passes(self, n: int) -> None:
        self.house.pass_days(n)

    @precondition(lambda self: self.house.waiting())
    @rule(which=st.lists(picks, min_size=1, max_size=4), dies_after=st.none() | st.integers(0, 2))
    def something_arrives(self, which: list[int], dies_after: int | None) -> None:
        for pick in which:
            if waiting := [each for each in self.house.waiting() if self.house.outbox[each]]:
                self.house.tell(pick_one(waiting, pick), dies_after=dies_after)

    @precondition(lambda self: self.house.waiting())
    @rule(pick=picks)
    def the_clock_strikes(self, pick: int) -> None:
        self.house.strike(pick_one(self.house.waiting(), pick))

    @rule(resumed=st.booleans())
    def all_workflows_are_lost(self, resumed: bool) -> None:
        self.house.lose_workflows()
        if resumed:
            self.house.resume()

    @rule()
    def everything_arrives(self) -> None:
        self.house.rest()
        self.house.is_at_rest()

    @invariant()
    def whatever_is_on_its_way_nobody_has_two_places_or_no_provider(self) -> None:
        self.house.is_sound()

    def teardown(self) -> None:
        self.everything_arrives()


LIVES = int(os.environ.get("LOTSE_TEST_LIVES", "0"))
"""More lives, and longer ones, each time others: asked for by hand, after a change of what goes from story to story."""

TestHouse = People.TestCase
TestHouse.settings = settings(
    max_examples=LIVES or 60,
    stateful_step_count=60 if LIVES else 30,
    deadline=None,
    derandomize=not LIVES,
    suppress_health_check=list(HealthCheck),
)
