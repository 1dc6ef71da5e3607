"""The desk, open."""

from collections.abc import Iterator

import pytest

from activities.policies import PublishedPolicies
from activities.record import Recorder
from infra.calendar import is_holiday
from infra.event_store import EventStore
from infra.postgres import migrate, pool
from infra.seals import Keyring
from tests.activities.desk import MASTER, NOON, PERSON, THREADS, Desk


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    migrate(database_url)
    with pool(database_url, THREADS) as connections:
        keyring, store = Keyring(connections, MASTER), EventStore(connections)
        keyring.create(PERSON)
        yield Desk(
            Recorder(store, keyring, PublishedPolicies(store), is_holiday, lambda: NOON), keyring, store, connections
        )
