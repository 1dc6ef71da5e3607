"""A place is given over HTTP: the unit is kept, somebody waits, is offered a place, admitted, and only then the case opens."""

from typing import Any
from uuid import uuid4

from domain.envelopes import Actor
from domain.intake import OpenCase
from domain.vocabulary import Role
from tests import examples
from tests.api.doors import Door
from tests.api.test_house_commands import COORDINATOR, ELSEWHERE, ask, establish, unit

ELIGIBLE = examples.CONFIRM.model_copy(update={"title_valid_until": None})


async def admitted_unit(lotse: Door, key: int = 1) -> tuple[str, str]:
    """A unit with as many places as the key says: (municipality, its path)."""
    town, manager = unit(), f"im-{uuid4().hex[:8]}"
    path = f"units/{town}/drk"
    since = {"effective_on": "2018-01-02"}
    unit_ = establish(town, key=key, base="HEAD", **since)
    assert (await ask(lotse, path, unit_, COORDINATOR)).status_code == 200
    hired = {"kind": "HireManager", "manager_id": manager, "qualification": "DEGREE", "posts": {town: "1.00"}, **since}
    assert (await ask(lotse, f"staff/{manager}", hired, examples.SUPERVISOR)).status_code == 200
    await until(lotse, path, lambda shown: shown["board"]["heads"] == 1)
    return town, path


async def until(lotse: Door, path: str, holds: Any, by: Actor = examples.SUPERVISOR) -> dict[str, Any]:
    """What follows from one story in another comes by itself; here it is waited for."""
    for _ in range(200):
        answer = await lotse.look(f"/v1/{path}", by, ended=True)
        if answer.status_code == 200 and holds(answer.json()):
            shown: dict[str, Any] = answer.json()
            return shown
    raise AssertionError(answer.text)


async def test_a_case_opens_only_with_a_place_and_gives_it_back_when_it_closes(lotse: Door) -> None:
    town, path = await admitted_unit(lotse)
    first = await lotse.case(ELIGIBLE)
    second = await lotse.case(ELIGIBLE)
    opening = OpenCase(municipality=town)
    early = await lotse.ask(opening, first)
    assert (early.status_code, early.json()["code"]) == (409, "NO_CAPACITY")

    for case_id in (first, second):
        waits = await ask(lotse, path, {"kind": "WaitlistClient", "case_ids": [case_id]}, examples.MANAGER)
        assert waits.status_code == 200, waits.text
    assert [event["name"] for event in waits.json()["events"]] == ["ClientWaitlisted"]
    out_of_turn = await ask(lotse, path, {"kind": "AdmitClient", "entry": 2}, examples.SUPERVISOR)
    assert (out_of_turn.status_code, out_of_turn.json()["code"]) == (409, "NO_CAPACITY")
    assert (await ask(lotse, path, {"kind": "AdmitClient", "entry": 1}, examples.SUPERVISOR)).status_code == 200
    assert (await lotse.ask(opening, first)).status_code == 200

    closed = await lotse.ask({"kind": "CloseCase", "closure_reason": "SAFETY"}, first, by=examples.SUPERVISOR)
    assert closed.status_code == 200, closed.text
    shown = await until(lotse, path, lambda shown: shown["board"]["reserved"] == 1)
    assert [(each["entry"], each["state"]) for each in shown["waiting"]] == [(2, "OFFERED"), (1, "ADMITTED")]
    assert (shown["board"]["active"], shown["board"]["free"]) == (0, 0)


async def test_the_board_shows_each_one_s_own_units_and_coordinators_all(lotse: Door) -> None:
    town, path = await admitted_unit(lotse)
    lines = {
        by.id: [each["municipality"] for each in (await lotse.look("/v1/units", by)).json()["units"]]
        for by in (examples.SUPERVISOR, COORDINATOR, ELSEWHERE)
    }
    assert town in lines[examples.SUPERVISOR.id]
    assert town in lines[COORDINATOR.id]
    assert town not in lines[ELSEWHERE.id]
    foreign = await lotse.look(f"/v1/{path}", ELSEWHERE)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "CROSS_PROVIDER")
    nobody = await lotse.look("/v1/units", Actor(id="ministry", role=Role.MINISTRY, provider="land"))
    assert nobody.json()["code"] == "NOT_PERMITTED"
    unknown = await lotse.look(f"/v1/units/{unit()}/drk", examples.SUPERVISOR)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "UNIT_UNKNOWN")
