"""`lotse cases` against the real API: what is asked, what is shown, and what each exit code means."""

import asyncio
import json
import socket
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.dev_servers import Running
from tests.cli.conftest import Ended, lotse, token_of

AMAL = json.dumps({"name": "Amal Haddad", "birth_date": "1990-05-17", "languages": ["ar"]})
ELIGIBLE = json.dumps({"basis": "AU_FLUEAG", "title_code": "P25_2", "au_since": "2018-01-01", "evidence_seen": True})
OPEN = json.dumps({"municipality": "ravensburg", "effective_on": "2018-02-01"})


def key() -> str:
    return f"test-{uuid4()}"


async def asked(case_id: str, kind: str, body: str = "{}", *more: str) -> Ended:
    return await lotse("cases", "submit", case_id, "--kind", kind, "--body", body, "--key", key(), *more)


async def registered() -> str:
    answer = await asked("new", "RegisterPerson", AMAL, "--json")
    assert answer.code == 0, answer.err
    case_id: str = json.loads(answer.out)["stream_id"]
    return case_id


async def shown(case_id: str) -> dict[str, Any]:
    answer = await lotse("cases", "show", case_id, "--json")
    assert answer.code == 0, answer.err + answer.out
    found: dict[str, Any] = json.loads(answer.out)
    return found


async def test_a_person_is_registered_and_supported_from_the_command_line(at_home: Running) -> None:
    case_id = await registered()
    assert (await asked(case_id, "ConfirmEligibility", ELIGIBLE)).code == 0

    opened = await asked(case_id, "OpenCase", OPEN)

    assert opened.code == 0
    assert "CaseOpened" in opened.out
    assert "FIRST_CONTACT due on 2018-02-15" in opened.out
    assert (await shown(case_id))["phase"] == "INTAKE"


async def test_the_same_key_gives_the_same_receipt_again(at_home: Running) -> None:
    case_id = await registered()
    command = ("cases", "submit", case_id, "--kind", "ConfirmEligibility", "--body", ELIGIBLE, "--key", key(), "--json")

    first, again = await lotse(*command), await lotse(*command)

    assert first.code == again.code == 0
    assert json.loads(first.out) == json.loads(again.out)


async def test_the_fields_come_from_a_file_or_from_stdin(at_home: Running, tmp_path: Path) -> None:
    case_id, file = await registered(), tmp_path / "eligible.json"
    file.write_text(ELIGIBLE)
    from_file = await lotse("cases", "submit", case_id, "--kind", "ConfirmEligibility", "-f", str(file), "--key", key())
    command = ("cases", "submit", case_id, "--kind", "OpenCase", "-f", "-", "--key", key())
    from_stdin = await lotse(*command, given=OPEN)

    assert (from_file.code, from_stdin.code) == (0, 0)


async def test_a_refusal_ends_with_1_and_says_which_rule_and_why(at_home: Running) -> None:
    refused = await asked(await registered(), "OpenCase", OPEN)

    assert refused.code == 1
    assert refused.err.startswith("NOT_ELIGIBLE (G01): ")
    assert refused.out == ""


async def test_a_refusal_as_json_is_the_problem_itself(at_home: Running) -> None:
    refused = await asked(await registered(), "OpenCase", OPEN, "--json")

    problem = json.loads(refused.out)
    assert refused.code == 1
    assert (problem["status"], problem["code"], problem["guard"]) == (409, "NOT_ELIGIBLE", "G01")


async def test_a_stale_version_is_refused_with_what_came_between(at_home: Running) -> None:
    case_id = await registered()
    await asked(case_id, "ConfirmEligibility", ELIGIBLE)

    stale = await asked(case_id, "OpenCase", OPEN, "--if-match", "1")

    assert stale.code == 1
    assert "CONCURRENCY (G29)" in stale.err
    assert "since then: 2 EligibilityConfirmed" in stale.err
    assert (await asked(case_id, "OpenCase", OPEN, "--if-match", "2")).code == 0


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        ("ConfirmEligibility", "{", "not JSON at line 1, column 2"),
        ("ConfirmEligibility", "[]", "one JSON object"),
        ("ConfirmEligibility", '{"kind": "OpenCase"}', "that of --kind"),
        ("ConfirmEligibility", "{}", "basis is missing"),
        ("OpenCase", '{"municipality": "ravensburg", "surplus": 1}', "surplus is not a field"),
        ("OpenCase", '{"municipality": "ravensburg", "effective_on": "2018-02-30"}', "effective_on"),
        ("DanceOnTables", "{}", "kind is not a kind of command"),
    ],
)
async def test_bad_input_ends_with_2_and_names_the_field(at_home: Running, kind: str, body: str, says: str) -> None:
    wrong = await asked(await registered(), kind, body)

    assert wrong.code == 2
    assert says in wrong.err


async def test_a_file_that_is_not_there_is_bad_input(at_home: Running, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.json")
    wrong = await lotse("cases", "submit", "new", "--kind", "RegisterPerson", "-f", missing, "--key", key())
    assert wrong.code == 2
    assert "can't be read: No such file" in wrong.err


async def test_body_and_file_together_are_bad_input(at_home: Running) -> None:
    assert (await asked("new", "RegisterPerson", AMAL, "-f", "-")).code == 2


@pytest.mark.parametrize("bad", ["", "two words", "grün", "line\nbreak"])
async def test_a_key_that_no_header_holds_is_bad_input(at_home: Running, bad: str) -> None:
    wrong = await lotse("cases", "submit", "new", "--kind", "RegisterPerson", "--body", AMAL, "--key", bad)
    assert wrong.code == 2


async def test_without_a_token_nobody_asks(at_home: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOTSE_TOKEN")
    wrong = await lotse("cases", "show", "case-1")
    assert wrong.code == 2
    assert "lotse token" in wrong.err


async def test_without_an_api_the_way_to_one_is_told(
    at_home: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTSE_DATA_DIR", str(tmp_path))
    wrong = await lotse("cases", "show", "case-1")
    assert wrong.code == 2
    assert "LOTSE_API_URL" in wrong.err


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://localhost", "http://somebody:secret@localhost"])
async def test_an_address_that_is_none_is_bad_input(at_home: Running, url: str) -> None:
    wrong = await lotse("cases", "show", "case-1", "--url", url)
    assert wrong.code == 2
    assert "secret" not in wrong.err


@pytest.mark.parametrize("more", [(), ("--json",)])
async def test_an_api_that_does_not_answer_leaves_the_outcome_unknown(at_home: Running, more: tuple[str, ...]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        unknown = await asked("new", "RegisterPerson", AMAL, "--wait", "0", "--url", url, *more)

    assert unknown.code == 3
    assert "ask again with the same key" in unknown.err + unknown.out


async def test_a_service_that_is_back_in_time_turns_unknown_into_a_receipt(at_home: Running) -> None:
    case_id = await registered()
    killed = at_home.kill("postgres")

    answer = await asked(case_id, "ConfirmEligibility", ELIGIBLE, "--wait", "60")

    assert answer.code == 0
    assert await at_home.until_ready("postgres") != killed


async def test_a_case_is_shown_with_what_is_known(at_home: Running) -> None:
    case_id = await registered()
    answer = await lotse("cases", "show", case_id)
    assert answer.code == 0
    assert "Amal Haddad" in answer.out
    assert "REGISTERED" in answer.out


async def test_a_history_tells_what_when_and_by_whom(at_home: Running) -> None:
    case_id = await registered()
    await asked(case_id, "ConfirmEligibility", ELIGIBLE)
    await until_version(case_id, 2)

    answer = await lotse("cases", "history", case_id)

    assert answer.code == 0
    assert "   1  PersonRegistered" in answer.out
    assert "   2  EligibilityConfirmed" in answer.out
    assert "im-drk-1 (manager)" in answer.out
    assert "Amal Haddad" in answer.out


async def test_a_history_as_json_holds_every_event(at_home: Running) -> None:
    case_id = await registered()
    await until_version(case_id, 1)
    answer = await lotse("cases", "history", case_id, "--json")
    assert [event["name"] for event in json.loads(answer.out)["events"]] == ["PersonRegistered"]


async def test_somebody_elses_case_is_not_shown(at_home: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = await registered()
    monkeypatch.setenv("LOTSE_TOKEN", token_of(at_home, "im-diakonie-1", "diakonie"))
    for command in ("show", "history"):
        answer = await lotse("cases", command, case_id)
        assert answer.code == 1
        assert "CROSS_PROVIDER (G23)" in answer.err
        assert answer.out == ""


async def test_a_case_that_is_none_is_not_found(at_home: Running) -> None:
    for nobody, code in ((f"case-{uuid4()}", "CASE_UNKNOWN"), ("nonsense", "CASE_UNKNOWN"), ("../x", "NOT_FOUND")):
        answer = await lotse("cases", "show", nobody)
        assert answer.code == 1
        assert code in answer.err


async def until_version(case_id: str, version: int) -> None:
    """Read models follow a moment later."""
    async with asyncio.timeout(20):
        while (await shown(case_id))["version"] < version:  # noqa: ASYNC110  another process decides when
            await asyncio.sleep(0.05)
