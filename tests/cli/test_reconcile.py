"""`lotse reconcile` on real services: a lost workflow comes back, a wrong time moves, and then all agree."""

import json
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client

from infra.dev_servers import Running
from tests.cli.conftest import lotse
from workflows import fleet
from workflows.reconcile import SCHEDULE


async def opened_case() -> str:
    key = f"test-{uuid4()}"
    registered = await lotse(
        *("cases", "submit", "new", "--kind", "RegisterPerson", "--body", '{"name": "Amal Haddad"}'),
        *("--key", key, "--json"),
    )
    case_id: str = json.loads(registered.out)["stream_id"]
    evidence = {"basis": "AU_FLUEAG", "title_code": "P25_2", "au_since": "2018-01-01", "evidence_seen": True}
    for kind, body in (("ConfirmEligibility", evidence), ("OpenCase", {"municipality": "ravensburg"})):
        asked = ("--kind", kind, "--body", json.dumps(body), "--key", f"{key}-{kind}")
        assert (await lotse("cases", "submit", case_id, *asked)).code == 0
    return case_id


async def reported(*arguments: str) -> tuple[int, dict[str, Any]]:
    ended = await lotse("reconcile", "--json", *arguments)
    return ended.code, json.loads(ended.out)


def found(report: dict[str, Any]) -> dict[str, str]:
    return {each["stream_id"]: each["fault"] for each in report["findings"]}


@pytest.fixture
async def client(at_home: Running) -> Client:
    return await Client.connect(at_home.temporal_address)


async def test_a_lost_workflow_comes_back_a_wrong_time_moves_and_then_all_agree(
    at_home: Running, client: Client
) -> None:
    await reported()  # what other tests left behind
    lost, wrong = await opened_case(), await opened_case()
    right = {each: await fleet.standing(client, each) for each in (lost, wrong)}
    for each in (lost, wrong):
        await client.get_workflow_handle(each).terminate()
    bare = fleet.Waiting(wrong, "drk", 3, None)
    await fleet.start(client, at_home.settings.task_queue, [bare], 100, lambda: None)

    code, looked = await reported("--dry-run")
    assert (code, found(looked), looked["repaired"]) == (1, {lost: "missing", wrong: "clock"}, 0)
    assert await fleet.standing(client, lost) is None
    code, mended = await reported()
    assert (code, found(mended), mended["repaired"]) == (1, {lost: "missing", wrong: "clock"}, 2)
    assert {each: await fleet.standing(client, each) for each in (lost, wrong)} == right
    code, again = await reported()
    assert (code, again["well"], again["findings"]) == (0, True, [])

    kept = json.loads((await lotse("reconcile", "--latest", "2", "--json")).out)
    assert [each["repaired"] for each in kept] == [0, 2]
    told = await lotse("reconcile", "--latest", "2")
    assert "✗ 1 workflows that should run and do not" in told.out
    assert "✓ All agree." in told.out


async def test_it_is_scheduled_for_every_hour(at_home: Running, client: Client) -> None:
    described = await client.get_schedule_handle(f"{SCHEDULE}-{at_home.settings.task_queue}").describe()
    (every,) = described.schedule.spec.intervals
    assert every.every.total_seconds() == 3600
