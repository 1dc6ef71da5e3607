"""Rows of a case that is bound to numbers which were published after this code was written."""

import asyncio
from datetime import date

import psycopg
import pytest
from psycopg.rows import dict_row

from domain.envelopes import POLICY_STREAM, Recorded
from domain.policy import POLICIES
from domain.policy_story import MoveToPolicy
from domain.vocabulary import Reason
from infra.postgres import Pool
from projections import caseload, follow, numbers
from projections.case_standing import CaseloadRow
from tests.domain.test_policy_story import MINISTRY
from tests.examples import SUPERVISOR, SUPPORTED
from tests.examples_staff import PUBLISH
from tests.projections.lives import advance_all, append, following, log_of
from tests.readings import caught_up, rows_equal_the_fold
from tests.scenario import Story, given

MOVED_ON = date(2027, 2, 1)


@pytest.fixture
def stories(monkeypatch: pytest.MonkeyPatch) -> list[Recorded]:
    """New numbers are published, and a case is moved to them; this process has heard of nothing yet."""
    monkeypatch.setattr(numbers, "_known", {policy.version: policy for policy in POLICIES})
    published = Story(stream_id=POLICY_STREAM).given(PUBLISH, by=MINISTRY)
    move = MoveToPolicy(version="2027", reason=Reason.CIRCUMSTANCES_CHANGED)
    moved = given(*SUPPORTED).beside(published).given(move, by=SUPERVISOR, at=MOVED_ON)
    return [*published.recorded, *moved.recorded]


async def row_in(url: str, case_id: str) -> CaseloadRow | None:
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as connection:
        return await caseload.one(connection, case_id)


def test_a_publication_is_learnt_on_the_way(connections: Pool, url: str, stories: list[Recorded]) -> None:
    for recorded in stories:
        append(connections, recorded)
    with follow.connect(url) as connection:
        advance_all(connection)
        row = asyncio.run(row_in(url, stories[-1].stream_id))
    assert row is not None
    assert (row.policy_version, row.support_end) == ("2027", date(2020, 10, 2))
    rows_equal_the_fold(connections, log_of(connections))


def test_a_follower_that_begins_later_knows_what_was_published_before(
    connections: Pool, url: str, stories: list[Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    with follow.connect(url) as connection:
        for recorded in stories[:-1]:
            append(connections, recorded)
        advance_all(connection)
        monkeypatch.setattr(numbers, "_known", {policy.version: policy for policy in POLICIES})
        append(connections, stories[-1])
    with following(url):
        asyncio.run(caught_up(connections, len(stories)))
    monkeypatch.setattr(numbers, "_known", {policy.version: policy for policy in POLICIES})
    row = asyncio.run(row_in(url, stories[-1].stream_id))
    assert row is not None
    assert numbers.numbers_of(str(row.policy_version)).support_months == 30
