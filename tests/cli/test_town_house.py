"""The town's house and the stories of its cast, played on paper: what the script says is what the rules answer, and what is to be seen at the end is there."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cli.demo_play import Tally, play
from cli.demo_rest import Rest, remaining
from cli.demo_sights import sights
from cli.town import Person, people
from cli.town_cast import cast
from cli.town_house import DEPUTY_OF, HOLIDAY
from cli.town_stories import TWIN, stories
from domain.case import Case
from domain.envelopes import staff_id
from domain.vocabulary import LanguageLevel, Phase
from tests.cli.paper import PLAYED_ON, Paper

CAST = cast()


@dataclass(frozen=True)
class Played:
    paper: Paper
    rest: Rest
    tally: Tally

    def case(self, name: str, member: int = 0) -> Case:
        case: Any = self.paper.states[self.case_id(name, member)]
        assert isinstance(case, Case)
        return case

    def case_id(self, name: str, member: int = 0) -> str:
        return self.tally.cases[CAST[name][member].number]


def town(number: int) -> list[Person]:
    entering = [each for role in CAST.values() for each in role if each.household.reaches is not Phase.REGISTERED]
    return [*people(number), *entering]


async def played_on(paper: Paper, number: int) -> Played:
    async with paper.callers() as callers:
        rest = await remaining(callers, town(number), stories=stories().values())
        return Played(paper, rest, await play(callers, rest, lambda: None))


@pytest.fixture(scope="module")
async def played() -> Played:
    return await played_on(Paper(), len(people()))


async def test_the_rules_answer_the_whole_town_as_the_script_expects(played: Played) -> None:
    assert played.tally.unexpected == []
    assert played.tally.asked == played.rest.questions


async def test_the_units_are_kept_by_heads_and_next_door_by_full_time_posts(played: Played) -> None:
    units = [played.paper.unit(*each) for each in (("ravensburg", "drk"), ("ravensburg", "diakonie"))]
    assert [unit.heads(PLAYED_ON) for unit in units] == [5, 3]
    assert sum((unit.full_time(PLAYED_ON) for unit in units), Decimal(0)) == Decimal("5.50")
    assert [unit.capacity(PLAYED_ON) for unit in units] == [300, 180]
    assert played.paper.unit("weingarten", "drk").capacity(PLAYED_ON) == 6


async def test_whoever_has_an_open_case_has_a_place_and_nobody_else(played: Played) -> None:
    cases = {name: state for name, state in played.paper.states.items() if isinstance(state, Case)}
    placed = {
        case_id
        for unit in (("ravensburg", "drk"), ("ravensburg", "diakonie"), ("weingarten", "drk"))
        for case_id in played.paper.unit(*unit).places
    }
    assert placed == {case_id for case_id, case in cases.items() if case.open}


async def test_next_door_one_is_offered_a_place_and_one_is_kept_for_a_family_that_needs_more(played: Played) -> None:
    unit = played.paper.unit("weingarten", "drk")
    large, urgent, patient = (played.case_id(name) for name in ("large", "urgent", "patient"))
    offered = [unit.waiting[entry].case_ids for entry in unit.offers]
    assert offered == [(urgent,)]
    assert unit.hold is not None
    assert unit.hold.entry == unit.entry_of(large)
    assert unit.entry_of(patient) is not None
    assert (unit.used, unit.reserved, unit.free(PLAYED_ON)) == (4, 1, 1)
    assert set(unit.incoming) == {played.case_id("asking")}


async def test_one_has_moved_next_door_and_another_still_waits_for_the_answer(played: Played) -> None:
    moved, asking = played.case("moving"), played.case("asking")
    assert (moved.municipality, moved.unit) == ("weingarten", "unit-weingarten.drk")
    assert moved.hands.manager_on(PLAYED_ON) == "im-drk-6"
    assert (asking.municipality, asking.transfer is not None) == ("ravensburg", True)


async def test_a_fact_is_corrected_and_what_was_said_first_stays_in_the_history(played: Played) -> None:
    assert played.case("corrected").language_level is LanguageLevel.A2
    assert played.paper.names(played.case_id("corrected"))[-2:] == ["LanguageLevelRecorded", "FactCorrected"]


async def test_who_was_registered_twice_is_one_person(played: Played) -> None:
    twin: Any = played.paper.states[played.tally.cases[CAST["twice"][0].number + TWIN]]
    assert twin.merged_into == played.case_id("twice")


async def test_a_household_is_split_and_those_who_stay_do_not_know_the_new_one(played: Played) -> None:
    mother, father, *children = (played.case("split", member) for member in range(4))
    assert {child.household_id for child in children} == {mother.household_id} != {father.household_id}
    assert father.household_id == str(CAST["split"][0].household.id)


async def test_a_death_closes_one_case_and_is_noted_gently_in_those_of_the_relatives(played: Played) -> None:
    dead, *relatives = (played.case("death", member) for member in range(3))
    assert dead.phase is Phase.CLOSED
    assert [(each.phase, each.deaths_in_household) for each in relatives] == [(Phase.SUPPORT, 1)] * 2


async def test_who_came_back_has_a_place_anew(played: Played) -> None:
    for name in ("back", "back-too"):
        assert played.case(name).phase is Phase.SUPPORT
        assert "CaseReopened" in played.paper.names(played.case_id(name))


async def test_while_somebody_is_on_holiday_the_deputy_stands_in(played: Played) -> None:
    away, deputy = DEPUTY_OF
    staff: Any = played.paper.states[staff_id(away)]
    assert [(each.since, each.until, each.deputy) for each in staff.absences] == [(*HOLIDAY, deputy)]
    cases = [state for state in played.paper.states.values() if isinstance(state, Case)]
    kept = [case for case in cases if case.open and case.hands.manager_on(date(2018, 8, 10)) == away]
    assert len(kept) > 40
    assert all(deputy in {each.deputy_id for each in case.hands.stand_ins_on(HOLIDAY[0])} for case in kept)


async def test_a_town_that_is_there_is_asked_nothing_and_a_larger_one_goes_on_with_it() -> None:
    paper = Paper()
    await played_on(paper, 12)
    assert (await played_on(paper, 12)).rest.questions == 0

    larger = await played_on(paper, 30)

    assert larger.tally.unexpected == []
    assert larger.tally.asked == larger.rest.questions > 0
    assert paper.unit("weingarten", "drk").used == 4


async def test_the_sights_name_a_page_for_each_story(played: Played) -> None:
    paths = [path for path, _, _ in sights(played.tally.cases)]
    assert len(paths) == len(set(paths)) == 13
    assert [path for path, _, _ in sights({})] == paths[:7]
