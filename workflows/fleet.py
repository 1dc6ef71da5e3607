"""The workflows as a whole: start those that should run, see which do, ask them for their deadlines anew."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from temporalio.client import Client, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from domain.envelopes import FollowUp
from domain.lifecycle import Timer
from workflows.kinds import workflow_of
from workflows.story import Kept, StoryWorkflow

AT_ONCE = 64
RUNNING = "ExecutionStatus = 'Running' AND TaskQueue = '{queue}'"


@dataclass(frozen=True)
class Waiting:
    """A story that waits for something: for the clock, for people, or for follow-ups to be told. `at`: when the clock brings something next, if it does (UTC)."""

    stream_id: str
    provider: str
    version: int
    timer: Timer | None
    follow_ups: tuple[FollowUp, ...] = ()

    @property
    def at(self) -> datetime | None:
        return self.timer.deadline.at if self.timer else None

    def kept(self) -> Kept:
        """What its workflow would have kept."""
        return Kept(
            version=self.version,
            timer=kept_timer(self.timer),
            follow_ups=[follow_up.model_dump(mode="json") for follow_up in self.follow_ups],
        )


def kept_timer(timer: Timer | None) -> dict[str, Any] | None:
    """A timer in the form in which a workflow keeps it."""
    if timer is None:
        return None
    return {"at": timer.deadline.at.isoformat(), "submitted": timer.submitted.model_dump(mode="json")}


def by_urgency(waiting: Iterable[Waiting]) -> list[Waiting]:
    """What has to be told first, then by the next deadline, then what only waits for people."""
    return sorted(waiting, key=lambda each: (not each.follow_ups, each.at is None, each.at or 0, each.stream_id))


async def start(
    client: Client, task_queue: str, waiting: Iterable[Waiting], per_second: float, on_started: Callable[[], None]
) -> None:
    """Starts a workflow for each, in their order, at a limited rate. One that runs already goes on as it is: this may be asked any number of times.

    It only hears what is still to be told: whoever asked for something since Temporal's memory was lost has started it without.
    """
    turns, clock = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop()
    began = clock.time()

    async def started(each: Waiting) -> None:
        try:
            kept = each.kept()
            await client.start_workflow(
                workflow_of(each.stream_id).run,
                kept,
                id=each.stream_id,
                task_queue=task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                start_signal="remember" if kept.follow_ups else None,
                start_signal_args=[kept.follow_ups],
            )
        finally:
            turns.release()
        on_started()

    async with asyncio.TaskGroup() as group:
        for n, each in enumerate(waiting):
            await asyncio.sleep(max(0.0, began + n / per_second - clock.time()))
            await turns.acquire()
            group.create_task(started(each))


async def running(client: Client, task_queue: str) -> set[str]:
    """The ids of the workflows that run, as Temporal lists them: one that was started a moment ago may be missing."""
    return {each.id async for each in client.list_workflows(RUNNING.format(queue=task_queue))}


async def refreshed(client: Client, stream_id: str) -> dict[str, Any] | None:
    """Makes a workflow ask for its next deadline anew; returns its timers {"before", "after"} (instants in ISO form, or None), or None where none runs."""
    return await _where_it_runs(client.get_workflow_handle(stream_id).execute_update(StoryWorkflow.refresh))


async def standing(client: Client, stream_id: str) -> dict[str, Any] | None:
    """What a workflow knows: {"version", "at"}; None where none runs."""
    open_only = QueryRejectCondition.NOT_OPEN  # else one that has ended would still tell what it knew
    handle = client.get_workflow_handle(stream_id)
    return await _where_it_runs(handle.query(StoryWorkflow.standing, reject_condition=open_only))


async def _where_it_runs(asked: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return await asked
    except WorkflowQueryRejectedError:
        return None
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return None
