"""What a workflow without memory is told: all that its story has still to tell, in order, and nothing that was told to its end."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from domain.household import AddToHousehold, SplitHousehold
from infra.follow_ups import FollowUpLedger
from tests.activities.desk import CASE, NOON, Desk, asked
from tests.examples import HOUSEHOLD_ID, PERSON_ID

JOIN = AddToHousehold(household_id=HOUSEHOLD_ID)
PART = SplitHousehold(new_household_id=PERSON_ID)
PART_AGAIN = SplitHousehold(new_household_id=HOUSEHOLD_ID)


@pytest.fixture
def parted(desk: Desk) -> Desk:
    """A case that has something to tell to others."""
    desk.open_case(CASE)
    for n, command in enumerate((JOIN, PART)):
        assert "receipt" in desk.ask(CASE, f"p{n}", command)
    return desk


def without_memory(desk: Desk, command_id: str) -> list[str]:
    asking = {**asked(desk.submitted(CASE, command_id, PART_AGAIN)), "knows": False}
    return _versions(desk.recorder.record(asking)["follow_ups"])


def _versions(told: Sequence[dict[str, Any]]) -> list[str]:
    return [each["id"].split(":")[2] for each in told]


def test_what_older_events_have_to_tell_comes_before_what_is_recorded_now(parted: Desk) -> None:
    assert _versions(parted.ask(CASE, "p1", PART)["follow_ups"]) == ["5"]
    assert without_memory(parted, "p2") == ["5", "7"]


def test_a_look_tells_what_is_still_to_be_told(parted: Desk) -> None:
    looked = parted.recorder.look({"what": CASE, "at": NOON.isoformat(), "knows": False})
    assert _versions(looked["follow_ups"]) == ["5"]


async def test_what_was_told_to_its_end_is_not_told_again(parted: Desk) -> None:
    (follow_up,) = parted.ask(CASE, "p1", PART)["follow_ups"]
    await FollowUpLedger(parted.connections).note(follow_up["id"])
    assert without_memory(parted, "p2") == ["7"]


def test_a_refusal_forgets_nothing_either(parted: Desk) -> None:
    too_early = PART_AGAIN.model_copy(update={"effective_on": date(2018, 1, 16)})
    asking = {**asked(parted.submitted(CASE, "p2", too_early)), "knows": False}
    outcome = parted.recorder.record(asking)
    assert ("refusal" in outcome, _versions(outcome["follow_ups"])) == (True, ["5"])


def test_a_repeat_tells_what_followed_as_it_was_then_whatever_came_after(parted: Desk) -> None:
    first = parted.ask(CASE, "p1", PART)["follow_ups"]
    for n, command in enumerate((PART_AGAIN, PART)):
        assert "receipt" in parted.ask(CASE, f"later{n}", command)
    assert parted.ask(CASE, "p1", PART)["follow_ups"] == first
