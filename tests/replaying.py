"""Every history that a test leaves behind replays against today's code, by a worker that remembers nothing."""

import asyncio
import inspect
import pkgutil
from collections.abc import AsyncIterator, Iterable, Sequence
from importlib import import_module

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer

import workflows
from workers.sandbox import SANDBOX

FETCHED_AT_ONCE = 16
A_HISTORY_S = 20
QUOTED = 400


async def everything_replays(address: str) -> int:
    """All runs of all workflows on a server that can list them. Returns how many there were."""
    client = await Client.connect(address)
    turns = asyncio.Semaphore(FETCHED_AT_ONCE)

    async def fetched(workflow_id: str, run_id: str) -> WorkflowHistory:
        async with turns:
            return await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()

    listed = [(each.id, each.run_id) async for each in client.list_workflows()]
    return await replay(await asyncio.gather(*(fetched(*each) for each in listed)))


async def replay(histories: Iterable[WorkflowHistory], types: Sequence[type] = ()) -> int:
    """Raises AssertionError with all that do not. A history in which no workflow task was completed has nothing to replay, and would never end."""
    begun = [each for each in histories if any(map(_completes_a_task, each.events))]

    async def one_by_one() -> AsyncIterator[WorkflowHistory]:
        for each in begun:
            yield each

    replayer = Replayer(workflows=types or every_type(), workflow_runner=SANDBOX)
    failed = []
    async with replayer.workflow_replay_iterator(one_by_one()) as results:
        for _ in begun:
            async with asyncio.timeout(A_HISTORY_S):
                result = await anext(results)
            if result.replay_failure is not None:
                failed.append(f"{result.history.workflow_id}: {str(result.replay_failure)[:QUOTED]}")
    assert not failed, "these histories do not replay: " + "; ".join(failed)
    return len(begun)


def every_type() -> list[type]:
    """Each workflow type of this repository, whichever worker runs it."""
    modules = [import_module(f"workflows.{each.name}") for each in pkgutil.iter_modules(workflows.__path__)]
    classes = {each for module in modules for _, each in inspect.getmembers(module, inspect.isclass)}
    return [each for each in classes if "__temporal_workflow_definition" in vars(each)]


async def runs_of(client: Client, workflow_id: str) -> list[WorkflowHistory]:
    """The histories of all runs that lead to the present one, the latest first; none where it was never started. For servers that can't list, too."""
    try:
        run_id: str | None = (await client.get_workflow_handle(workflow_id).describe()).run_id
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return []
    runs = []
    while run_id:
        runs.append(await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history())
        run_id = runs[-1].events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return runs


def _completes_a_task(event: HistoryEvent) -> bool:
    return event.HasField("workflow_task_completed_event_attributes")
