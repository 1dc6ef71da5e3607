"""What follow-ups need to know of the event store: whom they concern, and which of them were told to their end."""

import asyncio
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import DictRow

from infra.postgres import Pool

NAMING = """
    SELECT originator_id FROM stored_events WHERE topic IN ({topics}) AND envelope(state) #>> '{{body,{field}}}' = %s
    GROUP BY originator_id ORDER BY originator_id
"""
CASES_NAMING = {
    "household_id": NAMING.format(field="household_id", topics="'CaseOpened', 'HouseholdMemberAdded'"),
    "manager_id": NAMING.format(field="manager_id", topics="'ManagerAssigned'"),
}
TOLD = "SELECT 1 FROM told WHERE id = %s"
NOTE = "INSERT INTO told (id) VALUES (%s) ON CONFLICT DO NOTHING"


@dataclass(frozen=True)
class FollowUpLedger:
    """For an event loop, over a pool for threads."""

    connections: Pool

    async def told(self, follow_up_id: str) -> bool:
        """Whether this follow-up was told to its end before."""
        return bool(await asyncio.to_thread(self._rows, TOLD, follow_up_id))

    async def note(self, follow_up_id: str) -> None:
        """Notes that it was; again is silence."""
        await asyncio.to_thread(self._execute, NOTE, follow_up_id)

    async def naming(self, field: str, value: str) -> list[str]:
        """Cases one of whose events names a household (`household_id`) or a member of staff (`manager_id`), in the order of their ids: as they were registered."""
        rows = await asyncio.to_thread(self._rows, CASES_NAMING[field], value)
        return [row[0] for row in rows]

    def _rows(self, query: str, value: str) -> list[tuple[str, ...]]:
        with self.connections.connection() as connection:
            return [tuple(row.values()) for row in connection.execute(query.encode(), (value,)).fetchall()]

    def _execute(self, statement: str, value: str) -> None:
        with self.connections.connection() as connection:
            connection.execute(statement.encode(), (value,))


def all_told(connection: Connection[DictRow]) -> set[str]:
    """The ids of all follow-ups that were told: commands handed over, and notices."""
    rows = connection.execute("SELECT id FROM told UNION ALL SELECT id FROM notice")
    return {row["id"] for row in rows}
