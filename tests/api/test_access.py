"""Who asks is told by a signed token; without one there is nothing to see."""

import base64
import json
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import jwt
import pytest
from fastapi.routing import APIRoute
from jwt.warnings import InsecureKeyLengthWarning

from api import boards, cases, house_reads, pages, past, reads
from api.access import COOKIE, MATRIX, Action, may
from domain.envelopes import Actor
from domain.vocabulary import Role
from infra.settings import token_key
from tests import examples
from tests.api.doors import Door, person

CLAIMS: dict[str, Any] = {"iss": "lotse", "aud": "lotse", "sub": "im-07", "role": "manager", "provider": "drk"}


def claims(**more: Any) -> dict[str, Any]:
    said = {**CLAIMS, "exp": datetime.now(UTC) + timedelta(hours=1), **more}
    return {name: value for name, value in said.items() if value is not None}


def unsigned(content: dict[str, Any]) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(content)}."


A_RECEIPT = "/v1/commands/x"
PATHS = (
    "/v1/cases",
    "/v1/cases/case-1",
    "/v1/cases/case-1/history",
    "/v1/cases/case-1/facts",
    "/v1/cases/case-1/as-of",
    "/v1/cases/case-1/diff",
    A_RECEIPT,
    "/v1/referrals",
    "/v1/reviews-due",
)
PAGES = (
    "/approvals",
    "/cases",
    "/cases/case-1",
    "/cases/case-1/facts",
    "/cases/case-1/as-of",
    "/cases/case-1/diff",
    "/my-caseload",
    "/notices",
    "/overview",
    "/referrals",
    "/reviews",
)
A_UNIT = "/units/ravensburg/drk"
HOUSE_PAGES = ("/units", A_UNIT)
HOUSE_PATHS = ("/v1/units", f"/v1{A_UNIT}")


@pytest.mark.parametrize("path", PATHS)
async def test_without_a_token_there_is_nothing_to_see(lotse: Door, path: str) -> None:
    for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}, {"Authorization": "Bearer  "}):
        answer = await lotse.http.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="lotse"'


async def test_without_a_token_nothing_is_recorded(lotse: Door) -> None:
    before = lotse.stored()

    answer = await lotse.http.post("/v1/cases", json=person(), headers={"Idempotency-Key": "k"})

    assert answer.status_code == 401
    assert lotse.stored() == before


@pytest.mark.parametrize(
    "said",
    [
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"exp": None},
        {"aud": "another"},
        {"aud": ["lotse", "another"]},
        {"aud": None},
        {"iss": "another"},
        {"iss": None},
        {"sub": None},
        {"sub": "Amal Haddad"},
        {"provider": None},
        {"provider": ""},
        {"role": None},
        {"role": "system"},
        {"role": "queen"},
        {"role": ["manager"]},
        {"nbf": datetime(2200, 1, 1, tzinfo=UTC)},
    ],
    ids=str,
)
async def test_a_token_that_says_too_little_or_the_wrong_thing_is_not_valid(lotse: Door, said: dict[str, Any]) -> None:
    token = jwt.encode(claims(**said), token_key(lotse.settings), algorithm="HS256")
    before = lotse.stored()

    answer = await lotse.ask(person(), headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert lotse.stored() == before


async def test_a_token_that_is_forged_is_not_valid(lotse: Door) -> None:
    key, lasting = token_key(lotse.settings), {**CLAIMS, "exp": 4_102_444_800}
    good = jwt.encode(lasting, key, algorithm="HS256")
    header, body, signature = good.split(".")
    other_body = jwt.encode({**lasting, "provider": "diakonie"}, b"x" * 32, algorithm="HS256").split(".")[1]
    with pytest.warns(InsecureKeyLengthWarning):
        with_another_algorithm = jwt.encode(lasting, key, algorithm="HS384")
    before = lotse.stored()

    for token in (
        jwt.encode(lasting, b"x" * 32, algorithm="HS256"),
        with_another_algorithm,
        unsigned(lasting),
        f"{header}.{other_body}.{signature}",
        f"{header}.{body}.",
        "nonsense",
        "a.b.c",
    ):
        answer = await lotse.ask(person(), headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401

    assert lotse.stored() == before


def test_every_role_has_its_line_and_the_clock_may_nothing_at_the_door() -> None:
    assert set(MATRIX) == set(Role)
    assert MATRIX[Role.SYSTEM] == frozenset()


HOUSE = {Action.RUN_HOUSE, Action.SEE_HOUSE, Action.SET_RULES}
EVERYDAY = set(Action) - {Action.SET_RULES}


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (Role.MANAGER, EVERYDAY),
        (Role.DEPUTY, EVERYDAY),
        (Role.SUPERVISOR, EVERYDAY),
        (Role.DPO, {Action.SUBMIT, Action.SEE_CASE}),
        (Role.COORDINATOR, HOUSE),
        (Role.MUNICIPALITY, set()),
        (Role.MINISTRY, {Action.SET_RULES}),
        (Role.OPERATOR, set()),
    ],
)
def test_the_matrix_cell_by_cell_for_ones_own_and_for_another_provider(role: Role, actions: set[Action]) -> None:
    actor = Actor(id="x-1", role=role, provider="drk")
    across = actions if role in (Role.COORDINATOR, Role.MINISTRY) else set()

    assert {action for action in Action if may(actor, action, "drk")} == actions
    assert {action for action in Action if may(actor, action, "diakonie")} == across


async def test_whose_role_sees_no_case_is_told_so(lotse: Door) -> None:
    for role in (Role.COORDINATOR, Role.MUNICIPALITY, Role.MINISTRY, Role.OPERATOR):
        by = examples.MANAGER.model_copy(update={"role": role})
        for path in PATHS:
            if path == A_RECEIPT and role in (Role.COORDINATOR, Role.MINISTRY):
                continue  # theirs are of the house
            answer = await lotse.look(path, by=by)
            assert (answer.status_code, answer.json()["code"]) == (403, "NOT_PERMITTED")


@pytest.mark.parametrize("room", [boards, cases, house_reads, pages, past, reads], ids=lambda each: str(each.__name__))
def test_every_door_that_looks_at_cases_is_in_these_tests(room: ModuleType) -> None:
    looks = {each.path for each in room.router.routes if isinstance(each, APIRoute) and "GET" in (each.methods or ())}
    tried = (*PATHS, *PAGES, *HOUSE_PATHS, *HOUSE_PAGES)
    generalised = (path.replace("case-1", "{case_id}").replace("/x", "/{command_id}") for path in tried)
    named = {path.replace("/ravensburg/drk", "/{municipality}/{provider}") for path in generalised}
    assert looks - named <= {"/"}


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_for_those_who_are_signed_in_and_see_cases(lotse: Door, path: str) -> None:
    assert (await lotse.http.get(path)).status_code == 401
    for role in (Role.COORDINATOR, Role.MUNICIPALITY, Role.MINISTRY, Role.OPERATOR):
        by = examples.MANAGER.model_copy(update={"role": role})
        token = lotse.bearing(by)["Authorization"].removeprefix("Bearer ")
        answer = await lotse.http.get(path, headers={"Cookie": f"{COOKIE}={token}"})
        assert (answer.status_code, "Das ist Ihrer Rolle nicht erlaubt" in answer.text) == (403, True)


@pytest.mark.parametrize("path", HOUSE_PAGES)
async def test_a_page_of_the_house_is_for_casework_and_coordination(lotse: Door, path: str) -> None:
    assert (await lotse.http.get(path)).status_code == 401
    for role, allowed in (
        (Role.COORDINATOR, True),
        (Role.MUNICIPALITY, False),
        (Role.MINISTRY, False),
        (Role.OPERATOR, False),
    ):
        by = examples.MANAGER.model_copy(update={"role": role})
        token = lotse.bearing(by)["Authorization"].removeprefix("Bearer ")
        answer = await lotse.http.get(path, headers={"Cookie": f"{COOKIE}={token}"})
        assert ("Das ist Ihrer Rolle nicht erlaubt" not in answer.text) == allowed


@pytest.mark.parametrize("path", HOUSE_PATHS)
async def test_what_the_house_tells_programs_is_for_casework_and_coordination(lotse: Door, path: str) -> None:
    assert (await lotse.http.get(path)).status_code == 401
    for role in (Role.MUNICIPALITY, Role.MINISTRY, Role.OPERATOR):
        answer = await lotse.look(path, examples.MANAGER.model_copy(update={"role": role}))
        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_PERMITTED")
