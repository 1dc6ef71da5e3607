"""A change of the workflows that running cases do not bear is found before it is deployed, with the event at which they part."""

import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from tests.workflows import golden, planted
from workflows import open_histories
from workflows.check import TYPES, Check
from workflows.histories import Known, Saved, saved
from workflows.kinds import CaseWorkflow

OTHERS = tuple(each for each in TYPES if each is not CaseWorkflow)
FIRST_UPDATE = 7


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture
def support() -> WorkflowHistory:
    return golden.kept("case-support")[0]


def planting(processes: ProcessPoolExecutor, workflow: type) -> Check:
    return Check(processes, 1, (*OTHERS, workflow))


async def test_golden_histories_go_on_and_lead_to_where_they_led(processes: ProcessPoolExecutor) -> None:
    found = await Check(processes, 1).of_saved(open_histories.read(golden.FOLDER))
    assert found.well
    assert len(found.replayed) == len(golden.names())


async def test_a_change_that_breaks_running_cases_is_found_with_the_event_named(
    processes: ProcessPoolExecutor, support: WorkflowHistory
) -> None:
    found = await planting(processes, planted.Hasty).of_saved([saved(support)])
    (failed,) = found.failed
    assert failed.divergence is not None
    told = (failed.kind, failed.divergence.event_id, failed.divergence.event, failed.divergence.wanted)
    assert told == ("Case", FIRST_UPDATE, "WorkflowExecutionUpdateCompleted", "Timer")


async def test_a_bug_of_the_workflow_is_found_with_the_task_and_the_place_named(
    processes: ProcessPoolExecutor, support: WorkflowHistory
) -> None:
    found = await planting(processes, planted.Faulty).of_saved([saved(support)])
    (failed,) = found.failed
    assert failed.divergence is not None
    assert failed.divergence.wanted.startswith("a bug: KeyError at planted.py:")
    beginning = WorkflowHistory(support.workflow_id, support.events[: failed.divergence.event_id])
    assert failed.divergence.event == "WorkflowTaskCompleted"
    accepted = [
        each for each in beginning.events if each.HasField("workflow_execution_update_accepted_event_attributes")
    ]
    assert len(accepted) == 2, "two submissions went well, with the third it stumbles"


async def test_a_change_that_leads_elsewhere_is_found_though_it_replays(
    processes: ProcessPoolExecutor, support: WorkflowHistory
) -> None:
    led_to = golden.kept("case-support")[1]
    known = Known(led_to["version"], led_to["timer"]["at"])
    found = await planting(processes, planted.Forgetful).of_saved([saved(support, known)])
    assert found.failed == []
    (differing,) = found.differing
    assert (differing.replay, differing.truth) == (Known(known.version, None), known)


async def test_a_history_in_which_nothing_was_done_yet_is_passed_over_and_counted(
    processes: ProcessPoolExecutor, support: WorkflowHistory
) -> None:
    bare = WorkflowHistory("case-bare", support.events[:2])
    found = await Check(processes, 1).of_saved([saved(bare), saved(support)])
    assert found.well
    assert [each.begun for each in found.replayed] == [False, True]


async def test_what_is_written_is_read_and_what_temporal_exports_too(tmp_path: Path, support: WorkflowHistory) -> None:
    known = Known(12, None)
    open_histories.write(tmp_path, saved(support), known)
    (tmp_path / "exported.json").write_text(json.dumps(support.to_json_dict()))
    ours, exported = sorted(open_histories.read(tmp_path), key=lambda each: each.led_to is None)
    assert ours == saved(support, known)
    assert exported == Saved("exported", ours.events)


@pytest.mark.parametrize(
    "content", ["[1]", "{}", '{"events": []}', '{"events": [{"eventType": "no such"}]}', "no JSON"]
)
def test_a_file_that_is_no_history_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "list.json").write_text(content)
    with pytest.raises(ValueError, match=r"list\.json is no history"):
        list(open_histories.read(tmp_path))
