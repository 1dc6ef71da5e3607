"""Services away: the caller hears "unknown, ask again with the same key" in time, and afterwards there is one result."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from temporalio.client import Client

from infra import dev_parts
from infra.settings import Settings
from tests import examples
from tests.api.doors import Door, door, person
from workers.case_worker import case_worker

NOBODY = "postgresql://nobody@127.0.0.1:1/lotse"


@pytest.fixture
async def without_temporal(lotse: Door) -> AsyncIterator[Door]:
    """A second app over the same database, which looks for Temporal where nobody answers."""
    async with door(lotse.settings, f"127.0.0.1:{dev_parts.free_port()}") as second:
        yield second


async def test_without_temporal_the_outcome_is_unknown_in_time_and_the_same_key_then_makes_one_case(
    lotse: Door, without_temporal: Door
) -> None:
    key, said = str(uuid4()), person()
    events, logged, _ = lotse.stored()
    started = time.monotonic()

    unknown = await without_temporal.ask(said, key=key)

    assert time.monotonic() - started < 10
    assert (unknown.status_code, unknown.json()["code"]) == (503, "OUTCOME_UNKNOWN")
    assert unknown.headers["Retry-After"] == "1"
    first = await lotse.ask(said, key=key)
    again = await lotse.ask(said, key=key)
    assert (first.status_code, again.json()) == (201, first.json())
    assert lotse.stored()[:2] == (events + 1, logged + 1)


async def test_without_temporal_what_is_recorded_is_still_told_and_shown(lotse: Door, without_temporal: Door) -> None:
    key, said = str(uuid4()), person()
    receipt = (await lotse.ask(said, key=key)).json()

    assert (await without_temporal.ask(said, key=key)).json() == receipt
    assert (await without_temporal.look(f"/v1/commands/{key}")).json() == receipt
    shown = await without_temporal.look(f"/v1/cases/{receipt['stream_id']}", after=receipt["position"])
    assert shown.json()["name"] == "Amal Haddad"


async def test_without_temporal_the_door_says_that_it_is_not_ready(without_temporal: Door) -> None:
    ready = await without_temporal.http.get("/readyz")

    assert (ready.status_code, ready.json()["code"]) == (503, "NOT_READY")
    assert "Temporal" in ready.json()["detail"]
    assert "database" not in ready.json()["detail"]
    assert (await without_temporal.http.get("/healthz")).status_code == 200


async def test_without_a_worker_the_outcome_is_unknown_and_the_worker_then_records_it_once(
    settings: Settings, temporal_address: str, temporal_client: Client
) -> None:
    apart = settings.model_copy(update={"task_queue": uuid4().hex})
    async with door(apart, temporal_address) as opened:
        async with case_worker(temporal_client, apart):
            case_id = await opened.case()
        key, started = str(uuid4()), time.monotonic()

        unknown = await opened.ask(examples.CONFIRM, case_id, key=key)

        assert time.monotonic() - started < 10
        assert (unknown.status_code, unknown.json()["code"]) == (503, "OUTCOME_UNKNOWN")
        async with case_worker(temporal_client, apart):
            answers = [await opened.ask(examples.CONFIRM, case_id, key=key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()
        assert opened.stored() == (2, 2, 1)


async def test_the_app_opens_without_a_database_and_says_in_time_that_it_is_away(
    settings: Settings, temporal_address: str
) -> None:
    away = settings.model_copy(update={"database_url": NOBODY})
    async with door(away, temporal_address) as opened:
        started = time.monotonic()
        answers = await asyncio.gather(
            opened.ask(person()),
            opened.ask(examples.CONFIRM, f"case-{uuid4()}"),
            opened.look("/v1/cases"),
            opened.look(f"/v1/cases/case-{uuid4()}"),
            opened.look("/v1/commands/x"),
            opened.http.get("/readyz"),
        )
        numbers = await opened.http.get("/metrics")

    assert time.monotonic() - started < 10
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        *[(503, "OUTCOME_UNKNOWN")] * 2,
        *[(503, "UNAVAILABLE")] * 3,
        (503, "NOT_READY"),
    ]
    assert all("Retry-After" in answer.headers for answer in answers)
    assert "lotse_follower_alive 0.0" in numbers.text


async def test_the_app_opens_on_an_empty_database_and_works_once_the_tables_are_made(
    settings: Settings, temporal_address: str, temporal_client: Client
) -> None:
    apart = settings.model_copy(update={"task_queue": uuid4().hex})
    async with door(apart, temporal_address) as opened:
        before = await opened.ask(person())
        not_ready = await opened.http.get("/readyz")
        async with case_worker(temporal_client, apart):
            after = await opened.ask(person())

    assert (before.status_code, not_ready.status_code, after.status_code) == (503, 503, 201)


async def test_an_error_of_ours_is_told_by_an_id_and_without_a_trace(
    lotse: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> None:
        raise ValueError("Amal Haddad")

    monkeypatch.setattr("infra.event_store.person_of", broken)

    answer = await lotse.ask(examples.CONFIRM, f"case-{uuid4()}")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "UNEXPECTED")
    assert "Amal" not in answer.text
    assert "Traceback" not in answer.text
    told = capsys.readouterr().out
    assert problem["error_id"] in told
    assert "ValueError" in told
    assert "Amal" not in told
    assert answer.headers["Cache-Control"] == "no-store"
