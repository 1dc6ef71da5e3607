"""Bad input: the right status, a message that helps, nothing stored, and nothing of it quoted."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.examples import COMMANDS
from api.guards import BODY_LIMIT
from tests import examples
from tests.api.doors import JSON, Door, person

CANARY = "Zwitscherfeld"
CONFIRM = examples.CONFIRM.model_dump(mode="json", exclude_none=True)


def fields(answer: httpx.Response) -> list[str]:
    return [each["field"] for each in answer.json()["errors"]]


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def corrected(**fact: Any) -> dict[str, Any]:
    """A correction with a fact inside that is not quite right."""
    example = COMMANDS["CorrectFact"]
    return {**example, "fact": {**example["fact"], **fact}}


@pytest.fixture
async def case_id(lotse: Door) -> str:
    return await lotse.case()


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        ({**CONFIRM, "kind": CANARY}, "kind", "is not a kind of command that can be asked for"),
        ({**CONFIRM, "kind": "ReachDeadline"}, "kind", "is not a kind of command that can be asked for"),
        (without(CONFIRM, "kind"), "kind", "is missing"),
        (without(CONFIRM, "basis"), "basis", "is missing"),
        ({**CONFIRM, "birthday": CANARY}, "birthday", "is not a field of this"),
        ({**CONFIRM, CANARY: "x"}, "?", "is not a field of this"),
        ({**CONFIRM, "evidence_seen": "yes"}, "evidence_seen", "Input should be a valid boolean"),
        ({**CONFIRM, "evidence_seen": 1}, "evidence_seen", "Input should be a valid boolean"),
        ({**CONFIRM, "au_since": "2018-02-30"}, "au_since", "must be a date of the calendar, YYYY-MM-DD"),
        ({**CONFIRM, "au_since": CANARY}, "au_since", "must be a date of the calendar, YYYY-MM-DD"),
        ({**CONFIRM, "au_since": "1517443200"}, "au_since", "must be a date of the calendar, YYYY-MM-DD"),
        ({**CONFIRM, "au_since": "2018-02-01T00:00:00Z"}, "au_since", "must be a date of the calendar, YYYY-MM-DD"),
        ({**CONFIRM, "au_since": 20180201}, "au_since", "must be a date, YYYY-MM-DD"),
        ({**CONFIRM, "reason_text": ""}, "reason_text", "must have 1 to 2000 characters"),
        ({"kind": "OpenCase", "municipality": "x", "household_id": CANARY}, "municipality", None),
        ({"kind": "CompleteMeasure", "measure": 1.5, "outcome": "DONE"}, "measure", None),
        ({"kind": "CompleteMeasure", "measure": 0, "outcome": "DONE"}, "measure", None),
        (corrected(level="B7"), "fact.level", None),
        (corrected(effective_on="1517443200"), "fact.effective_on", "must be a date of the calendar, YYYY-MM-DD"),
        (corrected(kind="RegisterPerson"), "kind", "is not a kind of command that can be asked for"),
        (corrected(reason="OTHER"), "body", "the reason belongs to the correction, not to the fact"),
        ([], "body", "must be an object"),
        ("RegisterPerson", "body", "must be an object"),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value)[:40],
)
async def test_a_malformed_command_is_told_which_field_and_what_about_it(
    lotse: Door, case_id: str, body: Any, field: str, problem: str | None
) -> None:
    before = lotse.stored()

    answer = await lotse.ask(body, case_id)

    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED")
    assert fields(answer)[0] == field
    assert problem in (None, answer.json()["errors"][0]["problem"])
    assert CANARY not in answer.text
    assert lotse.stored() == before


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"birth_date": "1990-02-30"}, "birth_date"),
        ({"birth_date": "1825"}, "birth_date"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "sealed:1:Amal"}, "person.name"),
        ({"kind": "OpenCase"}, "kind"),
        ({"languages": ["Arabic"]}, "languages.0"),
        ({"guardian_person_id": CANARY}, "guardian_person_id"),
        (
            {"person_id": str(examples.PERSON_ID), "guardian_person_id": str(examples.PERSON_ID)},
            "body",
        ),
    ],
)
async def test_a_malformed_registration_is_told_which_field(lotse: Door, more: dict[str, Any], field: str) -> None:
    before = lotse.stored()

    answer = await lotse.ask(person(**more))

    assert (answer.status_code, fields(answer)) == (400, [field])
    assert CANARY not in answer.text
    assert lotse.stored() == before


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b'{"name": NaN}', None),
        (b'{"name": "\xff\xfe"}', "is not UTF-8"),
        ('{"name": "Ämal"}'.encode("utf-16"), "is not UTF-8"),
        (b'{"name": "\\ud800"}', "is not JSON"),
        (b"[" * 5000, "is not JSON"),
    ],
    ids=["empty", "cut", "nan", "latin", "utf-16", "half a character", "deep"],
)
async def test_what_is_not_json_in_utf_8_is_told_so(lotse: Door, raw: bytes, problem: str | None) -> None:
    before = lotse.stored()

    answer = await lotse.ask(raw)

    assert answer.status_code == 400
    assert problem in (None, answer.json()["errors"][0]["problem"])
    assert lotse.stored() == before


async def test_another_content_type_is_not_taken(lotse: Door) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = await lotse.ask(b"{}", headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "NOT_JSON")


async def test_whoever_accepts_no_json_is_told_so_in_json(lotse: Door) -> None:
    answer = await lotse.ask(person(), headers={"Accept": "text/html"})

    assert (answer.status_code, answer.json()["code"]) == (406, "NOT_ACCEPTABLE")


async def test_a_method_or_an_address_that_is_not_there_is_a_problem_too(lotse: Door) -> None:
    method = await lotse.http.delete("/v1/cases", headers=lotse.bearing())
    address = await lotse.http.get("/v1/nothing")

    assert (method.status_code, method.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert (address.status_code, address.json()["code"]) == (404, "NOT_FOUND")
    assert address.headers["Content-Type"] == "application/problem+json"


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1024):
        yield b" " * 1024


async def test_more_than_64_kib_are_not_taken_whether_announced_or_not(lotse: Door) -> None:
    before = lotse.stored()
    headers = {**lotse.bearing(), **JSON, "Idempotency-Key": str(uuid4())}

    announced = await lotse.ask(b" " * (BODY_LIMIT + 1))
    chunked = await lotse.http.post("/v1/cases", content=chunks(BODY_LIMIT + 2048), headers=headers)

    assert "Content-Length" not in chunked.request.headers
    for answer in (announced, chunked):
        assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")
    assert lotse.stored() == before


async def test_exactly_64_kib_are_taken(lotse: Door) -> None:
    said = examples.REGISTER.model_dump_json(exclude={"person_id"}).encode()

    assert (await lotse.ask(said.ljust(BODY_LIMIT))).status_code == 201


@pytest.mark.parametrize("key", [None, "", " ", "timer:x", "notice:x", "a b", "x" * 201, "schl%C3%BCssel"])
async def test_a_key_that_is_missing_or_malformed_is_told(lotse: Door, key: str | None) -> None:
    before = lotse.stored()
    headers = {**lotse.bearing(), **({} if key is None else {"Idempotency-Key": key})}

    answer = await lotse.http.post("/v1/cases", json=person(), headers=headers)

    assert (answer.status_code, fields(answer)) == (400, ["Idempotency-Key"])
    assert lotse.stored() == before


@pytest.mark.parametrize("seen", ["1", '"0"', '"one"', 'W/"1"', '"1", "2"', "*", '"' + "9" * 40 + '"'])
async def test_a_version_that_is_malformed_is_told(lotse: Door, case_id: str, seen: str) -> None:
    before = lotse.stored()

    answer = await lotse.ask(examples.CONFIRM, case_id, headers={"If-Match": seen})

    assert (answer.status_code, fields(answer)) == (400, ["If-Match"])
    assert lotse.stored() == before


async def test_there_is_no_version_before_a_registration(lotse: Door) -> None:
    before = lotse.stored()

    answer = await lotse.ask(person(), headers={"If-Match": '"1"'})

    assert (answer.status_code, fields(answer)) == (400, ["If-Match"])
    assert lotse.stored() == before


@pytest.mark.parametrize(
    "query",
    [
        {"phase": "ASLEEP"},
        {"late": "perhaps"},
        {"manager": "Amal Haddad"},
        {"municipality": "\x00"},
        {"limit": "0"},
        {"after": "-1"},
        {"after": "9" * 30},
        {"cursor": "nonsense"},
        {"cursor": "2018-02-30_infinity_x"},
        {"colour": "blue"},
    ],
    ids=str,
)
async def test_a_question_that_is_malformed_is_told(lotse: Door, query: dict[str, Any]) -> None:
    answer = await lotse.look("/v1/cases", **query)

    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED")
    assert "Amal" not in answer.text
