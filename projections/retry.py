"""Telling a parked case again: its waiting events once, in order, as far as it goes."""

from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import DictRow

from projections.batch import concerned, tell
from projections.catalogue import READ_MODELS
from projections.numbers import learn
from projections.park import Parked, Parking, listed, read
from projections.tables import Models, Version, fed

LOCKED = "SELECT position FROM read_model WHERE name = %s AND version = %s FOR UPDATE"
WAITS_FROM = "SELECT event_version FROM parked WHERE name = %s AND version = %s AND stream_id = %s FOR UPDATE"
WAITING_EVENTS = """
    SELECT originator_id, originator_version, topic, state, notification_id FROM stored_events
    WHERE originator_id = %s AND originator_version >= %s AND notification_id <= %s ORDER BY originator_version
"""
NO_MORE = "DELETE FROM parked WHERE name = %s AND version = %s AND stream_id = %s"
TRIED = "UPDATE parked SET tries = %s, parked_at = %s WHERE name = %s AND version = %s AND stream_id = %s"


@dataclass(frozen=True)
class Retried:
    """What came of it: how many events were told; and from where on it waits still, if it does. `other_code`: not tried, since other code makes these rows."""

    parked: Parked
    told: int = 0
    still: Parking | None = None
    other_code: bool = False


def retry(
    connection: Connection[DictRow], name: str | None = None, stream_id: str | None = None, models: Models = READ_MODELS
) -> list[Retried]:
    """Tells what waits, narrowed to a read model or a case, each in a transaction of its own. The follower goes on meanwhile."""
    learn(connection)
    ours = {(each.model.name, each.version): each for each in fed(connection, models)}
    outcome = []
    for parked in listed(connection, name, stream_id):
        version = ours.get((parked.name, parked.version))
        outcome.append(_retried(connection, version, parked) if version else Retried(parked, other_code=True))
    return outcome


def _retried(connection: Connection[DictRow], version: Version, parked: Parked) -> Retried:
    """Behind the same lock as the follower: what it has passed is told here, what comes next it tells itself."""
    key = (parked.name, parked.version, parked.parking.stream_id)
    with connection.transaction():
        position = connection.execute(LOCKED, key[:2]).fetchall()[0]["position"]
        waits = connection.execute(WAITS_FROM, key).fetchone()
        if waits is None:
            return Retried(parked)  # somebody else was here
        found = connection.execute(
            WAITING_EVENTS, (parked.parking.stream_id, waits["event_version"], position), binary=True
        )
        events = [event for event in map(read, found) if concerned(version.model, event)]
        connection.execute(NO_MORE, key)
        still = next(iter(tell(connection, version, events, singly=True)), None)
        if still is None:
            return Retried(parked, len(events))
        connection.execute(TRIED, (parked.tries + 1, parked.parked_at, *key))
        return Retried(parked, still.event_version - parked.parking.event_version, still)
