"""A transfer over HTTP: asked for by one provider, accepted by another; then the case is theirs at every door."""

import asyncio
from datetime import date
from decimal import Decimal
from uuid import uuid4

import httpx
import psycopg

from api.access import COOKIE
from api.language import place_named
from domain.capacity import EstablishUnit
from domain.employment import HireManager
from domain.envelopes import Actor
from domain.story import Command
from domain.transfer_answer import AcceptTransfer
from domain.vocabulary import CapacityBase, Role, StaffQualification
from infra.settings import database_url
from tests import examples
from tests.api.doors import JSON, Door, then
from tests.examples_support import CONTACT, REFER, SHARE
from tests.examples_transfer import MANAGER_THERE, REQUEST, SHARE_PROVIDER, SUPERVISOR_THERE

COORDINATOR = Actor(id="ko-01", role=Role.COORDINATOR, provider="landkreis")
LISTS = ("/v1/cases", "/v1/referrals", "/v1/reviews-due")


async def ask_house(lotse: Door, path: str, command: Command, by: Actor) -> httpx.Response:
    content = command.model_dump(mode="json", exclude_none=True)
    headers = {**lotse.bearing(by), "Idempotency-Key": str(uuid4()), **JSON}
    return await lotse.http.post(path, json=content, headers=headers)


async def unit_there(lotse: Door, town: str) -> str:
    """A unit with places; its address."""
    address = f"/v1/units/{town}/diakonie/commands"
    establish = EstablishUnit(municipality=town, provider="diakonie", key=60, base=CapacityBase.HEAD)
    assert (await ask_house(lotse, address, establish, COORDINATOR)).status_code == 200
    hired = f"im-{uuid4().hex[:8]}"
    hire = HireManager(
        effective_on=date(2018, 1, 1),
        manager_id=hired,
        qualification=StaffQualification.DEGREE,
        posts={town: Decimal("1.00")},
    )
    answer = await ask_house(lotse, f"/v1/staff/{hired}/commands", hire, SUPERVISOR_THERE)
    assert answer.status_code == 200, answer.text
    return address


async def position(lotse: Door, case_id: str, event: str) -> int:
    """Where an event of a case stands in the order of all, once it is there."""
    query = "SELECT notification_id FROM stored_events WHERE originator_id = %s AND topic = %s"
    async with asyncio.timeout(60), await psycopg.AsyncConnection.connect(database_url(lotse.settings)) as connection:
        while True:
            row = await (await connection.execute(query, (case_id, event))).fetchone()
            await connection.rollback()
            if row is not None:
                return int(row[0])
            await asyncio.sleep(0.1)


async def page_of(lotse: Door, case_id: str, by: Actor) -> httpx.Response:
    token = lotse.bearing(by)["Authorization"].removeprefix("Bearer ")
    return await lotse.http.get(f"/cases/{case_id}", headers={"Cookie": f"{COOKIE}={token}", "Accept-Language": "de"})


async def ids(lotse: Door, path: str, by: Actor, after: int) -> set[str]:
    answer = await lotse.look(path, by, after=after, limit=200)
    assert answer.status_code == 200, answer.text
    (rows,) = [each for each in answer.json().values() if isinstance(each, list)]
    return {row["case_id"] for row in rows}


async def test_g23_after_a_transfer_the_case_is_the_other_providers_at_every_door(lotse: Door) -> None:
    town = f"ulm-{uuid4().hex[:8]}"
    address = await unit_there(lotse, town)
    life = (*examples.SUPPORTED[1:], SHARE_PROVIDER, SHARE, REFER)
    case_id = await lotse.case(*then(*life))
    request = REQUEST.model_copy(update={"to_municipality": town})
    assert (await lotse.ask(request, case_id)).status_code == 200

    announced = await lotse.look(f"/v1/cases/{case_id}", after=await position(lotse, case_id, "TransferRequested"))
    assert announced.json()["transfer_municipality"] == town
    page = await page_of(lotse, case_id, examples.MANAGER)
    assert page.status_code == 200
    assert f"Eine Übergabe an {place_named('de', 'diakonie')} in {place_named('de', town)} ist angefragt" in page.text
    assert (await lotse.look(f"/v1/cases/{case_id}", MANAGER_THERE)).status_code == 403

    accepted = AcceptTransfer(case_id=case_id)
    async with asyncio.timeout(60):
        while True:
            if (await ask_house(lotse, address, accepted, SUPERVISOR_THERE)).status_code == 200:
                break
            await asyncio.sleep(0.1)
    after = await position(lotse, case_id, "TransferAccepted")

    for path in (f"/v1/cases/{case_id}", f"/v1/cases/{case_id}/history", f"/v1/cases/{case_id}/facts"):
        there = await lotse.look(path, MANAGER_THERE, after=after)
        here = await lotse.look(path, examples.MANAGER, after=after)
        assert (there.status_code, here.status_code, here.json()["code"]) == (200, 403, "CROSS_PROVIDER")
    seen = (await lotse.look(f"/v1/cases/{case_id}", MANAGER_THERE)).json()
    assert (seen["name"], seen["provider"], seen["manager_id"]) == ("Amal Haddad", "diakonie", None)
    for path in LISTS:
        assert case_id in await ids(lotse, path, MANAGER_THERE, after)
        assert case_id not in await ids(lotse, path, examples.MANAGER, after)

    assert (await page_of(lotse, case_id, examples.MANAGER)).status_code == 403
    page = await page_of(lotse, case_id, MANAGER_THERE)
    assert f"hat den Fall von {place_named('de', 'drk')} in {place_named('de', 'ravensburg')} übernommen" in page.text

    asked_here = await lotse.ask(CONTACT, case_id)
    assert (asked_here.status_code, asked_here.json()["code"]) == (403, "CROSS_PROVIDER")
    assert (await lotse.ask(CONTACT, case_id, by=MANAGER_THERE)).status_code == 200


async def test_g25_without_consent_the_answer_says_what_else_can_be_done(lotse: Door) -> None:
    town = f"ulm-{uuid4().hex[:8]}"
    await unit_there(lotse, town)
    case_id = await lotse.case(*then(*examples.SUPPORTED[1:]))
    refused = await lotse.ask(REQUEST.model_copy(update={"to_municipality": town}), case_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "CONSENT_MISSING")
    assert "weggezogen" in refused.text or "moved away" in refused.text
