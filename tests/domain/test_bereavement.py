"""When somebody dies, those who lived with them are treated gently: their cases are told that much, and no more."""

from datetime import date

import pytest

from domain.bereavement import DeathInHouseholdNoted, DeathInHouseholdRetracted
from domain.envelopes import FollowUp
from domain.intake import OpenCase
from domain.story import Command
from tests.examples import CLOCK, OPEN, OPENED, REGISTER, REGISTERED, SUPERVISOR, SUPPORTED
from tests.examples_closing import MOVED
from tests.examples_corrections import RETRACT_CLOSURE
from tests.examples_household import ADD, HOME, LEAVE, NEW_HOME, NOTE_DEATH, RETRACT_DEATH
from tests.examples_support import DIED
from tests.scenario import Story, given

ALONE: OpenCase = OPEN.model_copy(update={"household_id": None})


def told(story: Story) -> list[FollowUp]:
    """Of the last command only."""
    last = [each for each in story.recorded if each.command_id == story.recorded[-1].command_id]
    return [
        each for recorded in last for each in recorded.event.tells(story.case, recorded) if each.kind == "hand_over"
    ]


@pytest.mark.parametrize("life", [(REGISTER, ADD), OPENED, SUPPORTED], ids=["registered", "opened", "supported"])
def test_edge_case_07_every_other_case_of_the_household_is_told(life: tuple[Command, ...]) -> None:
    (follow_up,) = told(given(*life, DIED))
    assert {"field": "household_id", "value": str(HOME)} == follow_up.about["cases_naming"]
    assert NOTE_DEATH.model_dump(mode="json", exclude_none=True) == follow_up.about["submitted"]["command"]


def test_edge_case_07_who_lived_alone_leaves_nobody_to_tell() -> None:
    assert told(given(*REGISTERED, ALONE, DIED)) == []
    assert told(given(*OPENED, LEAVE, DIED)) == []


@pytest.mark.parametrize("life", [(REGISTER, ADD), OPENED, SUPPORTED], ids=["registered", "opened", "supported"])
def test_edge_case_07_relatives_are_told_without_name_and_cause(life: tuple[Command, ...]) -> None:
    story = given(*life)
    story.when(NOTE_DEATH, by=CLOCK).then(DeathInHouseholdNoted())
    assert DeathInHouseholdNoted().model_dump() == {}
    assert story.given(NOTE_DEATH, by=CLOCK).case.deaths_in_household == 1


def test_edge_case_07_the_relatives_support_goes_on() -> None:
    story = given(*SUPPORTED)
    before, after = story.next_deadline(), story.given(NOTE_DEATH, by=CLOCK).next_deadline()
    assert before == after


def test_edge_case_07_a_case_that_is_over_or_of_another_household_hears_nothing() -> None:
    given(*OPENED, MOVED).when(NOTE_DEATH, by=CLOCK).then_nothing()
    given(*OPENED, LEAVE).when(NOTE_DEATH, by=CLOCK).then_nothing()
    elsewhere = NOTE_DEATH.model_copy(update={"household_id": str(NEW_HOME)})
    given(*OPENED).when(elsewhere, by=CLOCK).then_nothing()


def test_edge_case_07_a_death_recorded_in_error_is_taken_back_from_the_relatives_too() -> None:
    (follow_up,) = told(given(*SUPPORTED, DIED).given(RETRACT_CLOSURE, by=SUPERVISOR))
    assert RETRACT_DEATH.model_dump(mode="json", exclude_none=True) == follow_up.about["submitted"]["command"]
    relative = given(*OPENED).given(NOTE_DEATH, by=CLOCK)
    relative.when(RETRACT_DEATH, by=CLOCK).then(DeathInHouseholdRetracted())
    assert relative.given(RETRACT_DEATH, by=CLOCK).case.deaths_in_household == 0
    given(*OPENED).when(RETRACT_DEATH, by=CLOCK).then_nothing()


def test_edge_case_07_one_of_two_deaths_stays() -> None:
    story = given(*OPENED).given(NOTE_DEATH, NOTE_DEATH, RETRACT_DEATH, by=CLOCK)
    assert story.case.deaths_in_household == 1


def test_edge_case_07_a_note_says_nothing_of_the_day_of_death() -> None:
    (follow_up,) = told(given(*SUPPORTED, DIED.model_copy(update={"effective_on": date(2018, 4, 9)})))
    assert "2018-04-09" not in str(follow_up.about)
