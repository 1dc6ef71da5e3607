"""What one case tells others of its household, or its duplicate, on real services: once, whatever is restarted in between."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from domain.bereavement import DeathInHouseholdNoted
from domain.departure import RecordDeath
from domain.duplicates import MergePersons, UndoMerge
from domain.envelopes import Actor, Receipt
from domain.household import SplitHousehold
from domain.intake import OpenCase
from domain.refusals import Refusal
from domain.story import Command
from domain.support import RecordContact
from domain.vocabulary import Attendee, ContactMode, MergeEvidence, Reason, Role
from infra.settings import Settings
from tests.e2e.stack import SUPERVISOR, Stack, stack
from tests.e2e.test_closing import CONFIRM
from workflows.client import Refusing

PATIENCE_S = 60.0
CONTACT = RecordContact(mode=ContactMode.PHONE, minutes=10, present=(Attendee.CLIENT,))


async def living_in(case: Stack, household: str) -> tuple[str, str]:
    case_id, person = await case.register()
    opening = OpenCase.model_validate({"municipality": "ravensburg", "household_id": household})
    for command in (CONFIRM, opening):
        assert isinstance(await case.submit(case_id, person, command), Receipt)
    return case_id, person


async def recorded(case: Stack, case_id: str, name: str) -> Sequence[str]:
    """The names of the events of a case, once one of them is there."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            names = [each.name for each in case.story(case_id)]
            if name in names:
                return names
            await asyncio.sleep(0.1)


async def asked_and_restarted(case: Stack, case_id: str, person: str, command: Command) -> None:
    """The receipt is given, and the worker goes before, or while, the others are told."""
    assert isinstance(await case.submit(case_id, person, command, by=SUPERVISOR), Receipt)
    await case.stop_worker()
    await case.start_worker()


async def answer(case: Stack, case_id: str, person: str, command: Command, by: Actor = SUPERVISOR) -> str:
    answered = await case.submit(case_id, person, command, by=by)
    return answered.code.value if isinstance(answered, Refusing) else answered.events[0].name


async def test_edge_case_07_relatives_are_told_of_a_death_once_though_the_worker_is_restarted(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as case:
        home = str(uuid4())
        (dead, person), (wife, _), (child, _) = [await living_in(case, home) for _ in range(3)]
        stranger, _ = await living_in(case, str(uuid4()))
        await asked_and_restarted(case, dead, person, RecordDeath())
        for relative in (wife, child):
            names = await recorded(case, relative, "DeathInHouseholdNoted")
            assert names.count("DeathInHouseholdNoted") == 1
            noted = case.story(relative)[-1]
            assert (noted.event, noted.actor.role) == (DeathInHouseholdNoted(), Role.SYSTEM)
            assert noted.causation == f"{dead}/4"
        for other in (dead, stranger):
            assert "DeathInHouseholdNoted" not in [each.name for each in case.story(other)]


async def test_edge_case_03_a_household_is_split_in_all_its_cases_though_the_worker_is_restarted(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as case:
        home, refuge = str(uuid4()), uuid4()
        (mother, person), (child, _), (husband, _) = [await living_in(case, home) for _ in range(3)]
        split = SplitHousehold(new_household_id=refuge, leaving=(child,), protected=True)
        await asked_and_restarted(case, mother, person, split)
        assert (await recorded(case, child, "HouseholdMemberAdded"))[-2:] == ["HouseholdSplit", "HouseholdMemberAdded"]
        assert (await recorded(case, husband, "HouseholdSplit"))[-1] == "HouseholdSplit"
        assert str(refuge) not in "".join(stored.state.decode() for stored in case.stored(husband))


async def test_edge_case_21_a_duplicate_is_closed_and_reinstated_though_the_worker_is_restarted(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as case:
        (survivor, person), (duplicate, alias) = [await living_in(case, str(uuid4())) for _ in range(2)]
        merge = MergePersons(duplicate_case=duplicate, evidence=MergeEvidence.SAME_DOCUMENT)
        await asked_and_restarted(case, survivor, person, merge)
        assert (await recorded(case, duplicate, "MergedInto"))[-2:] == ["CaseClosed", "MergedInto"]
        assert await answer(case, duplicate, alias, CONTACT) == Refusal.MERGED_ALREADY
        third = await case.register_again(alias)
        opening = OpenCase(municipality="ravensburg")
        assert await answer(case, third, alias, CONFIRM) == "EligibilityConfirmed"
        assert await answer(case, third, alias, opening) == Refusal.CASE_ALREADY_OPEN
        undo = UndoMerge(duplicate_case=duplicate, reason=Reason.MISTAKE)
        await asked_and_restarted(case, survivor, person, undo)
        assert (await recorded(case, duplicate, "ClosureRetracted"))[-2:] == ["DuplicateReinstated", "ClosureRetracted"]
        assert await answer(case, duplicate, alias, CONTACT) == "ContactRecorded"
        assert await answer(case, third, alias, opening) == Refusal.CASE_ALREADY_OPEN


async def test_edge_case_21_of_two_who_merge_into_each_other_at_once_one_survives(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as case:
        (first, person), (second, alias) = [await living_in(case, str(uuid4())) for _ in range(2)]
        told = await asyncio.gather(
            answer(case, first, person, MergePersons(duplicate_case=second, evidence=MergeEvidence.CLIENT)),
            answer(case, second, alias, MergePersons(duplicate_case=first, evidence=MergeEvidence.CLIENT)),
        )
        assert sorted(told) == [Refusal.MERGED_ALREADY, "PersonsMerged"]


async def test_edge_case_12_contacts_recorded_at_once_with_the_same_version_seen_are_all_recorded(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as case:
        case_id, person = await living_in(case, str(uuid4()))
        told = await asyncio.gather(*(case.submit(case_id, person, CONTACT, expected_version=3) for _ in range(6)))
        assert [isinstance(each, Receipt) for each in told] == [True] * 6
        late = await case.submit(case_id, person, CONTACT, expected_version=2)
        assert isinstance(late, Refusing)
        assert late.code is Refusal.CONCURRENCY
