"""Referrals: how far each is, since when it waits, and which are found."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from domain.intake import WithdrawConsent
from domain.referrals import RecordReferralOutcome, ReferralMade
from domain.story import Command
from domain.vocabulary import ConsentScope, ReferralOutcome, ReferralState, ServiceKind
from infra.postgres import migrate, pool
from projections import follow
from projections.read_model import retell
from projections.referrals import REFERRALS, ReferralRow, of_case, of_provider
from tests.examples import SUPPORTED, TODAY
from tests.examples_support import DIED, REFER, SHARE
from tests.projections.lives import advance_all, append
from tests.scenario import Story

Connection = psycopg.AsyncConnection[dict[str, Any]]
MAY = date(2018, 5, 7)


def outcome(what: ReferralOutcome, referral: int = 1) -> RecordReferralOutcome:
    return RecordReferralOutcome(referral=referral, outcome=what)


def rows(story: Story) -> list[ReferralRow]:
    return list(retell(REFERRALS, story.recorded).values())


REFERRED = Story().given(*SUPPORTED, SHARE, REFER)


def test_a_referral_waits_since_it_was_made_or_last_answered() -> None:
    (made,) = rows(REFERRED)
    assert (made.number, made.service, made.service_id) == (1, ServiceKind.PSYCHOLOGICAL, "caritas-rv")
    assert (made.state, made.made_on, made.last_outcome_on) == (ReferralState.MADE, TODAY, None)
    assert (made.provider, made.waiting_since) == ("drk", TODAY)
    (waiting,) = rows(REFERRED.given(outcome(ReferralOutcome.WAITING), at=MAY))
    assert (waiting.state, waiting.last_outcome_on, waiting.waiting_since) == (ReferralState.WAITING, MAY, MAY)


def test_what_is_over_waits_for_nothing() -> None:
    (declined,) = rows(REFERRED.given(outcome(ReferralOutcome.DECLINED), at=MAY))
    assert (declined.last_outcome_on, declined.waiting_since) == (MAY, None)
    (stopped,) = rows(REFERRED.given(WithdrawConsent(scope=ConsentScope.SHARE_SERVICE), at=MAY))
    assert (stopped.state, stopped.waiting_since) == (ReferralState.STOPPED, None)
    assert rows(REFERRED.given(DIED))[0].state is ReferralState.STOPPED


asked: st.SearchStrategy[Command] = st.one_of(
    st.just(REFER),
    st.just(SHARE),
    st.builds(outcome, st.sampled_from(ReferralOutcome), st.integers(1, 3)),
    st.builds(lambda n: WithdrawConsent(scope=ConsentScope.SHARE_SERVICE, referral=n), st.none() | st.integers(1, 3)),
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(more=st.lists(asked, max_size=12))
def test_rows_stand_where_the_rules_have_the_referrals(more: list[Command]) -> None:
    story = REFERRED
    for command in more:
        story = replace(story, recorded=(*story.recorded, *story.when(command).recorded))
    told = {row.number: row.state for row in rows(story)}
    assert {number: referral.state for number, referral in story.case.referrals.items()} == told
    assert len(told) == sum(isinstance(each.event, ReferralMade) for each in story.recorded)
    assert all((row.waiting_since is not None) == story.case.referrals[row.number].open for row in rows(story))


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    """A reader of the referrals of two cases: one with a first referral answered and a second one waiting, one declined."""
    migrate(database_url)
    lives = {
        "case-1": REFERRED.given(REFER).given(outcome(ReferralOutcome.ACCEPTED), at=MAY),
        "case-2": REFERRED.given(outcome(ReferralOutcome.DECLINED)),
    }
    with pool(database_url, 2) as connections:
        for stream_id, story in lives.items():
            for each in story.recorded:
                append(connections, replace(each, stream_id=stream_id, command_id=f"{stream_id}/{each.version}"))
    with follow.connect(database_url) as follower:
        advance_all(follower, 100)
    async with await psycopg.AsyncConnection.connect(database_url, row_factory=dict_row) as opened:
        yield opened


async def test_what_waits_for_longest_is_found_first_and_what_is_over_last(connection: Connection) -> None:
    found = await of_provider(connection, "drk")
    assert [(row.case_id, row.number) for row in found] == [("case-1", 2), ("case-1", 1), ("case-2", 1)]
    assert await of_provider(connection, None) == found
    assert await of_provider(connection, "diakonie") == []
    assert await of_provider(connection, "drk", awaited=True) == found[:2]
    assert await of_provider(connection, "drk", limit=1) == found[:1]


async def test_referrals_are_found_by_state_and_by_case(connection: Connection) -> None:
    (declined,) = await of_provider(connection, "drk", ReferralState.DECLINED)
    assert declined.case_id == "case-2"
    assert [row.number for row in await of_case(connection, "case-1")] == [1, 2]
    assert await of_case(connection, "case-nobody") == []
