"""A supervisor at the unit board, before the whole engine: who waits is admitted, turned down, taken off; a transfer is answered."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Page, expect

from domain.intake import OpenCase
from tests import examples
from tests.api.doors import Door, person
from tests.api.test_house_commands import COORDINATOR, ask
from tests.api.test_house_reads import ELIGIBLE, admitted_unit, until
from tests.browser.visiting import Site, sign_in, violations, visit


@dataclass(frozen=True)
class Ulm:
    """A unit with one place, for which Nour and Hiba wait, and a transfer that is asked of it."""

    address: str
    path: str
    transferred: str


@pytest.fixture
async def ulm(whole: Site) -> Ulm:
    async with httpx.AsyncClient(base_url=whole.address, timeout=30) as http:
        door = Door(http, whole.settings)
        town, path = await admitted_unit(door)
        for name in ("Nour Sabbagh", "Hiba Nasser"):
            case_id = str((await door.ask(person(name=name))).json()["stream_id"])
            assert (await door.ask(ELIGIBLE, case_id)).status_code == 200
            waits = await ask(
                door,
                path,
                {"kind": "WaitlistClient", "case_ids": [case_id], "requested_on": "2018-04-12"},
                examples.MANAGER,
            )
            await door.look("/v1/cases", after=waits.json()["position"])
        moving = await door.case(ELIGIBLE, OpenCase(municipality=f"town-{uuid4().hex[:8]}"))
        asked: dict[str, Any] = {
            "kind": "RequestTransfer",
            "to_municipality": town,
            "to_provider": "drk",
            "reason": "RELOCATION",
        }
        assert (await door.ask(asked, moving)).status_code == 200
        await until(door, path, lambda shown: moving in shown["incoming"])
    return Ulm(f"/{path}", path, moving)


async def test_the_place_goes_from_hand_to_hand_until_somebody_takes_it(supervisor: Page, ulm: Ulm) -> None:
    await supervisor.goto("/units")
    assert await violations(supervisor) == []
    await supervisor.goto(ulm.address)
    await expect(supervisor.get_by_text("Angemeldet: Fachleitung sv-01")).to_be_visible()
    await expect(supervisor.get_by_text("0 belegt, 1 reserviert, 0 frei, zusammen 1")).to_be_visible()
    assert await violations(supervisor) == []

    await supervisor.get_by_role("button", name="Angebot abgelehnt: 1").click()
    await expect(supervisor.get_by_role("status")).to_contain_text("Der Platz in der Reihe bleibt.")
    await supervisor.get_by_role("button", name="Aufnehmen: 2", exact=True).click()
    await expect(supervisor.get_by_role("status")).to_contain_text("Aufgenommen.")
    await expect(supervisor.get_by_text("1 belegt, 0 reserviert, 0 frei, zusammen 1")).to_be_visible()
    await expect(supervisor.get_by_role("link", name="Nour Sabbagh")).to_be_visible()


async def test_whoever_is_admitted_without_a_free_place_is_so_by_a_reasoned_decision(
    supervisor: Page, ulm: Ulm
) -> None:
    await supervisor.goto(ulm.address)
    waiting = supervisor.get_by_role("row").filter(has_text="Hiba Nasser")
    await waiting.get_by_text("Außer der Reihe aufnehmen").click()
    await waiting.locator("select[name=reason]").select_option("HARDSHIP")
    await waiting.get_by_role("button", name="Aufnehmen: 2").click()
    await expect(supervisor.get_by_role("alert")).to_be_visible()

    waiting = supervisor.get_by_role("row").filter(has_text="Hiba Nasser")
    await waiting.get_by_text("Außer der Reihe aufnehmen").click()
    await waiting.locator("select[name=reason]").select_option("HARDSHIP")
    await waiting.get_by_label("auch ohne freien Platz").check()
    await waiting.get_by_role("button", name="Aufnehmen: 2").click()
    await expect(supervisor.get_by_role("status")).to_contain_text("Aufgenommen.")


async def test_whoever_is_taken_off_the_list_is_so_with_the_reason(supervisor: Page, ulm: Ulm) -> None:
    await supervisor.goto(ulm.address)
    waiting = supervisor.get_by_role("row").filter(has_text="Hiba Nasser")
    await waiting.locator("summary").last.click()
    await waiting.get_by_label("Warum", exact=True).select_option("MOVED")
    await waiting.get_by_role("button", name="Von der Liste nehmen").click()
    await expect(supervisor.get_by_role("status")).to_contain_text("Von der Liste genommen.")
    await supervisor.get_by_text("Ein früherer Eintrag").click()
    assert await violations(supervisor) == []


async def test_a_transfer_is_refused_with_a_reason_on_the_page(supervisor: Page, ulm: Ulm) -> None:
    await supervisor.goto(ulm.address)
    transfer = supervisor.get_by_role("row").filter(has_text=ulm.transferred[-12:])
    await transfer.locator("summary").click()
    await transfer.locator("select[name=reason]").select_option("NO_PLACE")
    await transfer.get_by_role("button", name="Übergabe ablehnen").click()
    await expect(supervisor.get_by_role("status")).to_contain_text("Die Übergabe ist abgelehnt.")
    await expect(supervisor.get_by_text(ulm.transferred[-12:])).to_have_count(0)


async def test_the_coordination_sees_every_unit_and_no_name(whole: Site, ulm: Ulm, browser: Any) -> None:
    async with visit(browser, whole) as page:
        await sign_in(page, whole.token(COORDINATOR))
        await page.goto(ulm.address)
        await expect(page.get_by_text("Eintrag 1")).to_be_visible()
        await expect(page.get_by_text("Nour Sabbagh")).to_have_count(0)


async def test_a_manager_sees_the_list_and_decides_nothing_but_a_refused_offer(
    whole: Site, ulm: Ulm, browser: Any
) -> None:
    async with visit(browser, whole) as page:
        await sign_in(page, whole.token(examples.MANAGER))
        await page.goto(ulm.address)
        await expect(page.get_by_role("button", name="Angebot abgelehnt: 1")).to_be_visible()
        await expect(page.get_by_role("button", name="Aufnehmen: 1")).to_have_count(0)
