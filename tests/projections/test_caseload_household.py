"""What the caseload shows of family and identity."""

from datetime import date

from domain.household import FollowSplit, HouseholdMemberAdded, HouseholdSplit
from domain.vocabulary import Relation
from projections.case_standing import CaseloadRow
from projections.caseload import CASELOAD
from projections.read_model import retell
from tests.domain.test_coming_of_age import BIRTHDAY, MONTH, WARNED, supported
from tests.domain.test_duplicates import BACK, CLOSING, registered_twice, survivor
from tests.examples import CASE_ID, CLOCK, OPENED, REGISTER, SUPERVISOR, SUPPORTED, TODAY
from tests.examples_corrections import BORN_LATER
from tests.examples_household import (
    ADD,
    DUPLICATE_CASE,
    HOME,
    LEAVE,
    MERGE,
    NEW_HOME,
    NOTE_DEATH,
    RETRACT_DEATH,
    SPLIT,
    UNDO_MERGE,
)
from tests.examples_reviews import COMPLETE_REVIEW, START_REVIEW
from tests.scenario import Story, given


def row(story: Story) -> CaseloadRow:
    (told,) = retell(CASELOAD, story.recorded).values()
    return told


def test_edge_case_04_the_household_is_shown_before_a_case_is_opened_and_after_somebody_left() -> None:
    assert (str(HOME), Relation.PARTNER) == (row(given(REGISTER, ADD)).household_id, row(given(REGISTER, ADD)).relation)
    assert str(HOME) == row(given(*OPENED)).household_id
    assert row(given(*OPENED, LEAVE)).household_id is None


def test_edge_case_03_a_split_is_shown_on_both_sides_and_where_the_others_went_on_neither_that_stays() -> None:
    left = row(given(*SUPPORTED, SPLIT.model_copy(update={"protected": True})))
    assert (str(NEW_HOME), TODAY, True) == (left.household_id, left.household_split_on, left.household_protected)
    stayed = row(given(*OPENED).given(FollowSplit(from_household_id=str(HOME), protected=True), by=CLOCK))
    assert (str(HOME), TODAY, True) == (stayed.household_id, stayed.household_split_on, stayed.household_protected)
    assert str(NEW_HOME) not in repr(stayed)


def test_edge_case_07_a_gentle_flag_stays_until_the_death_is_taken_back() -> None:
    story = given(*SUPPORTED).given(NOTE_DEATH, NOTE_DEATH, by=CLOCK)
    assert (row(story).deaths_in_household, row(story).death_in_household_on) == (2, TODAY)
    once = story.given(RETRACT_DEATH, by=CLOCK)
    assert (row(once).deaths_in_household, row(once).death_in_household_on) == (1, TODAY)
    never = row(once.given(RETRACT_DEATH, by=CLOCK))
    assert (never.deaths_in_household, never.death_in_household_on) == (0, None)


def test_edge_case_05_who_comes_of_age_is_flagged_until_the_adult_has_agreed() -> None:
    story = supported()
    assert row(story).comes_of_age_in is None
    warned = story.until(WARNED)
    assert row(warned).comes_of_age_in == MONTH
    own = COMPLETE_REVIEW.model_copy(update={"client_agreed": True, "guardian_agreed": True})
    assert row(warned.given(START_REVIEW, own, at=date(2018, 7, 9))).comes_of_age_in == MONTH
    agreed = COMPLETE_REVIEW.model_copy(update={"client_agreed": True})
    assert row(warned.until(BIRTHDAY).given(START_REVIEW, agreed, at=date(2018, 10, 1))).comes_of_age_in is None


def test_edge_case_06_a_corrected_birth_date_takes_the_flag_away() -> None:
    assert row(supported().until(WARNED).given(BORN_LATER)).comes_of_age_in is None


def test_edge_case_05_the_row_shows_no_day_and_looks_at_no_sealed_value() -> None:
    assert "2018-09-15" not in repr(row(supported().until(WARNED)))


def test_edge_case_21_the_link_is_shown_in_both_cases_and_goes_with_the_merge() -> None:
    merged = survivor(*SUPPORTED).given(MERGE, by=SUPERVISOR)
    assert row(merged).duplicates == (DUPLICATE_CASE,)
    assert row(merged.given(UNDO_MERGE, by=SUPERVISOR)).duplicates == ()
    other = registered_twice(*OPENED).given(CLOSING, by=CLOCK)
    assert row(other).merged_into == CASE_ID
    assert row(other.given(BACK, by=CLOCK)).merged_into is None


def test_edge_case_21_a_reinstated_case_is_shown_as_it_was() -> None:
    before = registered_twice(*SUPPORTED)
    after = row(before.given(CLOSING, BACK, by=CLOCK))
    assert (row(before).phase, row(before).next_due_on) == (after.phase, after.next_due_on)


def test_the_household_is_that_of_the_rules_whatever_happens() -> None:
    story = given(*SUPPORTED)
    for event in (
        HouseholdSplit(from_household_id=str(HOME), to_household_id=str(NEW_HOME), protected=False),
        HouseholdMemberAdded(household_id=str(NEW_HOME), since=TODAY),
    ):
        story = story.given(event)
        assert story.case.household_id == row(story).household_id
