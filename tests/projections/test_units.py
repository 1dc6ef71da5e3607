"""The unit board and the waiting lists, told from units' stories by the plain fold and all at once."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.capacity import SetCapacity
from domain.offers import DeclineOffer
from domain.places import AdmitClient
from domain.slots import ReleaseSlot
from domain.vocabulary import CapacityBase, PassReason, PriorityClass, Reason, WaitlistEnd
from domain.waiting import RemoveFromWaitlist
from projections.read_model import Key, ReadModel, retell
from projections.units import UNITS, Board, Light, UnitRow, board, persons_for
from projections.waiting_list import WAITING_LIST, WaitingRow, WaitingState
from tests.domain.units import EMPTY, TWO_PLACES, household, with_places
from tests.examples import SUPERVISOR
from tests.examples_units import ASKED_ON, COORDINATOR, LAST_DAY, UNIT_ID, case_id
from tests.scenario import Story


def told(model: ReadModel[Any], story: Story) -> Mapping[Key, Any]:
    """By the plain fold, each row written down and read again after every event; and the same as all at once."""
    rows: dict[Key, Any] = {}
    for recorded in story.recorded:
        changed = model.fold(rows, recorded)
        rows.update({key: _stored(model, row) for key, row in changed.items()})
    at_once = [tuple(each) for each in model.told(story.recorded)]
    assert at_once == [tuple(model.values(row)) for row in retell(model, story.recorded).values()]
    return rows


def _stored(model: ReadModel[Any], row: Any) -> Any:
    """As it comes back from JSON."""
    if not isinstance(row, UnitRow):
        return row
    return UnitRow(row.unit_id, row.municipality, row.provider, row.version, json.loads(json.dumps(row.standing)))


def line(story: Story, on: date = ASKED_ON) -> Board:
    return board(told(UNITS, story)[(UNIT_ID,)], on)


def entries(story: Story) -> dict[int, WaitingRow]:
    return {row.entry: row for row in told(WAITING_LIST, story).values()}


def test_a_unit_s_line_says_who_has_a_place_who_waits_and_what_is_free() -> None:
    story = TWO_PLACES.given(household(1), household(2), household(3), by=SUPERVISOR, at=ASKED_ON).given(
        AdmitClient(entry=1), by=SUPERVISOR
    )
    shown = line(story, date(2018, 4, 20))
    assert (shown.active, shown.reserved, shown.free, shown.capacity) == (1, 1, 0, 2)
    assert (shown.heads, shown.full_time, shown.key, shown.base) == (1, Decimal("0.50"), 4, CapacityBase.FULL_TIME)
    assert (shown.per_head, shown.per_post) == (Decimal("1.0"), Decimal("2.0"))
    assert (shown.waiting, shown.oldest_wait) == (2, 8)
    assert (shown.percent, shown.light) == (50, Light.GREEN)


@pytest.mark.parametrize(
    ("used", "places", "light"),
    [(4, 4, Light.GREEN), (5, 4, Light.AMBER), (6, 4, Light.RED), (1, 0, Light.RED), (0, 0, Light.GREEN)],
)
def test_the_light_is_green_up_to_the_key_amber_to_a_third_above_and_red_beyond(
    used: int, places: int, light: Light
) -> None:
    story = with_places(places)
    for n in range(1, used + 1):
        story = story.given(household(n), by=SUPERVISOR).given(
            AdmitClient(entry=n, override=True, reason=Reason.CIRCUMSTANCES_CHANGED), by=SUPERVISOR
        )
    assert line(story).light is light


def test_a_unit_without_places_has_no_per_cent() -> None:
    shown = line(EMPTY)
    assert (shown.capacity, shown.percent, shown.per_head, shown.per_post) == (0, None, None, None)


def test_an_offer_that_is_declined_leaves_its_household_where_it_stood() -> None:
    story = with_places(1).given(household(1), household(2), by=SUPERVISOR, at=ASKED_ON)
    assert [(row.state, row.offered_until) for row in entries(story).values()] == [
        (WaitingState.OFFERED, LAST_DAY),
        (WaitingState.WAITING, None),
    ]
    declined = entries(story.given(DeclineOffer(entry=1), by=SUPERVISOR))
    assert [(row.state, row.turned_down) for row in declined.values()] == [
        (WaitingState.WAITING, 1),
        (WaitingState.OFFERED, 0),
    ]


def test_whoever_is_admitted_first_is_named_with_the_reason_at_whom_it_passed() -> None:
    story = TWO_PLACES.given(household(1, 3), household(4), by=SUPERVISOR, at=ASKED_ON).given(
        AdmitClient(entry=2, reason=Reason.CIRCUMSTANCES_CHANGED), by=SUPERVISOR
    )
    rows = entries(story)
    assert (rows[1].passed, rows[1].passed_by, rows[1].passed_because) == (1, 2, PassReason.ADMITTED_FIRST)
    assert (rows[2].state, rows[2].ended_on) == (WaitingState.ADMITTED, ASKED_ON)


def test_whoever_is_taken_off_is_kept_with_the_reason() -> None:
    story = EMPTY.given(household(1, priority=PriorityClass.URGENT), by=SUPERVISOR, at=ASKED_ON).given(
        RemoveFromWaitlist(entry=1, because=WaitlistEnd.MOVED), by=SUPERVISOR
    )
    row = entries(story)[1]
    assert (row.state, row.removed_because, row.ended_on) == (WaitingState.REMOVED, WaitlistEnd.MOVED, ASKED_ON)
    assert row.days_waiting(date(2018, 5, 1)) == 0


def test_a_place_that_is_given_back_shows_in_both() -> None:
    story = (
        with_places(1)
        .given(household(1), household(2), by=SUPERVISOR, at=ASKED_ON)
        .given(AdmitClient(entry=1), by=SUPERVISOR)
        .given(ReleaseSlot(case_id=case_id(1)), by=SUPERVISOR)
    )
    assert (line(story).active, line(story).reserved) == (0, 1)
    assert entries(story)[2].state is WaitingState.OFFERED


def test_the_key_gives_a_member_of_staff_so_many_persons() -> None:
    """Four for a full post, and half of one is held."""
    rows = list(told(UNITS, TWO_PLACES).values())
    assert persons_for(rows, "drk", "im-07", ASKED_ON) == 2
    assert persons_for(rows, "drk", "im-99", ASKED_ON) is None
    assert persons_for(rows, "diakonie", "im-07", ASKED_ON) is None
    by_heads = TWO_PLACES.given(SetCapacity(key=60, base=CapacityBase.HEAD), by=COORDINATOR, at=ASKED_ON)
    assert persons_for(list(told(UNITS, by_heads).values()), "drk", "im-07", ASKED_ON) == 60
