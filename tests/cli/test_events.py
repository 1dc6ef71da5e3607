"""`lotse events`: what is stored, as it is stored, and nobody's name."""

import asyncio
import json
from uuid import uuid4

import pytest

from infra.dev_servers import Running
from tests.cli.conftest import lotse, started

NAME = "Amal Haddad"


async def registered() -> str:
    asked = ("--kind", "RegisterPerson", "--body", json.dumps({"name": NAME}), "--key", f"test-{uuid4()}", "--json")
    ended = await lotse("cases", "submit", "new", *asked)
    assert ended.code == 0, ended.err
    case_id: str = json.loads(ended.out)["stream_id"]
    return case_id


async def test_the_events_of_a_story_are_shown_with_what_is_sealed_sealed(at_home: Running) -> None:
    case_id = await registered()
    shown, raw = await lotse("events", "show", case_id), await lotse("events", "show", case_id, "--json")
    (event,) = map(json.loads, raw.out.splitlines())
    assert (event["stream_id"], event["version"], event["name"]) == (case_id, 1, "PersonRegistered")
    assert event["body"]["name"].startswith("sealed:")
    assert "PersonRegistered" in shown.out
    assert "name: (sealed)" in shown.out
    assert NAME not in shown.out + raw.out
    assert (await lotse("events", "show", case_id, "--after", "1", "--json")).out == ""


async def test_a_story_that_is_not_there_is_refused(at_home: Running) -> None:
    ended = await lotse("events", "show", "case-none")
    assert (ended.code, ended.err) == (1, "There is no story case-none.\n")


async def test_the_newest_come_last_and_may_be_narrowed_to_a_name(at_home: Running) -> None:
    first, second = await registered(), await registered()
    ended = await lotse("events", "tail", "-n", "2", "--name", "PersonRegistered", "--json")
    assert [json.loads(line)["stream_id"] for line in ended.out.splitlines()] == [first, second]
    assert (await lotse("events", "tail", "--name", "NoSuchEvent", "--json")).out == ""


@pytest.mark.timeout(120)
async def test_whoever_follows_sees_each_event_as_it_comes(at_home: Running) -> None:
    last = await registered()
    process = await started(("events", "tail", "-n", "1", "--name", "PersonRegistered", "--follow", "--json"))
    assert process.stdout is not None
    assert json.loads(await process.stdout.readline())["stream_id"] == last
    come = await registered()
    async with asyncio.timeout(30):
        assert json.loads(await process.stdout.readline())["stream_id"] == come
    process.terminate()
    await process.wait()
