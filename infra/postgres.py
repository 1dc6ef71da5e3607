"""PostgreSQL: the tables of the truth, pools of connections with limits, and the library's door to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import AsyncConnection, Connection
from psycopg.rows import DictRow, dict_row
from psycopg.types.composite import register_composite
from psycopg_pool import AsyncConnectionPool, ConnectionPool

Pool = ConnectionPool[Connection[DictRow]]
AsyncPool = AsyncConnectionPool[AsyncConnection[DictRow]]

SCHEMA = Path(__file__).with_name("schema.sql")
MIGRATION_LOCK = 0x4C6F747365  # "Lotse"; any number that no other program of the database takes
CONNECT_S = 5
WAIT_S = 1.5  # for a free connection: less than the limit of a local activity, so that a fault shows as one
RECONNECT_S = 5.0  # then the pool tries afresh on the next demand, instead of backing off ever longer
TRUSTED_S = 1.0
FIRST_CONNECTION_S = 30.0
LOCK_S = 1  # as before: behind it stands the attempt without a short limit
NO_EVENTS_TABLE = "SELECT to_regclass('stored_events') IS NULL OR to_regtype('stored_event_text') IS NULL"
SESSION = (
    "SELECT set_config('statement_timeout', '10s', false), "
    "set_config('idle_in_transaction_session_timeout', '10s', false)"
)
CONNECTION: dict[str, Any] = {
    "autocommit": True,
    "row_factory": dict_row,
    "connect_timeout": CONNECT_S,
    "keepalives_idle": 5,
    "tcp_user_timeout": 10_000,
    "application_name": "lotse",
}


def pool(database_url: str, size: int) -> Pool:
    """At most `size` connections: one per thread that uses them. Autocommit, rows as dicts. Use as a context manager.

    A broken connection is replaced before it is handed out, unless it answered within the last second: then its user meets the fault.
    Without a database, asking for one raises psycopg's OperationalError after 1.5 s.
    """
    answered = _Answered()

    def check(connection: Connection[DictRow]) -> None:
        if answered.lately(connection):
            return
        try:
            ConnectionPool.check_connection(connection)
        except psycopg.OperationalError:
            connections.drain()  # one lost connection is rarely alone, and the pool waits longer before each further try
            raise

    connections: Pool = ConnectionPool(
        database_url,
        connection_class=Connection[DictRow],
        kwargs=CONNECTION,
        min_size=min(size, 4),
        max_size=size,
        open=False,
        configure=_configure,
        check=check,
        timeout=WAIT_S,
        reconnect_timeout=RECONNECT_S,
    )
    return connections


def async_pool(database_url: str, size: int) -> AsyncPool:
    """The same for an event loop. Use as an async context manager."""
    answered = _Answered()

    async def check(connection: AsyncConnection[DictRow]) -> None:
        if answered.lately(connection):
            return
        try:
            await AsyncConnectionPool.check_connection(connection)
        except psycopg.OperationalError:
            await connections.drain()
            raise

    connections: AsyncPool = AsyncConnectionPool(
        database_url,
        connection_class=AsyncConnection[DictRow],
        kwargs=CONNECTION,
        min_size=min(size, 4),
        max_size=size,
        open=False,
        configure=_configure_async,
        check=check,
        timeout=WAIT_S,
        reconnect_timeout=RECONNECT_S,
    )
    return connections


class _Answered:
    """When each connection last answered: asking it before every use would be a third of what a command spends here."""

    def __init__(self) -> None:
        self._at: WeakKeyDictionary[object, float] = WeakKeyDictionary()

    def lately(self, connection: object) -> bool:
        """Whether it need not be asked now. If it must, it counts as having answered from now on: else it is thrown away."""
        now = monotonic()
        if now - self._at.get(connection, -TRUSTED_S) < TRUSTED_S:
            return True
        self._at[connection] = now
        return False


def _configure(connection: Connection[DictRow]) -> None:
    connection.execute(SESSION)


async def _configure_async(connection: AsyncConnection[DictRow]) -> None:
    await connection.execute(SESSION)


class Datastore(PostgresDatastore):
    """The library's datastore over our pool.

    psycopg's errors pass as they are: they name the constraint, and the library does not try ten times where the caller has its own retries.
    """

    def __init__(self, connections: Pool) -> None:
        super().__init__("", "", "", "", "", originator_id_type="text", lock_timeout=LOCK_S)
        self.connections = connections

    @contextmanager
    def get_connection(self) -> Iterator[Connection[DictRow]]:
        with self.connections.connection() as connection:
            for info in self.psycopg_type_adapters.values():
                if not connection.adapters.types.get(info.oid):
                    register_composite(info, connection)
            yield connection


def migrate(database_url: str) -> None:
    """Creates what is missing. Any number of processes may call it at once, on a database of any age."""
    with (
        psycopg.connect(database_url, autocommit=True, connect_timeout=CONNECT_S) as guard,
        pool(database_url, 1) as connections,
    ):
        connections.wait(FIRST_CONNECTION_S)
        guard.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        if guard.execute(NO_EVENTS_TABLE).fetchone() == (
            True,
        ):  # else the library would try, and the log tell an error
            PostgresApplicationRecorder(Datastore(connections)).create_table()
        guard.execute(SCHEMA.read_bytes())
