"""A database with the event store's tables, and connections to it."""

from collections.abc import Iterator

import pytest

from infra.postgres import Pool, migrate, pool


@pytest.fixture
def url(database_url: str) -> str:
    migrate(database_url)
    return database_url


@pytest.fixture
def connections(url: str) -> Iterator[Pool]:
    with pool(url, 6) as opened:
        yield opened
