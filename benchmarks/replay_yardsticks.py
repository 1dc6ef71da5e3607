"""What a replay is measured against: the library's own runner keeping one read model, and PostgreSQL giving out the same rows."""

import os
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, StoredEvent, Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner

from domain.envelopes import Recorded
from infra.event_format import recorded_from
from projections.batch import tell
from projections.read_model import ReadModel
from projections.tables import Version

TABLE = "bench_kept"


class _Mapper(Mapper[str]):
    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        return recorded_from(
            str(stored_event.originator_id), stored_event.originator_version, stored_event.topic, stored_event.state, 0
        )


class Log(Application[str]):
    """Our event store as the library reads it: its table has the name that the library would give it."""

    name = "stored"

    def construct_mapper(self) -> Mapper[str]:
        return _Mapper(transcoder=self.construct_transcoder())


class View(PostgresTrackingRecorder):
    """One event, one transaction: the rows and the position, as the library's documentation has it; the rows by our own fold and statements."""

    model: ReadModel[Any]

    def put(self, recorded: Recorded, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            if self.model.concerns(recorded):
                tell(cursor.connection, Version(self.model, 1, TABLE, 0, live=False), [recorded])
            self._insert_tracking(cursor, tracking)


class Kept(Projection[View]):
    name = "bench"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.put(domain_event, tracking)


def runner_per_s(database_url: str, seconds: float, model: ReadModel[Any]) -> float:
    """Events per second of the library's runner while it keeps one read model. Its commits do not wait for the disk, as ours do not."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET synchronous_commit = off".encode())
        connection.execute(f"DROP TABLE IF EXISTS {TABLE}, bench_tracking".encode())
        for statement in (model.table_ddl(TABLE), *model.index_ddl(TABLE)):
            connection.execute(statement.encode())
        View.model = model
        with ProjectionRunner(
            application_class=Log, projection_class=Kept, view_class=View, env=_environment(database_url)
        ) as runner:
            time.sleep(1)
            begun, before = time.perf_counter(), _position(runner)
            time.sleep(seconds)
            per_s = (_position(runner) - before) / (time.perf_counter() - begun)
        connection.execute(f"DROP TABLE {TABLE}, bench_tracking".encode())
    return per_s


def _position(runner: ProjectionRunner[Log, View]) -> int:
    return runner.view.max_tracking_id(Log.name) or 0


def _environment(database_url: str) -> dict[str, str]:
    parts = urlsplit(database_url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.lstrip("/"),
        "POSTGRES_HOST": parse_qs(parts.query)["host"][0],
        "POSTGRES_PORT": "5432",
        "POSTGRES_USER": parts.username or "postgres",
        "POSTGRES_PASSWORD": "",
        "ORIGINATOR_ID_TYPE": "text",
    }


def copied_per_s(database_url: str) -> float:
    """Events per second of `COPY … TO STDOUT` of all events, the bytes thrown away."""
    columns = "originator_id, originator_version, topic, state, notification_id"
    with psycopg.connect(database_url) as connection, open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        begun = time.perf_counter()
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY stored_events ({columns}) TO STDOUT (FORMAT BINARY)".encode()) as copy,
        ):
            for part in copy:
                nowhere.write(part)
            rows = cursor.rowcount
        took = time.perf_counter() - begun
    return rows / took
