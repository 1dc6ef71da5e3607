"""Families: they are reunited, they grow, they separate, and each person keeps the own case."""

from datetime import date
from typing import Any

import pytest

from domain.envelopes import FollowUp
from domain.household import (
    AddToHousehold,
    FollowSplit,
    HouseholdLeft,
    HouseholdMemberAdded,
    HouseholdSplit,
    SplitHousehold,
)
from domain.places import PlaceTaken
from domain.refusals import Refusal
from domain.slots import SlotTakenBack
from domain.vocabulary import Phase, Reason, Relation
from tests.domain.units import TWO_PLACES
from tests.examples import (
    CASE_ID,
    CLOCK,
    CONFIRM,
    EVENTS,
    MANAGER,
    MANAGER_ELSEWHERE,
    OPEN,
    OPENED,
    REGISTER,
    REGISTERED,
    START,
    SUPERVISOR,
    SUPPORTED,
    TODAY,
)
from tests.examples_closing import MOVED
from tests.examples_household import ADD, DAUGHTERS_CASE, FOLLOW, HOME, HUSBANDS_CASE, LEAVE, NEW_HOME, SPLIT
from tests.examples_units import UNIT_ID
from tests.scenario import Story, given

ALONE = OPEN.model_copy(update={"household_id": None})
CHILD = AddToHousehold(household_id=HOME, relation=Relation.CHILD)
OLD, NEW = str(HOME), str(NEW_HOME)
LEFT_ALONE = HouseholdSplit(from_household_id=OLD, to_household_id=NEW, protected=False)
LATER = date(2018, 5, 2)
HUSBAND = Story(stream_id=HUSBANDS_CASE)


def handed(follow_ups: list[FollowUp]) -> list[tuple[str, dict[str, Any]]]:
    """To whom, and what; cases that name a household by that."""
    return [
        (
            each.about.get("cases_naming", {}).get("value") or each.about["submitted"]["stream_id"],
            {name: value for name, value in each.about["submitted"]["command"].items() if name != "kind"},
        )
        for each in follow_ups
    ]


def test_edge_case_04_whoever_joins_the_family_is_registered_and_added_and_no_case_is_opened() -> None:
    story = given(REGISTER)
    story.when(ADD).then(EVENTS["HouseholdMemberAdded"])
    case = story.given(ADD).case
    assert (case.household_id, case.phase) == (OLD, Phase.REGISTERED)


def test_edge_case_04_a_case_of_their_own_is_opened_in_the_household_that_is_known() -> None:
    (opened,) = given(REGISTER, ADD, CONFIRM).when(ALONE).events
    assert opened.household_id == OLD  # type: ignore[attr-defined]  # a CaseOpened


def test_edge_case_04_a_newborn_child_is_a_member_from_its_birth_on_and_not_before() -> None:
    born = date(2018, 4, 9)
    story = given(REGISTER.model_copy(update={"birth_date": born.isoformat(), "effective_on": born}))
    story.when(CHILD.model_copy(update={"effective_on": date(2018, 4, 8)})).then_refused(Refusal.BEFORE_BIRTH)
    story.when(CHILD.model_copy(update={"effective_on": born})).then(
        HouseholdMemberAdded(household_id=OLD, since=born, relation=Relation.CHILD)
    )


def test_edge_case_04_who_is_not_eligible_gets_no_case_of_their_own() -> None:
    given(REGISTER, ADD).when(ALONE).then_refused(Refusal.NOT_ELIGIBLE)


def test_g19_edge_case_04_a_case_of_their_own_needs_a_place_of_their_own_where_places_are_kept() -> None:
    child = given(REGISTER, ADD, CONFIRM)
    child.beside(TWO_PLACES).when(ALONE).then_refused(Refusal.NO_CAPACITY, needed=1)
    admitted = TWO_PLACES.given(SlotTakenBack(case_id=CASE_ID, over_capacity=False))
    assert child.given(PlaceTaken(unit_id=UNIT_ID, entry=1)).beside(admitted).when(ALONE).refusal is None


def test_nobody_belongs_to_two_households_at_a_time() -> None:
    story = given(*OPENED)
    story.when(ADD.model_copy(update={"household_id": NEW_HOME})).then_refused(Refusal.HOUSEHOLD_ALREADY)
    elsewhere = OPEN.model_copy(update={"household_id": NEW_HOME})
    given(*REGISTERED, ADD).when(elsewhere).then_refused(Refusal.HOUSEHOLD_ALREADY)
    story.given(LEAVE).when(ADD.model_copy(update={"household_id": NEW_HOME, "effective_on": START})).then_refused(
        Refusal.DATE_ORDER, first=TODAY
    )


def test_who_is_added_again_is_silence_unless_the_relation_is_new() -> None:
    story = given(*OPENED)
    story.when(AddToHousehold(household_id=HOME)).then_nothing()
    story.when(ADD).then(EVENTS["HouseholdMemberAdded"])
    story.given(ADD).when(ADD).then_nothing()


def test_who_leaves_belongs_to_no_household() -> None:
    story = given(*OPENED)
    story.when(LEAVE).then(HouseholdLeft(household_id=OLD))
    assert story.given(LEAVE).case.household_id is None
    story.given(LEAVE).when(LEAVE).then_refused(Refusal.NOT_IN_HOUSEHOLD)
    story.given(LEAVE).when(SPLIT).then_refused(Refusal.NOT_IN_HOUSEHOLD)


def test_edge_case_03_who_leaves_belongs_to_a_new_household_and_keeps_case_plan_and_goals() -> None:
    story = given(*SUPPORTED)
    story.when(SPLIT).then(LEFT_ALONE, HouseholdMemberAdded(household_id=NEW, since=TODAY))
    before, after = story.case, story.given(SPLIT).case
    assert (before.phase, before.goals, before.measures) == (after.phase, after.goals, after.measures)
    assert after.household_id == NEW


def test_edge_case_03_the_other_cases_are_told_first_those_that_leave_then_those_that_stay() -> None:
    child = Story(stream_id=DAUGHTERS_CASE).given(*OPENED)
    split = SplitHousehold(effective_on=TODAY, new_household_id=NEW_HOME, leaving=(DAUGHTERS_CASE,))
    story = given(*OPENED).beside(child).given(split)
    assert handed(story.follow_ups()) == [
        (
            DAUGHTERS_CASE,
            {"effective_on": "2018-04-12", "from_household_id": OLD, "to_household_id": NEW, "protected": False},
        ),
        (OLD, {"effective_on": "2018-04-12", "from_household_id": OLD, "protected": False}),
    ]


def test_edge_case_03_in_the_case_that_leaves_too_the_new_household_is_recorded_and_told_no_further() -> None:
    follow = FollowSplit(from_household_id=OLD, to_household_id=NEW, protected=True)
    story = given(*OPENED)
    story.when(follow, by=CLOCK).then(
        HouseholdSplit(from_household_id=OLD, to_household_id=NEW, protected=True),
        HouseholdMemberAdded(household_id=NEW, since=TODAY),
    )
    assert story.given(follow, by=CLOCK).follow_ups() == []


def test_edge_case_03_in_the_case_that_stays_nothing_tells_where_the_others_went() -> None:
    story = given(*OPENED)
    (split,) = story.when(FOLLOW, by=CLOCK).events
    assert split == HouseholdSplit(from_household_id=OLD, protected=False)
    assert NEW not in split.model_dump_json()
    assert story.given(FOLLOW, by=CLOCK).case.household_id == OLD


def test_edge_case_03_who_left_before_or_came_after_has_nothing_to_do_with_it() -> None:
    given(*OPENED, LEAVE).when(FOLLOW, by=CLOCK).then_nothing()
    early = FOLLOW.model_copy(update={"effective_on": START})
    given(REGISTER, ADD).when(early, by=CLOCK).then_nothing()


def test_edge_case_03_a_closed_case_of_the_household_is_separated_too() -> None:
    follow = FollowSplit(from_household_id=OLD, to_household_id=NEW, protected=True)
    assert given(*OPENED, MOVED).given(follow, by=CLOCK).case.household_id == NEW


def test_edge_case_03_only_cases_of_the_same_household_and_provider_leave_together() -> None:
    split = SplitHousehold(new_household_id=NEW_HOME, leaving=(HUSBANDS_CASE,))
    story = given(*OPENED)
    story.when(split).then_refused(Refusal.CASE_UNKNOWN)
    story.beside(HUSBAND.given(REGISTER)).when(split).then_refused(Refusal.NOT_IN_HOUSEHOLD, case_id=HUSBANDS_CASE)
    story.beside(HUSBAND.given(*OPENED, by=MANAGER_ELSEWHERE)).when(split).then_refused(Refusal.CROSS_PROVIDER)
    story.beside(HUSBAND.given(*OPENED).given(CHILD, at=LATER)).when(split).then_refused(
        Refusal.DATE_ORDER, first=LATER
    )


def test_edge_case_03_a_split_needs_a_new_household() -> None:
    given(*OPENED).when(SplitHousehold(new_household_id=HOME)).then_refused(Refusal.HOUSEHOLD_ALREADY)


@pytest.mark.parametrize(
    ("by", "reason", "allowed"),
    [(MANAGER, Reason.CLIENT_WISH, False), (SUPERVISOR, None, False), (SUPERVISOR, Reason.CLIENT_WISH, True)],
    ids=["a manager", "without a reason", "a supervisor with a reason"],
)
def test_edge_case_03_after_protection_only_a_supervisor_with_a_reason_brings_them_together_again(
    by: Any, reason: Reason | None, allowed: bool
) -> None:
    story = given(*OPENED, SPLIT.model_copy(update={"protected": True})).given(LEAVE)
    answer = story.when(AddToHousehold(household_id=HOME, reason=reason), by=by)
    if allowed:
        assert answer.refusal is None
    else:
        answer.then_refused(Refusal.HOUSEHOLD_PROTECTED)


def test_edge_case_03_without_protection_they_may_live_together_again() -> None:
    assert given(*OPENED, SPLIT, LEAVE, AddToHousehold(household_id=HOME)).case.household_id == OLD


def test_edge_case_03_each_person_is_counted_once_before_and_after() -> None:
    cases = [given(*OPENED), given(*OPENED)]
    after = [cases[0].given(SPLIT), cases[1].given(FOLLOW, by=CLOCK)]
    assert [story.case.phase for story in cases] == [story.case.phase for story in after]
