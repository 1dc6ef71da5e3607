"""When something is in the way of a page, people get a page: in time, in words, and without a trace."""

from collections.abc import AsyncIterator

import httpx
import pytest
from structlog.testing import capture_logs

from api import cases_page, rendering
from api.access import COOKIE
from tests.api.doors import Door
from tests.api.test_patience import PATIENCE_S, hanging

SECRET = "Amal Haddad wohnt in der Weststraße"


@pytest.fixture
async def browsing(lotse: Door) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is signed in."""
    lotse.http.cookies.set(COOKIE, lotse.bearing()["Authorization"].removeprefix("Bearer "))
    yield lotse.http
    lotse.http.cookies.clear()


async def test_while_postgresql_hangs_a_page_says_so_in_time(
    lotse: Door, browsing: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lotse.case()
    monkeypatch.setattr(rendering, "WITHIN_S", PATIENCE_S)

    with hanging(lotse.settings):
        answer = await browsing.get("/cases")

    assert answer.status_code == 503
    assert "Lotse ist gerade nicht erreichbar" in answer.text


async def test_an_error_of_ours_is_a_page_with_the_number_that_is_in_the_log(
    browsing: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> dict[str, object]:
        raise LookupError(SECRET)

    monkeypatch.setattr(cases_page, "content", broken)

    with capture_logs() as logged:
        answer = await browsing.get("/cases")

    assert answer.status_code == 500
    assert logged[-1]["error_id"] in answer.text
    assert "Hier ist bei uns etwas schiefgegangen" in answer.text
    assert SECRET not in answer.text + str(logged)
