"""Cases that a version cannot tell: their events wait, in order, in the event store, while every other case goes on."""

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.rows import DictRow

from domain.envelopes import Recorded
from domain.story import Event
from infra.event_format import recorded_from

PARKED = "SELECT name, version, stream_id FROM parked"
PARK = """
    INSERT INTO parked (name, version, stream_id, event_version, event_name, position, fault)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
WAITING = """
    SELECT parked.*, (SELECT count(*) FROM stored_events WHERE originator_id = stream_id AND originator_version >= event_version) AS waiting,
           live, fingerprint
    FROM parked JOIN read_model USING (name, version)
    WHERE (%(name)s::text IS NULL OR name = %(name)s) AND (%(stream_id)s::text IS NULL OR stream_id = %(stream_id)s)
    ORDER BY parked_at, name, version, stream_id LIMIT %(limit)s
"""
STANDING = """
    SELECT count(*) AS cases, coalesce(extract(epoch FROM clock_timestamp() - min(parked_at)), 0)::float AS oldest_s
    FROM parked JOIN read_model USING (name, version) WHERE live
"""


@dataclass(frozen=True)
class Unreadable:
    """A stored event that the deployed code cannot read."""

    stream_id: str
    version: int
    name: str
    position: int
    fault: Exception

    @property
    def event(self) -> Event:
        """Whoever asks what happened meets the fault."""
        raise self.fault


@dataclass(frozen=True)
class Parking:
    """From which event on a case waits, and what it met there. `fault` is type and place: what it says may quote a person."""

    stream_id: str
    event_version: int
    event_name: str
    position: int
    fault: str


@dataclass(frozen=True)
class Parked:
    """A case that waits. `waiting` events, the first of them `event_version`; `tries` so far. `live`: readers see that version."""

    name: str
    version: int
    parking: Parking
    parked_at: datetime
    tries: int
    waiting: int
    live: bool


def read(row: DictRow) -> Recorded | Unreadable:
    """An event as it is stored; one that nobody can read holds up its own case only."""
    place = row["originator_id"], row["originator_version"], row["topic"]
    try:
        return recorded_from(*place, row["state"], row["notification_id"])
    except Exception as fault:  # noqa: BLE001 - whatever it is, other cases go on
        return Unreadable(*place, row["notification_id"], fault)


def parking(event: Recorded | Unreadable, fault: Exception) -> Parking:
    last = traceback.extract_tb(fault.__traceback__)
    place = f" at {Path(last[-1].filename).name}:{last[-1].lineno}" if last else ""
    return Parking(event.stream_id, event.version, event.name, event.position, f"{type(fault).__name__}{place}")


def parked_cases(connection: Connection[DictRow]) -> dict[tuple[str, int], set[str]]:
    """The cases that wait, by name and version of the read model."""
    found: dict[tuple[str, int], set[str]] = {}
    for row in connection.execute(PARKED):
        found.setdefault((row["name"], row["version"]), set()).add(row["stream_id"])
    return found


def park(connection: Connection[DictRow], name: str, version: int, parkings: Iterable[Parking]) -> None:
    lines = [
        (name, version, each.stream_id, each.event_version, each.event_name, each.position, each.fault)
        for each in parkings
    ]
    with connection.cursor() as cursor:
        cursor.executemany(PARK, lines)


def listed(
    connection: Connection[DictRow], name: str | None = None, stream_id: str | None = None, limit: int = 1000
) -> list[Parked]:
    """What waits, the longest first; narrowed to a read model, to a case."""
    found = connection.execute(WAITING, {"name": name, "stream_id": stream_id, "limit": limit})
    return [_parked(row) for row in found]


def _parked(row: DictRow) -> Parked:
    place = Parking(row["stream_id"], row["event_version"], row["event_name"], row["position"], row["fault"])
    return Parked(row["name"], row["version"], place, row["parked_at"], row["tries"], row["waiting"], row["live"])


async def standing(connection: AsyncConnection[DictRow]) -> tuple[int, float]:
    """How many cases wait in what readers see, and the age of the oldest in seconds."""
    try:
        row: Any = await (await connection.execute(STANDING)).fetchone()
    except psycopg.errors.UndefinedTable:
        return 0, 0.0
    return row["cases"], row["oldest_s"]
