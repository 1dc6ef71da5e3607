"""The page of what waits for a second person, and the decisions that are made there."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.access import COOKIE
from domain.closure import ProposeClosure
from domain.envelopes import Actor
from domain.vocabulary import ClosureReason, Role
from tests import examples
from tests.api.doors import Door, then

DECLINED = ProposeClosure(closure_reason=ClosureReason.DECLINED)
OURS = {"Sec-Fetch-Site": "same-origin"}
OTHER_SUPERVISOR = examples.SUPERVISOR.model_copy(update={"id": "sv-02"})
NOTHING_WAITS = "Nichts wartet auf eine Zustimmung"


@pytest.fixture
async def visited(lotse: Door) -> AsyncIterator[httpx.AsyncClient]:
    yield lotse.http
    lotse.http.cookies.clear()


def sign_in(lotse: Door, by: Actor) -> None:
    lotse.http.cookies.set(COOKIE, lotse.bearing(by)["Authorization"].removeprefix("Bearer "))


async def seen_by(lotse: Door, by: Actor, wanted: str) -> str:
    """The page as somebody sees it, as soon as it tells what is wanted."""
    sign_in(lotse, by)
    async with asyncio.timeout(20):
        while wanted not in (page := await lotse.http.get("/approvals")).text:  # noqa: ASYNC110 - a follower moves it
            await asyncio.sleep(0.05)
    assert page.status_code == 200
    return page.text


async def proposed(lotse: Door, by: Actor | None = None) -> str:
    """A case that somebody proposed to close."""
    case_id = await lotse.case(*then(*examples.OPENED[1:]))
    assert (await lotse.ask(then(DECLINED)[0], case_id, by=by)).status_code == 200
    await lotse.settled(case_id)
    return case_id


def form(page: str, case_id: str, *, yes: bool) -> dict[str, Any]:
    """The fields of the form with which somebody says yes or no to what is proposed for a case."""
    shown = re.findall(rf'<form[^>]*action="/approvals/{case_id}">(.*?)</form>', page, re.DOTALL)
    value = "true" if yes else "false"
    (fields,) = [each for each in shown if f'name="yes" value="{value}"' in each]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', fields)) | {"yes": value}


async def send(lotse: Door, case_id: str, fields: dict[str, Any], **headers: str) -> httpx.Response:
    return await lotse.http.post(f"/approvals/{case_id}", data=fields, headers=OURS | headers)


async def events(lotse: Door, case_id: str) -> list[str]:
    """What people have done; the clock's own are left out."""
    answer = await lotse.look(f"/v1/cases/{case_id}/history")
    return [each["name"] for each in answer.json()["events"] if each["actor_role"] != Role.SYSTEM]


async def test_a_supervisor_sees_what_waits_until_it_is_decided(lotse: Door, visited: httpx.AsyncClient) -> None:
    await seen_by(lotse, examples.SUPERVISOR, NOTHING_WAITS)
    case_id = await proposed(lotse)
    page = await seen_by(lotse, examples.SUPERVISOR, case_id)
    for shown in ("1 Vorschlag wartet", "Amal Haddad", "Beendigung", "Wunsch der Person", examples.MANAGER.id):
        assert shown in page
    assert "von Ihnen" not in page
    assert "von Ihnen" in await seen_by(lotse, examples.MANAGER, case_id)

    elsewhere = examples.SUPERVISOR.model_copy(update={"provider": "diakonie"})
    assert case_id not in await seen_by(lotse, elsewhere, NOTHING_WAITS)

    fields = form(await seen_by(lotse, examples.SUPERVISOR, case_id), case_id, yes=True)
    answer = await send(lotse, case_id, fields)
    assert "kern-alert" not in answer.text, answer.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/approvals?decided=yes&told=true")
    assert "Sie haben zugestimmt" in (await lotse.http.get(answer.headers["location"])).text
    assert (await events(lotse, case_id))[-1] == "ClosureApproved"

    assert (await send(lotse, case_id, fields)).status_code == 303
    assert (await events(lotse, case_id)).count("ClosureApproved") == 1
    await seen_by(lotse, examples.SUPERVISOR, NOTHING_WAITS)


async def test_who_refuses_says_why(lotse: Door, visited: httpx.AsyncClient) -> None:
    case_id = await proposed(lotse)
    fields = form(await seen_by(lotse, examples.SUPERVISOR, case_id), case_id, yes=False)

    without = await send(lotse, case_id, {**fields, "reason": "", "reason_text": "Sie braucht uns noch"})
    assert without.status_code == 400
    assert "Bitte wählen Sie einen Grund" in without.text
    assert "Sie braucht uns noch" in without.text
    too_much = await send(lotse, case_id, {**fields, "reason": "OTHER", "reason_text": "x" * 2001})
    assert (too_much.status_code, "höchstens 2000 Zeichen" in too_much.text) == (400, True)
    assert (await events(lotse, case_id))[-1] == "ClosureProposed"

    said = {"reason": "CIRCUMSTANCES_CHANGED", "reason_text": "Sie braucht uns noch"}
    assert (await send(lotse, case_id, fields | said)).headers["location"] == "/approvals?decided=no&told=true"
    history = (await lotse.look(f"/v1/cases/{case_id}/history")).json()["events"]
    (rejected,) = [each for each in history if each["name"] == "ClosureRejected"]
    assert (rejected["reason"], rejected["reason_text"]) == ("CIRCUMSTANCES_CHANGED", "Sie braucht uns noch")


async def test_who_proposed_it_is_told_beforehand_that_another_has_to_approve(
    lotse: Door, visited: httpx.AsyncClient
) -> None:
    case_id = await proposed(lotse, by=examples.SUPERVISOR)
    page = await seen_by(lotse, examples.SUPERVISOR, case_id)
    assert "Zustimmen kann nur eine andere Person" in page
    with pytest.raises(ValueError, match="not enough values"):
        form(page, case_id, yes=True)

    other = form(await seen_by(lotse, OTHER_SUPERVISOR, case_id), case_id, yes=True)
    sign_in(lotse, examples.SUPERVISOR)
    assert (await send(lotse, case_id, other)).status_code == 403
    sign_in(lotse, OTHER_SUPERVISOR)
    assert (await send(lotse, case_id, other)).status_code == 303


async def test_whoever_does_not_supervise_is_offered_no_decision(lotse: Door, visited: httpx.AsyncClient) -> None:
    case_id = await proposed(lotse)
    page = await seen_by(lotse, examples.MANAGER, case_id)
    assert "Die Fachleitung entscheidet." in page
    assert "<form class=" not in page


async def test_that_the_clock_has_brought_something_meanwhile_stands_in_nobodys_way(
    lotse: Door, visited: httpx.AsyncClient
) -> None:
    case_id = await lotse.case(*then(*examples.OPENED[1:], DECLINED))
    page = await seen_by(lotse, examples.SUPERVISOR, case_id)
    fields = form(page, case_id, yes=True)
    await lotse.settled(case_id)

    for _ in range(2):
        assert (await send(lotse, case_id, fields)).status_code == 303
    assert (await events(lotse, case_id)).count("ClosureApproved") == 1


async def test_what_was_decided_meanwhile_is_told_and_nothing_is_recorded(
    lotse: Door, visited: httpx.AsyncClient
) -> None:
    case_id = await proposed(lotse)
    fields = form(await seen_by(lotse, examples.SUPERVISOR, case_id), case_id, yes=True)
    rejected = then(examples.COMMANDS["RejectClosure"])[0]
    assert (await lotse.ask(rejected, case_id, by=OTHER_SUPERVISOR)).status_code == 200

    answer = await send(lotse, case_id, fields, **{"Accept-Language": "en"})

    assert answer.status_code == 412
    assert "Someone else has continued the case in the meantime" in answer.text
    assert "ClosureApproved" not in await events(lotse, case_id)


@pytest.mark.parametrize(
    "change",
    [{"mark": "0" * 64}, {"mark": "x"}, {"key": "another"}, {"seen": "3"}, {"kind": "EXTENSION"}],
    ids=lambda each: next(iter(each)),
)
async def test_a_form_that_was_not_made_for_this_is_not_taken(
    lotse: Door, visited: httpx.AsyncClient, change: dict[str, str]
) -> None:
    case_id = await proposed(lotse)
    fields = form(await seen_by(lotse, examples.SUPERVISOR, case_id), case_id, yes=True)

    assert (await send(lotse, case_id, fields | change)).status_code == 403
    assert (await send(lotse, f"case-{examples.PERSON_ID}", fields)).status_code == 403
    assert (await send(lotse, case_id, fields, **{"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert (await events(lotse, case_id))[-1] == "ClosureProposed"


async def test_who_sees_no_cases_sees_no_approvals(lotse: Door, visited: httpx.AsyncClient) -> None:
    for role, shown in ((Role.MINISTRY, 403), (Role.OPERATOR, 403), (Role.DPO, 200)):
        sign_in(lotse, Actor(id="somebody", role=role, provider="drk"))
        assert (await lotse.http.get("/approvals")).status_code == shown
        fields = {"kind": "CLOSURE", "yes": "true", "key": "k", "seen": "1", "mark": "x"}
        assert (await send(lotse, "case-1", fields)).status_code == 403
