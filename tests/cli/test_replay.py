"""`lotse replay` and `lotse parked` on the running services: what each command says, and what each exit code means."""

import json
import time

import psycopg

from infra.dev_servers import Running
from tests.cli.conftest import Ended, lotse
from tests.cli.test_cases import registered

WHY = ("--reason", "a test", "--by", "op-1")


async def planned(*arguments: str) -> Ended:
    return await lotse("replay", "plan", *arguments, *WHY)


def wrong_rows(running: Running, case_id: str) -> None:
    """What a bug has made of a case: the new code knows better."""
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        (table,) = connection.execute("SELECT table_name FROM read_model WHERE name = 'caseload' AND live").fetchall()[
            0
        ]
        while not connection.execute(f"UPDATE {table} SET goals_achieved = 7 WHERE case_id = %s", (case_id,)).rowcount:
            time.sleep(0.01)


async def test_a_plan_names_what_changes_and_is_applied_taken_back_and_dropped(at_home: Running) -> None:
    case_id = await registered()
    wrong_rows(at_home, case_id)

    made = await planned("caseload", "--expect", "field=caseload.goals_achieved")
    assert made.code == 0, made.err + made.out
    assert "caseload.goals_achieved: 1 rows" in made.out
    assert f"{case_id}  caseload.goals_achieved: 7 → 0" in made.out

    looked = json.loads((await lotse("replay", "status", "--json")).out)
    assert (looked["state"], looked["comparison"]["models"]["caseload"]["changed"]) == ("ready", 1)
    (worker,) = looked["progress"]["workers"]
    assert worker["events"] == looked["progress"]["events"] == looked["progress"]["told"]

    for command in ("apply", "rollback", "apply", "drop"):
        answer = await lotse("replay", command, *WHY)
        assert answer.code == 0, answer.err

    again = await planned("caseload", "--json")
    found = json.loads(again.out)["comparison"]["models"]["caseload"]
    assert (again.code, found["new"], found["gone"], found["changed"]) == (0, 0, 0, 0)
    assert (await lotse("replay", "drop", *WHY)).code == 0


async def test_what_changes_and_was_not_expected_ends_with_2(at_home: Running) -> None:
    case_id = await registered()
    wrong_rows(at_home, case_id)

    made = await planned("caseload", "--expect", "field=last_contact_on")

    assert (made.code, made.err.strip()) == (2, "Not expected: caseload.goals_achieved")
    assert (await lotse("replay", "apply", *WHY)).code == 0
    assert (await lotse("replay", "drop", *WHY)).code == 0


async def test_all_read_models_are_made_anew_and_nothing_changes(at_home: Running) -> None:
    await registered()

    made = await planned("--all", "--json")

    models = json.loads(made.out)["comparison"]["models"]
    assert {name for name, each in models.items() if each["new"] or each["gone"] or each["changed"]} == set()
    assert len(models) > 1
    assert (await lotse("replay", "drop", *WHY)).code == 0


async def test_what_cannot_be_done_ends_with_1_and_says_why(at_home: Running) -> None:
    unknown = await planned("nonsense")
    nothing_to_pause = await lotse("replay", "pause", *WHY)
    not_applied = await lotse("replay", "rollback", *WHY)

    assert [each.code for each in (unknown, nothing_to_pause, not_applied)] == [1, 1, 1]
    assert "read_model_unknown: No read model nonsense." in unknown.err
    assert "no_plan: No plan is building." in nothing_to_pause.err
    assert "no_plan: No plan is applied." in not_applied.err


async def test_a_parked_case_is_listed_shown_and_told_again(at_home: Running) -> None:
    case_id = await registered()
    with psycopg.connect(at_home.database_url, autocommit=True) as connection:
        ((version,),) = connection.execute("SELECT version FROM read_model WHERE name = 'caseload' AND live").fetchall()
        connection.execute(f"DELETE FROM caseload_{version} WHERE case_id = %s", (case_id,))
        connection.execute(
            "INSERT INTO parked (name, version, stream_id, event_version, event_name, position, fault)"
            " VALUES ('caseload', %s, %s, 1, 'PersonRegistered', 1, 'KeyError at caseload.py:1')",
            (version, case_id),
        )

    listed = await lotse("parked", "list")
    shown = await lotse("parked", "show", case_id)
    retried = await lotse("parked", "retry", "--case", case_id, *WHY)

    assert case_id in listed.out
    assert "stands as before event 1 (PersonRegistered" in shown.out
    assert (retried.code, retried.out.strip()) == (0, f"caseload_{version} {case_id}: 1 events told.")
    assert (await lotse("parked", "list")).out.strip() == "Nothing is parked."
    assert (await lotse("parked", "show", case_id)).code == 1
    with psycopg.connect(at_home.database_url) as connection:
        rows = connection.execute("SELECT FROM caseload WHERE case_id = %s", (case_id,)).rowcount
        actions = connection.execute("SELECT who, reason FROM replay_action WHERE action = 'retry'").fetchall()
    assert rows == 1
    assert ("op-1", "a test") in actions
