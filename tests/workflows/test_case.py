"""The waiting, with a scripted activity behind it: what the workflow does with receipts, refusals, faults, bugs and timers."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from tests.replaying import replay, runs_of
from workers.sandbox import SANDBOX
from workflows.kinds import CaseWorkflow
from workflows.story import Kept

Outcome = dict[str, Any]
Step = Callable[[dict[str, Any]], Outcome]


@dataclass
class Script:
    """Stands in for the recorder: keeps a story of command ids in memory and lets a test say what each one does."""

    steps: dict[str, list[Step]] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    timer: dict[str, Any] | None = None
    rests: bool = False
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10), self.moved:
            await self.moved.wait_for(holds)

    @activity.defn(name="record")
    async def record(self, asked: dict[str, Any]) -> Outcome:
        async with self.moved:
            self.moved.notify_all()
            return self._next(asked["what"])

    def _next(self, submission: dict[str, Any]) -> Outcome:
        steps = self.steps.get(submission["command_id"], [])
        if steps:
            return steps.pop(0)(submission)
        return self.recorded(submission)

    @activity.defn(name="look")
    async def look(self, asked: dict[str, Any]) -> Outcome:
        return self.outcome()

    @activity.defn(name="notice")
    async def notice(self, follow_up: dict[str, Any]) -> None:
        async with self.moved:
            self.moved.notify_all()
            self.told.append(follow_up["id"])

    def outcome(self, **more: Any) -> Outcome:
        return {"version": len(self.story), "timer": self.timer, "rests": self.rests, "follow_ups": [], **more}

    def recorded(self, submission: dict[str, Any], **more: Any) -> Outcome:
        if submission["command_id"] not in self.story:
            self.story.append(submission["command_id"])
        return self.outcome(receipt={"version": self.story.index(submission["command_id"]) + 1}, **more)

    def refused(self, submission: dict[str, Any]) -> Outcome:
        return self.outcome(refusal={"code": "NOT_ELIGIBLE", "params": {}})

    def fault(self, submission: dict[str, Any]) -> Outcome:
        raise ConnectionError("the database is away")

    def bug(self, submission: dict[str, Any]) -> Outcome:
        raise ApplicationError("BUG", type="Bug", non_retryable=True)


@dataclass
class Stage:
    client: Client
    script: Script
    queue: str
    case_id: str

    async def submit(self, command_id: str, kept: Kept | None = None) -> Outcome:
        start = WithStartWorkflowOperation(
            CaseWorkflow.run,
            kept or Kept(),
            id=self.case_id,
            task_queue=self.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        return await self.client.execute_update_with_start_workflow(
            CaseWorkflow.submit, {"command_id": command_id}, id=command_id, start_workflow_operation=start
        )

    async def status(self) -> WorkflowExecutionStatus | None:
        return (await self.client.get_workflow_handle(self.case_id).describe()).status


@asynccontextmanager
async def stage(client: Client, *, max_cached: int = 1000, queue: str | None = None) -> AsyncIterator[Stage]:
    """At the end its history is replayed."""
    script = Script()
    queue, case_id = queue or f"test-{uuid4().hex}", f"case-{uuid4().hex}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[CaseWorkflow],
        activities=[script.record, script.look, script.notice],
        workflow_runner=SANDBOX,
        max_cached_workflows=max_cached,
    ):
        yield Stage(client, script, queue, case_id)
    await replay(await runs_of(client, case_id))


@pytest.fixture
async def case(temporal_client: Client) -> AsyncIterator[Stage]:
    async with stage(temporal_client) as each:
        yield each


@pytest.fixture
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A Temporal whose clock skips ahead where nothing else happens; one clock for all its cases, so each test has its own."""
    server = shutil.which("temporal-test-server", path=str(Path(sys.executable).parent))
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=server) as environment:
        yield environment


def timer(at: datetime, command_id: str) -> dict[str, Any]:
    return {"at": at.isoformat(), "submitted": {"command_id": command_id}}


async def test_a_submission_gets_its_receipt_and_the_case_goes_on(case: Stage) -> None:
    assert (await case.submit("one"))["receipt"] == {"version": 1}
    assert (await case.submit("two"))["receipt"] == {"version": 2}
    assert await case.status() is WorkflowExecutionStatus.RUNNING


async def test_a_refused_opening_leaves_no_case_behind(case: Stage) -> None:
    case.script.steps["one"] = [case.script.refused]

    outcome = await case.submit("one")

    assert outcome["refusal"]["code"] == "NOT_ELIGIBLE"
    await case.client.get_workflow_handle(case.case_id).result()
    assert await case.status() is WorkflowExecutionStatus.COMPLETED


async def test_a_refusal_later_on_leaves_the_case_running(case: Stage) -> None:
    await case.submit("one")
    case.script.steps["two"] = [case.script.refused]

    await case.submit("two")

    assert (await case.submit("three"))["receipt"] == {"version": 2}


async def test_a_fault_is_tried_again_until_it_works(case: Stage) -> None:
    await case.submit("one")
    case.script.steps["two"] = [case.script.fault, case.script.fault]

    assert (await case.submit("two"))["receipt"] == {"version": 2}


async def test_a_bug_answers_its_caller_and_never_wedges_the_case(case: Stage) -> None:
    await case.submit("one")
    case.script.steps["two"] = [case.script.bug]

    with pytest.raises(WorkflowUpdateFailedError):
        await case.submit("two")

    assert (await case.submit("three"))["receipt"] == {"version": 2}


async def test_a_bug_in_the_first_submission_of_a_lost_workflow_forgets_no_timer(case: Stage) -> None:
    case.script.story = ["earlier"]
    case.script.timer = timer(datetime.now(UTC), "deadline")
    case.script.steps["one"] = [case.script.bug]

    with pytest.raises(WorkflowUpdateFailedError):
        await case.submit("one")

    await case.script.until(lambda: "deadline" in case.script.story)


async def test_continuing_as_new_loses_and_doubles_nothing(case: Stage) -> None:
    ids = [f"c{n}" for n in range(60)]

    async def one_after_the_other(mine: list[str]) -> None:
        for command_id in mine:
            await case.submit(command_id, Kept(continue_after=4))

    await asyncio.gather(*(one_after_the_other(ids[n::3]) for n in range(3)))

    assert sorted(case.script.story) == sorted(ids)
    runs = [each async for each in case.client.list_workflows(f'WorkflowId = "{case.case_id}"')]
    assert len(runs) > 5


async def test_every_submission_survives_an_empty_cache(temporal_client: Client) -> None:
    async with stage(temporal_client, max_cached=0) as case:
        for n in range(8):
            await case.submit(f"c{n}", Kept(continue_after=3))

        assert case.script.story == [f"c{n}" for n in range(8)]


async def test_a_follow_up_is_told_and_then_forgotten(case: Stage) -> None:
    script = case.script
    follow_up = {"id": "notice:1", "kind": "notice"}
    script.steps["one"] = [lambda submission: script.recorded(submission, follow_ups=[follow_up])]

    await case.submit("one")
    await case.submit("two")

    await script.until(lambda: bool(script.told))
    assert script.told == ["notice:1"]


async def test_a_deadline_is_submitted_when_its_time_has_come(skipping: WorkflowEnvironment) -> None:
    async with stage(skipping.client) as case:
        script, now = case.script, await skipping.get_current_time()
        script.timer = timer(now + timedelta(days=400), "escalation")
        script.steps["escalation"] = [lambda submission: forget_timer(script, submission)]
        await case.submit("one")

        await skipping.sleep(timedelta(days=399))
        assert script.story == ["one"]
        await skipping.sleep(timedelta(days=2))

        assert script.story == ["one", "escalation"]


async def test_a_deadline_that_was_cleared_is_not_submitted(skipping: WorkflowEnvironment) -> None:
    async with stage(skipping.client) as case:
        script, now = case.script, await skipping.get_current_time()
        script.timer = timer(now + timedelta(days=10), "reminder")
        await case.submit("one")
        script.timer = None
        await case.submit("two")

        await skipping.sleep(timedelta(days=200))

        assert script.story == ["one", "two"]


async def test_a_deadline_with_a_bug_is_tried_again_after_an_hour_and_people_are_served_meanwhile(
    skipping: WorkflowEnvironment,
) -> None:
    async with stage(skipping.client) as case:
        script, now = case.script, await skipping.get_current_time()
        script.timer = timer(now + timedelta(days=1), "due")
        script.steps["due"] = [script.bug, lambda submission: forget_timer(script, submission)]
        await case.submit("one")

        await skipping.sleep(timedelta(days=1, minutes=30))
        assert script.story == ["one"]
        await skipping.sleep(timedelta(hours=1))

        assert script.story == ["one", "due"]


def forget_timer(script: Script, submission: dict[str, Any]) -> Outcome:
    script.timer = None
    return script.recorded(submission)
