"""The histories of the workflows that run now, and histories in files."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseError
from temporalio.api.history.v1 import History
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from workflows.fleet import RUNNING
from workflows.histories import Known, Saved, saved

FETCHED_AT_ONCE = 16
NO_HISTORY = (ValueError, LookupError, TypeError, AttributeError, EOFError, gzip.BadGzipFile, ParseError)


async def listed(client: Client, task_queues: Sequence[str]) -> list[str]:
    """The ids of the workflows that run, as Temporal lists them."""
    return [each.id for queue in task_queues async for each in client.list_workflows(RUNNING.format(queue=queue))]


async def fetched(client: Client, workflow_ids: Sequence[str]) -> AsyncIterator[WorkflowHistory]:
    """Of each its latest run. One that is gone meanwhile is passed over."""
    for n in range(0, len(workflow_ids), FETCHED_AT_ONCE):
        some = await asyncio.gather(*(_fetched(client, each) for each in workflow_ids[n : n + FETCHED_AT_ONCE]))
        for history in some:
            if history is not None:
                yield history


async def _fetched(client: Client, workflow_id: str) -> WorkflowHistory | None:
    try:
        return await client.get_workflow_handle(workflow_id).fetch_history()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return None


def write(folder: Path, history: Saved, known: Known | None) -> None:
    """One file per workflow; `known`: what this build makes of it, to be compared with what another one does."""
    events = History.FromString(history.events).events
    content = {
        "workflow_id": history.workflow_id,
        "leads_to": known and {"version": known.version, "timer": known.at and {"at": known.at}},
        "history": WorkflowHistory(history.workflow_id, events).to_json_dict(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{history.workflow_id}.json.gz").write_bytes(gzip.compress(json.dumps(content).encode(), mtime=0))


def read(folder: Path) -> Iterator[Saved]:
    """What was written here, and what Temporal's own programs export (`*.json`). Raises ValueError, naming the file, on anything else."""
    for path in sorted([*folder.glob("*.json"), *folder.glob("*.json.gz")]):
        try:
            content = json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
            yield _read(content, path.name.partition(".")[0])
        except NO_HISTORY:
            raise ValueError(f"{path} is no history of a workflow") from None


def _read(content: dict[str, Any], name: str) -> Saved:
    led_to = content.get("leads_to")
    history = WorkflowHistory.from_json(content.get("workflow_id", name), content.get("history", content))
    if not history.events[0].HasField("workflow_execution_started_event_attributes"):
        raise ValueError("not the beginning of a workflow")
    timer = led_to and led_to["timer"]
    return saved(history, led_to and Known(led_to["version"], timer["at"] if timer else None))
