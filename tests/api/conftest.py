"""One door with everything behind it for a file of tests; each test brings its own cases and keys."""

import base64
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from temporalio.client import Client

from infra.settings import Settings
from tests.api.doors import Door, door, following
from workers.case_worker import case_worker


@pytest.fixture(scope="module")
def house_settings(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Settings]:
    """Its own data folder, database, queue and keys."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    keys = {name: base64.b64encode(bytes([n]) * 32).decode() for n, name in enumerate(("master_key", "token_key"), 7)}
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


@pytest.fixture(scope="module")
async def lotse(house_settings: Settings, temporal_address: str, temporal_client: Client) -> AsyncIterator[Door]:
    async with (
        case_worker(temporal_client, house_settings),
        following(house_settings),
        door(house_settings, temporal_address) as opened,
    ):
        yield opened
