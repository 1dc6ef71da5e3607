"""The programme's numbers by version, for rows that reckon with them.

What was published never changes, and is published before any case is bound to it: to have read it makes no difference to what a row says, only to whether it
can be told at all. So telling a row stays a function of its events.
"""

from collections.abc import Iterable
from typing import Any

from psycopg import AsyncConnection, Connection
from psycopg.rows import DictRow

from domain.envelopes import POLICY_STREAM
from domain.policy import POLICIES, Policy
from domain.policy_story import PolicyPublished
from infra.event_format import recorded_from

PUBLISHED = """
    SELECT originator_id, originator_version, topic, state, notification_id FROM stored_events
    WHERE originator_id = %s ORDER BY originator_version
"""

_known: dict[str, Policy] = {policy.version: policy for policy in POLICIES}


def numbers_of(version: str) -> Policy:
    """Raises KeyError on a version that nobody has read here yet."""
    return _known[version]


def learn(connection: Connection[DictRow]) -> None:
    """Reads all versions that were published. Whoever tells rows calls it first, and again where a batch holds a publication."""
    _learn(connection.execute(PUBLISHED, (POLICY_STREAM,), binary=True).fetchall())


async def learn_of(connection: AsyncConnection[DictRow], versions: Iterable[str | None]) -> None:
    """The same for whoever shows rows, where one of their versions is not known yet."""
    if any(version is not None and version not in _known for version in versions):
        _learn(await (await connection.execute(PUBLISHED, (POLICY_STREAM,), binary=True)).fetchall())


def _learn(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        event = recorded_from(
            row["originator_id"], row["originator_version"], row["topic"], row["state"], row["notification_id"]
        ).event
        if isinstance(event, PolicyPublished):
            _known[event.version] = event.policy
