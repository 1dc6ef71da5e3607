"""What the doors stand in: connections, keys, and the way to the cases. It opens while services are down, and recovers by itself."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import psycopg
from starlette.requests import Request

from infra import postgres, temporal
from infra.postgres import AsyncPool
from infra.seals import AsyncKeyring
from infra.settings import Settings, database_url, master_key, token_key
from projections.following import Positions
from workflows.client import CaseClient

CONNECTIONS = 16
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.UndefinedTable)
"""What psycopg raises while the database is away, or so young that its tables are not made yet."""


class Reached(Protocol):
    """Knows how far the read models are."""

    async def reached(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109  the limit is the question
        """Whether the read models have seen `position` within `timeout` seconds."""
        ...


@dataclass(frozen=True)
class House:
    """Shared by all requests; on `request.app.state.house`."""

    settings: Settings
    connections: AsyncPool
    keyring: AsyncKeyring
    front: CaseClient
    positions: Reached
    master_key: bytes = field(repr=False)
    token_key: bytes = field(repr=False)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """The house with everything in it. Nothing is connected yet: a request that needs a service which is down says so.

    Raises SettingsError when a key or an address is missing.
    """
    keys = master_key(settings), token_key(settings)
    connections = postgres.async_pool(database_url(settings), CONNECTIONS)
    front = CaseClient(await temporal.connect(settings, lazy=True), settings.task_queue)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(connections)
        positions = await stack.enter_async_context(Positions(connections))
        yield House(settings, connections, AsyncKeyring(connections, keys[0]), front, positions, *keys)


def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house
