"""A PostgreSQL that hangs: nobody waits longer than promised, and afterwards there is one result."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from api import patience, submissions
from api.patience import within
from infra.settings import Settings, database_url
from tests.api.doors import Door, person

PATIENCE_S = 0.5
PROMPT_S = 3.0
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@contextmanager
def hanging(settings: Settings) -> Iterator[None]:
    """Every connection to the database is open and silent."""
    with psycopg.connect(database_url(settings), autocommit=True) as connection:
        backends = [pid for (pid,) in connection.execute(BACKENDS)]
    for pid in backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in backends:
            os.kill(pid, signal.SIGCONT)


async def test_what_cannot_be_stopped_is_given_up_and_not_waited_for() -> None:
    tidied = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.2)
            tidied.set()

    with pytest.raises(TimeoutError):
        await within(0.05, stubborn())
    assert not tidied.is_set()
    await asyncio.wait_for(tidied.wait(), 5)


async def test_a_result_and_an_error_come_through() -> None:
    async def answer() -> int:
        return 42

    async def fail() -> int:
        raise LookupError

    assert await within(1, answer()) == 42
    with pytest.raises(LookupError):
        await within(1, fail())


async def test_while_postgresql_hangs_a_command_is_unknown_in_time_and_then_recorded_once(
    lotse: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lotse.case()
    monkeypatch.setattr(submissions, "WITHIN_S", PATIENCE_S)
    key, said = str(uuid4()), person()
    events, logged, _ = lotse.stored()

    with hanging(lotse.settings):
        started = time.monotonic()
        unknown = await lotse.ask(said, key=key)
        took = time.monotonic() - started

    assert (unknown.status_code, unknown.json()["code"]) == (503, "OUTCOME_UNKNOWN")
    assert took < PROMPT_S
    monkeypatch.undo()
    answers = [await lotse.ask(said, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert lotse.stored()[:2] == (events + 1, logged + 1)


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/commands/some-key"])
async def test_while_postgresql_hangs_whoever_looks_is_told_so_in_time(
    lotse: Door, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    await lotse.case()
    monkeypatch.setattr(patience, "WITHIN_S", PATIENCE_S)

    with hanging(lotse.settings):
        started = time.monotonic()
        answer = await lotse.look(path)
        took = time.monotonic() - started

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert took < PROMPT_S
