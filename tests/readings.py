"""What lies in the tables, read back for comparison with the plain fold of the log."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from eventsourcing.persistence import StoredEvent

from domain.envelopes import Recorded
from infra.postgres import Pool
from projections.catalogue import READ_MODELS
from projections.read_model import Key, ReadModel, retell


def rows_of(connections: Pool, model: ReadModel[Any]) -> dict[Key, Any]:
    """The rows that readers of a model see, by key."""
    return rows_in(connections, model, model.name)


def rows_in(connections: Pool, model: ReadModel[Any], table: str) -> dict[Key, Any]:
    with connections.connection() as connection:
        found = connection.execute(f"SELECT * FROM {table}").fetchall()
    rows = [
        model.row(**{name: tuple(value) if isinstance(value, list) else value for name, value in each.items()})
        for each in found
    ]
    return {model.key_of(row): row for row in rows}


def rows_equal_the_fold(connections: Pool, log: Sequence[Recorded]) -> None:
    for model in READ_MODELS:
        assert rows_of(connections, model) == retell(model, log), model.name


async def caught_up(connections: Pool, position: int, names: Collection[str] = ()) -> None:
    """Waits until every live read model, or those named, has reached a position."""
    async with asyncio.timeout(30):
        while positions(connections, names) != {position}:  # noqa: ASYNC110 - another process moves it
            await asyncio.sleep(0.05)


def positions(connections: Pool, names: Collection[str] = ()) -> set[int]:
    with connections.connection() as connection:
        rows = connection.execute("SELECT name, position FROM read_model WHERE live").fetchall()
        return {row["position"] for row in rows if not names or row["name"] in names}


def chains(connections: Pool) -> dict[str, list[StoredEvent]]:
    """Every story as it lies in the table."""
    with connections.connection() as connection:
        rows = connection.execute(
            "SELECT originator_id, originator_version, topic, state FROM stored_events"
            " ORDER BY originator_id, originator_version"
        ).fetchall()
    stories: dict[str, list[StoredEvent]] = {}
    for row in rows:
        stored = StoredEvent(row["originator_id"], row["originator_version"], row["topic"], bytes(row["state"]))
        stories.setdefault(row["originator_id"], []).append(stored)
    return stories
