"""What spans cases, as its readers meet it: the overview, one's own list, reviews, referrals, notices; and the facts of one case on two days."""

import re

from playwright.async_api import Page, expect

from domain.vocabulary import Role
from tests import examples
from tests.browser import april
from tests.browser.visiting import Site, sign_in

AMAL = f"/cases/{april.AMAL}"


async def test_every_number_of_the_overview_is_that_of_the_list_it_leads_to(page: Page) -> None:
    await page.goto("/overview")
    tiles = page.locator(".summary__tile")
    assert await tiles.count() == 12
    for nth in range(await tiles.count()):
        await page.goto("/overview")
        tile = tiles.nth(nth)
        count, address = int((await tile.inner_text()).split()[0]), await tile.get_attribute("href")
        await tile.click()
        assert address is not None
        if address in ("/cases", "/notices", "/units"):
            continue  # they show more: closed cases, notices of earlier weeks, each unit with its own
        if count:
            await expect(page.locator("caption")).to_contain_text(re.compile(rf"^{count} "))
        else:
            await expect(page.locator(".empty")).to_be_visible()


async def test_late_reviews_are_listed_by_who_is_responsible(page: Page) -> None:
    await page.goto("/overview")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="im-drk-1"))
    count = (await row.get_by_role("cell").first.inner_text()).strip()
    await row.get_by_role("link").click()
    await expect(page.get_by_role("table")).to_contain_text(f"{count} Überprüfungen stehen an")
    for text in await page.locator("tbody tr").all_inner_texts():
        assert "im-drk-1" in text
        assert "überfällig" in text


async def test_reviews_are_sorted_by_lateness_and_narrowed(page: Page) -> None:
    await page.goto("/reviews")
    first = page.locator("tbody tr").first
    await expect(first).to_contain_text("16 Tage überfällig")
    await expect(first).to_contain_text("Fachleitung benachrichtigt")
    await page.get_by_label("Nur der Fachleitung gemeldete").check()
    await page.get_by_role("button", name="Anwenden").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.get_by_role("link", name="Filter zurücksetzen").click()
    await page.get_by_label("Gemeinde").select_option("ravensburg")
    await page.get_by_role("button", name="Anwenden").click()
    for text in await page.locator("tbody tr").all_inner_texts():
        assert "Ravensburg" in text


async def test_a_manager_finds_todays_work_and_what_presses_first(page: Page) -> None:
    await page.get_by_role("link", name="Meine Fälle").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Meine Fälle")
    await expect(page.get_by_label("Fälle von")).to_have_value("im-07")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Semhar Tekle"))
    for shown in (
        "Ravensburg",
        "Stufe 1, Kontakt alle 2 Wochen",
        "wartet auf Zustimmung",
        "11 Tage überfällig",
        "Plan 1 vereinbart",
        "seit 101 Tagen",
        "1× Klient/in (Eigenleistung)",
        "1 Verweis ohne Ergebnis",
        "vor 10 Tagen",
        "Begleitung bis 7. Januar 2020",
    ):
        await expect(row).to_contain_text(shown)
    await expect(page.locator("tbody tr").first).to_contain_text("Semhar Tekle")
    await expect(page.get_by_text("Luwam Haile")).to_have_count(0)


async def test_whoever_stands_in_finds_those_cases_too_and_they_are_not_counted_as_their_own(page: Page) -> None:
    await page.goto("/my-caseload?manager=im-03")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody tr")).to_contain_text("in Vertretung für im-07")
    await expect(page.locator(".numbers dd").first).to_have_text("0")


async def test_whoever_has_no_cases_is_told_so(page: Page) -> None:
    await page.goto("/my-caseload?manager=im-99")
    await expect(page.get_by_role("heading", name="Hier sind gerade keine laufenden Fälle.")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Fälle von im-99")


async def test_referrals_tell_from_whom_word_is_waited_for_and_how_long(page: Page) -> None:
    await page.goto("/referrals")
    await page.get_by_role("link", name="Psychologische Beratung", exact=True).click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Semhar Tekle"))
    await expect(row).to_contain_text("84 Tagen")
    await expect(row).to_contain_text("verwiesen am 5. Februar 2018")
    for text in await page.locator("tbody tr").all_inner_texts():
        assert "Psychologische Beratung" in text


async def test_a_fact_is_shown_as_it_was_known_on_a_day(page: Page) -> None:
    await page.goto(AMAL)
    await page.get_by_role("link", name="Was wann galt").click()
    held = page.get_by_role("region", name="Das galt am")
    await expect(held).to_contain_text("Deutschkenntnisse")
    await expect(held).to_contain_text("A1 (seit 20. März 2018)")
    await page.get_by_label("nach dem Wissensstand vom", exact=True).fill("2018-04-25")
    await page.get_by_role("button", name="Anzeigen").click()
    await expect(page.get_by_role("heading", name="nach dem Wissensstand vom 25. April 2018")).to_be_visible()
    await expect(held).not_to_contain_text("Deutschkenntnisse")
    await page.get_by_role("link", name="Zurück auf heute").click()
    await expect(held).to_contain_text("Deutschkenntnisse")
    await page.get_by_role("link", name="26. April 2018").click()
    await expect(page.locator(".timeline > li").first).to_contain_text("Der Stand der Deutschkenntnisse")


async def test_notices_lead_to_what_they_are_about(page: Page) -> None:
    await page.goto("/notices")
    first = page.locator("tbody tr").first
    await expect(first).to_contain_text("Die Frist war der")
    await first.get_by_role("link").click()
    entry = page.locator(page.url[page.url.index("#") :])
    await expect(entry).to_contain_text("Lotse (automatisch)")


async def test_whoever_may_not_see_names_sees_numbers_and_dates(stranger: Page, site: Site) -> None:
    dpo = examples.MANAGER.model_copy(update={"role": Role.DPO})
    await sign_in(stranger, site.token(dpo))
    for path in ("/my-caseload", "/reviews", "/referrals", "/approvals", "/notices", f"{AMAL}/facts"):
        await stranger.goto(path)
        await expect(stranger.get_by_role("table")).to_be_visible()
        text = await stranger.locator("main").inner_text()
        assert not [name for name in ("Tekle", "Haddad", "sealed:") if name in text], path


async def test_the_lists_speak_english_too(page: Page) -> None:
    await page.goto("/my-caseload")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("My cases")
    await expect(page.locator("tbody tr").first).to_contain_text("11 days overdue")
    await page.get_by_role("link", name="Reviews", exact=True).click()
    await expect(page.get_by_role("table")).to_contain_text("reviews lie ahead")
