"""The tables of the read models: versions beside each other, and a view by each model's name that readers use."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.rows import DictRow

from projections.catalogue import READ_MODELS
from projections.read_model import ReadModel

log = structlog.get_logger(__name__)

TABLES_LOCK = 0x6C6F74736572  # any number that no other program of the database takes
SWITCH_WAIT = "200ms"  # behind a switch that waits for one slow reader, all others wait
REGISTRY = """
    CREATE TABLE IF NOT EXISTS read_model (
        name        text NOT NULL,
        version     integer NOT NULL,
        table_name  text NOT NULL,
        fingerprint text NOT NULL,
        position    bigint NOT NULL DEFAULT 0,
        live        boolean NOT NULL DEFAULT false,
        seen_at     timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (name, version)
    );
    CREATE UNIQUE INDEX IF NOT EXISTS read_model_live_idx ON read_model (name) WHERE live
"""
VERSIONS = "SELECT * FROM read_model WHERE name = ANY(%s) ORDER BY name, version DESC"


@dataclass(frozen=True)
class Version:
    """One version of a read model: its rows are those of all events up to `position`."""

    model: ReadModel[Any]
    version: int
    table: str
    position: int
    live: bool


def prepare(connection: Connection[DictRow]) -> None:
    """Makes what is missing. A model whose code has changed gets a new version beside the live one, empty; readers keep the live one meanwhile."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (TABLES_LOCK,))
        connection.execute(REGISTRY)
        for model in READ_MODELS:
            known = connection.execute(VERSIONS, ([model.name],)).fetchall()
            if not known:
                _show(connection, _added(connection, model, 1))
            elif all(row["fingerprint"] != model.fingerprint() for row in known):
                version = _added(connection, model, known[0]["version"] + 1)
                log.info("read_model_is_retold_by_new_code", name=model.name, version=version.version)


def fed(connection: Connection[DictRow]) -> list[Version]:
    """The versions that the deployed code feeds: rows of other code are not mixed with its own. Of each model the newest such version."""
    models = {(model.name, model.fingerprint()): model for model in READ_MODELS}
    rows = connection.execute(VERSIONS, ([model.name for model in READ_MODELS],)).fetchall()
    ours: dict[str, Version] = {}
    for row in rows:
        if model := models.get((row["name"], row["fingerprint"])):
            version = Version(model, row["version"], row["table_name"], row["position"], row["live"])
            ours.setdefault(model.name, version)
    return list(ours.values())


def claim(connection: Connection[DictRow], versions: Iterable[Version]) -> bool:
    """Locks versions until the transaction ends and says that somebody looks after them. False: another follower has moved one of them meanwhile."""
    return all(
        connection.execute(
            "UPDATE read_model SET seen_at = clock_timestamp() WHERE name = %s AND version = %s AND position = %s",
            (each.model.name, each.version, each.position),
        ).rowcount
        for each in versions
    )


def move(connection: Connection[DictRow], version: Version, position: int) -> bool:
    """False: the position was not where `version` has it, and nothing of the transaction may stay."""
    moved = connection.execute(
        "UPDATE read_model SET position = %s WHERE name = %s AND version = %s AND position = %s",
        (position, version.model.name, version.version, version.position),
    )
    return moved.rowcount == 1


def go_live(connection: Connection[DictRow], version: Version) -> bool:
    """Readers see this version from now on, unless it is behind the one they see, or a slow reader is in the way: then False, try again."""
    try:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (TABLES_LOCK,))
            connection.execute("SELECT set_config('lock_timeout', %s, true)", (SWITCH_WAIT,))
            behind = connection.execute(
                "SELECT FROM read_model WHERE name = %(name)s AND live AND position >"
                " (SELECT position FROM read_model WHERE name = %(name)s AND version = %(version)s)",
                {"name": version.model.name, "version": version.version},
            )
            if behind.rowcount:
                return False
            _show(connection, version)
    except LockNotAvailable:
        return False
    log.info("read_model_is_live", name=version.model.name, version=version.version)
    return True


def _added(connection: Connection[DictRow], model: ReadModel[Any], version: int) -> Version:
    table = f"{model.name}_{version}"
    for statement in model.ddl(table):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO read_model (name, version, table_name, fingerprint) VALUES (%s, %s, %s, %s)",
        (model.name, version, table, model.fingerprint()),
    )
    return Version(model, version, table, 0, live=False)


def _show(connection: Connection[DictRow], version: Version) -> None:
    """A view of its own each time: the rows may have other columns than those of the last version."""
    name = version.model.name
    connection.execute(f"DROP VIEW IF EXISTS {name}")
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {version.table}")  # noqa: S608 - names of our catalogue
    connection.execute("UPDATE read_model SET live = false WHERE name = %s AND live", (name,))
    connection.execute("UPDATE read_model SET live = true WHERE name = %s AND version = %s", (name, version.version))
