"""The only code that talks to the workflows: hands a submission in and translates every outcome.

Three answers are possible: a receipt, a refusal by a rule, or `OutcomeUnknownError` - ask again with the same command id.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from domain.catalogue import COMMANDS
from domain.envelopes import Receipt, Submitted
from domain.refusals import Refusal
from workflows.kinds import workflow_of
from workflows.story import Kept, StoryWorkflow

PATIENCE = timedelta(seconds=8)
OPENING = frozenset(name for name, command in COMMANDS.items() if command.opens)

# RuntimeError: what the SDK raises when a lazy client can't connect.
NOT_ANSWERED = (
    TimeoutError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowUpdateFailedError,
    RPCError,
    RuntimeError,
)


@dataclass(frozen=True)
class Refusing:
    """A rule's no: its stable code and the parameters that explain it."""

    code: Refusal
    params: dict[str, Any]


class OutcomeUnknownError(Exception):
    """A service did not answer in time. The command may be recorded or not: ask again with the same command id, which is recorded once."""


@dataclass(frozen=True)
class CaseClient:
    client: Client
    task_queue: str
    patience: timedelta = PATIENCE
    bare: Kept = field(default_factory=Kept)

    async def submit(self, submitted: Submitted, *, anew: bool = False) -> Receipt | Refusing:
        """Hands a submission to its stream and waits for the outcome, at most `patience`. Raises OutcomeUnknownError.

        The workflow is started where none runs: for a story's first command, and for one whose workflow was lost - the event store knows it, so it goes on.
        `anew`: what was refused before is decided again; else a run gives its first answer.
        """
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                return _answer(await self._update(submitted, anew), submitted)
        except NOT_ANSWERED as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from error
            raise OutcomeUnknownError from error

    async def refused(self, submitted: Submitted, *, anew: bool = False) -> Refusal | None:
        """The same for whoever only has to know whether the rules refused it, and with which code. Raises OutcomeUnknownError."""
        answer = await self.submit(submitted, anew=anew)
        return answer.code if isinstance(answer, Refusing) else None

    async def _update(self, submitted: Submitted, anew: bool) -> dict[str, Any]:
        """Temporal answers a failed update's id with that failure for as long as the run lasts: then ask under a fresh id; the command log keeps it once."""
        first = f"{submitted.command_id}:{uuid4().hex}" if anew else submitted.command_id
        try:
            return await self._updated(submitted, first)
        except WorkflowUpdateFailedError:
            return await self._updated(submitted, f"{submitted.command_id}:{uuid4().hex}")

    async def _updated(self, submitted: Submitted, update_id: str) -> dict[str, Any]:
        submission = submitted.model_dump(mode="json")
        if submitted.command["kind"] not in OPENING:
            handle = self.client.get_workflow_handle(submitted.stream_id)
            try:
                return await handle.execute_update(StoryWorkflow.submit, submission, id=update_id)
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise
        start = WithStartWorkflowOperation(
            workflow_of(submitted.stream_id).run,
            self.bare,
            id=submitted.stream_id,
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        return await self.client.execute_update_with_start_workflow(
            StoryWorkflow.submit, submission, id=update_id, start_workflow_operation=start
        )


def _answer(outcome: dict[str, Any], submitted: Submitted) -> Receipt | Refusing:
    """Within one run Temporal answers a known update id with its first outcome, whatever is asked now: so the fingerprints are compared here too."""
    if outcome["fingerprint"] != submitted.fingerprint:
        return Refusing(Refusal.DUPLICATE_COMMAND, {})
    if "refusal" in outcome:
        return Refusing(Refusal(outcome["refusal"]["code"]), outcome["refusal"]["params"])
    return Receipt.model_validate(outcome["receipt"])
