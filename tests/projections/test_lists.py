"""The lists that people work from: what rests, what is in question, what waits, and what was told to supervisors."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from domain.closure import ProposeClosure
from domain.corrections import MarkDisputed
from domain.envelopes import FollowUp
from domain.responsibility import AssignManager, NameDeputy
from domain.suspension import Suspend
from domain.vocabulary import ClosureReason, Reason, ServiceKind
from infra import notice_board, postgres
from infra.notice_board import NoticeBoard
from infra.postgres import Pool
from projections import approvals, caseload, facts, follow, referrals
from projections.caseload import Filter
from tests.examples import CLOCK, COMMANDS, SUPERVISOR, SUPPORTED
from tests.examples_support import REFER, SHARE
from tests.projections.lives import advance_all, append
from tests.scenario import Story

PLANNED = Story().given(*SUPPORTED)
LEVEL = COMMANDS["RecordLanguageLevel"]


@asynccontextmanager
async def reading(
    url: str, connections: Pool, stories: Mapping[str, Story]
) -> AsyncIterator[psycopg.AsyncConnection[dict[str, Any]]]:
    """A reader's connection to these cases."""
    for case_id, story in stories.items():
        for each in story.recorded:
            append(connections, replace(each, stream_id=case_id, command_id=f"{case_id}/{each.version}"))
    with follow.connect(url) as follower:
        advance_all(follower, 100)
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as reader:
        yield reader


async def test_a_list_is_narrowed_to_what_rests_and_to_what_is_in_question(url: str, connections: Pool) -> None:
    told = PLANNED.given(LEVEL)
    stories = {
        "case-1": PLANNED,
        "case-2": PLANNED.given(Suspend(reason=Reason.ILLNESS)),
        "case-3": told.given(MarkDisputed(disputes=told.case.version, reason_text="She sat another test")),
    }
    async with reading(url, connections, stories) as reader:

        async def found(**narrowed: bool) -> list[str]:
            return [row.case_id for row in (await caseload.page(reader, Filter(**narrowed)))[0]]  # type: ignore[arg-type]

        assert await found(suspended=True) == ["case-2"]
        assert await found(in_question=True) == ["case-3"]
        assert (await caseload.several(reader, ["case-2", "case-x"])).keys() == {"case-2"}
        assert [row.disputed for row in await facts.of_case(reader, "case-1")] == [False]
        assert any(row.disputed for row in await facts.of_case(reader, "case-3"))


async def test_what_waits_is_counted(url: str, connections: Pool) -> None:
    stories = {
        "case-1": PLANNED.given(SHARE, REFER),
        "case-2": PLANNED.given(SHARE, REFER, at=PLANNED.at + timedelta(days=3)),
        "case-3": PLANNED.given(ProposeClosure(closure_reason=ClosureReason.DECLINED)),
    }
    async with reading(url, connections, stories) as reader:
        since = PLANNED.at.date()
        assert await referrals.awaited_by_service(reader, "drk") == {ServiceKind.PSYCHOLOGICAL: (2, since)}
        assert await referrals.awaited_by_service(reader, "diakonie") == {}
        waiting = await referrals.of_provider(reader, "drk", service=ServiceKind.PSYCHOLOGICAL)
        assert [row.days_waiting(since + timedelta(days=5)) for row in waiting] == [5, 2]
        assert await referrals.of_provider(reader, "drk", service=ServiceKind.JMD) == []
        assert await approvals.count_waiting(reader, "drk") == 1
        assert await approvals.count_waiting(reader, "diakonie") == 0


async def test_notices_are_read_newest_first_page_by_page_at_ones_own_provider(url: str, connections: Pool) -> None:
    told = datetime(2018, 5, 1, tzinfo=UTC)
    board = NoticeBoard(connections)
    for nth, provider in enumerate(("drk", "drk", "diakonie", "drk"), 1):
        id_ = f"notice:case-{nth}:{nth}"
        about = {"event": "DeadlineEscalated"}
        board.post(FollowUp(id=id_, kind="notice", stream_id=f"case-{nth}", provider=provider, about=about))
        with connections.connection() as connection:
            connection.execute("UPDATE notice SET told_at = %s WHERE id = %s", (told + timedelta(days=nth // 3), id_))
    async with postgres.async_pool(url, 2) as reading_:
        found = await notice_board.latest(reading_, "drk")
        assert [(each.stream_id, each.version) for each in found] == [("case-4", 4), ("case-2", 2), ("case-1", 1)]
        page = await notice_board.latest(reading_, "drk", limit=2)
        behind = await notice_board.latest(reading_, "drk", (page[-1].told_at, page[-1].id))
        assert page + behind == found
        assert await notice_board.count_since(reading_, "drk", told + timedelta(days=1)) == 1
        assert await notice_board.count_since(reading_, "diakonie", told) == 1


async def test_whose_work_it_is_depends_on_the_day_where_somebody_stands_in(url: str, connections: Pool) -> None:
    away = NameDeputy(manager_id="im-07", deputy_id="im-03", since=date(2018, 5, 1), until=date(2018, 5, 9))
    assigned = PLANNED.given(AssignManager(manager_id="im-07"), by=SUPERVISOR)
    async with reading(url, connections, {"case-1": assigned.given(away, by=CLOCK), "case-2": PLANNED}) as reader:

        async def work(who: str, day: date) -> list[str]:
            return [row.case_id for row in (await caseload.page(reader, Filter(in_hands_of=(who, day))))[0]]

        assert await work("im-07", date(2018, 5, 5)) == ["case-1"]
        days = [date(2018, 4, 30), date(2018, 5, 1), date(2018, 5, 9), date(2018, 5, 10)]
        assert [await work("im-03", day) for day in days] == [[], ["case-1"], ["case-1"], []]
