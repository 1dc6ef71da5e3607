"""Live following: events in the order of their commits, in batches; rows and positions in one transaction."""

from collections.abc import Sequence
from itertools import groupby
from threading import Event
from typing import Any

import psycopg
import structlog
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

from domain.envelopes import Recorded
from infra.event_format import recorded_from
from projections.read_model import Key, ReadModel
from projections.tables import Version, fed, go_live, prepare

log = structlog.get_logger(__name__)

CHANNEL = "stored_events"  # the event store's; what it says is only "look"
FOLLOWED = "lotse_followed"  # ours: positions have moved
BATCH = 500
POLL_S = 1.0
BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0)
NEXT_EVENTS = """
    SELECT originator_id, originator_version, topic, state, notification_id FROM stored_events
    WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""


class PositionMovedError(Exception):
    """Somebody else moved a position under our lock: nothing of this batch may stay."""


def follow(database_url: str, stop: Event) -> None:
    """Follows until `stop` is set. A lost connection and a fold that fails are tried again, with a growing wait; no event is skipped."""
    failures = 0
    while not stop.is_set():
        try:
            with connect(database_url) as connection:
                prepare(connection)
                connection.execute(f"LISTEN {CHANNEL}")  # before the first look, so that nothing falls between
                failures = 0
                _keep_following(connection, stop)
        except psycopg.Error as error:
            log.warning("follower_lost_database", error=type(error).__name__, tries_again_in_s=_wait(failures))
        except Exception as error:  # noqa: BLE001 - a fold may fail in any way; the follower stays, and says so
            log.error("follower_stopped_at_event", error=type(error).__name__, tries_again_in_s=_wait(failures))
        else:
            return
        stop.wait(_wait(failures))
        failures += 1


def _wait(failures: int) -> float:
    return BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]


def connect(database_url: str) -> Connection[DictRow]:
    return psycopg.connect(
        database_url,
        autocommit=True,
        row_factory=dict_row,
        connect_timeout=5,
        keepalives_idle=5,
        tcp_user_timeout=10_000,
        application_name="lotse-follower",
    )


def _keep_following(connection: Connection[DictRow], stop: Event) -> None:
    while not stop.is_set():
        if advance(connection, BATCH) == 0:
            for _ in connection.notifies(timeout=POLL_S, stop_after=1):
                pass


def advance(connection: Connection[DictRow], batch: int = BATCH) -> int:
    """Folds the next events into every version that the deployed code feeds; returns how many events there were.

    Versions at the same position go together, the one furthest behind first last: a rebuild does not hold up what is live.
    """
    with connection.transaction():
        versions = sorted(fed(connection), key=lambda each: (-each.position, each.model.name))
        connection.execute("UPDATE read_model SET seen_at = clock_timestamp()")
        done = 0
        for position, group in groupby(versions, key=lambda each: each.position):
            done += _advance_group(connection, list(group), position, batch)
        if done:
            connection.execute(f"NOTIFY {FOLLOWED}")
    return done


def _advance_group(connection: Connection[DictRow], versions: Sequence[Version], position: int, batch: int) -> int:
    rows = connection.execute(NEXT_EVENTS, (position, batch), prepare=True, binary=True).fetchall()
    events = [_decoded(row) for row in rows]
    for each in versions:
        if events:
            write(connection, each.model, each.table, _folded(connection, each, events))
            _move(connection, each, events[-1].position)
        if not each.live and len(events) < batch:
            go_live(connection, each.model.name, each.version)
            log.info("read_model_live", name=each.model.name, version=each.version)
    return len(events)


def _decoded(row: DictRow) -> Recorded:
    stream_id, version, name = row["originator_id"], row["originator_version"], row["topic"]
    try:
        return recorded_from(stream_id, version, name, row["state"], row["notification_id"])
    except Exception:
        log.error("event_not_readable", name=name, position=row["notification_id"], case_id=stream_id)
        raise


def _folded(connection: Connection[DictRow], to: Version, events: Sequence[Recorded]) -> list[Any]:
    """The rows that the events change, at their last state."""
    stories = {recorded.stream_id for recorded in events}
    rows = load(connection, to.model, to.table, stories) if to.model.needs_rows else {}
    changed: dict[Key, Any] = {}
    for recorded in events:
        story = rows.setdefault(recorded.stream_id, {})
        try:
            changes = to.model.fold(story, recorded)
        except Exception:
            log.error(
                "event_not_folded",
                read_model=to.model.name,
                name=recorded.name,
                position=recorded.position,
                case_id=recorded.stream_id,
            )
            raise
        if to.model.needs_rows:
            story.update(changes)
        changed.update(changes)
    return list(changed.values())


def load(
    connection: Connection[DictRow], model: ReadModel[Any], table: str, stories: set[str]
) -> dict[str, dict[Key, Any]]:
    """The rows of some cases, by case and key."""
    found = connection.execute(f"SELECT * FROM {table} WHERE case_id = ANY(%s)", (list(stories),)).fetchall()  # noqa: S608
    rows: dict[str, dict[Key, Any]] = {}
    for each in found:
        row = model.row(**{name: tuple(value) if isinstance(value, list) else value for name, value in each.items()})
        rows.setdefault(each["case_id"], {})[model.key_of(row)] = row
    return rows


def write(connection: Connection[DictRow], model: ReadModel[Any], table: str, rows: Sequence[Any]) -> None:
    if not rows:
        return
    columns = model.columns
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in model.key)
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608
        f" ON CONFLICT ({', '.join(model.key)}) DO UPDATE SET {updates}"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[_sql(value) for value in model.values(row)] for row in rows])


def _sql(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return Jsonb(value) if isinstance(value, dict) else value


def _move(connection: Connection[DictRow], version: Version, position: int) -> None:
    moved = connection.execute(
        "UPDATE read_model SET position = %s WHERE name = %s AND version = %s AND position = %s",
        (position, version.model.name, version.version, version.position),
    )
    if moved.rowcount != 1:
        raise PositionMovedError
