"""Events as they are stored, read without the rules: for people who look inside, also where the code of today can't read one."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

Event = dict[str, Any]
"""`position`, `stream_id`, `version`, `name`, and the envelope's fields; without these where the bytes are no JSON."""

CHANNEL = "stored_events"
LOOK_S = 1.0
FETCHED = 500
COLUMNS = "SELECT originator_id, originator_version, topic, state, notification_id FROM stored_events"
NAMED = "(%(names)s::text[] IS NULL OR topic = ANY(%(names)s))"
NEWEST = f"{COLUMNS} WHERE {NAMED} ORDER BY notification_id DESC LIMIT %(count)s"
OF_STORY = f"{COLUMNS} WHERE originator_id = %(story)s AND originator_version > %(after)s AND {NAMED} ORDER BY originator_version"
BEHIND = f"{COLUMNS} WHERE notification_id > %(position)s AND {NAMED} ORDER BY notification_id LIMIT %(limit)s"
END = "SELECT coalesce(max(notification_id), 0) AS position FROM stored_events"
EXISTS = "SELECT 1 FROM stored_events WHERE originator_id = %s LIMIT 1"


def end(connection: Connection[DictRow]) -> int:
    """The position of the newest event, 0 where there is none."""
    row = connection.execute(END).fetchone()
    return int(row["position"]) if row else 0


def exists(connection: Connection[DictRow], story: str) -> bool:
    return connection.execute(EXISTS, (story,)).fetchone() is not None


def newest(connection: Connection[DictRow], count: int, names: Sequence[str] | None = None) -> Iterator[Event]:
    """The newest of all stories, the oldest of them first."""
    rows = connection.execute(NEWEST, {"count": count, "names": names}).fetchall()
    return map(_event, reversed(rows))


def of_story(
    connection: Connection[DictRow], story: str, after: int = 0, names: Sequence[str] | None = None
) -> Iterator[Event]:
    """Those of one story behind a version, in order."""
    return map(_event, connection.execute(OF_STORY, {"story": story, "after": after, "names": names}))


def coming(connection: Connection[DictRow], position: int, names: Sequence[str] | None = None) -> Iterator[Event]:
    """Each that is behind a position, as they come, without end. `connection` must be in autocommit mode."""
    connection.execute(f"LISTEN {CHANNEL}")
    while True:
        rows = connection.execute(BEHIND, {"position": position, "names": names, "limit": FETCHED}).fetchall()
        for row in rows:
            yield _event(row)
            position = row["notification_id"]
        if not rows:
            for _ in connection.notifies(timeout=LOOK_S, stop_after=1):  # a lost one is made up for a second later
                pass


def _event(row: DictRow) -> Event:
    event = {
        "position": row["notification_id"],
        "stream_id": row["originator_id"],
        "version": row["originator_version"],
        "name": row["topic"],
    }
    try:
        return event | dict(json.loads(bytes(row["state"])))
    except (ValueError, TypeError):
        return event
