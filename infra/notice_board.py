"""Where notices to supervisors are kept: each once, by its derived id."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from domain.envelopes import FollowUp
from infra.postgres import AsyncPool, Pool

POST = "INSERT INTO notice (id, stream_id, provider, about) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
LATEST = """
    SELECT id, stream_id, about, told_at FROM notice
    WHERE provider = %(provider)s AND (%(told_at)s::timestamptz IS NULL OR (told_at, id) < (%(told_at)s, %(id)s))
    ORDER BY told_at DESC, id DESC LIMIT %(limit)s
"""
COUNT = "SELECT count(*) AS n FROM notice WHERE provider = %s AND told_at >= %s"


@dataclass(frozen=True)
class Notice:
    """`about`: the event's name and what tells it, as JSON. `told_at` (UTC) is when it came to the board."""

    id: str
    stream_id: str
    about: dict[str, Any]
    told_at: datetime

    @property
    def version(self) -> int:
        """That of the event in its story."""
        return int(self.id.rpartition(":")[2])


@dataclass(frozen=True)
class NoticeBoard:
    connections: Pool

    def post(self, notice: FollowUp) -> None:
        with self.connections.connection() as connection:
            connection.execute(POST, (notice.id, notice.stream_id, notice.provider, Jsonb(notice.about)))


async def latest(
    connections: AsyncPool, provider: str, before: tuple[datetime, str] | None = None, limit: int = 50
) -> list[Notice]:
    """Notices at a provider, the newest first; `before`: only those behind this one (when it was told, its id)."""
    told_at, id_ = before or (None, None)
    values = {"provider": provider, "told_at": told_at, "id": id_, "limit": limit}
    async with connections.connection() as connection, connection.cursor(row_factory=class_row(Notice)) as cursor:
        return await (await cursor.execute(LATEST, values)).fetchall()


async def count_since(connections: AsyncPool, provider: str, since: datetime) -> int:
    async with connections.connection() as connection:
        row = await (await connection.execute(COUNT, (provider, since))).fetchone()
    return int(row["n"]) if row else 0
