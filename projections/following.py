"""How far the read models are: for whoever waits for a position, and for whoever watches over the follower."""

import asyncio
from dataclasses import dataclass
from types import TracebackType

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from infra.postgres import AsyncPool

LOOK_S = 0.02
ALIVE_S = 10
LIVE_POSITION = "SELECT min(position) AS position FROM read_model WHERE live"
LAG = """
    SELECT coalesce((SELECT max(notification_id) FROM stored_events), 0) - live.position AS events,
           coalesce(extract(epoch FROM clock_timestamp() - (
               SELECT (convert_from(state, 'UTF8')::jsonb ->> 'recorded_at')::timestamptz FROM stored_events
               WHERE notification_id > live.position ORDER BY notification_id LIMIT 1)), 0)::float AS seconds,
           clock_timestamp() - (SELECT min(seen_at) FROM read_model WHERE live) < make_interval(secs => %s) AS alive
    FROM (SELECT min(position) AS position FROM read_model WHERE live) AS live
"""


@dataclass(frozen=True)
class Lag:
    """How many events the slowest live read model is behind, the age of the oldest of them in seconds, and whether followers are alive.

    A dead follower never looks like "no lag": `alive` is false when none of the code that feeds some live read model has been seen for ten seconds.
    """

    events: int
    seconds: float
    alive: bool


async def lag(connection: AsyncConnection[DictRow]) -> Lag:
    row = await (await connection.execute(LAG, (ALIVE_S,))).fetchone()
    if row is None or row["events"] is None:
        return Lag(0, 0.0, alive=False)
    return Lag(row["events"], max(row["seconds"], 0.0), bool(row["alive"]))


class Positions:
    """Waits for positions, with one look at the database for all who wait. Use as an async context manager."""

    def __init__(self, connections: AsyncPool) -> None:
        self._connections = connections
        self._position = 0
        self._moved = asyncio.Condition()
        self._waiting = 0
        self._someone_waits = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Positions":
        self._looking = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def reached(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - part of the answer, not an error
        """Whether every live read model has reached a position, within `timeout` seconds."""
        if self._position >= position:
            return True
        self._waiting += 1
        self._someone_waits.set()
        try:
            async with asyncio.timeout(timeout), self._moved:
                await self._moved.wait_for(lambda: self._position >= position)
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._someone_waits.clear()
        return True

    async def _look(self) -> None:
        while True:
            await self._someone_waits.wait()
            position = await self._live_position()
            if position > self._position:
                async with self._moved:
                    self._position = position
                    self._moved.notify_all()
            await asyncio.sleep(LOOK_S)

    async def _live_position(self) -> int:
        try:
            async with self._connections.connection() as connection:
                row = await (await connection.execute(LIVE_POSITION)).fetchone()
        except psycopg.Error:
            return 0  # the database is away, or has no read models yet: whoever waits runs into the time limit
        return row["position"] or 0 if row else 0
