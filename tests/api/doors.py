"""The door on real services: an app, a case worker, a follower, and what is stored."""

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from api.main import create_app
from domain import lifecycle
from domain.case import Case
from domain.envelopes import Actor
from domain.policy import POLICIES
from domain.story import Command
from infra import postgres
from infra.event_store import EventStore
from infra.settings import Settings, database_url, token_key
from infra.tokens import issue
from projections.follow import follow
from tests import examples

JSON = {"Content-Type": "application/json"}


@dataclass
class Door:
    """An app as callers see it. `by` is who asks where nothing else is said."""

    http: httpx.AsyncClient
    settings: Settings
    by: Actor = field(default_factory=lambda: examples.MANAGER)

    def bearing(self, by: Actor | None = None, **more: Any) -> dict[str, str]:
        by = by or self.by
        who = {"subject": by.id, "role": by.role, "provider": by.provider, "deputy_for": by.deputy_for}
        return {"Authorization": f"Bearer {issue(token_key(self.settings), **{**who, **more})}"}

    async def ask(
        self,
        body: Command | Mapping[str, Any] | bytes,
        case_id: str | None = None,
        *,
        key: str | None = None,
        by: Actor | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Asks for something: for a new case where none is named, under a fresh key where none is given."""
        path = f"/v1/cases/{case_id}/commands" if case_id else "/v1/cases"
        given = {**self.bearing(by), "Idempotency-Key": key or str(uuid4()), **JSON, **(headers or {})}
        if isinstance(body, bytes):
            return await self.http.post(path, content=body, headers=given)
        content = body.model_dump(mode="json", exclude_none=True) if isinstance(body, Command) else body
        return await self.http.post(path, json=content, headers=given)

    async def look(self, path: str, by: Actor | None = None, **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query, headers=self.bearing(by))

    async def case(self, *commands: Command) -> str:
        """A new case in which these are recorded after the registration of somebody new."""
        first = await self.ask(person())
        assert first.status_code == 201, first.text
        case_id = str(first.json()["stream_id"])
        for command in commands:
            answer = await self.ask(command, case_id)
            assert answer.status_code == 200, answer.text
        return case_id

    async def settled(self, case_id: str) -> None:
        """Until the clock has brought to a case all that is over by now: a case of long ago has much of it."""
        with postgres.pool(database_url(self.settings), 1) as connections:
            store, now = EventStore(connections), datetime.now(UTC)
            async with asyncio.timeout(20):
                while (timer := _timer(store, case_id, now)) and timer.deadline.at <= now:  # noqa: ASYNC110 - a worker moves it
                    await asyncio.sleep(0.05)

    def stored(self) -> tuple[int, int, int]:
        """How many events, lines of the command log, and keys of persons callers have made; the clock's own are left out."""
        with psycopg.connect(database_url(self.settings)) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM stored_events WHERE topic NOT LIKE 'Deadline%'),"
                " (SELECT count(*) FROM command_log WHERE command_id NOT LIKE 'timer:%'),"
                " (SELECT count(*) FROM person_key)"
            ).fetchone()
        assert row is not None
        return int(row[0]), int(row[1]), int(row[2])


def _timer(store: EventStore, case_id: str, now: datetime) -> lifecycle.Timer | None:
    return lifecycle.timer(case_id, lifecycle.replay(store.load(case_id), Case()), POLICIES, now)


def person(**more: Any) -> dict[str, Any]:
    """A registration as a caller sends it, without an id of the person."""
    said = examples.REGISTER.model_dump(mode="json", exclude_none=True, exclude={"person_id"})
    return {**said, **more}


def then(*commands: Command) -> list[Command]:
    """The examples as they are asked for later than in their year: on a day of that year."""
    return [each.model_copy(update={"effective_on": each.effective_on or examples.TODAY}) for each in commands]


@asynccontextmanager
async def door(settings: Settings, temporal_address: str) -> AsyncIterator[Door]:
    """An app over what the settings and the address name, whether that answers or not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEMPORAL_ADDRESS", temporal_address)
        app = create_app(settings)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://lotse", timeout=30) as http,
        ):
            yield Door(http, settings)


@asynccontextmanager
async def following(settings: Settings) -> AsyncIterator[None]:
    """A follower beside the test."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(database_url(settings), stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
