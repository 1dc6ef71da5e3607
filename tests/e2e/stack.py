"""The command path on real services, without the doors: a client, a case worker that can be restarted, and what is stored."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from temporalio.client import Client
from uuid_utils import uuid7

from domain.envelopes import Actor, Receipt, Recorded, Submitted
from domain.intake import RegisterPerson
from domain.story import Command
from domain.vocabulary import Role
from infra import postgres
from infra.event_store import EventStore
from infra.postgres import AsyncPool
from infra.seals import AsyncKeyring
from infra.settings import Settings, database_url, master_key
from tests.replaying import replay, runs_of
from workers.case_worker import case_worker
from workflows.client import CaseClient, Refusing
from workflows.story import Kept

MANAGER = Actor(id="im-01", role=Role.MANAGER, provider="drk")
SUPERVISOR = Actor(id="fl-01", role=Role.SUPERVISOR, provider="drk")


@dataclass
class Stack:
    client: Client
    settings: Settings
    connections: AsyncPool
    keyring: AsyncKeyring
    front: CaseClient
    cached: int
    registered: list[str] = field(default_factory=list)
    _worker: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start_worker(self) -> None:
        self._worker = AsyncExitStack()
        await self._worker.enter_async_context(case_worker(self.client, self.settings, cached=self.cached))

    async def stop_worker(self) -> None:
        await self._worker.aclose()

    async def register(self, name: str = "Amina Example", birth_date: str | None = "1990-05-01") -> tuple[str, str]:
        """A person registered: (case id, person id)."""
        case_id, person = f"case-{uuid7()}", str(uuid7())
        await self.keyring.create(person)
        asked = RegisterPerson(person_id=UUID(person), name=name, birth_date=birth_date)
        receipt = await self.submit(case_id, person, asked)
        assert isinstance(receipt, Receipt)
        self.registered.append(case_id)
        return case_id, person

    async def register_again(self, person: str) -> str:
        """Another case of a known person: its id."""
        case_id = f"case-{uuid7()}"
        asked = RegisterPerson(person_id=UUID(person), name="Amina Example", birth_date="1990-05-01")
        assert isinstance(await self.submit(case_id, person, asked), Receipt)
        self.registered.append(case_id)
        return case_id

    async def submit(self, case_id: str, person: str, command: Command, **more: Any) -> Receipt | Refusing:
        return await self.front.submit(await self.sealed(case_id, person, command, **more))

    async def sealed(
        self,
        case_id: str,
        person: str,
        command: Command,
        *,
        command_id: str | None = None,
        expected_version: int | None = None,
        by: Actor = MANAGER,
    ) -> Submitted:
        sealed = await self.keyring.seal_command(command, case_id, person)
        return Submitted(
            command_id=command_id or str(uuid7()),
            stream_id=case_id,
            actor=by,
            command=sealed.model_dump(mode="json", exclude_none=True),
            fingerprint=sha256(f"{case_id}:{command.model_dump_json()}:{by.id}".encode()).hexdigest(),
            expected_version=expected_version,
        )

    def stored(self, case_id: str) -> list[StoredEvent]:
        """The bytes of a case's story as they lie in the table."""
        with postgres.pool(database_url(self.settings), 1) as pool, pool.connection() as connection:
            rows = connection.execute(
                "SELECT originator_id, originator_version, topic, state FROM stored_events"
                " WHERE originator_id = %s ORDER BY originator_version",
                (case_id,),
            ).fetchall()
        return [StoredEvent(r["originator_id"], r["originator_version"], r["topic"], bytes(r["state"])) for r in rows]

    def story(self, case_id: str) -> list[Recorded]:
        with postgres.pool(database_url(self.settings), 1) as pool:
            return list(EventStore(pool).load(case_id))

    def logged_ids(self, case_id: str) -> list[str]:
        with postgres.pool(database_url(self.settings), 1) as pool, pool.connection() as connection:
            rows = connection.execute(
                "SELECT command_id FROM command_log WHERE stream_id = %s ORDER BY first_version", (case_id,)
            ).fetchall()
        return [row["command_id"] for row in rows]


@asynccontextmanager
async def stack(
    address: str, settings: Settings, *, continue_after: int = 150, cached: int = 1000
) -> AsyncIterator[Stack]:
    """At the end the histories of its cases are replayed."""
    client = await Client.connect(address)
    url = database_url(settings)
    async with postgres.async_pool(url, 4) as connections:
        keyring = AsyncKeyring(connections, master_key(settings))
        front = CaseClient(client, settings.task_queue, bare=Kept(continue_after=continue_after))
        each = Stack(client, settings, connections, keyring, front, cached)
        await each.start_worker()
        try:
            yield each
        finally:
            await each.stop_worker()
        for case_id in each.registered:
            await replay(await runs_of(client, case_id))
