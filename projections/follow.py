"""Live following: events in the order of their commits, in batches; rows and positions in one transaction."""

from collections.abc import Sequence
from itertools import groupby
from threading import Event

import psycopg
import structlog
from psycopg import Connection
from psycopg.rows import DictRow

from domain.envelopes import POLICY_STREAM
from infra import postgres
from projections.batch import NotWritableError, concerned, tell
from projections.catalogue import READ_MODELS
from projections.numbers import learn
from projections.park import Parking, parked_cases, read
from projections.tables import Models, Version, claim, fed, foreign, move, prepare

log = structlog.get_logger(__name__)

CHANNEL = "stored_events"  # the event store's; what it says is only "look"
FOLLOWED = "lotse_followed"  # ours: positions have moved
BATCH = 500
POLL_S = 1.0
GATHER_S = 0.025  # before a batch: under load it then holds several commands, at a fraction of the cost
BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0)
SESSION = (
    "SELECT set_config('statement_timeout', '30s', false),"
    # A follower that hangs, or whose machine is gone, must not keep the next one waiting.
    " set_config('idle_in_transaction_session_timeout', '10s', false),"
    # Rows and position are lost together if PostgreSQL falls over, and are then told again.
    " set_config('synchronous_commit', 'off', false)"
)
NEXT_EVENTS = """
    SELECT originator_id, originator_version, topic, state, notification_id FROM stored_events
    WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""


class PositionMovedError(Exception):
    """Somebody else moved a position under our lock: nothing of this batch may stay."""


def follow(database_url: str, stop: Event, models: Models = READ_MODELS) -> None:
    """Follows until `stop` is set. A lost database, or one that refuses, is tried again with a growing wait."""
    failures = 0
    while not stop.is_set():
        try:
            with connect(database_url) as connection:
                prepare(connection, models)
                connection.execute(f"LISTEN {CHANNEL}")  # before the first look, so that nothing falls between
                _begin(connection, models)
                failures = 0
                _keep_following(connection, stop, models)
        except (psycopg.Error, PositionMovedError) as fault:
            wait = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
            log.warning("follower_lost_database", again_in_s=wait, exc_info=fault)
            stop.wait(wait)
            failures += 1


def connect(database_url: str) -> Connection[DictRow]:
    settings = postgres.CONNECTION | {"application_name": "lotse-follower"}
    connection: Connection[DictRow] = psycopg.connect(database_url, **settings)
    connection.execute(SESSION)
    return connection


def _begin(connection: Connection[DictRow], models: Models) -> None:
    learn(connection)
    versions = fed(connection, models)
    log.info("follower_follows", from_position=min((each.position for each in versions), default=None))
    if names := foreign(connection, models):
        log.warning("read_models_of_other_code", names=names, do=f"lotse replay plan {' '.join(names)}")


def _keep_following(connection: Connection[DictRow], stop: Event, models: Models) -> None:
    while not stop.is_set():
        _drain(connection)
        if not advance(connection, models=models):
            for _ in connection.notifies(timeout=POLL_S, stop_after=1):
                stop.wait(GATHER_S)


def advance(
    connection: Connection[DictRow],
    batch: int = BATCH,
    models: Models = READ_MODELS,
    *,
    plan: int | None = None,
    until: int | None = None,
) -> int:
    """Folds the next events into every version that the deployed code feeds; returns how many events there were.

    Versions at the same position go together, events decoded once. Those ahead go first: one that has much to catch up does not hold up what is live.
    With `plan` only the versions that it has made; with `until` no further than that position.
    """
    versions = sorted(fed(connection, models, plan), key=lambda each: (-each.position, each.model.name))
    groups = [list(group) for _, group in groupby(versions, key=lambda each: each.position)]
    return sum(_advanced(connection, group, batch, until, follower=plan is None) for group in groups)


def _advanced(
    connection: Connection[DictRow], versions: Sequence[Version], batch: int, until: int | None, *, follower: bool
) -> int:
    """Rows that PostgreSQL refuses are written again apart, so that only their own case waits."""
    try:
        with connection.transaction():
            return _told(connection, versions, batch, until, follower=follower)
    except NotWritableError:
        with connection.transaction():
            return _told(connection, versions, batch, until, follower=follower, singly=True)


def _told(
    connection: Connection[DictRow],
    versions: Sequence[Version],
    batch: int,
    until: int | None,
    *,
    follower: bool,
    singly: bool = False,
) -> int:
    position = versions[0].position
    if not claim(connection, versions, follower=follower):
        return 1  # another follower was here: look again
    rows = connection.execute(NEXT_EVENTS, (position, batch), prepare=True, binary=True).fetchall()
    if until is not None:
        rows = [row for row in rows if row["notification_id"] <= until]
    if not rows:
        return 0
    events, parked = [read(row) for row in rows], parked_cases(connection)
    if any(event.stream_id == POLICY_STREAM for event in events):
        learn(connection)
    for each in versions:
        waits = parked.get((each.model.name, each.version), set())
        own = [event for event in events if event.stream_id not in waits and concerned(each.model, event)]
        _report(each, tell(connection, each, own, singly=singly))
    if not move(connection, versions, events[-1].position):
        raise PositionMovedError
    connection.execute(f"NOTIFY {FOLLOWED}")
    log.debug("events_told", events=len(events), position=events[-1].position)
    return len(events)


def _report(version: Version, parkings: Sequence[Parking]) -> None:
    for each in parkings:
        log.error(
            "case_parked",
            read_model=version.model.name,
            version=version.version,
            stream_id=each.stream_id,
            event_name=each.event_name,
            event_version=each.event_version,
            position=each.position,
            fault=each.fault,
        )


def _drain(connection: Connection[DictRow]) -> None:
    """What was said before this look is answered by it."""
    for _ in connection.notifies(timeout=0):
        pass
