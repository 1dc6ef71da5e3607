"""The pictures of the docs: `python -m tests.browser.pictures [folder]`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import FloatRect

from infra import dev_parts
from infra.settings import Settings
from tests import examples
from tests.browser import april
from tests.browser.visiting import chromium, served, sign_in, visit
from tests.conftest import UNSAFE_BUT_FAST
from tests.conftest import _running as running

FOLDER = Path(__file__).parent.parent.parent / "docs" / "pictures"
PERSONS = 220
TOP: FloatRect = {"x": 0, "y": 0, "width": 1280, "height": 1080}
PICTURES = {
    "caseload": ("/cases", 1080),
    "case": (f"/cases/{april.AMAL}", 2000),
    "my-caseload": ("/my-caseload?manager=im-drk-1", 1080),
    "approvals": ("/approvals", 640),
}
"""Address and height of each."""


async def take(home: Path, folder: Path) -> None:
    """Starts a PostgreSQL in `home`, fills it, and leaves a `.png` for every picture in `folder`."""
    options = dev_parts.description().postgres_options | UNSAFE_BUT_FAST
    async with running(dev_parts.postgres(home / "data", options), home / "log"):
        settings = Settings(data_dir=home / "lotse", database_url=dev_parts.postgres_url(home / "data"))
        await asyncio.to_thread(april.fill, settings, PERSONS)
        with served(settings, at=april.NOON) as site:
            async with chromium() as browser, visit(browser, site) as page:
                await sign_in(page, site.token(examples.SUPERVISOR))
                for name, (path, height) in PICTURES.items():
                    await page.goto(path)
                    await page.screenshot(path=folder / f"{name}.png", full_page=True, clip=TOP | {"height": height})


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="lotse-pictures-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)  # PostgreSQL runs as another user where we are root
        asyncio.run(take(Path(made), Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
