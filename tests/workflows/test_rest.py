"""A case that is closed: its workflow ends, and is there again as soon as somebody asks for something."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from domain.envelopes import FollowUp
from tests.workflows.test_case import Outcome, Script, Stage, Step, stage
from workflows import fleet
from workflows.fleet import Waiting

FOLLOW_UP = {"id": "notice:1", "kind": "notice"}


def closing(script: Script) -> Step:
    """A step after which the case rests."""

    def step(submission: Outcome) -> Outcome:
        script.rests = True
        return script.recorded(submission)

    return step


@pytest.fixture
async def closed(temporal_client: Client) -> AsyncIterator[Stage]:
    async with stage(temporal_client) as case:
        await case.submit("one")
        case.script.steps["close"] = [closing(case.script)]
        await case.submit("close")
        yield case


async def ended(case: Stage) -> None:
    await case.client.get_workflow_handle(case.case_id).result()


async def test_the_workflow_of_a_closed_case_ends(closed: Stage) -> None:
    await ended(closed)
    assert await closed.status() is WorkflowExecutionStatus.COMPLETED


async def test_a_closed_case_is_there_again_when_something_is_asked_and_rests_again_after_it(closed: Stage) -> None:
    await ended(closed)
    assert (await closed.submit("late fact"))["receipt"] == {"version": 3}
    await ended(closed)
    assert await closed.status() is WorkflowExecutionStatus.COMPLETED


async def test_a_reopened_case_goes_on(closed: Stage) -> None:
    await ended(closed)
    closed.script.rests = False
    assert (await closed.submit("reopen"))["receipt"] == {"version": 3}
    assert (await closed.submit("more"))["receipt"] == {"version": 4}
    assert await closed.status() is WorkflowExecutionStatus.RUNNING


async def test_what_is_to_be_told_is_told_before_the_workflow_ends(temporal_client: Client) -> None:
    async with stage(temporal_client) as case:
        await case.submit("one")
        case.script.steps["close"] = [lambda asked: closing(case.script)(asked) | {"follow_ups": [FOLLOW_UP]}]
        await case.submit("close")
        await ended(case)
        assert case.script.told == [FOLLOW_UP["id"]]


async def test_a_workflow_that_was_started_without_memory_hears_what_is_still_to_be_told(
    temporal_client: Client,
) -> None:
    """After Temporal has lost everything somebody asks for something before all is resumed: what older events have to tell is not forgotten."""
    older = [FollowUp(id=f"notice:{n}", kind="notice", stream_id="", provider="drk", about={}) for n in (1, 2)]
    async with stage(temporal_client) as case:
        await case.submit("one")
        known = Waiting(case.case_id, "drk", 1, None, tuple(older))
        for _ in range(2):
            await fleet.start(temporal_client, case.queue, [known], 100, lambda: None)
            await case.script.until(lambda: len(case.script.told) >= len(older))
        assert sorted(set(case.script.told)) == [each.id for each in older]
        assert (await case.submit("two"))["receipt"] == {"version": 2}
