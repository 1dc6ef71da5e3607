"""A case as it was and what changed since, over HTTP: for those who may see the case, sealed for whom it is not meant."""

from typing import Any

import httpx
import pytest

from api.examples_past import AS_OF, DIFF
from api.past import Difference, Past
from domain.vocabulary import Role
from tests import examples
from tests.api.doors import Door, then

DPO = examples.MANAGER.model_copy(update={"id": "dpo-1", "role": Role.DPO})


async def differ(lotse: Door, case_id: str, **query: Any) -> httpx.Response:
    return await lotse.look(f"/v1/cases/{case_id}/diff", **{name.rstrip("_"): value for name, value in query.items()})


def fields(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 400
    return [each["field"].removeprefix("query.") for each in answer.json()["errors"]]


async def supported(lotse: Door) -> tuple[str, list[dict[str, Any]]]:
    """A case with an agreed plan, and its history."""
    case_id = await lotse.case(*then(*examples.SUPPORTED[1:]))
    answer = await lotse.ask(then(examples.COMMANDS["RecordLanguageLevel"])[0], case_id)
    history = await lotse.look(f"/v1/cases/{case_id}/history", after=answer.json()["position"])
    return case_id, history.json()["events"]


async def test_a_case_is_shown_as_it_was_at_an_instant_and_after_an_event(lotse: Door) -> None:
    case_id, events = await supported(lotse)
    path, opened = f"/v1/cases/{case_id}/as-of", next(each for each in events if each["name"] == "CaseOpened")

    then_known = (await lotse.look(path, known_at=opened["recorded_at"])).json()
    after_event = (await lotse.look(path, version=opened["version"])).json()
    today = (await lotse.look(path)).json()

    assert (then_known["version"], then_known["case"]["phase"], then_known["goals"]) == (
        opened["version"],
        "INTAKE",
        [],
    )
    assert after_event == then_known
    assert (today["version"], today["case"]["phase"]) == (len(events), "SUPPORT")
    assert today["case"] == (await lotse.look(f"/v1/cases/{case_id}")).json()
    assert (today["case"]["name"], bool(today["goals"][0]["text"])) == ("Amal Haddad", True)


async def test_facts_are_those_that_held_on_the_day_that_is_asked_for(lotse: Door) -> None:
    case_id, _ = await supported(lotse)
    path = f"/v1/cases/{case_id}/as-of"

    today = (await lotse.look(path)).json()
    long_ago = (await lotse.look(path, as_of="1999-12-31")).json()

    assert "LANGUAGE" in {each["kind"] for each in today["facts"]}
    assert (long_ago["facts"], long_ago["version"]) == ([], today["version"])


async def test_a_difference_lists_what_changed_from_what_to_what(lotse: Door) -> None:
    case_id, events = await supported(lotse)
    opened = next(each for each in events if each["name"] == "CaseOpened")
    before = opened["version"] - 1

    found = (await differ(lotse, case_id, from_=before, to=opened["version"])).json()
    by_instants = (
        await differ(lotse, case_id, from_=events[before - 1]["recorded_at"], to=opened["recorded_at"])
    ).json()
    whole = (await differ(lotse, case_id)).json()

    changes = {each["field"]: (each["old"], each["new"]) for each in found["changes"]}
    assert changes["phase"] == ("REGISTERED", "INTAKE")
    assert changes["municipality"] == (None, "ravensburg")
    assert "name" not in changes
    assert by_instants == found
    assert (whole["from_version"], whole["to_version"]) == (0, len(events))
    assert {"field": "name", "old": None, "new": "Amal Haddad"} in whole["changes"]


async def test_the_data_protection_officer_sees_that_something_changed_and_no_personal_value(lotse: Door) -> None:
    case_id, _ = await supported(lotse)

    past = await lotse.look(f"/v1/cases/{case_id}/as-of", by=DPO)
    changed = await differ(lotse, case_id, from_=0, by=DPO)

    assert (past.json()["case"]["name"], past.json()["goals"][0]["text"]) == (None, None)
    assert {"field": "name", "old": None, "new": None} in changed.json()["changes"]
    for answer in (past, changed):
        assert answer.status_code == 200
        assert "Amal" not in answer.text
        assert "sealed:" not in answer.text


@pytest.mark.parametrize("look", ["as-of", "diff"])
async def test_a_case_of_another_provider_is_not_shown_as_it_was_either(lotse: Door, look: str) -> None:
    case_id, _ = await supported(lotse)

    foreign = await lotse.look(f"/v1/cases/{case_id}/{look}", by=examples.MANAGER_ELSEWHERE)
    unknown = await lotse.look(f"/v1/cases/case-{examples.PERSON_ID}/{look}")

    assert (foreign.status_code, foreign.json()["code"]) == (403, "CROSS_PROVIDER")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "CASE_UNKNOWN")


async def test_a_wrong_instant_is_named_and_not_quoted(lotse: Door) -> None:
    case_id, events = await supported(lotse)
    past = f"/v1/cases/{case_id}/as-of"

    early = await lotse.look(past, known_at="2001-01-01T00:00:00Z")
    assert (early.status_code, early.json()["code"]) == (404, "NOT_KNOWN_YET")
    assert fields(await lotse.look(past, known_at="2018-04-01T00:00:00")) == ["known_at"]
    assert fields(await lotse.look(past, as_of="yesterday")) == ["as_of"]
    assert fields(await lotse.look(past, version=len(events) + 1)) == ["version"]
    assert fields(await lotse.look(past, version=1, known_at="2018-04-01T00:00:00Z")) == ["version"]
    for wrong in ("yesterday", "2018-04-01T00:00:00", "-1", "1522540800", str(len(events) + 1), "١"):
        answer = await differ(lotse, case_id, from_=wrong)
        assert fields(answer) == ["from"]
        assert "yesterday" not in answer.text
    assert fields(await differ(lotse, case_id, from_=1, to="Zwitscherfeld")) == ["to"]
    assert fields(await differ(lotse, case_id, from_=3, to=2)) == ["from"]


def test_the_examples_have_the_form_that_is_described() -> None:
    assert Past.model_validate(AS_OF).goals
    assert Difference.model_validate(DIFF).changes
