"""The lives of units, staff and the policy whose histories are kept, and of cases that go from one unit to another."""

from datetime import timedelta

from temporalio.client import WorkflowHistory

from activities.record import utc_now
from domain.deadlines import local_day
from domain.employment import EndEmployment
from domain.envelopes import POLICY_STREAM
from tests.e2e.stack import SUPERVISOR, Stack
from tests.e2e.test_staff import MINISTRY, House
from tests.e2e.two_units import TwoUnits
from tests.examples_staff import PUBLISH
from tests.workflows.golden_cases import Life, latest


async def unit_with_a_client(case: Stack) -> WorkflowHistory:
    towns = TwoUnits(case)
    await towns.establish()
    await towns.case_with_a_place()
    return await latest(case, towns.here)


async def unit_asked_to_take_a_case_over(case: Stack) -> WorkflowHistory:
    return await latest(case, (await _transferring(case)).there)


async def case_on_its_way(case: Stack) -> WorkflowHistory:
    await _transferring(case)
    return await latest(case, case.registered[-1])


async def _transferring(case: Stack) -> TwoUnits:
    towns = TwoUnits(case)
    await towns.establish()
    case_id, _ = await towns.case_with_a_place()
    await towns.asked_for(case_id)
    return towns


async def staff_who_left(case: Stack) -> WorkflowHistory:
    """Somebody had a case, and the case was told that they are gone."""
    house = House(case)
    await house.establish()
    await house.hire()
    case_id = await house.case_of_theirs()
    yesterday = local_day(utc_now()) - timedelta(days=1)
    await house.done(house.staff, EndEmployment(effective_on=yesterday), SUPERVISOR)
    await house.until(lambda: "ManagerLost" in house.names(case_id))
    return await latest(case, house.staff)


async def policy_published(case: Stack) -> WorkflowHistory:
    in_a_year = local_day(utc_now()) + timedelta(days=365)
    publish = PUBLISH.model_copy(update={"version": "later", "valid_from": in_a_year})
    await TwoUnits(case).done(POLICY_STREAM, publish, MINISTRY)
    return await latest(case, POLICY_STREAM)


LIVES: dict[str, Life] = {
    "unit-with-a-client": unit_with_a_client,
    "unit-asked-to-take-over": unit_asked_to_take_a_case_over,
    "case-on-its-way": case_on_its_way,
    "staff-who-left": staff_who_left,
    "policy-published": policy_published,
}
