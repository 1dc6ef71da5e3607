"""The tables of the read models: versions beside each other, and a view by each model's name that readers use."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from projections.catalogue import READ_MODELS
from projections.read_model import ReadModel

SCHEMA = Path(__file__).with_name("schema.sql")
TABLES_LOCK = 0x6C6F74736572  # any number that no other program of the database takes
VERSIONS = "SELECT * FROM read_model WHERE name = ANY(%s) AND built ORDER BY name, version DESC"

Models = Sequence[ReadModel[Any]]


@dataclass(frozen=True)
class Version:
    """One version of a read model: its rows are those of all events up to `position`, but for cases that are parked. `plan`: the replay that made it."""

    model: ReadModel[Any]
    version: int
    table: str
    position: int
    live: bool
    plan: int | None = None


def lock_tables(connection: Connection[DictRow]) -> None:
    """Only one at a time makes, switches or drops versions; until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (TABLES_LOCK,))


def prepare(connection: Connection[DictRow], models: Models = READ_MODELS) -> None:
    """Makes what is missing. In a database that has no read model yet, each begins before the first event, live.

    Where there are some, none is made here: a version of other code is made by a replay, which the operator plans.
    """
    with connection.transaction():
        lock_tables(connection)
        connection.execute(SCHEMA.read_bytes())
        if connection.execute("SELECT FROM read_model LIMIT 1").fetchone() is not None:
            return
        for model in models:
            version = added(connection, model)
            for statement in model.index_ddl(version.table):
                connection.execute(statement.encode())
            connection.execute("UPDATE read_model SET built = true WHERE name = %s", (model.name,))
            show(connection, model.name, version.version)


def fed(connection: Connection[DictRow], models: Models = READ_MODELS, plan: int | None = None) -> list[Version]:
    """The versions that the deployed code feeds: rows of other code are not mixed with its own. With `plan`, those that it has made."""
    codes = {(model.name, model.fingerprint()): model for model in models}
    rows = connection.execute(VERSIONS, ([model.name for model in models],)).fetchall()
    return [
        Version(model, row["version"], row["table_name"], row["position"], row["live"], row["plan"])
        for row in rows
        if (model := codes.get((row["name"], row["fingerprint"]))) and plan in {None, row["plan"]}
    ]


def foreign(connection: Connection[DictRow], models: Models = READ_MODELS) -> list[str]:
    """Names of the models whose rows, as readers see them, other code than the deployed has made, or that have none yet."""
    live = connection.execute("SELECT name, fingerprint FROM read_model WHERE live").fetchall()
    made = {row["name"]: row["fingerprint"] for row in live}
    return [model.name for model in models if made.get(model.name) != model.fingerprint()]


def claim(connection: Connection[DictRow], versions: Sequence[Version], *, follower: bool = True) -> bool:
    """Locks versions that stand at one position until the transaction ends; says that a follower looks after them. False: somebody has moved one of them meanwhile."""
    return _updated(connection, "seen_at = CASE WHEN %s THEN clock_timestamp() ELSE seen_at END", follower, versions)


def move(connection: Connection[DictRow], versions: Sequence[Version], position: int) -> bool:
    """False: some of them was not where `versions` have it, and nothing of the transaction may stay."""
    return _updated(connection, "position = %s", position, versions)


def _updated(connection: Connection[DictRow], change: str, value: object, versions: Sequence[Version]) -> bool:
    """In the order of their names, so that no two followers wait for each other."""
    locked = connection.execute(
        f"WITH locked AS (SELECT name, version FROM read_model WHERE (name, version) IN (SELECT * FROM unnest(%s::text[], %s::int[]))"  # noqa: S608 - ours
        f" AND position = %s ORDER BY name, version FOR UPDATE)"
        f" UPDATE read_model SET {change} FROM locked WHERE read_model.name = locked.name AND read_model.version = locked.version".encode(),
        (
            [each.model.name for each in versions],
            [each.version for each in versions],
            versions[0].position,
            value,
        ),
        prepare=True,
    )
    return locked.rowcount == len(versions)


def added(connection: Connection[DictRow], model: ReadModel[Any], plan: int | None = None) -> Version:
    """A further version, empty and without indexes, that nobody sees or follows yet."""
    last = connection.execute(
        "SELECT coalesce(max(version), 0) AS version FROM read_model WHERE name = %s", (model.name,)
    )
    version = last.fetchall()[0]["version"] + 1
    table = f"{model.name}_{version}"
    connection.execute(model.table_ddl(table).encode())
    connection.execute(
        "INSERT INTO read_model (name, version, table_name, fingerprint, built, plan, seen_at) VALUES (%s, %s, %s, %s, false, %s, 'epoch')",
        (model.name, version, table, model.fingerprint(), plan),
    )
    return Version(model, version, table, 0, live=False, plan=plan)


def removed(connection: Connection[DictRow], name: str, version: int) -> None:
    """Takes a version away that nobody sees."""
    connection.execute(f"DROP TABLE IF EXISTS {name}_{version}".encode())
    for table in ("parked", "read_model"):
        connection.execute(f"DELETE FROM {table} WHERE name = %s AND version = %s".encode(), (name, version))  # noqa: S608 - ours


def show(connection: Connection[DictRow], name: str, version: int) -> None:
    """A view of its own each time: the rows may have other columns than those of the last version."""
    connection.execute(f"DROP VIEW IF EXISTS {name}".encode())
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {name}_{version}".encode())  # noqa: S608 - names of our catalogue
    connection.execute("UPDATE read_model SET live = false WHERE name = %s AND live", (name,))
    connection.execute("UPDATE read_model SET live = true WHERE name = %s AND version = %s", (name, version))
