"""The tables of the read models: versions beside each other, and a view by each model's name that readers use."""

from dataclasses import dataclass
from typing import Any

import structlog
from psycopg import Connection
from psycopg.rows import DictRow

from projections.catalogue import READ_MODELS
from projections.read_model import ReadModel

log = structlog.get_logger(__name__)

TABLES_LOCK = 0x6C6F74736572  # any number that no other program of the database takes
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
            newest = connection.execute(
                "SELECT version, fingerprint FROM read_model WHERE name = %s ORDER BY version DESC LIMIT 1",
                (model.name,),
            ).fetchone()
            if newest is None:
                _add(connection, model, 1)
                go_live(connection, model.name, 1)
            elif newest["fingerprint"] != model.fingerprint():
                _add(connection, model, newest["version"] + 1)
                log.info("read_model_rebuilds", name=model.name, version=newest["version"] + 1)


def _add(connection: Connection[DictRow], model: ReadModel[Any], version: int) -> None:
    table = f"{model.name}_{version}"
    for statement in model.ddl(table):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO read_model (name, version, table_name, fingerprint) VALUES (%s, %s, %s, %s)",
        (model.name, version, table, model.fingerprint()),
    )


def go_live(connection: Connection[DictRow], name: str, version: int) -> None:
    """Readers see this version from the end of the transaction on. Its rows may have other columns than the last one's."""
    connection.execute(f"DROP VIEW IF EXISTS {name}")
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {name}_{version}")  # noqa: S608 - names of our catalogue
    connection.execute("UPDATE read_model SET live = false WHERE name = %s AND live", (name,))
    connection.execute("UPDATE read_model SET live = true WHERE name = %s AND version = %s", (name, version))


def fed(connection: Connection[DictRow]) -> list[Version]:
    """The versions that the deployed code feeds, locked until the transaction ends: a second follower waits here, and then sees what the first did."""
    rows = connection.execute("SELECT * FROM read_model ORDER BY name, version FOR UPDATE").fetchall()
    models = {(model.name, model.fingerprint()): model for model in READ_MODELS}
    return [
        Version(model, row["version"], row["table_name"], row["position"], row["live"])
        for row in rows
        if (model := models.get((row["name"], row["fingerprint"])))
    ]
