"""`lotse audit` over everything that `lotse dev` runs: a whole store, one that somebody has altered, and a file for others to check."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import TupleRow

from infra.dev_servers import Running
from infra.settings import database_url
from tests.cli.conftest import lotse

PERSON = '{"name": "Amal Haddad", "birth_date": "1990-05-17"}'


@pytest.fixture
async def case_id(at_home: Running) -> str:
    key = f"test-{uuid4()}"
    ended = await lotse("cases", "submit", "new", "--kind", "RegisterPerson", "--body", PERSON, "--key", key, "--json")
    assert ended.code == 0, ended.err
    found = str(json.loads(ended.out)["stream_id"])
    while (await lotse("cases", "show", found)).code != 0:
        pass  # whoever alters the event afterwards must not have it told to the read models, which other tests look at
    return found


@pytest.fixture
async def altered(at_home: Running, case_id: str) -> AsyncIterator[str]:
    """A case of which somebody has changed a word in the database; changed back afterwards."""
    with psycopg.connect(database_url(at_home.settings), autocommit=True) as connection:
        _replace(connection, case_id, "UNKNOWN", "FEMALE")
        yield case_id
        _replace(connection, case_id, "FEMALE", "UNKNOWN")


def _replace(connection: "psycopg.Connection[TupleRow]", case_id: str, old: str, new: str) -> None:
    changed = connection.execute(
        "UPDATE stored_events SET state = replace(convert_from(state, 'UTF8'), %s, %s)::bytea"
        " WHERE originator_id = %s AND position(%s IN convert_from(state, 'UTF8')) > 0",
        (old, new, case_id, old),
    )
    assert changed.rowcount == 1


async def test_a_store_that_nobody_altered_is_whole(case_id: str) -> None:
    ended = await lotse("audit", "verify", "--all")
    assert ended.code == 0
    assert "✓ Nothing was altered." in ended.out


async def test_the_altered_event_is_named_and_nothing_is_signed(altered: str) -> None:
    for command in (("verify", "--all"), ("verify", "--case", altered), ("checkpoint",)):
        ended = await lotse("audit", *command)
        assert ended.code == 1
        assert f"✗ {altered}, event 1: this event is not what was recorded (ALTERED)" in ended.out


async def test_an_exported_story_is_checked_without_a_database(
    case_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, key = tmp_path / "story.json", tmp_path / "key.pem"
    assert (await lotse("audit", "checkpoint")).code == 0
    exported = await lotse("audit", "export", "--case", case_id, "--output", str(file))
    assert (exported.code, "1 events, 1 of them under checkpoint" in exported.out) == (0, True)
    key.write_text((await lotse("audit", "public-key")).out)
    monkeypatch.setenv("LOTSE_DATA_DIR", str(tmp_path / "elsewhere"))

    whole = await lotse("audit", "verify", "--file", str(file), "--public-key", str(key))
    file.write_text(file.read_text().replace("UNKNOWN", "FEMALE"))
    forged = await lotse("audit", "verify", "--file", str(file), "--public-key", str(key), "--json")

    assert (whole.code, forged.code) == (0, 1)
    assert "Haddad" not in file.read_text()
    assert json.loads(forged.out)["breaks"][0]["fault"] == "UNDER_CHECKPOINT"


async def test_what_is_asked_wrongly_is_said_plainly(case_id: str, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.json"
    other = tmp_path / "other.json"
    other.write_text("{}")
    assert [
        (ended.code, part in ended.err)
        for arguments, part in (
            (("verify",), "say one of"),
            (("verify", "--case", "case-0"), "There is no story case-0."),
            (("verify", "--file", str(nothing)), "can't be read"),
            (("verify", "--file", str(other)), "no exported story"),
            (("verify", "--all", "--public-key", str(other)), "no public key"),
            (("export", "--case", "case-0", "-o", str(nothing)), "There is no story case-0."),
        )
        if (ended := await lotse("audit", *arguments))
    ] == [(2, True)] * 6
