"""A supervisor decides on the page of approvals, before the whole engine: yes, no, too late, and when no answer comes."""

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from domain.closure import ProposeClosure
from domain.envelopes import Actor
from domain.vocabulary import ClosureReason
from tests import examples
from tests.api.doors import Door, person, then
from tests.browser.visiting import Site, sign_in, violations, visit

DECLINED = ProposeClosure(closure_reason=ClosureReason.DECLINED)
OTHER_SUPERVISOR = examples.SUPERVISOR.model_copy(update={"id": "sv-02"})


async def proposed(site: Site, name: str, by: Actor = examples.MANAGER) -> str:
    """Somebody's case that is proposed to be closed, as soon as the lists tell it."""
    async with httpx.AsyncClient(base_url=site.address, timeout=30) as http:
        door = Door(http, site.settings)
        case_id = str((await door.ask(person(name=name))).json()["stream_id"])
        for command in then(*examples.OPENED[1:]):
            await door.ask(command, case_id)
        receipt = (await door.ask(then(DECLINED)[0], case_id, by=by)).json()
        await door.settled(case_id)
        await door.look("/v1/cases", after=receipt["position"])
    return case_id


async def decided(site: Site, case_id: str) -> list[str]:
    """What people did after the proposal."""
    async with httpx.AsyncClient(base_url=site.address, timeout=30) as http:
        history = (await Door(http, site.settings).look(f"/v1/cases/{case_id}/history")).json()["events"]
    names = [each["name"] for each in history if each["actor_role"] != "system"]
    return names[names.index("ClosureProposed") + 1 :]


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


async def test_a_supervisor_approves_with_the_keyboard_alone(supervisor: Page, whole: Site) -> None:
    case_id = await proposed(whole, "Hiba Nasser")
    await supervisor.goto("/approvals")
    await supervisor.get_by_role("button", name="Zustimmen: Beendigung, Hiba Nasser").focus()
    await supervisor.keyboard.press("Enter")
    await expect(supervisor.get_by_role("status")).to_contain_text("Sie haben zugestimmt.")
    await expect(row(supervisor, "Hiba Nasser")).to_have_count(0)
    assert await decided(whole, case_id) == ["ClosureApproved"]


async def test_whoever_refuses_says_why_and_the_case_tells_it(supervisor: Page, whole: Site) -> None:
    case_id = await proposed(whole, "Rana Fadel")
    await supervisor.goto("/approvals")
    mine = row(supervisor, "Rana Fadel")
    await mine.locator("summary").click()
    await mine.get_by_label("Warum lehnen Sie ab?").select_option(label="geänderte Umstände")
    await mine.get_by_label("Erläuterung").fill("Die neue Wohnung ist geplatzt")
    assert await violations(supervisor) == []
    await mine.get_by_role("button", name="Jetzt ablehnen").click()
    await expect(supervisor.get_by_role("status")).to_contain_text("Sie haben abgelehnt.")
    assert await decided(whole, case_id) == ["ClosureRejected"]
    await supervisor.goto(f"/cases/{case_id}")
    await expect(supervisor.locator(".timeline")).to_contain_text("geänderte Umstände: Die neue Wohnung ist geplatzt")


async def test_ones_own_proposal_offers_no_yes(supervisor: Page, whole: Site) -> None:
    await proposed(whole, "Dilan Aziz", by=examples.SUPERVISOR)
    await supervisor.goto("/approvals")
    mine = row(supervisor, "Dilan Aziz")
    await expect(mine).to_contain_text("Zustimmen kann nur eine andere Person.")
    await expect(mine.get_by_role("button", name="Zustimmen")).to_have_count(0)


async def test_who_comes_too_late_is_told_so_in_plain_words(supervisor: Page, browser: Browser, whole: Site) -> None:
    case_id = await proposed(whole, "Yara Khoury")
    await supervisor.goto("/approvals")
    async with visit(browser, whole) as other:
        await sign_in(other, whole.token(OTHER_SUPERVISOR))
        await other.goto("/approvals")
        await other.get_by_role("button", name="Zustimmen: Beendigung, Yara Khoury").click()
        await expect(other.get_by_role("status")).to_contain_text("Sie haben zugestimmt.")
    mine = row(supervisor, "Yara Khoury")
    await mine.locator("summary").click()
    await mine.get_by_label("Warum lehnen Sie ab?").select_option(label="Irrtum")
    await mine.get_by_role("button", name="Jetzt ablehnen").click()
    await expect(supervisor.get_by_role("alert")).to_contain_text("inzwischen von jemand anderem fortgeschrieben")
    assert await violations(supervisor) == []
    assert await decided(whole, case_id) == ["ClosureApproved"]


async def test_when_no_answer_comes_the_page_says_so_and_the_same_decision_is_tried_again(
    browser: Browser, whole: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await proposed(whole, "Sami Barakat")
    async with visit(browser, whole, java_script_enabled=False) as page:
        await sign_in(page, whole.token(examples.SUPERVISOR))
        await page.goto("/approvals")
        with monkeypatch.context() as patch:
            patch.setattr("api.submissions.WITHIN_S", 0.0)
            await page.get_by_role("button", name="Zustimmen: Beendigung, Sami Barakat").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("Wir wissen noch nicht, ob es geklappt hat")
        await page.get_by_role("button", name="Noch einmal versuchen").click()
        await expect(page.get_by_text("Sie haben zugestimmt.")).to_be_visible()
    assert await decided(whole, case_id) == ["ClosureApproved"]
