"""The lives of cases whose histories are kept, phase by phase, and what may happen to a run whatever the phase."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from temporalio.client import WorkflowHistory

from domain.closure import CloseCase
from domain.envelopes import Receipt
from domain.story import Command
from domain.vocabulary import ClosureReason
from infra.event_store import EventStore
from infra.time_skipping import OwnTime
from tests.e2e.stack import SUPERVISOR, Stack
from tests.examples import ADD_GOAL, ADD_OWN_STEP, AGREE, ASSESS, COMPLETE_INTAKE, CONFIRM, DRAFT, OPEN
from tests.examples_closing import ADVANCE, REOPEN, START_WITHDRAWAL
from tests.examples_reviews import COMPLETE_REVIEW, START_REVIEW, SUSPEND
from tests.examples_support import CONTACT, OBSTACLE
from tests.replaying import runs_of
from workflows.client import Refusing
from workflows.story import Kept

Life = Callable[[Stack], Awaitable[WorkflowHistory]]

DAYS = ("effective_on", "target_date", "due_on", "expected_until", "title_valid_until")
OPENED = (CONFIRM, OPEN)
PLANNED = (*OPENED, COMPLETE_INTAKE, ASSESS, DRAFT, ADD_GOAL, ADD_OWN_STEP)
SUPPORTED = (*PLANNED, AGREE, CONTACT, OBSTACLE)
CLOSED = (*SUPPORTED, CloseCase(closure_reason=ClosureReason.MOVED_AWAY))
FEW = 5


def asking(*commands: Command) -> Life:
    async def life(case: Stack) -> WorkflowHistory:
        return await latest(case, await lived(case, commands))

    return life


async def lived(case: Stack, commands: Sequence[Command]) -> str:
    """A case in which these are recorded, each on the day itself: its id. A closed one is left alone until its workflow has ended."""
    case_id, person = await case.register()
    for command in commands:
        undated = command.model_copy(update={name: None for name in DAYS if hasattr(command, name)})
        assert isinstance(await case.submit(case_id, person, undated, by=SUPERVISOR), Receipt), command.kind
        if isinstance(command, CloseCase):
            await case.client.get_workflow_handle(case_id).result()
    return case_id


async def latest(case: Stack, case_id: str) -> WorkflowHistory:
    return (await runs_of(case.client, case_id))[0]


async def refused(case: Stack) -> WorkflowHistory:
    """Something that the rules refuse, in the middle of a life."""
    case_id, person = await case.register()
    assert isinstance(await case.submit(case_id, person, START_REVIEW), Refusing)
    return await latest(case, case_id)


async def missed(case: Stack) -> WorkflowHistory:
    """A first contact that nobody made: the clock reminds, notes that it is overdue, and tells the supervisor."""
    case_id = await lived(case, OPENED)
    time = OwnTime(case.client)
    await time.until(case_id, await time.now(case_id) + timedelta(days=30))
    return await latest(case, case_id)


async def ended_full(case: Stack) -> WorkflowHistory:
    """A run that hands on to the next."""
    return (await _full(case))[1]


async def after_a_full_one(case: Stack) -> WorkflowHistory:
    return (await _full(case))[0]


async def _full(case: Stack) -> list[WorkflowHistory]:
    case.front = replace(case.front, bare=Kept(continue_after=FEW))
    return await runs_of(case.client, await lived(case, PLANNED))


async def faulty(case: Stack) -> WorkflowHistory:
    """The store is away for a moment: what could not be recorded locally is recorded by a regular activity."""
    case_id, person = await case.register()
    await case.stop_worker()
    with patch("workers.case_worker.EventStore", _AwayAtFirst):
        await case.start_worker()
        assert isinstance(await case.submit(case_id, person, CONFIRM), Receipt)
    return await latest(case, case_id)


class _AwayAtFirst(EventStore):
    away = True

    def append(self, *arguments: Any, **more: Any) -> int:
        if self.away:
            self.away = False
            raise ConnectionError("the database is away")
        return super().append(*arguments, **more)


LIVES: dict[str, Life] = {
    "case-intake": asking(*OPENED),
    "case-planning": asking(*PLANNED),
    "case-support": asking(*SUPPORTED),
    "case-reviewed": asking(*SUPPORTED, START_REVIEW, COMPLETE_REVIEW),
    "case-suspended": asking(*SUPPORTED, SUSPEND),
    "case-withdrawal": asking(*SUPPORTED, START_WITHDRAWAL, ADVANCE),
    "case-closed": asking(*CLOSED),
    "case-reopened": asking(*CLOSED, REOPEN, AGREE),
    "case-refused": refused,
    "case-missed-contact": missed,
    "case-full": ended_full,
    "case-after-a-full-run": after_a_full_one,
    "case-fault": faulty,
}
