"""`lotse cases resume|refresh`: Temporal's whole memory is gone, and from the events alone every case goes on."""

import asyncio
import json
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from domain import lifecycle
from domain.deadlines import DeadlineEscalated, DeadlineFellDue
from domain.envelopes import Recorded
from domain.policy import POLICIES
from domain.vocabulary import Role
from infra import dev_parts, postgres
from infra.dev_servers import Running, dev_services
from infra.event_store import EventStore, stories
from infra.seals import Keyring
from infra.settings import Settings, master_key, token_key
from infra.tokens import issue
from tests.cli.conftest import lotse
from tests.e2e.town import Load
from workflows import fleet

PERSONS = 12


def told(running: Running) -> dict[str, list[Recorded]]:
    with postgres.pool(running.database_url, 1) as pool, pool.connection() as connection, connection.transaction():
        return dict(stories(connection))


async def lose_temporal(running: Running, data_dir: Path) -> None:
    """All its files are deleted under it; the launcher starts it again, and it knows nothing any more."""
    kept = data_dir / dev_parts.description().temporal_file
    for file in kept.parent.glob(f"{kept.name}*"):
        file.unlink()
    running.kill("temporal")
    await running.until_ready("temporal")


@pytest.mark.timeout(240)
async def test_all_of_temporals_data_may_be_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    async with dev_services(settings, free_ports=True) as running:
        monkeypatch.setenv("LOTSE_DATA_DIR", str(settings.data_dir))
        token = issue(token_key(settings), subject="fl-01", role=Role.SUPERVISOR, provider="drk", days=1)
        monkeypatch.setenv("LOTSE_TOKEN", token)
        load = Load(running.api_url, token)
        lost = asyncio.Event()
        load.on_receipt = lambda n: lost.set() if n == PERSONS * 5 else None
        playing = asyncio.create_task(load.play(PERSONS, at_once=6))
        await lost.wait()
        await lose_temporal(running, settings.data_dir)
        await playing  # in the middle of the load: whoever asks starts a case's workflow anew
        await lose_temporal(running, settings.data_dir)
        client = await Client.connect(running.temporal_address)
        assert await fleet.running(client, running.settings.task_queue) == set()
        before = told(running)
        by_people = {n: [e for e in story if not e.command_id.startswith("timer:")] for n, story in before.items()}
        assert {len(story) for story in by_people.values()} == {11}, "nothing is lost, nothing doubled"

        counted = json.loads((await lotse("cases", "resume", "--dry-run", "--json")).out)
        assert (counted["stories"], counted["started"]) == (PERSONS, False)
        resumed = await lotse("cases", "resume", "--json")
        assert (resumed.code, json.loads(resumed.out)["stories"]) == (0, PERSONS)
        again = await lotse("cases", "resume")
        assert again.code == 0

        with postgres.pool(running.database_url, 2) as pool:
            keyring, store = Keyring(pool, master_key(settings)), EventStore(pool)
            for stream_id in before:
                standing = await _settled(client, stream_id, store)
                story = store.load(stream_id)
                now = story[-1].recorded_at
                state = lifecycle.state_of(stream_id, story)
                timer = lifecycle.timer(stream_id, state, POLICIES, now, keyring.opener(stream_id))
                assert standing == {"version": len(story), "at": timer and timer.deadline.at.isoformat()}
        stages = [
            (recorded.stream_id, recorded.name, recorded.event.deadline, recorded.event.due_on)
            for story in told(running).values()
            for recorded in story
            if isinstance(recorded.event, DeadlineFellDue | DeadlineEscalated)
        ]
        assert len(stages) == len(set(stages)) > 0, "each stage of each deadline comes once"
        for stream_id in before:
            body, key = json.dumps({"scope": "STATISTICS", "form": "WRITTEN", "language": "ar"}), f"after-{uuid4()}"
            answer = await lotse("cases", "submit", stream_id, "--kind", "RecordConsent", "--body", body, "--key", key)
            assert answer.code == 0, answer.err


async def _settled(client: Client, stream_id: str, store: EventStore) -> dict[str, object] | None:
    """What the workflow knows, once it has seen the last event; overdue deadlines come right after the start."""
    async with asyncio.timeout(30):
        while True:
            standing = await fleet.standing(client, stream_id)
            if standing and standing["version"] == len(store.load(stream_id)):
                return standing
            await asyncio.sleep(0.05)


async def test_of_workflows_that_know_the_right_time_none_moves(at_home: Running) -> None:
    nothing = await lotse("cases", "refresh", "--all", "--json")
    assert (nothing.code, json.loads(nothing.out)) == (0, {"moved": [], "applied": False})


async def test_a_workflow_that_was_started_without_memory_of_its_time_is_moved(at_home: Running) -> None:
    """As after a mended rule: what the workflow waits for is not what the rules say now."""
    key = f"test-{uuid4()}"
    registered = await lotse(
        "cases",
        "submit",
        "new",
        "--kind",
        "RegisterPerson",
        "--body",
        '{"name": "Amal Haddad"}',
        "--key",
        key,
        "--json",
    )
    case_id = json.loads(registered.out)["stream_id"]
    for n, (kind, body) in enumerate(
        (
            (
                "ConfirmEligibility",
                {"basis": "AU_FLUEAG", "title_code": "P25_2", "au_since": "2018-01-01", "evidence_seen": True},
            ),
            ("OpenCase", {"municipality": "ravensburg"}),
        )
    ):
        asked = await lotse(
            "cases", "submit", case_id, "--kind", kind, "--body", json.dumps(body), "--key", f"{key}-{n}"
        )
        assert asked.code == 0, asked.err
    client = await Client.connect(at_home.temporal_address)
    await client.get_workflow_handle(case_id).terminate()
    wrong = fleet.Waiting(case_id, "drk", 3, None)
    await fleet.start(client, at_home.settings.task_queue, [wrong], 100, lambda: None)

    shown = json.loads((await lotse("cases", "refresh", "--story", case_id, "--json")).out)
    assert shown["applied"] is False
    (moves,) = shown["moved"]
    assert (moves["before"], moves["after"] is None) == (None, False)
    applied = json.loads((await lotse("cases", "refresh", "--story", case_id, "--apply", "--json")).out)
    assert applied == {"moved": [moves], "applied": True}
    assert await fleet.standing(client, case_id) == {"version": 3, "at": moves["after"]}


async def test_whoever_says_not_which_is_asked(at_home: Running) -> None:
    ended = await lotse("cases", "refresh")
    assert ended.code == 2
