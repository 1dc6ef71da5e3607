"""`kill -9` of every part in the middle of a load: what was acknowledged is stored once, and the read models equal the fold of the log."""

from pathlib import Path

import pytest

from domain import lifecycle
from domain.case import Case
from domain.vocabulary import Role
from infra import postgres
from infra.dev_servers import dev_services
from infra.event_format import first_break, hash_of
from infra.event_store import EventStore
from infra.settings import Settings, token_key
from infra.tokens import issue
from tests.e2e.town import STEPS, Load
from tests.readings import caught_up, chains, rows_equal_the_fold
from tests.replaying import everything_replays

PERSONS = 40
PARTS = ("case-worker", "follower", "temporal", "postgres", "api")


@pytest.mark.timeout(240)
async def test_a_part_that_is_killed_in_the_middle_of_a_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    async with dev_services(settings, free_ports=True) as running:
        token = issue(token_key(settings), subject="fl-01", role=Role.SUPERVISOR, provider="drk", days=1)
        load = Load(running.api_url, token)
        expected = PERSONS * (len(STEPS) + 1)
        kill_at = {expected * (n + 1) // (len(PARTS) + 1): part for n, part in enumerate(PARTS)}
        killed = []

        def kill(acknowledged: int) -> None:
            if part := kill_at.get(acknowledged):
                running.kill(part)
                killed.append(part)

        load.on_receipt = kill
        await load.play(PERSONS, at_once=12)

        assert killed == list(PARTS)
        assert load.unknown > 0, "the load felt the kills"
        with postgres.pool(running.database_url, 2) as pool:
            store = EventStore(pool)
            await caught_up(pool, store.last_position())
            log = store.read_after(0, 100_000)
            by_people = [each for each in log if not each.command_id.startswith("timer:")]
            assert sorted({each.command_id for each in by_people}) == sorted(load.receipts)
            assert len(by_people) == expected, "each command of this town records one event"
            for key, receipt in load.receipts.items():
                logged = store.logged(key)
                assert logged is not None
                assert logged.receipt.model_dump(mode="json") == receipt
            for stored in chains(pool).values():
                assert first_break(stored, hash_of(stored[-1])) is None
                lifecycle.replay(store.load(str(stored[0].originator_id)), Case())
            rows_equal_the_fold(pool, log)
        await everything_replays(running.temporal_address)
