"""What really ran yesterday goes on under today's code: the histories that are kept replay, and lead to where they led."""

import base64
import json
from typing import Any

import pytest
from temporalio import workflow

from domain.personal import Personal, map_personal
from tests import examples
from tests.replaying import replay
from tests.workflows import golden
from tests.workflows.leading import leads_to
from workflows.story import Kept, StoryWorkflow


@pytest.mark.parametrize("name", golden.names())
async def test_a_golden_history_replays_and_leads_to_where_it_led(name: str) -> None:
    history, led_to = golden.kept(name)
    assert await replay([history]) == 1
    assert led_to == await leads_to(history)


def test_every_life_that_is_to_be_kept_is_kept() -> None:
    assert set(golden.LIVES) <= set(golden.names()), "record what is missing: python -m tests.workflows.golden"


@pytest.mark.parametrize("name", golden.names())
def test_a_golden_history_says_nothing_of_a_person_or_of_the_machine(name: str) -> None:
    history = golden.kept(name)[0].to_json_dict()
    held = b"\n".join(payloads(history)).decode() + json.dumps(history)
    assert "version" in held, "the payloads are read"
    assert [text for text in personal_texts() if json.dumps(text) in held] == []
    assert [trace for trace in ("site-packages", "/home", "/root", "@") if trace in held] == []


def payloads(part: Any) -> list[bytes]:
    """What the payloads of a history hold, decoded."""
    if isinstance(part, dict):
        own = [base64.b64decode(part["data"])] if isinstance(part.get("data"), str) else []
        return own + [each for value in part.values() for each in payloads(value)]
    return [each for value in part for each in payloads(value)] if isinstance(part, list) else []


def personal_texts() -> set[str]:
    """Everything personal that the examples say, and the person whom the services register."""
    said = {"Amina", "1990-05-01"}

    def noted(_: Personal, text: str) -> str:
        said.add(text)
        return text

    for command in examples.COMMANDS.values():
        map_personal(command, noted)
    return said


async def test_code_that_would_do_something_else_is_noticed() -> None:
    history, _ = golden.kept("case-support")
    with pytest.raises(AssertionError, match="do not replay"):
        await replay([history], [Hasty])


@workflow.defn(name="Case", sandboxed=False)
class Hasty(StoryWorkflow):
    """Waits a second before it takes anything in."""

    @workflow.init
    def __init__(self, kept: Kept) -> None:
        super().__init__(kept)

    @workflow.run
    async def run(self, kept: Kept) -> None:
        await workflow.sleep(1)
        await self.live(kept)
