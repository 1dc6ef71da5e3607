"""What waits for a second person: proposals of closures and extensions, until they are decided or lapse."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from domain.closure import ProposeClosure
from domain.extension import ExtendSupport, ProposeExtension, RejectExtension
from domain.story import Command
from domain.vocabulary import ApprovalKind, ApprovalState, ClosureReason, Reason
from infra.postgres import migrate, pool
from projections import follow
from projections.approvals import APPROVALS, ApprovalRow, waiting
from projections.read_model import retell
from tests.examples import MANAGER, SUPERVISOR, SUPPORTED, TODAY
from tests.examples_closing import APPROVE, CLOSE, PROPOSE, REJECT, REOPEN, REVERT, START_WITHDRAWAL
from tests.projections.lives import advance_all, append
from tests.scenario import Story

Connection = psycopg.AsyncConnection[dict[str, Any]]

WITHDRAWING = Story().given(*SUPPORTED).given(START_WITHDRAWAL, by=SUPERVISOR)
PROPOSED = WITHDRAWING.given(PROPOSE)
DECLINED = ProposeClosure(closure_reason=ClosureReason.DECLINED)
EXTEND = ProposeExtension(new_end=date(2020, 8, 2), justification="The course ends in July")
NO_EXTENSION = RejectExtension(reason=Reason.CIRCUMSTANCES_CHANGED)


def rows(story: Story) -> list[ApprovalRow]:
    return list(retell(APPROVALS, story.recorded).values())


def states(story: Story) -> list[ApprovalState]:
    return [row.state for row in rows(story)]


def test_a_proposed_closure_waits_with_who_proposed_it_when_and_why() -> None:
    (row,) = rows(PROPOSED)
    assert (row.kind, row.state, row.closure_reason) == (
        ApprovalKind.CLOSURE,
        ApprovalState.WAITING,
        ClosureReason.INDEPENDENT,
    )
    assert (row.version, row.proposed_by, row.since) == (PROPOSED.case.version, MANAGER.id, TODAY)
    assert (row.decided_by, row.decided_at) == (None, None)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((APPROVE,), [ApprovalState.APPROVED]),
        ((REJECT,), [ApprovalState.REJECTED]),
        ((APPROVE, REJECT), [ApprovalState.REJECTED]),
        ((REVERT,), [ApprovalState.LAPSED]),
        ((APPROVE, CLOSE), [ApprovalState.APPROVED]),
        ((REJECT, PROPOSE), [ApprovalState.REJECTED, ApprovalState.WAITING]),
        ((APPROVE, CLOSE, REOPEN, DECLINED), [ApprovalState.APPROVED, ApprovalState.WAITING]),
    ],
)
def test_a_proposal_is_decided_or_lapses(steps: tuple[Command, ...], expected: list[ApprovalState]) -> None:
    other = SUPERVISOR.model_copy(update={"id": "sv-02"})
    story = PROPOSED.given(*steps, by=other)
    assert states(story) == expected
    assert [row.decided_by for row in rows(story)] == [
        None if state is ApprovalState.WAITING else other.id for state in expected
    ]


@pytest.mark.parametrize(
    ("step", "expected"),
    [(ExtendSupport(), ApprovalState.APPROVED), (NO_EXTENSION, ApprovalState.REJECTED)],
)
def test_an_extension_waits_too(step: Command, expected: ApprovalState) -> None:
    longer = replace(
        PROPOSED, policies=tuple(each.model_copy(update={"support_months_at_most": 36}) for each in PROPOSED.policies)
    )
    asked = longer.given(EXTEND)
    assert [(row.kind, row.state, row.until) for row in rows(asked)][-1] == (
        ApprovalKind.EXTENSION,
        ApprovalState.WAITING,
        date(2020, 8, 2),
    )
    assert states(asked.given(step, by=SUPERVISOR)) == [ApprovalState.WAITING, expected]


steps = st.lists(
    st.tuples(
        st.sampled_from([PROPOSE, DECLINED, APPROVE, REJECT, REVERT, START_WITHDRAWAL, CLOSE, REOPEN]),
        st.sampled_from([MANAGER, SUPERVISOR, SUPERVISOR.model_copy(update={"id": "sv-02"})]),
    ),
    max_size=12,
)


@settings(max_examples=100, deadline=None, derandomize=True)
@for_all(steps=steps)
def test_exactly_what_the_rules_hold_as_proposed_waits(steps: list[tuple[Command, Any]]) -> None:
    story = WITHDRAWING
    for command, by in steps:
        story = replace(story, recorded=(*story.recorded, *story.when(command, by=by).recorded))
        closure = story.case.closure
        expected = [] if closure is None or closure.approved else [(closure.reason, closure.by, closure.on)]
        found = [row for row in rows(story) if row.state is ApprovalState.WAITING]
        assert [(row.closure_reason, row.proposed_by, row.since) for row in found] == expected


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    """A reader's connection to three proposals, one of them decided."""
    migrate(database_url)
    later = WITHDRAWING.given(PROPOSE, at=WITHDRAWING.at + timedelta(days=2))
    decided = PROPOSED.given(APPROVE, by=SUPERVISOR)
    with pool(database_url, 2) as connections:
        for case_id, story in (("case-1", later), ("case-2", PROPOSED), ("case-3", decided)):
            for recorded in story.recorded:
                append(connections, replace(recorded, stream_id=case_id, command_id=f"{case_id}/{recorded.version}"))
    with follow.connect(database_url) as follower:
        advance_all(follower, 100)
    async with await psycopg.AsyncConnection.connect(database_url, row_factory=dict_row) as opened:
        yield opened


async def test_what_waits_longest_comes_first_and_other_providers_see_nothing(connection: Connection) -> None:
    assert [row.case_id for row in await waiting(connection, "drk")] == ["case-2", "case-1"]
    assert [row.case_id for row in await waiting(connection, "drk", limit=1)] == ["case-2"]
    assert await waiting(connection, "diakonie") == []
