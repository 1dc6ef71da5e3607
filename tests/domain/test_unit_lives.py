"""Random lives of a unit: whoever is put down, admitted, declines, leaves or comes back, and however time passes, no place is lost and none given twice."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain import lifecycle
from domain.capacity import SetCapacity
from domain.case import Case
from domain.catalogue import command_from, event_from
from domain.deadlines import local_day
from domain.envelopes import Actor, Recorded, Submitted
from domain.offers import DeclineOffer, EntryPassed, NextClientOffered
from domain.places import AdmitClient, ClientAdmitted
from domain.policy import POLICIES
from domain.posts import CountPost
from domain.refusals import Refused
from domain.slots import ReleaseSlot, SlotReleased, SlotTakenBack, TakeBackSlot
from domain.story import Command, State
from domain.unit import Entry, Unit, order
from domain.vocabulary import CapacityBase, PassReason, Phase, PriorityClass, Reason, WaitlistEnd
from domain.waiting import RemoveFromWaitlist, WaitlistClient
from tests.examples import CLOCK, NOW, SUPERVISOR, occasion
from tests.examples_units import COORDINATOR, ESTABLISH, UNIT_ID, case_id

CASES = 24
AT_MOST = POLICIES[0].waiting_passes_at_most
numbers = st.integers(1, CASES)
picks = st.integers(0, 50)


class Places(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.unit = Unit()
        self.recorded: list[Recorded] = []
        self.at = NOW
        self.holders: set[str] = set()
        self.left: set[str] = set()
        self.ids = count(1)
        self.cases = {
            case_id(n): Case(
                stream_id=case_id(n), version=1, provider="drk", phase=Phase.REGISTERED, municipality="ravensburg"
            )
            for n in range(1, CASES + 1)
        }
        self.ask(ESTABLISH, COORDINATOR)

    def ask(self, command: Command, by: Actor) -> list[Recorded]:
        """What is recorded, if it is not refused; and everything that must hold of it."""
        submitted = Submitted(
            command_id=f"command-{next(self.ids)}", stream_id=UNIT_ID, actor=by, command={}, fingerprint="f"
        )
        before, here = self.unit.copy(), occasion(by, self.at, elsewhere=self.elsewhere)
        try:
            recorded = lifecycle.decide(self.unit, submitted, command, here)
        except Refused:
            recorded = []
        assert self.unit == before, "deciding changed the unit"
        passed: list[int] = []
        for each in recorded:
            self.watch(each, command, passed)
            self.unit.take(each)
        self.recorded += recorded
        for follow_up in lifecycle.follow_ups(self.unit, recorded):
            if follow_up.kind == "hand_over":
                told = follow_up.about["submitted"]
                self.cases[told["stream_id"]].unit = UNIT_ID if told["command"]["kind"] == "TakePlace" else None
        return recorded

    def elsewhere(self, stream_id: str) -> State:
        return self.cases[stream_id]

    def watch(self, recorded: Recorded, command: Command, passed: list[int]) -> None:
        """The unit as it was just before the event: nobody gets a second place, none is given that is not there, and the order is kept or its breach recorded."""
        event, unit, today = recorded.event, self.unit, local_day(self.at)
        if isinstance(event, EntryPassed):
            passed.append(event.entry)
            may = unit.waiting[event.entry].passed < AT_MOST or getattr(command, "override", False)
            assert may, "passed too often"
            assert recorded.reason is not None or event.because is PassReason.HELD_LONG_ENOUGH
        if isinstance(event, NextClientOffered):
            assert event.slots == len(event.case_ids) <= unit.free(today)
            self.kept_in_order(event.entry, passed, lambda entry: entry.slots <= unit.free(today))
            passed.clear()
        if isinstance(event, ClientAdmitted):
            assert not self.holders & set(event.case_ids), "admitted twice"
            self.holders |= set(event.case_ids)
            assert event.over_capacity or len(self.holders) + len(unit.reservations) <= unit.capacity(today)
            if event.entry not in unit.offers:
                self.kept_in_order(event.entry, passed, lambda _: False)
        if isinstance(event, SlotReleased):
            self.holders.remove(event.case_id)
        if isinstance(event, SlotTakenBack):
            assert event.case_id not in self.holders
            self.holders.add(event.case_id)

    def kept_in_order(self, entry: int, passed: list[int], lost: Callable[[Entry], bool]) -> None:
        """Everybody before an entry has been passed on record, and, of those who can be asked, nobody for whom `lost` holds."""
        own = order(entry, self.unit.waiting[entry])
        before = [(number, each) for number, each in self.unit.asked() if order(number, each) < own]
        assert {number for number, _ in before} <= set(passed)
        assert not any(lost(each) for _, each in before)

    @rule(first=numbers, size=st.integers(1, 7), priority=st.sampled_from(PriorityClass), days=st.integers(0, 3))
    def put_down(self, first: int, size: int, priority: PriorityClass, days: int) -> None:
        case_ids = tuple(case_id((first + n) % CASES + 1) for n in range(size))
        requested_on = local_day(self.at) - timedelta(days=days)
        self.ask(WaitlistClient(case_ids=case_ids, priority=priority, requested_on=requested_on), SUPERVISOR)

    @rule(n=numbers)
    def put_down_alone(self, n: int) -> None:
        self.ask(WaitlistClient(case_ids=(case_id(n),)), COORDINATOR)

    @precondition(lambda self: self.unit.waiting)
    @rule(
        pick=picks,
        override=st.booleans(),
        reason=st.sampled_from([None, Reason.HARDSHIP]),
        by=st.sampled_from([SUPERVISOR, COORDINATOR]),
    )
    def admit(self, pick: int, override: bool, reason: Reason | None, by: Actor) -> None:
        self.ask(AdmitClient(entry=self.picked(self.unit.waiting, pick), override=override, reason=reason), by)

    @precondition(lambda self: self.unit.offers)
    @rule(pick=picks)
    def accept(self, pick: int) -> None:
        self.ask(AdmitClient(entry=self.picked(self.unit.offers, pick)), COORDINATOR)

    @precondition(lambda self: self.unit.offers)
    @rule(pick=picks)
    def decline(self, pick: int) -> None:
        assert self.ask(DeclineOffer(entry=self.picked(self.unit.offers, pick)), SUPERVISOR)

    @precondition(lambda self: self.unit.waiting)
    @rule(pick=picks)
    def take_off(self, pick: int) -> None:
        entry = self.picked(self.unit.waiting, pick)
        assert self.ask(RemoveFromWaitlist(entry=entry, because=WaitlistEnd.MOVED), COORDINATOR)

    @precondition(lambda self: self.unit.places)
    @rule(pick=picks)
    def release(self, pick: int) -> None:
        case = self.picked(self.unit.places, pick)
        self.cases[case].unit = None
        self.left.add(case)
        assert self.ask(ReleaseSlot(case_id=case), CLOCK)

    @precondition(lambda self: self.unit.places)
    @rule(pick=picks)
    def deprive(self, pick: int) -> None:
        case = self.picked(self.unit.places, pick)
        assert self.ask(ReleaseSlot(case_id=case), SUPERVISOR)
        assert self.cases[case].unit is None

    @precondition(lambda self: self.left)
    @rule(pick=picks)
    def take_back(self, pick: int) -> None:
        """Of those whose case was closed, unless they have come in again."""
        case = self.picked(self.left, pick)
        self.left.remove(case)
        if case not in self.holders:
            self.cases[case].unit = UNIT_ID
            assert self.ask(TakeBackSlot(case_id=case), CLOCK)

    @rule(quarters=st.integers(0, 12), days=st.integers(0, 20), later=st.integers(0, 12))
    def fill_posts(self, quarters: int, days: int, later: int) -> None:
        today = local_day(self.at)
        shares = {today: Decimal(quarters) / 4, today + timedelta(days=days): Decimal(later) / 4}
        self.ask(CountPost(manager_id="im-07", shares=shares), CLOCK)

    @rule(key=st.integers(1, 6), base=st.sampled_from(CapacityBase), days=st.integers(0, 20))
    def set_key(self, key: int, base: CapacityBase, days: int) -> None:
        effective_on = local_day(self.at) + timedelta(days=days)
        assert self.ask(SetCapacity(effective_on=effective_on, key=key, base=base), COORDINATOR)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        end = self.at + timedelta(days=days)
        while (timer := self.timer()) and timer.deadline.at <= end:
            self.at = max(self.at, timer.deadline.at)
            assert self.ask(command_from(timer.submitted.command), CLOCK), "the clock came for nothing"
        self.at = end

    def timer(self) -> lifecycle.Timer | None:
        return lifecycle.timer(UNIT_ID, self.unit, POLICIES, self.at)

    @invariant()
    def conservation(self) -> None:
        unit, today = self.unit, local_day(self.at)
        offered = [case for entry in unit.offers for case in unit.waiting[entry].case_ids]
        assert set(unit.places) == self.holders
        assert len(self.holders) + len(offered) + unit.free(today) == unit.capacity(today)
        assert not self.holders & set(offered)

    @invariant()
    def everybody_waits_once(self) -> None:
        waiting = [case for entry in self.unit.waiting.values() for case in entry.case_ids]
        assert len(waiting) == len(set(waiting))
        assert not self.holders & set(waiting)
        assert all(entry.case_ids for entry in self.unit.waiting.values())

    @invariant()
    def no_place_is_lost(self) -> None:
        """Where something is free, whoever could be asked is too large for it, or is behind somebody for whom it is held."""
        unit, today = self.unit, local_day(self.at)
        if unit.counted_on < today and unit.counted != unit.capacity(today):
            assert self.timer(), "the clock comes to count"
            return
        asked = unit.asked()
        if unit.free(today) > 0 and asked:
            first, entry = asked[0]
            assert entry.slots > unit.free(today)
            assert unit.hold is not None
            assert unit.hold.entry == first
            if unit.hold.over:
                behind = [each for _, each in asked[1:]]
                fitting = next((n for n, each in enumerate(behind) if each.slots <= unit.free(today)), len(behind))
                blocked = any(each.passed >= AT_MOST for each in behind[:fitting])
                assert fitting == len(behind) or blocked
        else:
            assert unit.hold is None or unit.free(today) <= 0 or not asked

    def teardown(self) -> None:
        """What was stored leads where the decisions saw the unit."""
        stored = [
            Recorded(
                **{name: getattr(each, name) for name in Recorded.__slots__ if name != "event"},
                event=event_from(each.name, each.event.schema_version, each.event.model_dump(mode="json")),
            )
            for each in self.recorded
        ]
        assert lifecycle.state_of(UNIT_ID, stored) == self.unit

    @staticmethod
    def picked(several: Any, pick: int) -> Any:
        return sorted(several)[pick % len(several)]


TestPlaces = Places.TestCase
TestPlaces.settings = settings(
    max_examples=200,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
