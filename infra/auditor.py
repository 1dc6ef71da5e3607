"""The look at the event store and the signature under it, with one connection of its own each time."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from infra import audit, checkpoints


@dataclass(frozen=True)
class NightlyAuditor:
    database_url: str
    signing_key: bytes

    def checked_and_signed(self) -> dict[str, Any]:
        """The new checkpoint as JSON, or the breaks where anything is wrong, and then nothing is signed."""
        key = checkpoints.signing_key_from(self.signing_key)
        with psycopg.connect(self.database_url, autocommit=True, row_factory=dict_row) as connection:
            report = audit.verify(connection, key.public_key())
            if not report.whole:
                return {"breaks": [asdict(each) for each in report.breaks]}
            return asdict(checkpoints.make(connection, key, datetime.now(UTC)))
