"""What the caseload shows of who is responsible, who stands in, and who is nearest to going their own way."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import psycopg
from psycopg.rows import dict_row

from domain.responsibility import AssignManager, LoseManager, NameDeputy
from infra.postgres import Pool
from projections import follow
from projections.case_standing import CaseloadRow
from projections.caseload import CASELOAD, Filter, nearest_to_withdrawal, page
from projections.read_model import retell
from tests.examples import CASE_ID, CLOCK, MANAGER, OPENED, SUPERVISOR, SUPPORTED, TODAY
from tests.examples_closing import ADVANCE, START_WITHDRAWAL
from tests.examples_reviews import COMPLETE_REVIEW, START_REVIEW
from tests.projections.lives import advance_all, append
from tests.scenario import Story, given

TAKE = AssignManager(manager_id=MANAGER.id)
LOSE = LoseManager(manager_id=MANAGER.id, since=TODAY)
NAMED = NameDeputy(manager_id=MANAGER.id, deputy_id="im-03", since=TODAY, until=date(2018, 4, 20))


def row(story: Story) -> CaseloadRow:
    told: CaseloadRow = retell(CASELOAD, story.recorded)[(CASE_ID,)]
    return told


def test_edge_case_15_a_case_that_lost_its_manager_is_nobodys_until_it_is_assigned_again() -> None:
    lost = given(*OPENED, TAKE).given(LOSE, by=CLOCK)
    assert (row(lost).manager_id, row(lost).manager_since) == (None, TODAY)
    again = lost.given(AssignManager(manager_id="im-09"), by=SUPERVISOR)
    assert row(again).manager_id == "im-09"


def test_an_assignment_that_is_planned_for_somebody_else_outlasts_the_loss() -> None:
    planned = AssignManager(manager_id="im-09", effective_on=TODAY + timedelta(days=30))
    assert row(given(*OPENED, TAKE).given(planned, by=SUPERVISOR).given(LOSE, by=CLOCK)).manager_id == "im-09"


def test_edge_case_15_the_deputy_of_an_absence_is_shown_with_its_end() -> None:
    named = given(*OPENED, TAKE).given(NAMED, by=CLOCK)
    told = row(named)
    assert (told.deputy_id, told.deputy_since, told.deputy_until) == ("im-03", TODAY, date(2018, 4, 20))
    nobody = named.given(NAMED.model_copy(update={"deputy_id": None}), by=CLOCK)
    assert row(nobody).deputy_id is None


def reviewed(independence: int, at: date) -> Story:
    review = COMPLETE_REVIEW.model_copy(update={"independence": independence})
    return given(*SUPPORTED).given(START_REVIEW, review, at=at)


def test_edge_case_16_whose_places_may_become_free_first_is_suggested_and_nobody_is_put_out(
    connections: Pool, url: str
) -> None:
    at = date(2018, 7, 12)
    leaving = reviewed(4, at).given(START_WITHDRAWAL, by=SUPERVISOR, at=at)
    stories = {
        "case-new": given(*SUPPORTED),
        "case-some": reviewed(2, at),
        "case-much": reviewed(3, at),
        "case-leaving": leaving,
        "case-nearly-gone": leaving.given(ADVANCE, at=date(2018, 8, 12)),
        "case-intake": given(*OPENED),
    }
    for case_id, story in stories.items():
        for each in story.recorded:
            append(connections, replace(each, stream_id=case_id, command_id=f"{case_id}/{each.version}"))
    with follow.connect(url) as connection:
        advance_all(connection, 100)

    assert asyncio.run(nearest(url, "ravensburg")) == [
        "case-nearly-gone",
        "case-leaving",
        "case-much",
        "case-some",
        "case-new",
    ]
    assert asyncio.run(nearest(url, "weingarten")) == []


async def nearest(url: str, municipality: str) -> list[str]:
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as connection:
        return [each.case_id for each in await nearest_to_withdrawal(connection, "drk", municipality)]


def test_edge_case_15_the_supervisor_finds_lost_cases_in_the_list_of_the_unassigned(
    connections: Pool, url: str
) -> None:
    stories = {"case-kept": given(*OPENED, TAKE), "case-lost": given(*OPENED, TAKE).given(LOSE, by=CLOCK)}
    for case_id, story in stories.items():
        for each in story.recorded:
            append(connections, replace(each, stream_id=case_id, command_id=f"{case_id}/{each.version}"))
    with follow.connect(url) as connection:
        advance_all(connection, 100)

    async def unassigned() -> list[str]:
        async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as reader:
            rows, _ = await page(reader, Filter(provider="drk", unassigned=True))
            return [each.case_id for each in rows]

    assert asyncio.run(unassigned()) == ["case-lost"]
