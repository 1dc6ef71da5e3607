"""For every eye and hand: axe-core finds nothing, the keyboard reaches everything, light and dark, large and printed."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests import examples
from tests.browser import april
from tests.browser.visiting import PHONE, Site, sign_in, violations, visit

PAGES = (
    "/cases",
    "/cases?late=true&manager=im-99",
    f"/cases/{april.AMAL}",
    f"/cases/{april.ERASED}",
    f"/cases/{april.LEAVING}",
    f"/cases/{april.CLOSED}",
    f"/cases/{april.AMAL}/facts?on=2018-04-25&known_on=2018-04-25",
    f"/cases/{april.AMAL}/as-of",
    f"/cases/{april.AMAL}/as-of?event=1",
    f"/cases/{april.AMAL}/as-of?known_on=2001-01-01",
    f"/cases/{april.AMAL}/diff?from_event=1",
    f"/cases/{april.AMAL}/diff?from_day=2018-04-25&to_day=2018-04-25",
    "/overview",
    "/my-caseload",
    "/my-caseload?manager=im-drk-1",
    "/reviews",
    "/reviews?manager=im-99",
    "/referrals",
    "/referrals?service=JMD",
    "/approvals",
    "/notices",
    "/units",
    "/units/ravensburg/drk",
    "/cases/case-0",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["desk", "phone"])
async def test_axe_finds_nothing(browser: Browser, site: Site, scheme: str, width: str) -> None:
    size = {"viewport": PHONE} if width == "phone" else {}
    async with visit(browser, site, color_scheme=scheme, **size) as visitor:
        await visitor.goto("/")
        found = {"/": await violations(visitor)}
        await visitor.get_by_label("Zugangsschlüssel").fill("x")
        await visitor.get_by_role("button", name="Anmelden").click()
        found["failed"] = await violations(visitor)
        await sign_in(visitor, site.token(examples.SUPERVISOR))
        for path in PAGES:
            await visitor.goto(path)
            for folded in await visitor.locator("details > summary").all():
                await folded.click()
            found[path] = await violations(visitor)
    assert {path: each for path, each in found.items() if each} == {}


async def test_axe_would_find_something(page: Page) -> None:
    await page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/static/pilot-flag.svg\">'")
    assert [each.split(":")[0] for each in await violations(page)] == ["image-alt"]


async def test_the_first_key_leads_past_the_header(page: Page) -> None:
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Zum Inhalt springen")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Alle Phasen")).to_be_focused()


async def test_the_keyboard_alone_signs_in_filters_and_opens_a_case(stranger: Page, site: Site) -> None:
    await stranger.goto("/")
    await reach(stranger, "#token")
    await stranger.keyboard.type(site.token())
    await stranger.keyboard.press("Enter")
    await stranger.wait_for_url("**/cases")
    await reach(stranger, "#late")
    await stranger.keyboard.press("Space")
    await reach(stranger, "button:has-text('Anwenden')")
    await stranger.keyboard.press("Enter")
    await stranger.wait_for_url("**late=true**")
    await reach(stranger, "tbody th a")
    await stranger.keyboard.press("Enter")
    await expect(stranger.get_by_role("heading", name="Verlauf")).to_be_visible()


@pytest.mark.parametrize("path", ["/cases", "/my-caseload?manager=im-drk-1", "/reviews", "/approvals"])
async def test_keyboard_focus_goes_in_the_order_of_the_page_and_can_be_seen(
    stranger: Page, site: Site, path: str
) -> None:
    page = stranger
    await sign_in(page, site.token(examples.SUPERVISOR))
    await page.goto(path)
    tops, places = (
        [],
        await page.locator("a:visible, button:visible, select:visible, summary, input:not([type=hidden])").count(),
    )
    for _ in range(places):
        await page.keyboard.press("Tab")
        top, outline, shadow = await page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [[...document.querySelectorAll('*')].indexOf(e), s.outlineStyle, s.boxShadow]; }"
        )
        tops.append(top)
        assert (outline, shadow) != ("none", "none")
    assert tops == sorted(tops)


async def test_twice_the_size_needs_no_scrolling_sideways(browser: Browser, site: Site) -> None:
    async with visit(browser, site, viewport={"width": 640, "height": 450}, device_scale_factor=2) as visitor:
        await sign_in(visitor, site.token(examples.SUPERVISOR))
        for path in PAGES:
            await visitor.goto(path)
            assert await visitor.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


async def test_lateness_is_said_and_not_only_coloured(page: Page) -> None:
    await page.goto("/cases?late=true")
    for text in await page.locator("tbody tr").all_inner_texts():
        assert "Überfällig" in text


async def test_paper_shows_the_story_and_not_the_controls(stranger: Page, site: Site) -> None:
    await sign_in(stranger, site.token(examples.SUPERVISOR))
    await stranger.emulate_media(media="print")
    for path in ("/cases", "/my-caseload?manager=im-drk-1", "/reviews", "/approvals"):
        await stranger.goto(path)
        await expect(stranger.get_by_role("table")).to_be_visible()
        for control in await stranger.locator("main form, main button, main select").all():
            await expect(control).to_be_hidden()


async def reach(page: Page, selector: str) -> None:
    """Presses Tab until an element that fits has the focus."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("s => document.activeElement.matches(s)", selector.split(":has-text", maxsplit=1)[0]):
            text = selector.partition(":has-text('")[2].removesuffix("')")
            if text in await page.evaluate("document.activeElement.innerText"):
                return
    raise AssertionError(f"Tab does not reach {selector}")
