"""What is shown: cases and histories from the read models, opened for those who may see."""

from uuid import uuid4

import httpx
import pytest

from api.examples import COMMANDS
from domain.vocabulary import Reason, Role
from tests import examples
from tests.api.doors import Door, person, then

DPO = examples.MANAGER.model_copy(update={"id": "dpo-1", "role": Role.DPO})


async def last_position(lotse: Door, case_id: str) -> int:
    """After one more fact about the case."""
    answer = await lotse.ask(then(examples.COMMANDS["RecordLanguageLevel"])[0], case_id)
    return int(answer.json()["position"])


async def test_a_case_is_shown_with_name_and_birth_date_in_clear(lotse: Door) -> None:
    receipt = (await lotse.ask(person())).json()

    answer = await lotse.look(f"/v1/cases/{receipt['stream_id']}", after=receipt["position"])

    shown = answer.json()
    assert answer.status_code == 200
    assert (shown["name"], shown["birth_date"]) == ("Amal Haddad", "1990-05-17")
    assert (shown["phase"], shown["version"], shown["provider"]) == ("REGISTERED", 1, "drk")
    assert answer.headers["ETag"] == '"1"'
    assert "sealed:" not in answer.text


async def test_a_history_tells_every_event_with_personal_values_in_clear(lotse: Door) -> None:
    case_id = await lotse.case(*then(*examples.MET[1:], examples.ASSESS))
    position = await last_position(lotse, case_id)

    answer = await lotse.look(f"/v1/cases/{case_id}/history", after=position)

    events = {event["name"]: event for event in answer.json()["events"]}
    assert answer.status_code == 200
    assert events["PersonRegistered"]["body"]["contact"] == "Weststraße 12, Ravensburg"
    assert events["AssessmentRecorded"]["body"]["needs"][0]["resource"] == "Reads Latin script, learns fast"
    assert "sealed:" not in answer.text


async def test_why_something_was_done_is_told_in_clear(lotse: Door) -> None:
    told = {"reason": Reason.OTHER, "reason_text": "Her brother asked for it"}
    case_id = await lotse.case(examples.CONFIRM.model_copy(update=told))
    position = await last_position(lotse, case_id)

    answer = await lotse.look(f"/v1/cases/{case_id}/history", after=position)

    assert [event["reason_text"] for event in answer.json()["events"]][1] == "Her brother asked for it"


async def test_the_data_protection_officer_sees_what_was_done_and_no_personal_value(lotse: Door) -> None:
    case_id = await lotse.case()
    position = await last_position(lotse, case_id)

    shown = await lotse.look(f"/v1/cases/{case_id}", by=DPO, after=position)
    history = await lotse.look(f"/v1/cases/{case_id}/history", by=DPO, after=position)

    assert (shown.status_code, shown.json()["name"], shown.json()["birth_date"]) == (200, None, None)
    assert history.json()["events"][0]["body"]["name"] is None
    for answer in (shown, history):
        assert "Amal" not in answer.text
        assert "sealed:" not in answer.text


async def test_an_unknown_case_and_that_of_another_provider_are_not_shown(lotse: Door) -> None:
    case_id = await lotse.case()
    await lotse.look("/v1/cases", after=await last_position(lotse, case_id))

    for path in ("", "/history"):
        unknown = await lotse.look(f"/v1/cases/case-{uuid4()}{path}")
        foreign = await lotse.look(f"/v1/cases/{case_id}{path}", by=examples.MANAGER_ELSEWHERE)
        assert (unknown.status_code, unknown.json()["code"]) == (404, "CASE_UNKNOWN")
        assert (foreign.status_code, foreign.json()["code"]) == (403, "CROSS_PROVIDER")


async def test_a_list_holds_the_cases_of_ones_own_provider_page_by_page(lotse: Door) -> None:
    by = examples.MANAGER.model_copy(update={"provider": "caritas"})
    made = set()
    for _ in range(5):
        receipt = (await lotse.ask(person(), by=by)).json()
        made.add(receipt["stream_id"])
    position, cursor, found = receipt["position"], None, []
    while True:
        query = {"limit": 2, "after": position} | ({"cursor": cursor} if cursor else {})
        page = (await lotse.look("/v1/cases", by=by, **query)).json()
        found += page["cases"]
        cursor = page["next"]
        if cursor is None:
            break

    assert len(found) == 5
    assert {case["case_id"] for case in found} == made
    assert {case["name"] for case in found} == {"Amal Haddad"}


async def test_a_list_is_narrowed_by_what_is_asked(lotse: Door) -> None:
    by = examples.MANAGER.model_copy(update={"provider": "awo"})
    registered = (await lotse.ask(person(), by=by)).json()["stream_id"]
    opened = (await lotse.ask(person(), by=by)).json()["stream_id"]
    for command in then(*examples.OPENED[1:]):
        answer = await lotse.ask(command, opened, by=by)
    position = answer.json()["position"]

    async def found(**query: object) -> list[str]:
        answer = await lotse.look("/v1/cases", by=by, after=position, **query)
        return [case["case_id"] for case in answer.json()["cases"]]

    assert await found(phase="REGISTERED") == [registered]
    assert await found(phase="INTAKE", municipality="ravensburg", unassigned=True) == [opened]
    assert await found(municipality="weingarten") == []
    assert await found(manager="im-07") == []


async def test_a_position_that_is_not_reached_is_told_to_ask_again(
    lotse: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.cases.WAIT_S", 0.1)

    answer = await lotse.look("/v1/cases", after=2**40)

    assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
    assert answer.headers["Retry-After"] == "1"


def is_closed_to_scripts_of_others(answer: httpx.Response) -> bool:
    policy = answer.headers["Content-Security-Policy"]
    return "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe-inline" not in policy


async def test_every_answer_bears_the_headers_of_safety(lotse: Door) -> None:
    answers = [await lotse.http.get(path) for path in ("/healthz", "/v1/cases", "/nothing", "/openapi.json")]
    answers.append(await lotse.look("/v1/cases"))
    answers.append(await lotse.ask(b" " * 70_000))

    for answer in answers:
        assert is_closed_to_scripts_of_others(answer)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_the_numbers_name_templates_and_codes_and_no_ids(lotse: Door) -> None:
    case_id = await lotse.case()
    await lotse.ask(examples.OPEN, case_id)
    await lotse.look(f"/v1/cases/{case_id}")

    numbers = (await lotse.http.get("/metrics")).text

    assert 'lotse_http_requests_total{method="POST",route="/v1/cases/{case_id}/commands",status="409"}' in numbers
    assert 'lotse_commands_total{code="NOT_ELIGIBLE",kind="OpenCase"}' in numbers
    assert "lotse_follower_alive 1.0" in numbers
    assert "lotse_read_model_lag_events" in numbers
    assert "lotse_parked_cases 0.0" in numbers
    assert "lotse_parked_oldest_seconds 0.0" in numbers
    assert "lotse_reconciled NaN" in numbers, "nobody has looked yet"
    assert case_id not in numbers


async def test_the_doors_are_ready_when_database_and_temporal_answer(lotse: Door) -> None:
    assert (await lotse.http.get("/readyz")).json() == {"database": "answers", "temporal": "answers"}
    assert (await lotse.http.get("/healthz")).status_code == 200


async def test_the_description_names_every_command_with_an_example_and_every_problem(lotse: Door) -> None:
    document = (await lotse.http.get("/openapi.json")).json()

    asked = document["paths"]["/v1/cases/{case_id}/commands"]["post"]
    body = asked["requestBody"]["content"]["application/json"]
    kinds = {each["$ref"].rsplit("/", 1)[1] for each in document["components"]["schemas"]["Command"]["oneOf"]}
    assert set(body["examples"]) == kinds
    for operation in (each for path in document["paths"].values() for each in path.values()):
        for status, response in operation["responses"].items():
            assert all("example" in content for content in response["content"].values()), response
            assert ("application/problem+json" in response["content"]) == (int(status) >= 400)


async def test_the_description_can_be_read_in_a_browser_without_a_token(lotse: Door) -> None:
    page = await lotse.http.get("/docs")

    assert page.status_code == 200
    assert "POST /v1/cases/{case_id}/commands" in page.text
    assert all(kind in page.text for kind in COMMANDS)
    assert "<script" not in page.text


async def test_an_address_that_is_not_there_is_a_page_for_browsers(lotse: Door) -> None:
    page = await lotse.http.get("/nothing", headers={"Accept": "text/html"})

    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
