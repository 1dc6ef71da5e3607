"""The unit that is asked to take a case over: told, reserving a place, taking it, or not."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.capacity import EstablishUnit
from domain.case import Case
from domain.envelopes import Actor, Submitted
from domain.lifecycle import follow_ups
from domain.posts import CountPost
from domain.refusals import Refusal
from domain.slots import ReleaseSlot
from domain.story import Command
from domain.transfer_answer import AcceptTransfer, RejectTransfer, SlotReserved, TransferDeclined
from domain.transfer_unit import (
    AnnounceTransfer,
    ConfirmPlace,
    PlaceConfirmed,
    TransferAnnounced,
    TransferWithdrawn,
    WithdrawTransfer,
)
from domain.unit import Incoming, Unit
from domain.vocabulary import CapacityBase, Reason, Role
from tests.examples import CASE_ID, CLOCK, MANAGER, SUPERVISOR, TODAY
from tests.examples_transfer import ANSWER_BY, MANAGER_THERE, SUPERVISOR_THERE, UNIT_THERE
from tests.scenario import Answer, Story

COORDINATOR = Actor(id="ko-01", role=Role.COORDINATOR, provider="landkreis")
ESTABLISH = EstablishUnit(municipality="ulm", provider="diakonie", key=2, base=CapacityBase.HEAD)
POST = CountPost(manager_id="im-51", shares={TODAY: Decimal("1.00")})
ANNOUNCE = AnnounceTransfer(
    case_id=CASE_ID, transfer=15, from_municipality="ravensburg", from_provider="drk", answer_by=ANSWER_BY
)
WITHDRAW = WithdrawTransfer(case_id=CASE_ID, transfer=15)
CONFIRM = ConfirmPlace(case_id=CASE_ID, transfer=15)
COME = {case_id: Case(unit=UNIT_THERE) for case_id in (CASE_ID, "case-1", "case-2")}
ACCEPT = AcceptTransfer(case_id=CASE_ID)
REJECT = RejectTransfer(case_id=CASE_ID, reason=Reason.NO_PLACE)

UNIT = Story(stream_id=UNIT_THERE, others=COME).given(ESTABLISH, by=COORDINATOR).given(POST, by=CLOCK)
ASKED = UNIT.given(ANNOUNCE, by=CLOCK)
RESERVED = ASKED.given(ACCEPT, by=SUPERVISOR_THERE)
TAKEN = RESERVED.given(CONFIRM, by=CLOCK)


def places(story: Story) -> tuple[int, int, int]:
    """Used, reserved, free; together they are the capacity."""
    unit: Unit = story.state
    counted = unit.used, unit.reserved, unit.free(TODAY)
    assert sum(counted) == unit.capacity(TODAY)
    return counted


def told(answer: Answer, story: Story) -> list[dict[str, Any]]:
    after = replace(story, recorded=(*story.recorded, *answer.recorded)).state
    return [each.about for each in follow_ups(after, answer.recorded)]


def handed(about: dict[str, Any], name: str = "submitted") -> tuple[str, dict[str, Any]]:
    submitted = Submitted.model_validate(about[name])
    return submitted.stream_id, submitted.command


def filled(story: Story, *numbers: int) -> Story:
    """With other cases that have come."""
    for number in numbers:
        other = {"case_id": f"case-{number}", "transfer": 1}
        story = story.given(ANNOUNCE.model_copy(update=other), by=CLOCK)
        story = story.given(ACCEPT.model_copy(update={"case_id": f"case-{number}"}), by=SUPERVISOR_THERE)
        story = story.given(CONFIRM.model_copy(update=other), by=CLOCK)
    return story


def test_a_transfer_is_announced_and_the_supervisor_is_told() -> None:
    answer = UNIT.when(ANNOUNCE, by=CLOCK)
    answer.then(
        TransferAnnounced(
            case_id=CASE_ID, transfer=15, from_municipality="ravensburg", from_provider="drk", answer_by=ANSWER_BY
        )
    )
    assert told(answer, UNIT) == [{"event": "TransferAnnounced", "answer_by": "2018-04-26"}]
    assert {CASE_ID: Incoming(15, "ravensburg", "drk", TODAY, ANSWER_BY)} == ASKED.state.incoming
    assert places(ASKED) == (0, 0, 2)


def test_a_place_is_reserved_and_the_case_is_taken_over() -> None:
    answer = ASKED.when(ACCEPT, by=SUPERVISOR_THERE)
    answer.then(SlotReserved(case_id=CASE_ID, transfer=15, over_capacity=False))
    (about,) = told(answer, ASKED)
    assert handed(about) == (CASE_ID, {"kind": "TakeOver", "transfer": 15, "reason": "TRANSFER"})
    assert handed(about, "otherwise")[0] == UNIT_THERE
    assert handed(about, "otherwise")[1] == {"kind": "WithdrawTransfer", "case_id": CASE_ID, "transfer": 15}
    assert [places(story) for story in (RESERVED, TAKEN)] == [(0, 1, 1), (1, 0, 1)]


def test_the_place_that_was_reserved_becomes_the_cases_own_and_it_has_no_other_in_the_house() -> None:
    (confirmed,) = RESERVED.when(CONFIRM, by=CLOCK).events
    assert confirmed == PlaceConfirmed(case_id=CASE_ID, transfer=15)
    assert confirmed.claims(RESERVED.state) == (f"place:{CASE_ID}",)
    assert TAKEN.state.incoming == {}
    TAKEN.when(CONFIRM, by=CLOCK).then_nothing()


def test_a_case_that_was_closed_before_its_place_was_its_own_takes_none() -> None:
    closed = replace(RESERVED, others={CASE_ID: Case(unit=None)})
    closed.when(CONFIRM, by=CLOCK).then(TransferWithdrawn(case_id=CASE_ID, transfer=15))
    assert places(closed.given(CONFIRM, by=CLOCK)) == (0, 0, 2)
    replace(UNIT, others={}).when(CONFIRM, by=CLOCK).then_nothing()


def test_g19_without_a_free_place_it_is_refused_but_a_supervisor_may_decide_otherwise() -> None:
    full = filled(UNIT, 1, 2).given(ANNOUNCE, by=CLOCK)
    full.when(ACCEPT, by=SUPERVISOR_THERE).then_refused(Refusal.NO_CAPACITY)
    override = ACCEPT.model_copy(update={"override": True})
    full.when(override, by=SUPERVISOR_THERE).then_refused(Refusal.NO_CAPACITY)
    because = override.model_copy(update={"reason": Reason.HARDSHIP})
    full.when(because, by=SUPERVISOR_THERE).then(SlotReserved(case_id=CASE_ID, transfer=15, over_capacity=True))
    assert places(full.given(because, by=SUPERVISOR_THERE)) == (2, 1, -1)


def test_whoever_has_a_place_here_that_is_still_to_be_given_back_is_not_taken_over_yet() -> None:
    """Admitted from the list, opened in another town meanwhile: the place comes back first, else two would be counted for one case."""
    again = TAKEN.given(ANNOUNCE, by=CLOCK)
    again.when(ACCEPT, by=SUPERVISOR_THERE).then_refused(Refusal.PLACE_ALREADY)
    given_back = replace(again, others={CASE_ID: Case(unit=None)}).given(ReleaseSlot(case_id=CASE_ID), by=CLOCK)
    assert given_back.when(ACCEPT, by=SUPERVISOR_THERE).refusal is None


def test_g24_of_two_answers_the_second_finds_nothing_to_answer() -> None:
    for story in (UNIT, RESERVED, TAKEN, ASKED.given(REJECT, by=SUPERVISOR_THERE)):
        for command in (ACCEPT, REJECT):
            story.when(command, by=SUPERVISOR_THERE).then_refused(Refusal.NO_TRANSFER)


def test_edge_case_02_a_rejection_goes_back_with_its_reason() -> None:
    answer = ASKED.when(REJECT, by=SUPERVISOR_THERE)
    answer.then(TransferDeclined(case_id=CASE_ID, transfer=15))
    (about,) = told(answer, ASKED)
    assert handed(about) == (CASE_ID, {"kind": "ReturnTransfer", "transfer": 15, "reason": "NO_PLACE"})
    assert places(ASKED.given(REJECT, by=SUPERVISOR_THERE)) == (0, 0, 2)


@pytest.mark.parametrize("story", [ASKED, RESERVED], ids=["announced", "reserved"])
def test_what_is_withdrawn_gives_its_place_back_and_the_supervisor_is_told(story: Story) -> None:
    answer = story.when(WITHDRAW, by=CLOCK)
    answer.then(TransferWithdrawn(case_id=CASE_ID, transfer=15))
    assert told(answer, story) == [{"event": "TransferWithdrawn"}]
    withdrawn = story.given(WITHDRAW, by=CLOCK)
    assert places(withdrawn) == (0, 0, 2)
    assert withdrawn.state.incoming == {}
    withdrawn.when(WITHDRAW, by=CLOCK).then_nothing()


def test_what_is_said_of_an_earlier_request_touches_no_later_one() -> None:
    anew = ASKED.given(WITHDRAW, by=CLOCK).given(ANNOUNCE.model_copy(update={"transfer": 17}), by=CLOCK)
    anew.when(WITHDRAW, by=CLOCK).then_nothing()
    assert anew.when(ACCEPT, by=SUPERVISOR_THERE).events == [
        SlotReserved(case_id=CASE_ID, transfer=17, over_capacity=False)
    ]


@pytest.mark.parametrize("command", [ACCEPT, REJECT])
def test_g23_only_the_supervisor_of_the_unit_that_was_asked_answers(command: Command) -> None:
    ASKED.when(command, by=MANAGER_THERE).then_refused(Refusal.ROLE_NOT_ALLOWED)
    ASKED.when(command, by=SUPERVISOR).then_refused(Refusal.CROSS_PROVIDER)
    ASKED.when(command, by=COORDINATOR).then_refused(Refusal.ROLE_NOT_ALLOWED)


@pytest.mark.parametrize("command", [ANNOUNCE, WITHDRAW, CONFIRM])
def test_what_cases_say_of_themselves_nobody_else_says(command: Command) -> None:
    ASKED.when(command, by=SUPERVISOR_THERE).then_refused(Refusal.ROLE_NOT_ALLOWED)
    ASKED.when(command, by=MANAGER).then_refused(Refusal.ROLE_NOT_ALLOWED)
