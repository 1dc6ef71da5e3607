"""Histories of workflows, replayed against the code of this build: whether it would have done the same, and what it then knows.

The code runs outside the sandbox here, so that the workflow can be looked at afterwards. What only the sandbox forbids is found by the tests.
"""

import asyncio
import logging
import traceback
import warnings
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import History, HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from workflows.divergence import Divergence, cuts, said
from workflows.story import StoryWorkflow


@dataclass(frozen=True)
class Known:
    """What a workflow knows of its story: the version it last heard of, and when the clock comes next (ISO form, None: not at all)."""

    version: int
    at: str | None


@dataclass(frozen=True)
class Saved:
    """A history as it travels to the process that replays it. `events` is a serialised `History`; `led_to`: what it led to when it was saved, where that is known."""

    workflow_id: str
    events: bytes
    led_to: Known | None = None


@dataclass(frozen=True)
class Replayed:
    """`begun` is false where no workflow task was completed yet: there is nothing to replay. `known` only of workflows of stories."""

    workflow_id: str
    kind: str
    begun: bool = True
    known: Known | None = None
    divergence: Divergence | None = None


def saved(history: WorkflowHistory, led_to: Known | None = None) -> Saved:
    return Saved(history.workflow_id, History(events=history.events).SerializeToString(deterministic=True), led_to)


def has_ended(history: WorkflowHistory) -> bool:
    """Whether the run is over: it is nobody's any more."""
    return EventType.Name(history.events[-1].event_type).removeprefix("EVENT_TYPE_WORKFLOW_EXECUTION_") in ENDINGS


ENDINGS = frozenset({"COMPLETED", "FAILED", "TIMED_OUT", "CANCELED", "TERMINATED", "CONTINUED_AS_NEW"})


def replay_all(histories: Sequence[Saved], types: Sequence[type]) -> list[Replayed]:
    """For a process of its own: replays one after the other, and says nothing on the way."""
    logging.disable()
    warnings.simplefilter("ignore")
    return asyncio.run(_replay_all(histories, types))


async def _replay_all(histories: Sequence[Saved], types: Sequence[type]) -> list[Replayed]:
    """The SDK's replayer would wait for ever on a history that has nothing to replay."""
    read = [WorkflowHistory(each.workflow_id, History.FromString(each.events).events) for each in histories]
    begun = [each for each in read if any(map(_completes_a_task, each.events))]
    found = {id(each): Replayed(each.workflow_id, _kind(each), begun=False) for each in read}
    unplaced = []
    async for history, known, divergence in _replays(begun, types):
        if divergence is not None and divergence.event_id is None:
            unplaced.append((history, divergence))
        found[id(history)] = Replayed(history.workflow_id, _kind(history), known=known, divergence=divergence)
    for history, divergence in unplaced:
        task = await _first_that_fails(history, types)
        placed = replace(divergence, event_id=task.event_id, event="WorkflowTaskCompleted")
        found[id(history)] = replace(found[id(history)], divergence=placed)
    return list(found.values())


async def _first_that_fails(history: WorkflowHistory, types: Sequence[type]) -> HistoryEvent:
    """Where the SDK names no event: the task at the end of the shortest beginning of the history that can't be replayed."""
    ends = cuts(history.events)
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high) // 2
        beginning = WorkflowHistory(history.workflow_id, history.events[: ends[middle]])
        fails = [divergence async for _, _, divergence in _replays([beginning], types)] != [None]
        low, high = (low, middle) if fails else (middle + 1, high)
    return [event for event in history.events[: ends[low]] if _completes_a_task(event)][-1]


async def _replays(
    histories: Sequence[WorkflowHistory], types: Sequence[type]
) -> AsyncIterator[tuple[WorkflowHistory, Known | None, Divergence | None]]:
    remembering = _Remembering()

    async def one_by_one() -> AsyncIterator[WorkflowHistory]:
        for each in histories:
            remembering.replayed, remembering.bug = None, None
            yield each

    replayer = Replayer(
        workflows=types,
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[remembering],
        runtime=_silent(),
    )
    async with replayer.workflow_replay_iterator(one_by_one()) as results:
        async for result in results:
            if result.replay_failure is not None:
                yield result.history, None, said(str(result.replay_failure), remembering.bug)
            else:
                yield result.history, _known(remembering.replayed), None


class _Remembering(Interceptor):
    """Keeps hold of the workflow that is replayed, and of what it stumbled over."""

    replayed: Any = None
    bug: str | None = None

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:  # noqa: A002, ARG002 - the SDK's form
        remembering = self

        class Inbound(WorkflowInboundInterceptor):
            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002 - the SDK's name for it
                remembering.replayed = workflow.instance()
                try:
                    return await super().execute_workflow(input)
                except Exception as bug:
                    place = traceback.extract_tb(bug.__traceback__)[-1]
                    remembering.bug = f"{type(bug).__name__} at {Path(place.filename).name}:{place.lineno}"
                    raise

        return Inbound


@cache
def _silent() -> Runtime:
    """What the core would log of each failure stands in the outcome."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


def _known(replayed: Any) -> Known | None:
    return Known(**replayed.standing()) if isinstance(replayed, StoryWorkflow) else None


def _kind(history: WorkflowHistory) -> str:
    return history.events[0].workflow_execution_started_event_attributes.workflow_type.name


def _completes_a_task(event: HistoryEvent) -> bool:
    return event.HasField("workflow_task_completed_event_attributes")
