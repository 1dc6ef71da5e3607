"""The floor: the same update on the same server, with a local activity that does nothing. Nothing durable can be faster here."""

import asyncio
import os
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

from workers.sandbox import SANDBOX, collect_rarely

QUEUE = "floor"


@activity.defn
async def nothing(submission: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1}


@workflow.defn
class FloorWorkflow:
    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def submit(self, submission: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await workflow.execute_local_activity(
            nothing, submission, start_to_close_timeout=timedelta(seconds=2)
        )
        return answer


async def main() -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    collect_rarely()
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[FloorWorkflow],
        activities=[nothing],
        workflow_runner=SANDBOX,
        max_cached_workflows=2000,
        max_concurrent_local_activities=16,
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
