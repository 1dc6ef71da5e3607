"""What a history leads to when today's code replays it: all that a run would hand on, whether it ended or still goes on."""

from dataclasses import asdict
from typing import Any

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from tests.replaying import every_type
from workflows.story import StoryWorkflow


class _Remembering(Interceptor):
    """Keeps hold of the workflow that is replayed. In the sandbox it would see none."""

    replayed: StoryWorkflow

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:  # noqa: A002 - the SDK's name for it
        remembering = self

        class Inbound(WorkflowInboundInterceptor):
            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002 - the SDK's name for it
                remembering.replayed = workflow.instance()
                return await super().execute_workflow(input)

        return Inbound


async def leads_to(history: WorkflowHistory) -> dict[str, Any]:
    """Version, timer, follow-ups and the rest of `Kept`, as JSON. Raises where the code of today would do something else."""
    remembering = _Remembering()
    replayer = Replayer(workflows=every_type(), workflow_runner=UnsandboxedWorkflowRunner(), interceptors=[remembering])
    await replayer.replay_workflow(history)
    return asdict(remembering.replayed._kept)
