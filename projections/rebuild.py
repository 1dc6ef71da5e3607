"""A replay: new versions of read models, told from the first event to a bound by ranges of streams, beside those that readers see.

A stream lies in one range and is told as a whole, its events decoded once for all read models. The rows of a range and its mark are one transaction, so whatever
dies repeats only what it had under way. Tables get their indexes when they are full; then the follower's own code catches up.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, tuple_row
from psycopg.types.json import set_json_dumps
from pydantic_core import to_json

from domain.envelopes import Recorded
from infra import postgres
from infra.event_format import recorded_from
from projections import follow
from projections.batch import NOT_OF_ROWS, NotWritableError, Read, concerned, folded
from projections.catalogue import READ_MODELS
from projections.numbers import learn
from projections.park import Parking, Unreadable, park, parking
from projections.read_model import ReadModel, Values
from projections.tables import Models, Version, added, lock_tables

RANGE = 20_000
"""Events of a range at most, but for one stream that has more: what a worker repeats when it is killed, some tenths of a second."""

RANGES = 64
"""So many at least, where there are enough events: that several workers end at about the same time."""

FEWEST = 5000
FETCH = 2000
SESSION = (
    "SELECT set_config('statement_timeout', '0', false),"
    " set_config('idle_in_transaction_session_timeout', '60s', false),"
    # A range that is lost with the machine is told again.
    " set_config('synchronous_commit', 'off', false),"
    " set_config('maintenance_work_mem', '256MB', false)"
)
STREAMS = """
    WITH RECURSIVE stream AS (
        (SELECT originator_id FROM stored_events ORDER BY originator_id LIMIT 1)
        UNION ALL
        SELECT (SELECT originator_id FROM stored_events WHERE originator_id > stream.originator_id ORDER BY originator_id LIMIT 1)
        FROM stream WHERE originator_id IS NOT NULL
    )
    SELECT originator_id, (SELECT max(originator_version) FROM stored_events AS own WHERE own.originator_id = stream.originator_id)
    FROM stream WHERE originator_id IS NOT NULL
"""
EVENTS = """
    SELECT originator_id, originator_version, topic, state, notification_id FROM stored_events
    WHERE originator_id BETWEEN %s AND %s AND notification_id <= %s ORDER BY originator_id, originator_version
"""
MAKING = "SELECT name, version, table_name, fingerprint FROM read_model WHERE plan = %s AND NOT built ORDER BY name"
MARK = """
    SELECT first_stream, last_stream, replay_range.told_at, bound FROM replay_range JOIN replay_plan ON id = plan
    WHERE plan = %s AND number = %s FOR UPDATE OF replay_range
"""
TOLD = "UPDATE replay_range SET told_at = clock_timestamp(), seconds = %s, events = %s, worker = %s WHERE plan = %s AND number = %s"


class PlanGoneError(Exception):
    """The plan was dropped or cancelled meanwhile."""


class OtherCodeError(Exception):
    """The plan was made with other code than this process runs: a worker of the other build has to do it."""


def connect(database_url: str) -> Connection[DictRow]:
    settings = postgres.CONNECTION | {"application_name": "lotse-replay"}
    connection: Connection[DictRow] = psycopg.connect(database_url, **settings)
    connection.execute(SESSION)
    set_json_dumps(_json, connection)
    return connection


def begin(connection: Connection[DictRow], plan: int, models: Models = READ_MODELS) -> int:
    """Makes empty tables and divides the streams; returns the number of ranges. A second time it only says that."""
    with connection.transaction():
        lock_tables(connection)
        found = connection.execute("SELECT names, bound FROM replay_plan WHERE id = %s", (plan,)).fetchone()
        if found is None:
            raise PlanGoneError
        if found["bound"] is None:
            for model in models:
                if model.name in found["names"]:
                    added(connection, model, plan)
            connection.execute(
                "UPDATE replay_plan SET bound = (SELECT coalesce(max(notification_id), 0) FROM stored_events) WHERE id = %s",
                (plan,),
            )
            _divide(connection, plan)
        counted = connection.execute("SELECT count(*) AS ranges FROM replay_range WHERE plan = %s", (plan,))
        return int(counted.fetchall()[0]["ranges"])


def _divide(connection: Connection[DictRow], plan: int) -> None:
    streams = connection.cursor(row_factory=tuple_row).execute(STREAMS).fetchall()
    size = min(RANGE, max(FEWEST, sum(events for _, events in streams) // RANGES))
    ranges: list[tuple[str, str, int]] = []
    first, count = "", 0
    for stream_id, events in streams:
        first, count = first or stream_id, count + events
        if count >= size:
            ranges.append((first, stream_id, count))
            first, count = "", 0
    if count:
        ranges.append((first, streams[-1][0], count))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO replay_range (plan, number, first_stream, last_stream, events) VALUES (%s, %s, %s, %s, %s)",
            [(plan, number, *each) for number, each in enumerate(ranges)],
        )


def tell_range(
    connection: Connection[DictRow], plan: int, number: int, worker: str, models: Models = READ_MODELS
) -> int:
    """Tells the streams of one range into all tables of the plan; returns the number of events, 0 when it was told already.

    Rows that PostgreSQL refuses are written again stream by stream, so that only their own case is parked. Raises PlanGoneError or OtherCodeError.
    """
    try:
        with connection.transaction():
            return _told(connection, plan, number, worker, models, _copied)
    except NotWritableError:
        with connection.transaction():
            return _told(connection, plan, number, worker, models, _copied_singly)


Story = list[Read]
Copy = Callable[[Connection[DictRow], Version, Sequence[Story]], list[Parking]]


def _told(connection: Connection[DictRow], plan: int, number: int, worker: str, models: Models, copy: Copy) -> int:
    begun = time.perf_counter()
    mark = connection.execute(MARK, (plan, number)).fetchone()
    if mark is None:
        raise PlanGoneError
    if mark["told_at"] is not None:
        return 0
    learn(connection)
    versions, count = _making(connection, plan, models), 0
    for stories in _stories(connection, mark["first_stream"], mark["last_stream"], mark["bound"]):
        for version in versions:
            own = [story for story in stories if story[0].stream_id.startswith(version.model.streams)]
            park(connection, version.model.name, version.version, copy(connection, version, own))
        count += sum(map(len, stories))
    connection.execute(TOLD, (time.perf_counter() - begun, count, worker, plan, number))
    return count


def _making(connection: Connection[DictRow], plan: int, models: Models) -> list[Version]:
    codes = {(model.name, model.fingerprint()): model for model in models}
    rows = connection.execute(MAKING, (plan,)).fetchall()
    if any((row["name"], row["fingerprint"]) not in codes for row in rows):
        raise OtherCodeError
    return [
        Version(codes[row["name"], row["fingerprint"]], row["version"], row["table_name"], 0, live=False, plan=plan)
        for row in rows
    ]


def _stories(connection: Connection[DictRow], first: str, last: str, bound: int) -> Iterator[list[Story]]:
    """Whole stories, some at a time: never more than a few thousand events in memory, and the longest story."""
    rest: Story = []
    with psycopg.ServerCursor(connection, "replayed", row_factory=tuple_row) as cursor:
        cursor.execute(EVENTS, (first, last, bound), binary=True)
        while rows := cursor.fetchmany(FETCH):
            stories = [list(map(_read, own)) for _, own in groupby(rows, key=itemgetter(0))]
            if rest and rest[0].stream_id == stories[0][0].stream_id:
                stories[0] = rest + stories[0]
            elif rest:
                stories.insert(0, rest)
            rest = stories.pop()
            yield stories
    if rest:
        yield [rest]


def _read(row: tuple[str, int, str, bytes, int]) -> Read:
    stream_id, version, name, state, position = row
    try:
        return recorded_from(stream_id, version, name, state, position)
    except Exception as fault:  # noqa: BLE001 - whatever it is, other cases go on
        return Unreadable(stream_id, version, name, position, fault)


def _copied(connection: Connection[DictRow], version: Version, stories: Sequence[Story]) -> list[Parking]:
    rows: list[Values] = []
    parkings: list[Parking] = []
    for story in stories:
        told, parked = _rows(version.model, story)
        rows += told
        parkings += parked
    _copy(connection, version, rows)
    return parkings


def _rows(model: ReadModel[Any], story: Story) -> tuple[list[Values], list[Parking]]:
    """Where a story cannot be told as a whole, the fold says how far it goes."""
    try:
        return model.told(cast(list[Recorded], story)), []  # who asks one that nobody can read meets its fault
    except Exception:  # noqa: BLE001 - whatever it is, other cases go on
        rows, parkings = folded(model, {}, [each for each in story if concerned(model, each)])
        return list(map(model.values, rows)), parkings


def _copy(connection: Connection[DictRow], version: Version, rows: Sequence[Values]) -> None:
    if not rows:
        return
    model = version.model
    statement = f"COPY {version.table} ({model.column_list}) FROM STDIN (FORMAT BINARY)"
    try:
        with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types(model.column_types)
            for row in map(_lists(model.arrays), rows) if model.arrays else rows:
                copy.write_row(row)
    except NOT_OF_ROWS:
        raise
    except (psycopg.Error, TypeError, ValueError) as refused:
        raise NotWritableError from refused


def _lists(arrays: Sequence[int]) -> Callable[[Values], Values]:
    """COPY in binary takes no tuple for an array."""

    def changed(row: Values) -> Values:
        values = list(row)
        for nth in arrays:
            if values[nth] is not None:
                values[nth] = list(values[nth])
        return values

    return changed


def _json(value: object) -> bytes:
    """A story may have its JSON ready."""
    return value if isinstance(value, bytes) else to_json(value)


def _copied_singly(connection: Connection[DictRow], version: Version, stories: Sequence[Story]) -> list[Parking]:
    return [parked for story in stories for parked in _copied_alone(connection, version, story)]


def _copied_alone(connection: Connection[DictRow], version: Version, story: Story) -> list[Parking]:
    """As much of a story as PostgreSQL takes: the event behind it is the one to wait for."""
    rows, parkings = _rows(version.model, story)
    told = parkings[0].event_version - story[0].version if parkings else len(story)
    for end in range(told, -1, -1):
        try:
            with connection.transaction():
                _copy(connection, version, rows)
            return parkings
        except NotWritableError as refused:
            fault = refused.__cause__ if isinstance(refused.__cause__, Exception) else refused
            parkings = [parking(story[end - 1], fault)]
            rows, _ = _rows(version.model, story[: end - 1])
    return parkings


def finish(connection: Connection[DictRow], plan: int, name: str, models: Models = READ_MODELS) -> None:
    """Gives the table of one read model its indexes; from then on the follower may feed it. A second time nothing happens."""
    with connection.transaction():
        for version in _making(connection, plan, models):
            if version.model.name == name:
                for statement in version.model.index_ddl(version.table):
                    connection.execute(statement.encode())
                connection.execute(f"ANALYZE {version.table}".encode())
                connection.execute(
                    "UPDATE read_model SET built = true, position = bound FROM replay_plan"
                    " WHERE name = %s AND version = %s AND id = plan",
                    (name, version.version),
                )


def catch_up(connection: Connection[DictRow], plan: int, models: Models = READ_MODELS) -> None:
    """Tells what has come since, by the follower's code, until there is nothing more for the moment."""
    while follow.advance(connection, models=models, plan=plan):
        pass
