"""The nightly checkpoint, started by a schedule. A run that fails stands out in Temporal and in the log: the store was altered."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)
from temporalio.common import RetryPolicy

SCHEDULE = "lotse-checkpoint"
EVERY_NIGHT = "30 2 * * *"
ZONE = "Europe/Berlin"


@workflow.defn(name="Checkpoint")
class CheckpointWorkflow:
    @workflow.run
    async def run(self) -> dict[str, Any]:
        made: dict[str, Any] = await workflow.execute_activity(
            "make_checkpoint",
            result_type=dict,
            start_to_close_timeout=timedelta(hours=2),
            schedule_to_close_timeout=timedelta(hours=20),
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=10), maximum_interval=timedelta(minutes=10)),
        )
        return made


async def schedule_checkpoints(client: Client, task_queue: str) -> None:
    """A checkpoint each night, at half past two by the clocks here. What is scheduled already stays as it is: an operator may have moved it."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            CheckpointWorkflow.run, id=f"{SCHEDULE}-{task_queue}", task_queue=task_queue
        ),
        spec=ScheduleSpec(cron_expressions=[EVERY_NIGHT], time_zone_name=ZONE),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(days=1)),
    )
    try:
        await client.create_schedule(f"{SCHEDULE}-{task_queue}", schedule)
    except ScheduleAlreadyRunningError:
        return
