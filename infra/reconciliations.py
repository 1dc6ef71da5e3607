"""What the hourly looks found, kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

KEEP = "INSERT INTO reconciliation (well, report) VALUES (%s, %s)"
LATEST = "SELECT at, well, report FROM reconciliation ORDER BY id DESC LIMIT %s"
STANDING = """
    SELECT well, extract(epoch FROM clock_timestamp() - at)::float AS age_s FROM reconciliation ORDER BY id DESC LIMIT 1
"""


@dataclass(frozen=True)
class Kept:
    """`report`: as `activities.reconcile` makes it."""

    at: datetime
    well: bool
    report: dict[str, Any]


def keep(connection: Connection[DictRow], report: dict[str, Any]) -> None:
    connection.execute(KEEP, (report["well"], Jsonb(report)))


def latest(connection: Connection[DictRow], limit: int) -> list[Kept]:
    """The newest first."""
    return [Kept(**row) for row in connection.execute(LATEST, (limit,))]


async def standing(connection: AsyncConnection[DictRow]) -> tuple[bool, float] | None:
    """Whether all agreed when it was last looked, and how many seconds ago that was; None where nobody has looked yet."""
    try:
        row: Any = await (await connection.execute(STANDING)).fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    return (row["well"], row["age_s"]) if row else None
