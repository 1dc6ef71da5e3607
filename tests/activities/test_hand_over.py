"""What one story asks of another is handed over once, under an id that its cause gives it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.hand_over import Handing
from domain.closure import CloseCase
from domain.departure import RecordDeath
from domain.envelopes import Actor, FollowUp, Recorded, Submitted
from domain.handing import hand_over, hand_to_cases
from domain.intake import DataRefused
from domain.refusals import Refusal
from domain.vocabulary import ClosureReason, DataField, Role

CAUSE = Recorded(
    stream_id="case-1",
    version=7,
    event=DataRefused(field=DataField.HEALTH),
    recorded_at=datetime(2018, 3, 1, 11, tzinfo=UTC),
    effective_on=date(2018, 3, 1),
    actor=Actor(id="im-07", role=Role.MANAGER, provider="drk"),
    command_id="k1",
    policy_version="2017",
)
CLOSE = CloseCase(closure_reason=ClosureReason.SAFETY)
DEATH = RecordDeath()


@dataclass
class Elsewhere:
    """The other streams: refuses what it is told to, notes what it was handed, and fails where it is down."""

    refusing: dict[str, Refusal] = field(default_factory=dict)
    cases: Sequence[str] = ()
    down: bool = False
    handed: list[Submitted] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    anew: list[bool] = field(default_factory=list)

    async def refused(self, submitted: Submitted, *, anew: bool = False) -> Refusal | None:
        if self.down:
            raise TimeoutError
        self.handed.append(submitted)
        self.anew.append(anew)
        return self.refusing.get(submitted.stream_id)

    async def told(self, follow_up_id: str) -> bool:
        return follow_up_id in self.noted

    async def note(self, follow_up_id: str) -> None:
        self.noted.append(follow_up_id)

    async def naming(self, field: str, value: str) -> Sequence[str]:
        return self.cases


async def told(elsewhere: Elsewhere, follow_up: FollowUp) -> list[tuple[str, str]]:
    handing = Handing(elsewhere, elsewhere)
    await ActivityEnvironment().run(handing.hand_over, follow_up.model_dump(mode="json"))
    return [(each.stream_id, each.command["kind"]) for each in elsewhere.handed]


async def test_a_command_goes_to_its_stream_by_the_system_for_a_cause() -> None:
    elsewhere = Elsewhere()
    assert await told(elsewhere, hand_over(CAUSE, "case-2", CLOSE)) == [("case-2", "CloseCase")]
    (handed,) = elsewhere.handed
    assert (handed.actor.role, handed.causation) == (Role.SYSTEM, "case-1/7")


async def test_what_was_told_to_its_end_is_not_told_again() -> None:
    elsewhere = Elsewhere()
    for _ in range(3):
        await told(elsewhere, hand_over(CAUSE, "case-2", CLOSE))
    assert len(elsewhere.handed) == 1


async def test_what_was_told_in_part_is_told_again_under_the_same_command_id() -> None:
    elsewhere = Elsewhere()
    for _ in range(3):
        await told(elsewhere, hand_over(CAUSE, "case-2", CLOSE))
        elsewhere.noted.clear()
    assert [len(elsewhere.handed), len({each.command_id for each in elsewhere.handed})] == [3, 1]


async def test_what_the_rules_refuse_is_taken_back_where_it_was_begun() -> None:
    elsewhere = Elsewhere(refusing={"case-2": Refusal.CLOSED_IMMUTABLE})
    follow_up = hand_over(CAUSE, "case-2", CLOSE, otherwise=("case-3", DEATH))
    assert await told(elsewhere, follow_up) == [("case-2", "CloseCase"), ("case-3", "RecordDeath")]
    assert len({each.command_id for each in elsewhere.handed}) == 2


async def test_what_is_recorded_needs_nothing_taken_back() -> None:
    follow_up = hand_over(CAUSE, "case-2", CLOSE, otherwise=("case-3", DEATH))
    assert await told(Elsewhere(), follow_up) == [("case-2", "CloseCase")]


async def test_a_fault_is_no_refusal_it_is_tried_again() -> None:
    with pytest.raises(TimeoutError):
        await told(down := Elsewhere(down=True), hand_over(CAUSE, "case-2", CLOSE, otherwise=("case-3", DEATH)))
    assert down.noted == []


async def test_what_a_third_stream_has_still_to_let_go_of_is_asked_for_again_until_it_is_recorded() -> None:
    elsewhere = Elsewhere(refusing={"case-2": Refusal.PLACE_ALREADY})
    follow_up = hand_over(CAUSE, "case-2", CLOSE, insists_on=Refusal.PLACE_ALREADY)
    with pytest.raises(ApplicationError):
        await told(elsewhere, follow_up)
    assert elsewhere.noted == []
    elsewhere.refusing.clear()
    again = ActivityEnvironment()
    again.info = replace(again.info, attempt=2)
    await again.run(Handing(elsewhere, elsewhere).hand_over, follow_up.model_dump(mode="json"))
    assert (elsewhere.anew, elsewhere.noted) == ([False, True], [follow_up.id])
    assert len({each.command_id for each in elsewhere.handed}) == 1


async def test_another_refusal_is_an_answer_even_where_it_insists() -> None:
    elsewhere = Elsewhere(refusing={"case-2": Refusal.UNIT_UNKNOWN})
    await told(elsewhere, hand_over(CAUSE, "case-2", CLOSE, insists_on=Refusal.PLACE_ALREADY))
    assert len(elsewhere.noted) == 1


async def test_every_other_case_of_a_household_is_told_under_an_id_of_its_own() -> None:
    elsewhere = Elsewhere(cases=["case-1", "case-2", "case-3"], refusing={"case-2": Refusal.CLOSED_IMMUTABLE})
    follow_up = hand_to_cases(CAUSE, "household_id", "h-1", DEATH)
    assert [stream for stream, _ in await told(elsewhere, follow_up)] == ["case-2", "case-3"]
    assert len({each.command_id for each in elsewhere.handed}) == 2


def test_follow_ups_of_one_cause_to_several_streams_have_ids_of_their_own() -> None:
    follow_ups: list[Any] = [hand_over(CAUSE, "case-2", CLOSE), hand_over(CAUSE, "case-3", CLOSE)]
    assert len({each.id for each in follow_ups}) == 2
