"""The page of what waits for a second person."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from api.access import COOKIE
from domain.closure import ProposeClosure
from domain.envelopes import Actor
from domain.vocabulary import ClosureReason, Role
from tests import examples
from tests.api.doors import Door, then

DECLINED = ProposeClosure(closure_reason=ClosureReason.DECLINED)


@pytest.fixture
async def visited(lotse: Door) -> AsyncIterator[httpx.AsyncClient]:
    yield lotse.http
    lotse.http.cookies.clear()


async def seen_by(lotse: Door, by: Actor, wanted: str) -> str:
    """The page as somebody sees it, as soon as it tells what is wanted."""
    lotse.http.cookies.set(COOKIE, lotse.bearing(by)["Authorization"].removeprefix("Bearer "))
    async with asyncio.timeout(20):
        while wanted not in (page := await lotse.http.get("/approvals")).text:  # noqa: ASYNC110 - a follower moves it
            await asyncio.sleep(0.05)
    assert page.status_code == 200
    return page.text


async def test_a_supervisor_sees_what_waits_until_it_is_decided(lotse: Door, visited: httpx.AsyncClient) -> None:
    await seen_by(lotse, examples.SUPERVISOR, "Nichts wartet auf eine Zustimmung")
    case_id = await lotse.case(*then(*examples.OPENED[1:], DECLINED))
    page = await seen_by(lotse, examples.SUPERVISOR, case_id)
    for shown in ("1 Vorschlag wartet", "Amal Haddad", "Beendigung", "Wunsch der Person", examples.MANAGER.id):
        assert shown in page
    assert "von Ihnen" not in page
    assert "von Ihnen" in await seen_by(lotse, examples.MANAGER, case_id)

    elsewhere = examples.SUPERVISOR.model_copy(update={"provider": "diakonie"})
    assert case_id not in await seen_by(lotse, elsewhere, "Nichts wartet auf eine Zustimmung")

    (approve,) = then(examples.COMMANDS["ApproveClosure"])
    assert (await lotse.ask(approve, case_id, by=examples.SUPERVISOR)).status_code == 200
    await seen_by(lotse, examples.SUPERVISOR, "Nichts wartet auf eine Zustimmung")


async def test_who_sees_no_cases_sees_no_approvals(lotse: Door, visited: httpx.AsyncClient) -> None:
    ministry = Actor(id="ministry", role=Role.MINISTRY, provider="drk")
    lotse.http.cookies.set(COOKIE, lotse.bearing(ministry)["Authorization"].removeprefix("Bearer "))
    assert (await lotse.http.get("/approvals")).status_code == 403
