"""The only code that talks to replays: starts one, or one that was lost; pauses, resumes, cancels it; says what it meets."""

from dataclasses import dataclass

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from workflows.rebuild import Asked, RebuildWorkflow


@dataclass(frozen=True)
class Standing:
    """Whether it is `running`, and what its steps that are tried again have met: `step: fault`."""

    running: bool
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReplayClient:
    client: Client
    task_queue: str

    async def start(self, plan: int, at_once: int) -> None:
        """Begins a replay, or goes on with one whose workflow is gone; one that runs is left alone."""
        await self.client.start_workflow(
            RebuildWorkflow.run,
            Asked(plan, at_once),
            id=f"replay-{plan}",
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    async def finished(self, plan: int) -> str:
        """Waits until it is `ready` or `cancelled`; `failed` when its steps cannot be done."""
        try:
            return await self._handle(plan).result()
        except WorkflowFailureError:
            return "failed"

    async def pause(self, plan: int) -> None:
        await self._handle(plan).signal(RebuildWorkflow.pause)

    async def resume(self, plan: int) -> None:
        await self._handle(plan).signal(RebuildWorkflow.resume)

    async def cancel(self, plan: int) -> None:
        await self._handle(plan).signal(RebuildWorkflow.cancel)

    async def standing(self, plan: int) -> Standing:
        try:
            described = await self._handle(plan).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return Standing(running=False)
            raise
        pending = described.raw_description.pending_activities
        faults = {
            f"{each.activity_type.name}: {each.last_failure.message}"
            for each in pending
            if each.HasField("last_failure")
        }
        running = described.status is WorkflowExecutionStatus.RUNNING
        return Standing(running, tuple(sorted(faults)))

    def _handle(self, plan: int) -> WorkflowHandle[RebuildWorkflow, str]:
        return self.client.get_workflow_handle_for(RebuildWorkflow.run, f"replay-{plan}")
