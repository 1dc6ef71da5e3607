"""Staff on real services: what happens to a member of staff reaches the units and every case, once, whatever dies in between."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from activities.record import utc_now
from domain.absence import RecordAbsence
from domain.deadlines import local_day
from domain.employment import EndEmployment, HireManager
from domain.envelopes import POLICY_STREAM, Actor, Receipt, staff_id
from domain.policy import Parameters
from domain.policy_story import MoveToPolicy, PublishPolicy
from domain.refusals import Refusal
from domain.responsibility import AssignManager
from domain.vocabulary import Assignment, Reason, Role, StaffQualification
from infra.settings import Settings
from tests.e2e.stack import SUPERVISOR, stack
from tests.e2e.two_units import LONG_AGO, TwoUnits, death_at
from workflows.client import Refusing

MINISTRY = Actor(id="sm-01", role=Role.MINISTRY, provider="land")
DAY = timedelta(days=1)


class House(TwoUnits):
    """Somebody is employed, and has cases."""

    @property
    def manager_id(self) -> str:
        return f"im-{self.town[2:]}"

    @property
    def staff(self) -> str:
        return staff_id(self.manager_id)

    async def hire(self) -> None:
        hire = HireManager(
            effective_on=LONG_AGO,
            manager_id=self.manager_id,
            qualification=StaffQualification.DEGREE,
            posts={self.town: Decimal("0.50")},
        )
        await self.done(self.staff, hire, SUPERVISOR)
        await self.until(lambda: self.manager_id in self.unit(self.here).posts)

    async def case_of_theirs(self) -> str:
        case_id, _ = await self.case_with_a_place()
        await self.done(case_id, AssignManager(manager_id=self.manager_id), SUPERVISOR)
        return case_id


async def test_edge_case_15_the_end_of_an_employment_reaches_every_case_and_the_unit(
    temporal_address: str, settings: Settings
) -> None:
    today = local_day(utc_now())
    async with stack(temporal_address, settings) as services:
        house = House(services)
        await house.establish()
        await house.hire()
        mine = [await house.case_of_theirs() for _ in range(3)]
        other, _ = await house.case_with_a_place()
        await house.done(other, AssignManager(manager_id="im-other"), SUPERVISOR)
        places = house.unit(house.here).capacity(today)
        await house.done(house.staff, EndEmployment(effective_on=today - DAY), SUPERVISOR)

        await house.until(lambda: all(house.case(each).hands.manager_on(today) is None for each in mine))
        assert [house.names(each).count("ManagerLost") for each in mine] == [1, 1, 1]
        assert "ManagerLost" not in house.names(other)
        assert house.names(house.staff) == ["ManagerHired", "EmploymentEnded", "CasesLeft"]
        await house.until(lambda: house.unit(house.here).capacity(today) < places)
        unit = house.unit(house.here)
        assert unit.used == 4, "nobody is thrown out"
        refused = await house.ask(mine[0], AssignManager(manager_id=house.manager_id), SUPERVISOR)
        assert isinstance(refused, Refusing)
        assert refused.code is Refusal.MANAGER_INACTIVE


async def test_edge_case_15_a_deputy_reaches_every_case_though_the_worker_dies_on_the_way(
    temporal_address: str, settings: Settings
) -> None:
    today = local_day(utc_now())
    async with stack(temporal_address, settings) as services:
        house = House(services)
        await house.establish()
        await house.hire()
        mine = [await house.case_of_theirs() for _ in range(2)]
        with death_at("NameDeputy", after=True) as death:
            await house.done(house.staff, RecordAbsence(deputy="im-deputy", until=today + 3 * DAY), SUPERVISOR)
            await death.met.wait()
            await services.stop_worker()
            death.over = True
        await services.start_worker()

        def named(case_id: str) -> list[str]:
            return [each.deputy_id for each in house.case(case_id).hands.stand_ins_on(today)]

        await house.until(lambda: all(named(each) == ["im-deputy"] for each in mine))
        assert [house.names(each).count("DeputyNamed") for each in mine] == [1, 1]
        deputy = AssignManager(manager_id=house.manager_id, assignment=Assignment.DEPUTY)
        refused = await house.ask(mine[0], deputy, SUPERVISOR)
        assert isinstance(refused, Refusing), "nobody gets a case who is away"


@pytest.mark.parametrize("restarted", [False, True])
async def test_edge_case_25_numbers_that_were_published_are_known_to_every_worker_at_once(
    temporal_address: str, settings: Settings, restarted: bool
) -> None:
    today, version = local_day(utc_now()), f"v-{uuid4().hex[:8]}"
    async with stack(temporal_address, settings) as services:
        house = House(services)
        parameters = Parameters(support_months=40, support_months_at_most=60)
        published = PublishPolicy(version=version, valid_from=today + 400 * DAY, parameters=parameters)
        await house.done(POLICY_STREAM, published, MINISTRY)
        await services.client.get_workflow_handle(POLICY_STREAM).result()  # it rests: nothing runs on for years
        case_id, _ = await house.case_without_places()
        if restarted:
            await services.stop_worker()
            await services.start_worker()
        early = await house.ask(case_id, MoveToPolicy(version=version, reason=Reason.OTHER), SUPERVISOR)
        assert isinstance(early, Refusing)
        assert early.code is Refusal.DATE_ORDER, "known at once, and not in force yet"
        moved = await house.done(case_id, MoveToPolicy(version="2017", reason=Reason.OTHER), SUPERVISOR)
        assert isinstance(moved, Receipt)
        assert house.case(case_id).policy_version == "2017"
