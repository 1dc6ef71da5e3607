"""`lotse workflows check` before a deployment: on what runs, on what was saved, and on a store that knows more."""

import asyncio
import json
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from cli import workflows as door
from infra.dev_servers import Running
from tests.cli.conftest import lotse
from tests.workflows.golden import FOLDER
from tests.workflows.planted import Hasty
from workflows import fleet
from workflows.check import TYPES
from workflows.kinds import CaseWorkflow

ONE = ("--processes", "1")


@pytest.fixture
async def case_id(at_home: Running) -> str:
    """A case that runs."""
    asked = ("--kind", "RegisterPerson", "--body", '{"name": "Amal Haddad"}', "--key", f"test-{uuid4()}")
    registered = await lotse("cases", "submit", "new", *asked, "--json")
    assert registered.code == 0, registered.err
    stream_id: str = json.loads(registered.out)["stream_id"]
    await listed(await Client.connect(at_home.temporal_address), at_home, stream_id)
    return stream_id


def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this build came with a change that running cases do not bear."""
    others = (each for each in TYPES if each is not CaseWorkflow)
    monkeypatch.setattr(door, "TYPES", (*others, Hasty))


async def test_what_runs_goes_on_and_knows_what_the_store_knows(case_id: str, tmp_path: Path) -> None:
    ended = await lotse("workflows", "check", *ONE, "--save", str(tmp_path / "saved"), "--json")
    told = json.loads(ended.out)
    assert (ended.code, told["well"], told["failed"], told["differing"]) == (0, True, [], [])
    assert told["kinds"]["Case"]["replayed"] > 0
    assert (tmp_path / "saved" / f"{case_id}.json.gz").exists()

    again = await lotse("workflows", "check", *ONE, "--folder", str(tmp_path / "saved"))
    assert again.code == 0, again.out
    assert "✓ All go on under this build" in again.out


async def test_a_change_that_breaks_running_cases_is_caught_with_the_event_named(
    case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted(monkeypatch)
    ended = await lotse("workflows", "check", *ONE, "--json")
    failed = {each["workflow_id"]: each for each in json.loads(ended.out)["failed"]}
    assert ended.code == 1
    assert (failed[case_id]["kind"], failed[case_id]["event"]) == ("Case", "WorkflowExecutionUpdateCompleted")
    assert failed[case_id]["wanted"] == "Timer"


async def test_for_people_the_table_and_each_failure_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the saved ones waits first for the clock, which the planted change does too: it goes on."""
    planted(monkeypatch)
    ended = await lotse("workflows", "check", *ONE, "--folder", str(FOLDER))
    assert ended.code == 1
    assert ["Case", "14", "1", "0", "13", "0"] in [line.split() for line in ended.out.splitlines()]
    assert "at event 7 (WorkflowExecutionUpdateCompleted); this build wants there: Timer" in ended.out


async def test_a_workflow_that_knows_less_than_the_store_is_named(at_home: Running, case_id: str) -> None:
    client = await Client.connect(at_home.temporal_address)
    await client.get_workflow_handle(case_id).terminate()
    behind = fleet.Waiting(case_id, "drk", 2, None)
    await fleet.start(client, at_home.settings.task_queue, [behind], 100, lambda: None)
    assert await fleet.standing(client, case_id) == {"version": 2, "at": None}
    await listed(client, at_home, case_id)
    ended = await lotse("workflows", "check", *ONE, "--json")
    await fleet.refreshed(client, case_id)
    (differing,) = json.loads(ended.out)["differing"]
    assert (ended.code, differing["workflow_id"]) == (1, case_id)
    assert (differing["replay"]["version"], differing["truth"]["version"]) == (2, 1)


async def listed(client: Client, at_home: Running, case_id: str) -> None:
    """Temporal lists a workflow a moment after it was started."""
    async with asyncio.timeout(20):
        while True:
            if case_id in await fleet.running(client, at_home.settings.task_queue):
                return
            await asyncio.sleep(0.05)


async def test_a_folder_that_holds_something_else_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[]")
    ended = await lotse("workflows", "check", *ONE, "--folder", str(tmp_path))
    assert ended.code == 2
    assert "list.json is no history of a workflow" in ended.err
