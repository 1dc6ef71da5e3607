"""The town is written once for all browser tests; each test is a visitor of its own."""

import base64
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import psycopg
import pytest
from playwright.async_api import Browser, Page
from psycopg import sql
from temporalio.client import Client

from infra.settings import Settings
from tests import examples
from tests.api.doors import following
from tests.browser import april
from tests.browser.visiting import Site, chromium, served, sign_in, visit
from workers.case_worker import case_worker


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Site]:
    name = f"browser_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    keys = {name: base64.b64encode(bytes([n]) * 32).decode() for n, name in enumerate(("master_key", "token_key"), 3)}
    settings = Settings.model_validate(
        {
            "data_dir": tmp_path_factory.mktemp("lotse"),
            "database_url": postgres_url.replace("/postgres?", f"/{name}?", 1),
            **keys,
        }
    )
    april.fill(settings)
    with served(settings, at=april.NOON) as opened:
        yield opened
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest.fixture
async def stranger(browser: Browser, site: Site) -> AsyncIterator[Page]:
    """A visitor who is not signed in."""
    async with visit(browser, site) as page:
        yield page


@pytest.fixture
async def page(stranger: Page, site: Site) -> Page:
    """An integration manager, signed in, before the list of cases."""
    await sign_in(stranger, site.token())
    return stranger


@pytest.fixture(scope="package")
def engine_settings(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Settings]:
    name = f"engine_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    keys = {name: base64.b64encode(bytes([n]) * 32).decode() for n, name in enumerate(("master_key", "token_key"), 5)}
    yield Settings.model_validate(
        {
            "data_dir": tmp_path_factory.mktemp("lotse"),
            "database_url": postgres_url.replace("/postgres?", f"/{name}?", 1),
            "task_queue": name,
            **keys,
        }
    )
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="package")
async def whole(engine_settings: Settings, temporal_address: str, temporal_client: Client) -> AsyncIterator[Site]:
    """The app with the engine behind it."""
    async with case_worker(temporal_client, engine_settings), following(engine_settings):
        with served(engine_settings, temporal_address) as site:
            yield site


@pytest.fixture
async def supervisor(browser: Browser, whole: Site) -> AsyncIterator[Page]:
    async with visit(browser, whole) as page:
        await sign_in(page, whole.token(examples.SUPERVISOR))
        yield page
