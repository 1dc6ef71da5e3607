"""A real browser before a real door: Debian's Chromium, the app under uvicorn, the town in April 2018."""

import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser, Page, async_playwright

from api import now
from api.main import create_app
from domain.envelopes import Actor
from infra.dev_parts import free_port
from infra.settings import Settings, token_key
from infra.tokens import issue
from tests import examples

CHROMIUM = os.environ.get("LOTSE_CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
NOBODY = "127.0.0.1:1"
STATIC = "/static/"
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 740}


@dataclass(frozen=True)
class Site:
    """The app as browsers see it."""

    address: str
    settings: Settings

    def token(self, by: Actor = examples.MANAGER, days: float = 1) -> str:
        key = token_key(self.settings)
        return issue(key, subject=by.id, role=by.role, provider=by.provider, deputy_for=by.deputy_for, days=days)


@contextmanager
def served(settings: Settings, temporal: str = NOBODY, at: datetime | None = None) -> Iterator[Site]:
    """The app in a thread, on a port of its own. Pages only look, so there is no Temporal unless one is named. `at`: what time it is at the door."""
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEMPORAL_ADDRESS", temporal)
        if at is not None:
            patch.setattr(now, "instant", lambda: at)
        yield from _served(settings, port)


def _served(settings: Settings, port: int) -> Iterator[Site]:
    server = uvicorn.Server(uvicorn.Config(create_app(settings), host="127.0.0.1", port=port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the app did not start"
        sleep(0.02)
    try:
        yield Site(f"http://127.0.0.1:{port}", settings)
    finally:
        server.should_exit = True
        thread.join(20)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        await browser.close()


@asynccontextmanager
async def visit(browser: Browser, site: Site, **more: Any) -> AsyncIterator[Page]:
    """A visitor with an empty cookie jar; whatever the page may not load or run is a failure."""
    context = await browser.new_context(**{"base_url": site.address, "locale": "de-DE", "viewport": DESK, **more})
    page = await context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    page.on(
        "response", lambda answer: faults.append(answer.url) if answer.status >= 400 and STATIC in answer.url else None
    )
    yield page
    await context.close()
    assert faults == []


async def sign_in(page: Page, token: str) -> None:
    await page.goto("/")
    await page.get_by_label("Zugangsschlüssel").fill(token)
    await page.get_by_role("button", name="Anmelden").click()
    await page.wait_for_url("**/cases")


async def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA and its own best practices, as `rule: elements`."""
    await page.evaluate(AXE.read_text())
    found: dict[str, Any] = await page.evaluate("axe.run(document)")
    return [f"{each['id']}: {[node['html'][:200] for node in each['nodes']]}" for each in found["violations"]]
