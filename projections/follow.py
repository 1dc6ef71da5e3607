"""Live following: events in the order of their commits, in batches; rows and positions in one transaction."""

from collections.abc import Sequence
from itertools import groupby
from threading import Event

import psycopg
import structlog
from psycopg import Connection
from psycopg.rows import DictRow

from domain.envelopes import Recorded
from infra import postgres
from infra.event_format import recorded_from
from projections.batch import tell
from projections.tables import Version, claim, fed, go_live, move, prepare

log = structlog.get_logger(__name__)

CHANNEL = "stored_events"  # the event store's; what it says is only "look"
FOLLOWED = "lotse_followed"  # ours: positions have moved
BATCH = 500
NARROWER = 8  # so many times smaller is the next try with a batch that fails
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


class NotTellableError(Exception):
    """Code fails on an event. It is not skipped: whoever repairs the code must know which one it is."""

    def __init__(self, position: int, fault: Exception) -> None:
        super().__init__(f"the event behind position {position} can't be told")
        self.position, self.fault = position, fault


def follow(database_url: str, stop: Event) -> None:
    """Follows until `stop` is set. A lost database is tried again, with a growing wait."""
    failures, coming = 0, None
    while not stop.is_set():
        try:
            with connect(database_url) as connection:
                prepare(connection)
                connection.execute(f"LISTEN {CHANNEL}")  # before the first look, so that nothing falls between
                versions = fed(connection)
                # Asked once: code that has been replaced meanwhile must not take the readers back whenever it reconnects.
                coming = [each for each in versions if not each.live] if coming is None else coming
                log.info("follower_follows", from_position=min(each.position for each in versions))
                failures = 0
                _keep_following(connection, stop, coming)
        except (psycopg.OperationalError, psycopg.InterfaceError, PositionMovedError) as fault:
            wait = _wait(failures)
            log.warning("follower_lost_database", again_in_s=wait, exc_info=fault)
            stop.wait(wait)
            failures += 1


def connect(database_url: str) -> Connection[DictRow]:
    settings = postgres.CONNECTION | {"application_name": "lotse-follower"}
    connection: Connection[DictRow] = psycopg.connect(database_url, **settings)
    connection.execute(SESSION)
    return connection


def _keep_following(connection: Connection[DictRow], stop: Event, coming: list[Version]) -> None:
    failures = 0
    while not stop.is_set():
        _drain(connection)
        try:
            moved = advance(connection)
        except NotTellableError as error:
            _report(connection, error, _wait(failures))
            _rest(connection, stop, _wait(failures))
            failures += 1
            continue
        failures = 0
        if not moved:
            coming[:] = [each for each in coming if not go_live(connection, each)]
            for _ in connection.notifies(timeout=POLL_S, stop_after=1):
                stop.wait(GATHER_S)


def advance(connection: Connection[DictRow], batch: int = BATCH) -> int:
    """Folds the next events into every version that the deployed code feeds; returns how many events there were.

    Versions at the same position go together, events decoded once. Those ahead go first: a rebuild, or one that fails, does not hold up what is live.
    Raises NotTellableError when nothing but an event that fails is left for some version.
    """
    done, failed = 0, None
    versions = sorted(fed(connection), key=lambda each: (-each.position, each.model.name))
    for _, group in groupby(versions, key=lambda each: each.position):
        try:
            done += _advanced(connection, list(group), batch)
        except NotTellableError as error:
            failed = error
    if failed and not done:
        raise failed
    return done


def _advanced(connection: Connection[DictRow], versions: Sequence[Version], batch: int) -> int:
    """A batch that fails is tried again with fewer events, until the one that fails is alone and all before it are told."""
    while True:
        try:
            with connection.transaction():
                return _told(connection, versions, batch)
        except NotTellableError:
            if batch == 1:
                raise
            batch = max(1, batch // NARROWER)


def _told(connection: Connection[DictRow], versions: Sequence[Version], batch: int) -> int:
    position = versions[0].position
    if not claim(connection, versions):
        return 1  # another follower was here: look again
    rows = connection.execute(NEXT_EVENTS, (position, batch), prepare=True, binary=True).fetchall()
    if not rows:
        return 0
    try:
        events = [_decoded(row) for row in rows]
        for each in versions:
            tell(connection, each, events)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise
    except Exception as fault:
        raise NotTellableError(position, fault) from fault
    if not all(move(connection, each, events[-1].position) for each in versions):
        raise PositionMovedError
    connection.execute(f"NOTIFY {FOLLOWED}")
    log.debug("events_told", events=len(events), position=events[-1].position)
    return len(events)


def _decoded(row: DictRow) -> Recorded:
    return recorded_from(
        row["originator_id"], row["originator_version"], row["topic"], row["state"], row["notification_id"]
    )


def _report(connection: Connection[DictRow], error: NotTellableError, wait: float) -> None:
    (event,) = connection.execute(NEXT_EVENTS, (error.position, 1))
    log.error(
        "event_not_tellable",
        event_name=event["topic"],
        position=event["notification_id"],
        case_id=event["originator_id"],
        again_in_s=wait,
        exc_info=error.fault,
    )


def _rest(connection: Connection[DictRow], stop: Event, seconds: float) -> None:
    """Waits, and shows meanwhile that somebody is there."""
    while seconds > 0 and not stop.wait(min(seconds, POLL_S)):
        claim(connection, fed(connection))
        seconds -= POLL_S


def _drain(connection: Connection[DictRow]) -> None:
    """What was said before this look is answered by it."""
    for _ in connection.notifies(timeout=0):
        pass


def _wait(failures: int) -> float:
    return BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
