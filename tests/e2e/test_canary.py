"""A name and a sentence put in through the API are found in clear nowhere, and are shown to someone allowed."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql
from temporalio.client import Client

from domain.personal import Personal, map_personal
from domain.story import Command
from domain.vocabulary import Reason, Role
from infra import postgres
from infra.dev_servers import Running, dev_services
from infra.event_store import EventStore
from infra.settings import Settings, token_key
from infra.tokens import issue
from tests import examples
from tests.readings import caught_up
from tests.replaying import everything_replays

NAME = "Kanarienvogel Zwitscherfeld"
SENTENCE = "Der Kanarienvogel hat gestern ein Geheimnis gezwitschert"
BIRTH_DATE = "1977-07-17"
CANARIES = (NAME, SENTENCE, BIRTH_DATE)
REASON = {"reason": Reason.OTHER, "reason_text": SENTENCE}


def with_canaries(command: Command) -> dict[str, Any]:
    """The command as a caller sends it, a canary in every personal field."""

    def canary(mark: Personal, _: str) -> str:
        if mark.birth_date:
            return BIRTH_DATE
        return NAME if mark.label == "person.name" else SENTENCE

    filled = command.model_copy(update=REASON)
    return map_personal(filled, canary).model_dump(mode="json", exclude_none=True)


@pytest.mark.timeout(120)
async def test_canaries_are_found_in_clear_nowhere_and_shown_to_someone_allowed(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", log_level="debug")
    said: list[str] = []
    async with dev_services(settings, free_ports=True, on_line=lambda part, line: said.append(line)) as running:
        token = issue(token_key(settings), subject="im-07", role=Role.MANAGER, provider="drk", days=1)
        async with httpx.AsyncClient(base_url=running.api_url, timeout=20) as http:
            case_id = await live(http, token)
            with postgres.pool(running.database_url, 1) as pool:
                await caught_up(pool, EventStore(pool).last_position())
            http.cookies.set("lotse_token", token)
            shown = await http.get(f"/cases/{case_id}")
            assert shown.status_code == 200
            assert NAME in shown.text
            assert SENTENCE in shown.text
            metrics = (await http.get("/metrics")).content

        assert found_in(await tables(running)) == []
        assert found_in(await histories(running)) == []
        await everything_replays(running.temporal_address)
        assert found_in({"metrics": metrics, "log": "\n".join(said).encode()}) == []
    assert found_in({str(path): path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}) == []


async def live(http: httpx.AsyncClient, token: str) -> str:
    """Every command that there is, with canaries; refused ones count too, and so does a body that is not a command."""
    headers = {"Authorization": f"Bearer {token}"}
    first = with_canaries(examples.REGISTER)
    opened = await http.post("/v1/cases", json=first, headers={**headers, "Idempotency-Key": "canary-0"})
    assert opened.status_code == 201, opened.text
    case_id = str(opened.json()["stream_id"])
    recorded = 0
    for n, command in enumerate((*examples.SUPPORTED[1:], *examples.COMMANDS.values()), 1):
        answer = await http.post(
            f"/v1/cases/{case_id}/commands",
            json=with_canaries(command),
            headers={**headers, "Idempotency-Key": f"canary-{n}"},
        )
        recorded += answer.status_code == 200
        assert answer.status_code < 500
        assert not any(canary in answer.text for canary in CANARIES)
    assert recorded >= len(examples.SUPPORTED) - 1
    wrong = await http.post(
        f"/v1/cases/{case_id}/commands",
        json={"kind": "AddGoal", "text": SENTENCE, "surplus": NAME, "field": SENTENCE},
        headers={**headers, "Idempotency-Key": "canary-wrong"},
    )
    assert wrong.status_code == 400
    assert not any(canary in wrong.text for canary in CANARIES)
    return case_id


async def tables(running: Running) -> dict[str, bytes]:
    """Every table of the database, as text and, where columns are bytes, as what they hold."""
    dump = {}
    async with await psycopg.AsyncConnection.connect(running.database_url) as connection:
        names = await (
            await connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).fetchall()
        for (name,) in names:
            rows = await (await connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name)))).fetchall()
            dump[name] = b"\n".join(
                value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
            )
    assert dump["stored_events"]
    assert dump["timeline_1"]
    return dump


async def histories(running: Running) -> dict[str, bytes]:
    """Every history of Temporal, its payloads decoded."""
    client = await Client.connect(running.temporal_address)
    found = {}
    async for execution in client.list_workflows():
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        history = json.loads((await handle.fetch_history()).to_json())
        found[execution.id] = b"\n".join(payloads(history))
    assert any(b"sealed:" in history for history in found.values()), "the payloads are read"
    return found


def payloads(part: Any) -> list[bytes]:
    if isinstance(part, dict):
        own = [base64.b64decode(part["data"])] if isinstance(part.get("data"), str) else []
        return own + [each for value in part.values() for each in payloads(value)]
    if isinstance(part, list):
        return [each for value in part for each in payloads(value)]
    return [str(part).encode()]


def found_in(places: dict[str, bytes]) -> list[str]:
    """Where a canary lies in clear: as it is, as JSON escapes it, or in base64."""
    return [
        f"{place}: {canary[:6]}…"
        for place, content in places.items()
        for canary in CANARIES
        if any(form in content for form in forms(canary))
    ]


def forms(canary: str) -> set[bytes]:
    """In base64 the bytes look different at each of three offsets; the rim of the canary is cut off."""
    plain = canary.encode()
    coded = {base64.b64encode(plain[offset : offset + (len(plain) - offset) // 3 * 3]) for offset in range(3)}
    return {plain, json.dumps(canary)[1:-1].encode(), *coded}
