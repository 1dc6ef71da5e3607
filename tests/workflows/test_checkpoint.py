"""The nightly checkpoint on a real Temporal: the schedule is there once, and an altered store stands out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import Worker

from activities.checkpoints import Checkpoints
from workflows.checkpoint import SCHEDULE, CheckpointWorkflow, schedule_checkpoints


@dataclass
class Auditor:
    """Signs, or finds what it was told to find."""

    answer: dict[str, Any]
    asked: list[str] = field(default_factory=list)

    def checked_and_signed(self) -> dict[str, Any]:
        self.asked.append("asked")
        return self.answer


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def worker(client: Client, queue: str, auditor: Auditor, threads: ThreadPoolExecutor) -> Worker:
    activities = [Checkpoints(auditor).make_checkpoint]
    return Worker(
        client, task_queue=queue, workflows=[CheckpointWorkflow], activities=activities, activity_executor=threads
    )


async def test_what_is_scheduled_is_signed_when_its_time_comes(
    temporal_client: Client, threads: ThreadPoolExecutor
) -> None:
    queue, auditor = uuid4().hex, Auditor({"number": 1})
    async with worker(temporal_client, queue, auditor, threads):
        await schedule_checkpoints(temporal_client, queue)
        await schedule_checkpoints(temporal_client, queue)
        schedule = temporal_client.get_schedule_handle(f"{SCHEDULE}-{queue}")
        described = await schedule.describe()
        zone = described.schedule.spec.time_zone_name
        await schedule.trigger()
        run = await _first_run(temporal_client, queue)
        assert (zone, await run.result()) == ("Europe/Berlin", {"number": 1})
        await schedule.delete()
    assert auditor.asked == ["asked"]


async def test_an_altered_store_fails_the_run_and_is_not_tried_again(
    temporal_client: Client, threads: ThreadPoolExecutor
) -> None:
    breaks = [{"fault": "ALTERED", "stream_id": "case-1", "version": 3}]
    queue, auditor = uuid4().hex, Auditor({"breaks": breaks})
    async with worker(temporal_client, queue, auditor, threads):
        with pytest.raises(WorkflowFailureError) as failed:
            await temporal_client.execute_workflow(CheckpointWorkflow.run, id=queue, task_queue=queue)
    assert isinstance(failed.value.cause, ActivityError)
    assert isinstance(failed.value.cause.cause, ApplicationError)
    assert failed.value.cause.cause.details == (breaks,)
    assert auditor.asked == ["asked"]


async def _first_run(client: Client, queue: str) -> Any:
    """The run that the schedule has started, once Temporal lists it."""
    while True:
        async for found in client.list_workflows(f"TaskQueue = '{queue}'"):
            return client.get_workflow_handle(found.id, run_id=found.run_id)
