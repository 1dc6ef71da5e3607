"""The hourly look at whether event store, workflows and read models agree, started by a schedule, and by operators when they want."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio import workflow
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)
from temporalio.common import RetryPolicy

SCHEDULE = "lotse-reconcile"
EVERY = timedelta(hours=1)
# The next one comes anyway: none runs longer, and none is tried again.
LONGEST = timedelta(minutes=50)


@dataclass
class Asked:
    repair: bool = True


@workflow.defn(name="Reconcile")
class ReconcileWorkflow:
    @workflow.run
    async def run(self, asked: Asked) -> dict[str, Any]:
        report: dict[str, Any] = await workflow.execute_activity(
            "reconcile",
            {"repair": asked.repair},
            result_type=dict,
            start_to_close_timeout=LONGEST,
            schedule_to_close_timeout=LONGEST,
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
        return report


async def schedule_reconciliations(client: Client, task_queue: str) -> None:
    """Every hour. What is scheduled already stays as it is: an operator may have moved it."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            ReconcileWorkflow.run, Asked(), id=f"{SCHEDULE}-{task_queue}", task_queue=task_queue
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=EVERY)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=EVERY),
    )
    try:
        await client.create_schedule(f"{SCHEDULE}-{task_queue}", schedule)
    except ScheduleAlreadyRunningError:
        return


async def reconcile_now(client: Client, task_queue: str, *, repair: bool) -> dict[str, Any]:
    """Beside the schedule; returns the report (see `activities.reconcile`)."""
    asked = f"{SCHEDULE}-{task_queue}-{uuid4().hex}"
    return await client.execute_workflow(ReconcileWorkflow.run, Asked(repair), id=asked, task_queue=task_queue)
