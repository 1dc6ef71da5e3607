"""From a member of staff to the places of a unit: what happens to the one is counted in the other."""

from datetime import date

from domain.catalogue import command_from
from domain.employment import ChangeFte
from domain.places import AdmitClient
from domain.refusals import Refusal
from tests.domain.test_staff import DAY, HIRED, REASSIGN_ON
from tests.domain.units import EMPTY, balanced, household
from tests.examples import CLOCK, SUPERVISOR, TODAY
from tests.examples_staff import ILL_WITH_DEPUTY, QUARTER
from tests.examples_units import UNIT_ID, case_id
from tests.scenario import Story


def counted(unit: Story, staff: Story) -> Story:
    """The unit after it has heard all that the staff story ever told it."""
    told = [each.about["submitted"] for each in staff.follow_ups() if "submitted" in each.about]
    for submitted in told:
        if submitted["stream_id"] == UNIT_ID:
            unit = unit.given(command_from(submitted["command"]), by=CLOCK, at=max(unit.at, staff.at))
    return unit


FULL = (
    counted(EMPTY, HIRED)
    .given(household(1), household(2))
    .given(AdmitClient(entry=1), AdmitClient(entry=2), by=SUPERVISOR)
)
"""Half a post makes two places at four for a full one, and both are taken."""


def test_edge_case_15_a_long_absence_shrinks_the_unit_from_its_day_on_nobody_is_thrown_out_and_g19_nobody_admitted() -> (
    None
):
    away = HIRED.given(ILL_WITH_DEPUTY, by=SUPERVISOR).until(REASSIGN_ON + DAY)
    shrunk = counted(FULL, away)
    unit = shrunk.state
    assert set(unit.places) == {case_id(1), case_id(2)}
    assert [unit.free(day) for day in (REASSIGN_ON, REASSIGN_ON + DAY)] == [0, -2]
    assert balanced(shrunk)
    waiting = shrunk.given(household(3))
    waiting.when(AdmitClient(entry=3), by=SUPERVISOR).then_refused(Refusal.NO_CAPACITY)


def test_edge_case_16_a_cut_that_is_planned_counts_on_its_day_and_free_becomes_negative() -> None:
    new_year = date(2019, 1, 1)
    cut = HIRED.given(ChangeFte(effective_on=new_year, municipality="ravensburg", share=QUARTER), by=SUPERVISOR)
    unit = counted(FULL, cut).state
    assert [unit.free(day) for day in (TODAY, new_year - DAY, new_year)] == [0, 0, -1]
