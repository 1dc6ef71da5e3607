"""Units, staff and the programme's numbers over HTTP: asked for once, by whom the rules allow it, in no words of one's own."""

import json
from typing import Any
from uuid import uuid4

import pytest
from pydantic import TypeAdapter

from api import examples_house
from domain.catalogue import ASKED_OF
from domain.envelopes import POLICY_STREAM, STAFF_PREFIX, UNIT_PREFIX, Actor
from domain.vocabulary import Role
from tests import examples
from tests.api.doors import JSON, Door

COORDINATOR = Actor(id="ko-01", role=Role.COORDINATOR, provider="landratsamt")
ELSEWHERE = Actor(id="fl-09", role=Role.SUPERVISOR, provider="diakonie")
KINDS = {
    UNIT_PREFIX: examples_house.OF_UNIT,
    STAFF_PREFIX: examples_house.OF_STAFF,
    POLICY_STREAM: examples_house.OF_POLICY,
}


async def ask(lotse: Door, path: str, body: dict[str, Any], by: Actor, key: str | None = None, **headers: str) -> Any:
    given = {**lotse.bearing(by), "Idempotency-Key": key or str(uuid4()), **JSON, **headers}
    return await lotse.http.post(f"/v1/{path}/commands", json=body, headers=given)


def unit() -> str:
    """A municipality of the test's own."""
    return f"town-{uuid4().hex[:8]}"


def establish(municipality: str, **more: Any) -> dict[str, Any]:
    return {**examples_house.OF_UNIT["EstablishUnit"], "municipality": municipality, **more}


@pytest.mark.parametrize(("prefix", "kind"), [(prefix, kind) for prefix, bodies in KINDS.items() for kind in bodies])
def test_every_example_is_one_that_can_be_asked_for(prefix: str, kind: str) -> None:
    adapter: TypeAdapter[Any] = ASKED_OF[prefix]
    assert adapter.validate_json(json.dumps(KINDS[prefix][kind]), strict=True).kind == kind


def test_there_is_an_example_of_everything_that_can_be_asked_for() -> None:
    for prefix, bodies in KINDS.items():
        schema = ASKED_OF[prefix].json_schema()
        named = set(schema["discriminator"]["mapping"]) if "discriminator" in schema else {"PublishPolicy"}
        assert named == set(bodies)


async def test_a_unit_is_established_once_and_its_places_counted_by_the_posts_of_its_staff(lotse: Door) -> None:
    town, manager, key = unit(), f"im-{uuid4().hex[:8]}", str(uuid4())
    first = await ask(lotse, f"units/{town}/drk", establish(town), COORDINATOR, key)
    again = await ask(lotse, f"units/{town}/drk", establish(town), COORDINATOR, key)
    assert (first.status_code, again.json()) == (200, first.json())
    assert first.json()["stream_id"] == f"unit-{town}.drk"
    assert first.headers["ETag"] == '"1"'
    seen = await ask(
        lotse, f"units/{town}/drk", examples_house.OF_UNIT["SetCapacity"], COORDINATOR, **{"If-Match": '"7"'}
    )
    assert (seen.status_code, seen.json()["code"]) == (412, "CONCURRENCY")

    hired = {"kind": "HireManager", "manager_id": manager, "qualification": "DEGREE", "posts": {town: "0.5"}}
    answer = await ask(lotse, f"staff/{manager}", hired, examples.SUPERVISOR)
    assert answer.status_code == 200, answer.text


async def test_only_whom_the_rules_allow_it_is_heard(lotse: Door) -> None:
    town = unit()
    by_manager = await ask(lotse, f"units/{town}/drk", establish(town), examples.MANAGER)
    nobody = await ask(
        lotse, f"units/{town}/drk", establish(town), Actor(id="ministry", role=Role.MINISTRY, provider="land")
    )
    assert (by_manager.status_code, by_manager.json()["code"]) == (403, "ROLE_NOT_ALLOWED")
    assert (nobody.status_code, nobody.json()["code"]) == (403, "NOT_PERMITTED")
    assert (await ask(lotse, f"units/{town}/drk", establish(town), COORDINATOR)).status_code == 200
    foreign = await ask(lotse, f"units/{town}/drk", {"kind": "DeclineOffer", "entry": 1}, ELSEWHERE)
    assert foreign.json()["code"] == "CROSS_PROVIDER"


async def test_address_and_command_must_name_the_same_unit_and_person(lotse: Door) -> None:
    town = unit()
    for path, body in (
        (f"units/{town}/drk", establish(unit())),
        (f"units/{town}/diakonie", establish(town)),
        ("staff/im-99", examples_house.OF_STAFF["HireManager"]),
    ):
        answer = await ask(lotse, path, body, COORDINATOR)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "kind")


async def test_words_of_ones_own_are_taken_nowhere_in_the_house(lotse: Door) -> None:
    """There is no person under whose key they could be sealed."""
    town = unit()
    answer = await ask(lotse, f"units/{town}/drk", {**establish(town), "reason_text": "Amal said so"}, COORDINATOR)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "reason_text")
    assert "Amal" not in answer.text


async def test_a_command_of_another_kind_of_story_is_unknown_here(lotse: Door) -> None:
    for path in (f"units/{unit()}/drk", "staff/im-99", "policy"):
        answer = await ask(lotse, path, {"kind": "CloseCase", "closure_reason": "SAFETY"}, COORDINATOR)
        assert answer.status_code == 400, path
    case_id = await lotse.case()
    answer = await lotse.ask(examples_house.OF_UNIT["AdmitClient"], case_id)
    assert answer.status_code == 400


async def test_a_unit_that_nobody_established_is_unknown(lotse: Door) -> None:
    answer = await ask(lotse, f"units/{unit()}/drk", {"kind": "DeclineOffer", "entry": 1}, examples.SUPERVISOR)
    assert (answer.status_code, answer.json()["code"]) == (404, "UNIT_UNKNOWN")


async def test_a_receipt_of_the_house_is_shown_to_whose_provider_has_asked(lotse: Door) -> None:
    town, key = unit(), str(uuid4())
    asked = await ask(lotse, f"units/{town}/drk", establish(town), COORDINATOR, key)
    own = await lotse.look(f"/v1/commands/{key}", COORDINATOR)
    foreign = await lotse.look(f"/v1/commands/{key}", examples.SUPERVISOR)
    assert (own.json(), foreign.status_code) == (asked.json(), 404)
