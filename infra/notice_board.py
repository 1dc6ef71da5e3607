"""Where notices to supervisors are kept: each once, by its derived id."""

from dataclasses import dataclass

from psycopg.types.json import Jsonb

from domain.envelopes import FollowUp
from infra.postgres import Pool

POST = "INSERT INTO notice (id, stream_id, provider, about) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"


@dataclass(frozen=True)
class NoticeBoard:
    connections: Pool

    def post(self, notice: FollowUp) -> None:
        with self.connections.connection() as connection:
            connection.execute(POST, (notice.id, notice.stream_id, notice.provider, Jsonb(notice.about)))
