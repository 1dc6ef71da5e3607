"""Forms that others send, addresses that lead elsewhere, and services that are away."""

from pathlib import Path

import httpx
import pytest

from infra.settings import Settings
from tests import examples
from tests.browser import april
from tests.browser.visiting import Site, served

OURS = {"Sec-Fetch-Site": "same-origin"}


def send(site: Site, path: str, headers: dict[str, str], **form: str) -> httpx.Response:
    return httpx.post(f"{site.address}{path}", data=form, headers=headers)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/language"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example"},
        {"Origin": "https://other.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_a_form_that_another_site_sends_is_refused(site: Site, path: str, headers: dict[str, str]) -> None:
    answer = send(site, path, headers, token=site.token(), language="en")
    assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)


def test_a_browser_that_says_only_the_origin_is_believed(site: Site) -> None:
    answer = send(site, "/sign-in", {"Origin": site.address}, token=site.token())
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")


@pytest.mark.parametrize("back", ["https://other.example/", "//other.example/", "/\\other.example", "javascript:1", ""])
def test_nobody_is_sent_elsewhere(site: Site, back: str) -> None:
    assert send(site, "/sign-in", OURS, token=site.token(), back=back).headers["location"] == "/cases"


@pytest.mark.parametrize("token", ["", "x", "Bearer", "a.b.c"])
def test_what_is_no_token_opens_nothing(site: Site, token: str) -> None:
    answer = send(site, "/sign-in", OURS, token=token)
    assert (answer.status_code, answer.headers.get("set-cookie")) == (401, None)


def test_an_expired_token_opens_nothing(site: Site) -> None:
    assert send(site, "/sign-in", OURS, token=site.token(days=-1)).status_code == 401


def test_a_language_that_is_not_ours_is_not_kept(site: Site) -> None:
    answer = send(site, "/language", OURS, language="tlh")
    assert (answer.status_code, answer.headers.get("set-cookie")) == (400, None)


def test_pages_bring_no_script_and_load_nothing_from_elsewhere(site: Site) -> None:
    cookies = {"lotse_token": site.token()}
    for path in ("/", "/cases", f"/cases/{april.AMAL}"):
        answer = httpx.get(f"{site.address}{path}", cookies=cookies, follow_redirects=True)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert [found for found in ("<script", "style=", "http://", "https://") if found in answer.text] == []


def test_names_are_never_put_into_a_page_as_markup(site: Site) -> None:
    answer = httpx.get(f"{site.address}/cases?manager=<b>x</b>", cookies={"lotse_token": site.token()})
    assert "<b>x</b>" not in answer.text


def test_without_a_database_a_page_says_so_and_that_nothing_is_lost(site: Site, tmp_path: Path) -> None:
    nowhere = {"database_url": "postgresql://nobody@127.0.0.1:1/none", "data_dir": tmp_path}
    with served(Settings.model_validate({**site.settings.model_dump(), **nowhere})) as dark:
        answer = httpx.get(f"{dark.address}/cases", cookies={"lotse_token": dark.token()}, timeout=20)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "Es ist nichts verloren gegangen." in answer.text


def test_in_production_cookies_travel_encrypted_only(site: Site) -> None:
    with served(site.settings.model_copy(update={"mode": "production"})) as real:
        answer = send(real, "/sign-in", OURS, token=real.token(examples.SUPERVISOR))
    assert "; Secure" in answer.headers["set-cookie"]
