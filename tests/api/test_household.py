"""Families and duplicates through the doors: what one case tells another is seen there."""

import asyncio
from typing import Any

from domain.facts import RecordLanguageLevel
from domain.vocabulary import LanguageEvidence, LanguageLevel
from tests.api.doors import Door, then
from tests.examples import COMMANDS, EVENTS, MANAGER, OPENED, SUPERVISOR, SUPPORTED
from tests.examples_household import ADD, LEAVE, MERGE
from tests.examples_support import CONTACT, DIED

LEVEL = RecordLanguageLevel(level=LanguageLevel.B1, evidence=LanguageEvidence.CERT_DTZ)


async def opened(lotse: Door, *more: Any) -> str:
    return await lotse.case(*then(*OPENED[1:], *more))


async def shown(lotse: Door, case_id: str, field: str) -> Any:
    """What the caseload shows, once it is told there."""
    async with asyncio.timeout(30):
        while True:
            case = (await lotse.look(f"/v1/cases/{case_id}", by=SUPERVISOR)).json()
            if case.get(field):
                return case[field]
            await asyncio.sleep(0.1)


async def test_edge_case_07_the_relatives_case_shows_a_gentle_flag_and_nothing_of_the_person(lotse: Door) -> None:
    dead, relative = await opened(lotse), await opened(lotse)
    assert (await lotse.ask(then(DIED)[0], dead)).status_code == 200
    assert await shown(lotse, relative, "death_in_household_on")
    history = (await lotse.look(f"/v1/cases/{relative}/history")).json()["events"]
    assert [each["body"] for each in history if each["name"] == "DeathInHouseholdNoted"] == [{}]


async def test_edge_case_21_facts_of_the_duplicate_are_shown_with_their_origin_and_both_cases_name_each_other(
    lotse: Door,
) -> None:
    survivor, duplicate = await opened(lotse, COMMANDS["RecordHousing"]), await opened(lotse, LEVEL)
    answer = await lotse.ask(MERGE.model_copy(update={"duplicate_case": duplicate}), survivor, by=SUPERVISOR)
    assert answer.status_code == 200, answer.text
    assert await shown(lotse, duplicate, "merged_into") == survivor
    assert await shown(lotse, survivor, "duplicates") == [duplicate]
    facts = (await lotse.look(f"/v1/cases/{survivor}/facts")).json()["facts"]
    assert (duplicate, "B1") in [(fact["case_id"], fact["value"]) for fact in facts]
    assert survivor in {fact["case_id"] for fact in facts}
    refused = await lotse.ask(then(CONTACT)[0], duplicate)
    assert (refused.status_code, refused.json()["code"]) == (409, "MERGED_ALREADY")


async def test_edge_case_21_who_is_no_supervisor_merges_nobody(lotse: Door) -> None:
    survivor, duplicate = await opened(lotse), await opened(lotse)
    merge = MERGE.model_copy(update={"duplicate_case": duplicate})
    refused = await lotse.ask(merge, survivor, by=MANAGER)
    assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_NOT_ALLOWED")


async def test_edge_case_03_what_only_the_system_asks_nobody_asks_at_the_door(lotse: Door) -> None:
    case_id = await opened(lotse)
    for kind in ("FollowSplit", "NoteDeathInHousehold", "CloseAsDuplicate", "ReinstateDuplicate"):
        answer = await lotse.ask({"kind": kind}, case_id, by=SUPERVISOR)
        assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED")


async def test_edge_case_12_a_stale_version_is_no_conflict_for_a_second_contact_but_for_a_household(
    lotse: Door,
) -> None:
    case_id = await lotse.case(*then(*SUPPORTED[1:]))
    seen = (await lotse.ask(then(COMMANDS["RecordHousing"])[0], case_id)).json()["version"]
    stale = {"If-Match": f'"{seen}"'}
    for _ in range(2):
        answer = await lotse.ask(then(CONTACT)[0], case_id, headers=stale)
        assert [each["name"] for each in answer.json()["events"]] == [type(EVENTS["ContactRecorded"]).__name__]
    left = await lotse.ask(then(LEAVE)[0], case_id, headers=stale)
    assert (left.status_code, left.json()["code"]) == (412, "CONCURRENCY")
    assert (await lotse.ask(then(ADD)[0], case_id)).status_code == 200
