"""Random transfers: three stories that tell each other what happened, in whatever order it arrives, and again where nobody has noted that it did.

At no instant has a case two places or no owner. When everything has arrived, all stories say the same.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain import lifecycle
from domain.capacity import EstablishUnit
from domain.case import Case
from domain.catalogue import command_from
from domain.closed_in_error import RetractClosure
from domain.closure import CloseCase
from domain.departure import RecordDeath
from domain.envelopes import Actor, FollowUp, Recorded, Submitted
from domain.intake import WithdrawConsent
from domain.places import AdmitClient
from domain.posts import CountPost
from domain.refusals import Refusal, Refused
from domain.story import Command
from domain.transfer import CancelTransfer, RequestTransfer
from domain.transfer_answer import AcceptTransfer, RejectTransfer
from domain.unit import Unit
from domain.vocabulary import CapacityBase, ClosureReason, ConsentScope, Reason, Role
from domain.waiting import WaitlistClient
from tests.examples import CLOCK, CONFIRM, OPEN, REGISTER, START, occasion, sealed
from tests.examples_transfer import SHARE_PROVIDER, UNIT_HERE, UNIT_THERE

COORDINATOR = Actor(id="ko-01", role=Role.COORDINATOR, provider="landkreis")
UNITS = {UNIT_HERE: ("ravensburg", "drk"), UNIT_THERE: ("ulm", "diakonie")}
CASES = tuple(f"case-{UUID(int=n)}" for n in range(3))
WORDS: dict[str, Callable[[], Command]] = {
    "cancel": lambda: CancelTransfer(reason=Reason.OTHER),
    "die": RecordDeath,
    "move away": lambda: CloseCase(closure_reason=ClosureReason.MOVED_AWAY),
    "not closed": lambda: RetractClosure(reason=Reason.MISTAKE),
    "consent": lambda: SHARE_PROVIDER,
    "no consent": lambda: WithdrawConsent(scope=ConsentScope.SHARE_PROVIDER),
}
T = TypeVar("T")


@dataclass
class World:
    """All stories, the claims, the command log, and what each story has still to tell, in order."""

    stories: dict[str, list[Recorded]] = field(default_factory=lambda: defaultdict(list))
    log: set[str] = field(default_factory=set)
    claims: dict[str, str] = field(default_factory=dict)
    to_tell: dict[str, deque[FollowUp]] = field(default_factory=lambda: defaultdict(deque))
    numbers: Any = field(default_factory=lambda: count(1))

    def state(self, stream_id: str) -> Any:
        return lifecycle.state_of(stream_id, self.stories[stream_id])

    def ask(self, stream_id: str, command: Command, by: Actor) -> Refusal | None:
        said = sealed(command).model_dump(mode="json")
        return self.submit(
            Submitted(command_id=f"k{next(self.numbers)}", stream_id=stream_id, actor=by, command=said, fingerprint="f")
        )

    def submit(self, submitted: Submitted) -> Refusal | None:
        """As the one writer of stories does it."""
        if submitted.command_id in self.log:
            return None
        state = self.state(submitted.stream_id)
        here = occasion(submitted.actor, elsewhere=self.state)
        try:
            events = lifecycle.decide(state, submitted, command_from(submitted.command), here)
        except Refused as refused:
            return refused.code
        for name in [claim for each in events for claim in each.event.releases(state)]:
            if self.claims.get(name) == submitted.stream_id:
                del self.claims[name]
        for name in [claim for each in events for claim in each.event.claims(state)]:
            if self.claims.setdefault(name, submitted.stream_id) != submitted.stream_id:
                return Refusal.PLACE_ALREADY
        if events:
            self.log.add(submitted.command_id)
        self.stories[submitted.stream_id] += events
        told = lifecycle.follow_ups(lifecycle.replay(events, state), events)
        self.to_tell[submitted.stream_id] += [each for each in told if each.kind == "hand_over"]
        return None

    def tell(self, stream_id: str, *, noted: bool = True) -> None:
        """The next follow-up of a story arrives; where nobody notes that it did, it will arrive again."""
        about = self.to_tell[stream_id][0].about
        refusal = self.submit(Submitted.model_validate(about["submitted"]))
        if refusal is not None and "otherwise" in about:
            self.submit(Submitted.model_validate(about["otherwise"]))
        if noted:
            self.to_tell[stream_id].popleft()

    def tell_all(self) -> None:
        while waiting := [stream_id for stream_id, queue in self.to_tell.items() if queue]:
            for stream_id in waiting:
                self.tell(stream_id)


class Transfers(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @initialize(key=st.integers(1, 4))
    def units_with_places_and_cases_that_have_one(self, key: int) -> None:
        for unit, (municipality, provider) in UNITS.items():
            persons = 4 if unit == UNIT_HERE else key
            establish = EstablishUnit(
                municipality=municipality, provider=provider, key=persons, base=CapacityBase.HEAD, effective_on=START
            )
            self._done(unit, establish, COORDINATOR)
            self._done(unit, CountPost(manager_id="im-07", shares={START: Decimal("1.00")}), CLOCK)
        for n, case_id in enumerate(CASES):
            register = REGISTER.model_copy(update={"person_id": UUID(int=n + 1)})
            self._done(case_id, register, _supervisor("drk"))
            self._done(case_id, CONFIRM, _supervisor("drk"))
            self._done(UNIT_HERE, WaitlistClient(case_ids=(case_id,)), _supervisor("drk"))
            self._done(UNIT_HERE, AdmitClient(entry=n + 1), _supervisor("drk"))
            self.world.tell_all()
            self._done(case_id, OPEN.model_copy(update={"household_id": None}), _supervisor("drk"))
            self._done(case_id, SHARE_PROVIDER, _supervisor("drk"))

    @rule(case_id=st.sampled_from(CASES), unit=st.sampled_from(list(UNITS)))
    def somebody_asks_for_a_transfer(self, case_id: str, unit: str) -> None:
        municipality, provider = UNITS[unit]
        request = RequestTransfer(to_municipality=municipality, to_provider=provider, reason=Reason.RELOCATION)
        self.world.ask(case_id, request, self._owner(case_id))

    @rule(case_id=st.sampled_from(CASES), word=st.sampled_from(list(WORDS)))
    def something_else_happens(self, case_id: str, word: str) -> None:
        self.world.ask(case_id, WORDS[word](), self._owner(case_id))

    @precondition(lambda self: self._to_answer())
    @rule(nth=st.integers(0, 9), override=st.booleans())
    def the_unit_accepts(self, nth: int, override: bool) -> None:
        unit, case_id = _pick(self._to_answer(), nth)
        accept = AcceptTransfer(case_id=case_id, override=override, reason=Reason.HARDSHIP if override else None)
        self.world.ask(unit, accept, _supervisor(UNITS[unit][1]))

    @precondition(lambda self: self._to_answer())
    @rule(nth=st.integers(0, 9))
    def the_unit_rejects(self, nth: int) -> None:
        unit, case_id = _pick(self._to_answer(), nth)
        self.world.ask(unit, RejectTransfer(case_id=case_id, reason=Reason.NO_PLACE), _supervisor(UNITS[unit][1]))

    @precondition(lambda self: any(self.world.to_tell.values()))
    @rule(picks=st.lists(st.integers(0, 9), min_size=1, max_size=4), noted=st.booleans())
    def something_arrives(self, picks: list[int], noted: bool) -> None:
        for nth in picks:
            if waiting := [stream_id for stream_id, queue in self.world.to_tell.items() if queue]:
                self.world.tell(_pick(waiting, nth), noted=noted)

    @rule()
    def everything_arrives(self) -> None:
        self.world.tell_all()
        units: dict[str, Unit] = {unit: self.world.state(unit) for unit in UNITS}
        for case_id in CASES:
            case: Case = self.world.state(case_id)
            assert [case.unit] * (case.unit is not None) == [u for u, each in units.items() if case_id in each.places]
            asked = {unit: each.incoming[case_id].transfer for unit, each in units.items() if case_id in each.incoming}
            pending = case.transfer
            there = pending and next(
                u for u, of in UNITS.items() if of == (pending.to_municipality, pending.to_provider)
            )
            assert asked == ({there: pending.version} if pending and there else {})
        assert not any(unit.reservations for unit in units.values())

    @invariant()
    def nobody_has_two_places_or_no_owner_and_every_place_is_claimed(self) -> None:
        units: dict[str, Unit] = {unit: self.world.state(unit) for unit in UNITS}
        for case_id in CASES:
            holding = [name for name, unit in units.items() if case_id in unit.places]
            claimed = self.world.claims.get(f"place:{case_id}")
            assert [claimed] * (claimed is not None) == holding
            assert not self.world.stories[case_id] or self.world.state(case_id).provider
        for unit in units.values():
            assert unit.used + unit.reserved + unit.free(unit.counted_on) == unit.capacity(unit.counted_on)

    def teardown(self) -> None:
        if self.world.stories[CASES[-1]]:
            self.everything_arrives()

    def _to_answer(self) -> list[tuple[str, str]]:
        """What a unit has heard of, and perhaps answered already."""
        return [(unit, case_id) for unit in UNITS for case_id in self.world.state(unit).incoming]

    def _owner(self, case_id: str) -> Actor:
        return _supervisor(self.world.state(case_id).provider)

    def _done(self, stream_id: str, command: Command, by: Actor) -> None:
        assert self.world.ask(stream_id, command, by) is None


def _pick(among: list[T], nth: int) -> T:
    return among[nth % len(among)]


def _supervisor(provider: str) -> Actor:
    return Actor(id="sv-01", role=Role.SUPERVISOR, provider=provider)


TestTransfers = Transfers.TestCase
TestTransfers.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
