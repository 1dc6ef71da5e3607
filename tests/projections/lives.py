"""Possible stories, put into the event store without the command path, and a follower that tells them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event as Flag
from threading import Thread
from typing import Any

import psycopg

from domain.envelopes import CASE_PREFIX, Recorded
from domain.story import Command
from infra.event_format import GENESIS, stored_from
from infra.event_store import EventStore
from infra.postgres import Pool
from projections import follow, tables
from projections.catalogue import READ_MODELS
from tests import examples
from tests.infra.story_parts import receipt, submitted
from tests.scenario import Story


def life(stream_id: str, steps: int, more: list[Command], days: int) -> list[Recorded]:
    """A possible story of a case: some of the usual steps, then whatever of `more` the rules allow, then some days of nothing."""
    story = Story().given(*examples.SUPPORTED[:steps])
    for command in (each for each in more if each.of_kind == CASE_PREFIX):
        story = replace(story, recorded=(*story.recorded, *story.when(command).recorded))
    story = story.until(story.at + timedelta(days=days))
    return [replace(each, stream_id=stream_id, command_id=f"{stream_id}/{each.version}") for each in story.recorded]


def append(connections: Pool, recorded: Recorded) -> None:
    EventStore(connections).append([recorded], submitted(recorded), receipt(recorded), ())


def append_unheard(connections: Pool, recorded: Recorded) -> None:
    """An event whose notification is lost. Its chain is of no matter here."""
    with connections.connection() as connection:
        insert(connection, recorded)


def insert(connection: psycopg.Connection[Any], recorded: Recorded) -> None:
    stored = stored_from(recorded, GENESIS)
    connection.execute(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (%s, %s, %s, %s)",
        (stored.originator_id, stored.originator_version, stored.topic, stored.state),
    )


def log_of(connections: Pool) -> list[Recorded]:
    return EventStore(connections).read_after(0, 100_000)


def advance_all(connection: psycopg.Connection[Any], batch: int = 7) -> None:
    tables.prepare(connection)
    while follow.advance(connection, batch):
        pass


@contextmanager
def following(url: str, models: tables.Models = READ_MODELS) -> Iterator[None]:
    """A follower at work, in a thread. Its tables are there."""
    with follow.connect(url) as connection:
        tables.prepare(connection, models)
    stop = Flag()
    follower = Thread(target=follow.follow, args=(url, stop, models))
    follower.start()
    try:
        yield
    finally:
        stop.set()
        follower.join()
