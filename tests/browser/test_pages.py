"""The pages as a visitor meets them: sign in, find a case, read its story, in either language, on a desk and on a phone."""

import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from domain.envelopes import Actor
from domain.vocabulary import Role
from tests import examples
from tests.browser import april
from tests.browser.visiting import PHONE, Site, sign_in, visit

AMAL = f"/cases/{april.AMAL}"


def acting_as(role: Role) -> Actor:
    return examples.MANAGER.model_copy(update={"role": role})


async def test_whoever_signs_in_sees_the_cases_of_their_provider(page: Page) -> None:
    await expect(page).to_have_title("Fälle – Lotse")
    await expect(page.get_by_text("Angemeldet: Integrationsmanager/in im-07")).to_be_visible()
    for text in await page.locator("tbody tr").all_inner_texts():
        assert "im-diakonie" not in text
    await page.get_by_label("Zuständig", exact=True).select_option("im-07")
    await page.get_by_role("button", name="Anwenden").click()
    await expect(page.get_by_role("link", name="Amal Haddad")).to_be_visible()


async def test_a_token_that_is_no_token_is_told_in_words(stranger: Page) -> None:
    await stranger.goto("/")
    await stranger.get_by_label("Zugangsschlüssel").fill("not.a.token")
    await stranger.get_by_role("button", name="Anmelden").click()
    await expect(stranger.get_by_role("alert")).to_contain_text("abgelaufen oder nicht vollständig")
    assert await stranger.context.cookies() == []


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(page: Page) -> None:
    (cookie,) = await page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("lotse_token", True, "Strict")


async def test_whoever_signs_out_is_out(page: Page) -> None:
    await page.get_by_role("button", name="Abmelden").click()
    await expect(page.get_by_text("Sie sind abgemeldet.")).to_be_visible()
    answer = await page.goto("/cases")
    assert answer is not None
    assert answer.status == 401


async def test_whoever_comes_without_signing_in_gets_to_the_page_after_it(stranger: Page, site: Site) -> None:
    answer = await stranger.goto(AMAL)
    assert answer is not None
    assert answer.status == 401
    await stranger.get_by_label("Zugangsschlüssel").fill(site.token())
    await stranger.get_by_role("button", name="Anmelden").click()
    await expect(stranger.get_by_role("heading", level=1)).to_have_text("Amal Haddad")


async def test_a_phase_is_chosen_by_its_count(page: Page) -> None:
    tile = page.get_by_role("navigation", name="Fälle nach Phase").get_by_role("link", name=re.compile("Aufnahme$"))
    count = int((await tile.inner_text()).split()[0])
    await tile.click()
    await expect(page.get_by_role("table")).to_contain_text(f"{count} Fälle")
    cells = page.get_by_role("row").filter(has=page.get_by_role("cell", name="Aufnahme", exact=True))
    await expect(cells).to_have_count(count)


async def test_the_list_is_narrowed_by_manager_and_by_lateness_and_widened_again(page: Page) -> None:
    await page.get_by_label("Zuständig", exact=True).select_option("im-drk-2")
    await page.get_by_label("Nur überfällige Fälle").check()
    await page.get_by_role("button", name="Anwenden").click()
    rows = page.locator("tbody tr")
    assert await rows.count() > 0
    for text in await rows.all_inner_texts():
        assert "im-drk-2" in text
        assert "Überfällig" in text
    await page.get_by_role("link", name="Filter zurücksetzen").click()
    await expect(page.get_by_label("Nur überfällige Fälle")).not_to_be_checked()


async def test_a_filter_that_nothing_fits_says_so(page: Page) -> None:
    await page.goto("/cases?manager=im-99&late=true")
    await expect(page.get_by_role("heading", name="Kein Fall passt zu diesen Filtern.")).to_be_visible()
    await expect(page.get_by_label("Zuständig", exact=True)).to_have_value("im-99")


async def test_every_case_stands_on_one_page_of_the_list(page: Page) -> None:
    total = int((await page.locator("caption").inner_text()).split()[0])
    seen: list[str] = []
    while True:
        seen += await page.locator("tbody th a").evaluate_all("links => links.map(each => each.pathname)")
        following = page.get_by_role("link", name="Weitere Fälle")
        if not await following.count():
            break
        await following.click()
    assert (len(seen), len(set(seen))) == (total, total)
    assert f"/cases/{april.ELSEWHERE}" not in seen


async def test_a_story_is_told_in_plain_words(page: Page) -> None:
    await page.goto(AMAL)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Amal Haddad")
    events = page.locator(".timeline > li")
    await expect(events.first).to_contain_text("Der Stand der Deutschkenntnisse wurde erfasst: A1.")
    await expect(events.first).to_contain_text("Gilt ab: 20. März 2018")
    await expect(events.last).to_contain_text("Die Person wurde registriert: Amal Haddad.")
    await expect(events.last).to_contain_text("Geburtsdatum: 17. Mai 1990")
    postponed = events.filter(has_text="verschoben")
    await expect(postponed).to_contain_text("Ziel 1 wurde auf den 30. September 2019 verschoben.")
    await expect(postponed).to_contain_text(f"Warum: Krankheit: {april.WHY}")
    await expect(postponed).to_contain_text(f"Ziel: {april.GOAL}")
    await expect(postponed).to_contain_text("Wer: Vertretung im-03, in Vertretung für im-07")
    reminder = events.filter(has_text="Erinnerung")
    await expect(reminder).to_contain_text("Ausgelöst durch: die Fristüberwachung")
    await expect(page.locator("main")).not_to_contain_text("sealed:")


async def test_the_list_says_how_far_the_end_of_support_is(page: Page) -> None:
    await page.goto("/cases?manager=im-07")

    def row_of(case_id: str) -> Locator:
        return page.get_by_role("row").filter(has=page.locator(f"a[href='/cases/{case_id}']"))

    await expect(row_of(april.LEAVING)).to_contain_text("Stufe 1, Kontakt alle 2 Wochen")
    await expect(row_of(april.LEAVING)).to_contain_text("Beendigung vorgeschlagen, wartet auf Zustimmung")
    await expect(row_of(april.CLOSED)).to_contain_text("am 24. April 2018: ")
    await expect(row_of(april.REOPENED)).to_contain_text("wieder aufgenommen am 27. April 2018")
    await expect(row_of(april.REOPENED)).not_to_contain_text("am 24. April 2018")


@pytest.mark.parametrize(
    ("case_id", "language", "said"),
    [
        (april.LEAVING, "Deutsch", "Am 20. April 2018 wurde die Beendigung vorgeschlagen."),
        (april.LEAVING, "Deutsch", "Stufe 1 seit 16. April 2018, Kontakt alle 2 Wochen"),
        (april.LEAVING, "English", "stage 1 since 16 April 2018, contact every 2 weeks"),
        (april.CLOSED, "Deutsch", "am 24. April 2018, Grund: "),
        (april.CLOSED, "English", "on 24 April 2018, reason: "),
        (april.REOPENED, "Deutsch", "Wieder aufgenommen"),
        (april.REOPENED, "English", "Reopened"),
    ],
)
async def test_a_case_says_how_far_the_end_of_support_is(page: Page, case_id: str, language: str, said: str) -> None:
    await page.goto(f"/cases/{case_id}")
    if language == "English":
        await page.get_by_role("button", name=language).click()
    await expect(page.locator("main").get_by_text(said).first).to_be_visible()


async def test_what_waits_for_a_second_person_leads_to_its_case(stranger: Page, site: Site) -> None:
    await sign_in(stranger, site.token(examples.SUPERVISOR))
    await stranger.get_by_role("link", name="Zustimmungen").click()
    await expect(stranger).to_have_title("Zustimmungen – Lotse")
    row = stranger.get_by_role("row").filter(has_text="Semhar Tekle")
    await expect(row).to_contain_text("Beendigung")
    await expect(row).to_contain_text("im-07")
    await row.get_by_role("link", name="Im Verlauf lesen").click()
    await expect(stranger.get_by_text("Eine zweite Person muss noch zustimmen.")).to_be_visible()


async def test_what_was_erased_is_shown_as_no_longer_readable(page: Page) -> None:
    await page.goto(f"/cases/{april.ERASED}")
    await expect(page.get_by_role("heading", level=1)).to_have_text("nicht mehr lesbar")
    await expect(page.get_by_text("Der Schlüssel dieser Person wurde vernichtet.")).to_be_visible()
    await expect(page.locator(".timeline > li")).to_have_count(1)


async def test_data_protection_follows_the_story_without_names_and_texts(stranger: Page, site: Site) -> None:
    await sign_in(stranger, site.token(acting_as(Role.DPO)))
    await stranger.goto(AMAL)
    await expect(stranger.get_by_role("heading", level=1)).to_have_text("für Ihre Rolle nicht sichtbar")
    content = await stranger.content()
    assert [secret for secret in ("Amal", "Haddad", april.WHY, april.GOAL, "1990") if secret in content] == []


@pytest.mark.parametrize(
    ("role", "path", "status", "heading"),
    [
        (Role.MANAGER, "/cases/case-0", 404, "Diese Seite gibt es nicht"),
        (Role.MANAGER, f"/cases/{april.ELSEWHERE}", 403, "Das ist Ihrer Rolle nicht erlaubt"),
        (Role.OPERATOR, "/cases", 403, "Das ist Ihrer Rolle nicht erlaubt"),
        (Role.MANAGER, "/cases?phase=LIMBO", 400, "Diese Eingabe können wir nicht verarbeiten"),
        (Role.MANAGER, "/cases?after=yesterday", 400, "Diese Eingabe können wir nicht verarbeiten"),
        (Role.MANAGER, "/cases?after=a%00_b_c", 400, "Diese Eingabe können wir nicht verarbeiten"),
        (Role.MANAGER, "/cases?municipality=%00", 400, "Diese Eingabe können wir nicht verarbeiten"),
        (Role.MANAGER, "/cases/%00", 404, "Diese Seite gibt es nicht"),
        (Role.MANAGER, "/sign-in", 404, "Diese Seite gibt es nicht"),
    ],
)
async def test_what_is_in_the_way_is_told_in_words(
    stranger: Page, site: Site, role: Role, path: str, status: int, heading: str
) -> None:
    await stranger.goto("/")
    await stranger.get_by_label("Zugangsschlüssel").fill(site.token(acting_as(role)))
    await stranger.get_by_role("button", name="Anmelden").click()
    answer = await stranger.goto(path)
    assert answer is not None
    assert answer.status == status
    await expect(stranger.get_by_role("heading", level=1)).to_have_text(heading)


async def test_the_language_is_switched_and_kept(page: Page) -> None:
    await page.goto(AMAL)
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator(".timeline > li").last).to_contain_text("The person was registered: Amal Haddad.")
    await page.get_by_role("link", name="Back to the list of cases").click()
    await expect(page).to_have_title("Cases – Lotse")


async def test_a_phone_shows_every_page_without_scrolling_sideways(browser: Browser, site: Site) -> None:
    async with visit(browser, site, viewport=PHONE) as phone:
        await sign_in(phone, site.token())
        lists = (
            "/cases",
            "/overview",
            "/my-caseload?manager=im-drk-1",
            "/reviews",
            "/referrals",
            "/approvals",
            "/notices",
        )
        for path in (*lists, f"/cases/{april.LEAVING}", f"{AMAL}/facts", AMAL):
            await phone.goto(path)
            assert await phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        await expect(phone.locator(".timeline > li").first).to_be_visible()
