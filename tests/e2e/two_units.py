"""Two units on real services, with places in both, and a case that has one of them; what must hold at every instant, and at the end."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from activities.hand_over import Handing
from domain import lifecycle
from domain.capacity import EstablishUnit
from domain.case import Case
from domain.deadlines import local_day
from domain.envelopes import CASE_PREFIX, Actor, Receipt, Recorded, Submitted, unit_id
from domain.intake import OpenCase, RecordConsent
from domain.kinds import kind_of
from domain.places import AdmitClient
from domain.posts import CountPost
from domain.story import Command
from domain.transfer import RequestTransfer
from domain.unit import Unit
from domain.vocabulary import CapacityBase, ConsentForm, ConsentScope, Reason, Role
from domain.waiting import WaitlistClient
from infra import postgres
from infra.event_store import EventStore
from infra.settings import database_url
from tests.e2e.stack import SUPERVISOR, Stack
from tests.e2e.test_closing import CONFIRM
from workflows.client import Refusing

COORDINATOR = Actor(id="ko-01", role=Role.COORDINATOR, provider="landkreis")
SUPERVISOR_THERE = Actor(id="fl-51", role=Role.SUPERVISOR, provider="diakonie")
MANAGER_THERE = Actor(id="im-51", role=Role.MANAGER, provider="diakonie")
SYSTEM = Actor(id="lotse", role=Role.SYSTEM, provider="drk")
SHARE = RecordConsent(scope=ConsentScope.SHARE_PROVIDER, form=ConsentForm.WRITTEN, language="ar")
LONG_AGO = date(2018, 1, 1)
PATIENCE_S = 90.0


@dataclass
class TwoUnits:
    """Each test has towns of its own, since one Temporal server runs for all."""

    stack: Stack
    key: int = 60
    town: str = field(default_factory=lambda: f"a-{uuid4().hex[:8]}")
    town_there: str = field(default_factory=lambda: f"b-{uuid4().hex[:8]}")

    @property
    def here(self) -> str:
        return unit_id(self.town, "drk")

    @property
    def there(self) -> str:
        return unit_id(self.town_there, "diakonie")

    @property
    def request(self) -> RequestTransfer:
        return RequestTransfer(to_municipality=self.town_there, to_provider="diakonie", reason=Reason.RELOCATION)

    async def establish(self, *, here: bool = True) -> None:
        units = [(self.town, "drk", self.here)] if here else []
        for town, provider, unit in [*units, (self.town_there, "diakonie", self.there)]:
            established = EstablishUnit(municipality=town, provider=provider, key=self.key, base=CapacityBase.HEAD)
            await self.done(unit, established, COORDINATOR)
            await self.done(unit, CountPost(manager_id="im-01", shares={LONG_AGO: Decimal("1.00")}), SYSTEM)

    async def ask(self, stream_id: str, command: Command, by: Actor, key: str | None = None) -> Receipt | Refusing:
        """For commands that hold nothing personal."""
        said = command.model_dump(mode="json", exclude_none=True)
        fingerprint = f"{stream_id}:{command.model_dump_json()}:{by.id}"
        return await self.stack.front.submit(
            Submitted(
                command_id=key or str(uuid4()), stream_id=stream_id, actor=by, command=said, fingerprint=fingerprint
            )
        )

    async def done(self, stream_id: str, command: Command, by: Actor) -> Receipt:
        answer = await self.ask(stream_id, command, by)
        assert isinstance(answer, Receipt), f"{command.kind} was refused: {answer}"
        return answer

    async def case_with_a_place(self) -> tuple[str, str]:
        """An open case here that may be handed on: (case id, person id)."""
        case_id, person = await self.stack.register()
        for command in (CONFIRM, SHARE):
            assert isinstance(await self.stack.submit(case_id, person, command), Receipt)
        waiting = await self.done(self.here, WaitlistClient(case_ids=(case_id,)), SUPERVISOR)
        entry = waiting.events[0].number or 0
        await self.done(self.here, AdmitClient(entry=entry), SUPERVISOR)
        await self.until(lambda: self.case(case_id).unit == self.here)
        assert isinstance(await self.stack.submit(case_id, person, OpenCase(municipality=self.town)), Receipt)
        return case_id, person

    async def case_without_places(self) -> tuple[str, str]:
        """The same where no places are kept."""
        case_id, person = await self.stack.register()
        for command in (CONFIRM, SHARE, OpenCase(municipality=self.town)):
            assert isinstance(await self.stack.submit(case_id, person, command), Receipt)
        return case_id, person

    async def asked_for(self, case_id: str) -> None:
        """The transfer is asked for, and the unit there knows."""
        await self.done(case_id, self.request, SUPERVISOR)
        await self.until(lambda: case_id in self.unit(self.there).incoming)

    def case(self, case_id: str) -> Case:
        case: Case = lifecycle.state_of(case_id, self.stack.story(case_id))
        return case

    def unit(self, stream_id: str) -> Unit:
        unit: Unit = lifecycle.state_of(stream_id, self.stack.story(stream_id))
        return unit

    def names(self, stream_id: str) -> list[str]:
        return [each.name for each in self.stack.story(stream_id)]

    async def until(self, holds: Any) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if holds():
                    return
                await asyncio.sleep(0.1)

    def settled(self, case_id: str) -> bool:
        """Whether nothing is on its way any more: both units and the case say the same."""
        case, here, there = self.case(case_id), self.unit(self.here), self.unit(self.there)
        holding = [unit for unit, each in ((self.here, here), (self.there, there)) if case_id in each.places]
        at_rest = case_id not in there.incoming and case_id not in there.reservations and case.transfer is None
        return at_rest and holding == [case.unit] * (case.unit is not None)

    def check(self) -> None:
        """At every instant of the log each case has an owner and one place at most, and both units add up."""
        with postgres.pool(database_url(self.stack.settings), 1) as pool:
            log = EventStore(pool).read_after(0, 100_000)
        for states in instants(log):
            units = {name: state for name, state in states.items() if isinstance(state, Unit)}
            cases = {name: state for name, state in states.items() if name.startswith(CASE_PREFIX)}
            assert all(case.provider for case in cases.values())
            for case_id in cases:
                assert sum(case_id in unit.places for unit in units.values()) <= 1
            for unit in units.values():
                today = unit.counted_on
                assert unit.used + unit.reserved + unit.free(today) == unit.capacity(today)


def instants(log: Sequence[Recorded]) -> Iterator[dict[str, Any]]:
    """Where all stories stand after each decision, in the order in which they were recorded."""
    states: dict[str, Any] = {}
    for nth, recorded in enumerate(log):
        state = states.setdefault(recorded.stream_id, kind_of(recorded.stream_id).state())
        state.take(recorded)
        if isinstance(state, Unit):
            state.count(local_day(recorded.recorded_at))
        if nth + 1 == len(log) or log[nth + 1].command_id != recorded.command_id:
            yield states


@dataclass
class Death:
    """The worker dies at a step: before a command of a kind is handed over, or when it was handed over and nobody has noted it."""

    kind: str
    after: bool
    met: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False


@contextmanager
def death_at(kind: str, *, after: bool) -> Iterator[Death]:
    """From that step on nothing is handed over any more, until it is `over`."""
    death, handed = Death(kind, after), Handing._handed

    async def dying(self: Handing, submitted: Submitted, *, anew: bool = False) -> Any:
        here = submitted.command["kind"] == kind
        if not death.over and (death.met.is_set() or (here and not after)):
            death.met.set()
            raise ConnectionError("the worker is dead")
        refusal = await handed(self, submitted, anew=anew)
        if here and after and not death.over:
            death.met.set()
            raise ConnectionError("the worker died")
        return refusal

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Handing, "_handed", dying)
        yield death
