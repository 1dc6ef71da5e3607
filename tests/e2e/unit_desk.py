"""A unit on real services: people come in, are admitted from the waiting list as places become free, and leave."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from uuid_utils import uuid7

from domain import lifecycle
from domain.capacity import EstablishUnit
from domain.closure import CloseCase
from domain.eligibility import ConfirmEligibility
from domain.envelopes import Actor, Receipt, Recorded, Submitted, unit_id
from domain.intake import OpenCase
from domain.places import AdmitClient
from domain.posts import CountPost
from domain.story import Command
from domain.unit import Unit
from domain.vocabulary import CapacityBase, ClosureReason, EligibilityBasis, Role, Title
from domain.waiting import WaitlistClient
from tests.e2e.stack import MANAGER, SUPERVISOR, Stack
from tests.examples import ALLOTTED
from workflows.client import OutcomeUnknownError, Refusing

COORDINATOR = Actor(id="ko-01", role=Role.COORDINATOR, provider="landratsamt")
SYSTEM = Actor(id="lotse", role=Role.SYSTEM, provider="drk")
CONFIRM = ConfirmEligibility(
    basis=EligibilityBasis.AU_FLUEAG, title_code=Title.P25_2, au_since=ALLOTTED, evidence_seen=True
)
CLOSE = CloseCase(closure_reason=ClosureReason.MOVED_AWAY)
PATIENCE = 200
"""Seconds, on a machine that has other things to do."""


@dataclass
class Desk:
    """`unit`: its stream. `people`: case and person ids of whoever was registered."""

    stack: Stack
    municipality: str
    people: dict[str, str] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        return unit_id(self.municipality, "drk")

    async def establish(self, places: int) -> None:
        """Kept from 2018 on, with one head for so many places."""
        first_day = date(2018, 1, 1)
        established = EstablishUnit(
            effective_on=first_day, municipality=self.municipality, provider="drk", key=places, base=CapacityBase.HEAD
        )
        await self.ask(self.unit, established, COORDINATOR)
        await self.ask(self.unit, CountPost(manager_id="im-01", shares={first_day: Decimal(1)}), SYSTEM)
        self.stack.registered.append(self.unit)

    async def put_down(self) -> tuple[str, int]:
        """Somebody registered, eligible and on the waiting list: the case and the number of the entry."""
        case_id, self.people[case_id] = await self.stack.register()
        await self.ask(case_id, CONFIRM)
        receipt = await self.ask(self.unit, WaitlistClient(case_ids=(case_id,)))
        entry = receipt.events[0].number
        assert entry is not None
        return case_id, entry

    async def admit(self, entry: int) -> None:
        await self.ask(self.unit, AdmitClient(entry=entry), SUPERVISOR)

    async def open(self, case_id: str) -> None:
        await self.ask(case_id, OpenCase(municipality=self.municipality))

    async def close(self, case_id: str) -> None:
        await self.ask(case_id, CLOSE)

    async def ask(self, stream_id: str, command: Command, by: Actor = MANAGER) -> Receipt:
        """Asks with the same key until the outcome is known; a refusal is a mistake of the test."""
        submitted = Submitted(
            command_id=str(uuid7()),
            stream_id=stream_id,
            actor=by,
            command=command.model_dump(mode="json", exclude_none=True),
            fingerprint="f",
        )
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    answer = await self.stack.front.submit(submitted)
                except OutcomeUnknownError:
                    await asyncio.sleep(0.2)
                    continue
                assert not isinstance(answer, Refusing), f"{command.kind}: {answer}"
                return answer

    def story(self) -> list[Recorded]:
        return self.stack.story(self.unit)

    def state(self) -> Unit:
        state: Unit = lifecycle.state_of(self.unit, self.story())
        return state

    def names(self, stream_id: str) -> list[str]:
        return [recorded.name for recorded in self.stack.story(stream_id)]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.1)

    async def admit_all(self, on_admission: Callable[[int], Awaitable[None] | None], count: int) -> None:
        """Whoever is offered a place is admitted, until so many were."""
        seen: set[int] = set()
        async with asyncio.TaskGroup() as admissions:
            while len(seen) < count:
                for entry in set((await asyncio.to_thread(self.state)).offers) - seen:
                    seen.add(entry)
                    admissions.create_task(self._admitted(entry, on_admission))
                await asyncio.sleep(0.05)

    async def _admitted(self, entry: int, on_admission: Callable[[int], Awaitable[None] | None]) -> None:
        await self.admit(entry)
        if (told := on_admission(entry)) is not None:
            await told
