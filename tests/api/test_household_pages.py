"""What supervisors see of families and duplicates on the pages."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from api.access import COOKIE
from tests.api.doors import Door, then
from tests.api.test_household import LEVEL, opened, shown
from tests.examples import COMMANDS, SUPERVISOR
from tests.examples_household import MERGE, NEW_HOME, SPLIT
from tests.examples_support import DIED


@pytest.fixture
async def visited(lotse: Door) -> AsyncIterator[httpx.AsyncClient]:
    lotse.http.cookies.set(COOKIE, lotse.bearing(SUPERVISOR)["Authorization"].removeprefix("Bearer "))
    yield lotse.http
    lotse.http.cookies.clear()


async def seen(visited: httpx.AsyncClient, path: str, wanted: str) -> str:
    """The page, as soon as it tells what is wanted."""
    async with asyncio.timeout(20):
        while True:
            page = await visited.get(path, headers={"Accept-Language": "de"})
            assert page.status_code == 200, page.text
            if wanted in page.text:
                return page.text
            await asyncio.sleep(0.05)


async def test_edge_case_07_the_page_of_a_relative_asks_to_be_gentle(lotse: Door, visited: httpx.AsyncClient) -> None:
    dead, relative = await opened(lotse), await opened(lotse)
    await lotse.ask(then(DIED)[0], dead)
    page = await seen(visited, f"/cases/{relative}", "Todesfall im Haushalt, vermerkt am")
    assert "Bitte gehen Sie behutsam auf die Person zu" in page
    assert dead not in page
    await seen(visited, "/cases", "Todesfall im Haushalt, vermerkt am")


async def test_edge_case_03_the_page_of_those_who_stay_does_not_know_the_new_household(
    lotse: Door, visited: httpx.AsyncClient
) -> None:
    leaving, staying = await opened(lotse), await opened(lotse)
    split = SPLIT.model_copy(update={"protected": True})
    assert (await lotse.ask(then(split)[0], leaving)).status_code == 200
    page = await seen(visited, f"/cases/{staying}", "Geben Sie nichts an die andere Seite weiter")
    assert leaving not in page
    assert str(NEW_HOME) not in page


async def test_edge_case_21_both_pages_lead_to_each_other_and_facts_tell_their_origin(
    lotse: Door, visited: httpx.AsyncClient
) -> None:
    survivor, duplicate = await opened(lotse, COMMANDS["RecordHousing"]), await opened(lotse, LEVEL)
    await lotse.ask(MERGE.model_copy(update={"duplicate_case": duplicate}), survivor, by=SUPERVISOR)
    assert await shown(lotse, survivor, "duplicates") == [duplicate]
    assert f'href="/cases/{duplicate}"' in await seen(visited, f"/cases/{survivor}", "Hierher zusammengeführt")
    assert f'href="/cases/{survivor}"' in await seen(visited, f"/cases/{duplicate}", "Doppelt erfasst")
    facts = await seen(visited, f"/cases/{survivor}/facts", "aus dem zusammengeführten Fall")
    assert f'href="/cases/{duplicate}#event-' in facts
