"""The pages that look back: what they say, in both languages, and what is asked of them wrongly."""

from dataclasses import fields

import httpx
import pytest

from api.access import COOKIE
from api.language import CATALOGUES
from api.past_shown import LABELS, UNTOLD
from domain.envelopes import Actor
from domain.vocabulary import Role
from projections.case_standing import CaseloadRow
from tests import examples
from tests.api.doors import Door, then

DPO = examples.MANAGER.model_copy(update={"id": "dpo-1", "role": Role.DPO})


@pytest.fixture
async def case_id(lotse: Door) -> str:
    made = await lotse.case(*then(*examples.SUPPORTED[1:]))
    answer = await lotse.ask(then(examples.COMMANDS["RecordLanguageLevel"])[0], made)
    await lotse.look("/v1/cases", after=answer.json()["position"])
    return made


async def visit(lotse: Door, path: str, language: str = "de", by: Actor | None = None) -> httpx.Response:
    token = lotse.bearing(by)["Authorization"].removeprefix("Bearer ")
    return await lotse.http.get(path, headers={"Cookie": f"{COOKIE}={token}", "Accept-Language": language})


def test_every_field_of_a_case_has_a_name_for_people_or_is_left_out_on_purpose() -> None:
    named = {each.name for each in fields(CaseloadRow)}
    assert LABELS.keys() | UNTOLD == named
    assert not LABELS.keys() & UNTOLD
    assert all(message in CATALOGUES["de"] for message in LABELS.values())


@pytest.mark.parametrize(
    ("language", "phase", "level"), [("de", "Begleitung", "Deutschkenntnisse"), ("en", "Support", "Level of German")]
)
async def test_a_case_is_told_as_it_was_in_plain_words(
    lotse: Door, case_id: str, language: str, phase: str, level: str
) -> None:
    today = await visit(lotse, f"/cases/{case_id}/as-of", language)
    first = await visit(lotse, f"/cases/{case_id}/as-of?event=1", language)

    assert (today.status_code, phase in today.text, level in today.text) == (200, True, True)
    assert (first.status_code, level in first.text) == (200, False)
    for page in (today, first):
        assert "Amal Haddad" in page.text
        assert "sealed:" not in page.text
        assert not [name for name in UNTOLD | {"phase_since", "manager_id"} if f">{name}<" in page.text]


async def test_each_entry_shows_what_it_changed_and_leads_on_and_back(lotse: Door, case_id: str) -> None:
    page = (await visit(lotse, f"/cases/{case_id}/as-of?event=3")).text

    assert all(f"/cases/{case_id}/as-of?event={nth}" in page for nth in (1, 2, 4))
    assert "Was dieser Eintrag geändert hat" in page


async def test_two_entries_and_two_days_are_compared(lotse: Door, case_id: str) -> None:
    entries = await visit(lotse, f"/cases/{case_id}/diff?from_event=1&to_event=3")
    days = await visit(lotse, f"/cases/{case_id}/diff?from_day=2001-01-01")
    nothing = await visit(lotse, f"/cases/{case_id}/diff?from_event=2&to_event=2")

    assert "Ravensburg" in entries.text
    assert "Amal Haddad" in days.text
    assert "Es hat sich nichts geändert" in nothing.text


async def test_before_the_first_entry_there_is_nothing(lotse: Door, case_id: str) -> None:
    page = await visit(lotse, f"/cases/{case_id}/as-of?known_on=2001-01-01")

    assert "Damals war noch nichts erfasst" in page.text


@pytest.mark.parametrize("path", ["as-of", "diff?from_event=1"])
async def test_who_may_not_see_personal_values_sees_none(lotse: Door, case_id: str, path: str) -> None:
    page = await visit(lotse, f"/cases/{case_id}/{path}", by=DPO)

    assert (page.status_code, "Amal" in page.text, "sealed:" in page.text) == (200, False, False)


@pytest.mark.parametrize("query", ["event=x", "event=-1", "on=gestern", "known_on=2018-02-30"])
async def test_what_is_no_day_and_no_entry_is_told_so(lotse: Door, case_id: str, query: str) -> None:
    assert (await visit(lotse, f"/cases/{case_id}/as-of?{query}")).status_code == 400


@pytest.mark.parametrize(
    "query", ["", "?event=999999", "?on=0001-01-01", "?on=9999-12-31", "?known_on=9999-12-31", "?known_on=0001-01-01"]
)
async def test_far_away_days_and_entries_are_no_fault(lotse: Door, case_id: str, query: str) -> None:
    assert (await visit(lotse, f"/cases/{case_id}/as-of{query}")).status_code == 200
