"""Looking back in a real browser: by keyboard from entry to entry, by the slider, between two entries, and on paper."""

from playwright.async_api import Page, expect

from tests.browser import april

AMAL = f"/cases/{april.AMAL}"


async def test_one_steps_through_time_entry_by_entry_with_the_keyboard(page: Page) -> None:
    await page.goto(f"{AMAL}/as-of?event=2")
    await page.get_by_role("link", name="Einen Eintrag weiter").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Nach Eintrag 3 von")).to_be_visible()
    await page.get_by_role("link", name="Einen Eintrag zurück").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Nach Eintrag 2 von")).to_be_visible()


async def test_the_slider_leads_to_an_entry(page: Page) -> None:
    await page.goto(f"{AMAL}/as-of?event=2")
    await page.get_by_role("slider").focus()
    await page.keyboard.press("ArrowRight")
    await page.get_by_role("button", name="Diesen Eintrag zeigen").click()
    await expect(page.get_by_role("heading", name="Nach Eintrag 3 von")).to_be_visible()


async def test_two_entries_are_compared_in_plain_words(page: Page) -> None:
    await page.goto(f"{AMAL}/diff")
    await page.get_by_role("spinbutton", name="Von Eintrag").fill("2")
    await page.get_by_role("spinbutton", name="Bis Eintrag").fill("12")
    await page.get_by_role("button", name="Einträge vergleichen").click()
    await expect(page.get_by_role("row").filter(has_text="Vereinbart am")).to_contain_text("12. April 2018")


async def test_paper_shows_what_was_and_not_the_controls(page: Page) -> None:
    await page.emulate_media(media="print")
    for path in ("as-of?event=12", "diff?from_event=3"):
        await page.goto(f"{AMAL}/{path}")
        await expect(page.get_by_role("table")).to_be_visible()
        for control in await page.locator("main form, main button").all():
            await expect(control).to_be_hidden()
