"""`lotse demo --life`: three years of one person on the services that run, each deadline on its day, told in both languages."""

import json

from infra.dev_servers import Running
from tests.cli.conftest import lotse, program

BROUGHT = [
    "FIRST_CONTACT:DeadlineReminded",
    "PLAN:DeadlineReminded",
    "REVIEW:DeadlineReminded",
    "REVIEW:DeadlineFellDue",
    "REVIEW:DeadlineEscalated",
    "SUPPORT_END:DeadlineReminded",
]


async def test_three_years_pass_within_a_minute_and_the_timeline_shows_all_of_it(at_home: Running) -> None:
    ended = await program("demo", "--life", "--json")

    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert found["unexpected"] == []
    assert found["by_the_clock"] == BROUGHT
    assert found["refused"] == ["WRITTEN_FORM", "CLOSURE_NOT_APPROVED"]
    assert found["days"] == 1095
    assert found["timeline"] == found["events"] > 40
    assert found["seconds"] < 60
    shown = json.loads((await lotse("cases", "show", found["case_id"], "--json")).out)
    assert (shown["phase"], shown["closure_reason"]) == ("CLOSED", "INDEPENDENT")


async def test_it_is_told_in_german_and_on_request_in_english(at_home: Running) -> None:
    german = await program("demo", "--life")
    english = await program("demo", "--life", "--language", "en")

    assert (german.code, english.code) == (0, 0), german.err + english.err
    assert "Fachleitung benachrichtigt" in german.out
    assert "Abgelehnt: G13 CLOSURE_NOT_APPROVED" in german.out
    assert "3 Jahre in " in german.out
    assert "supervisor notified" in english.out
    assert "Refused: G13 CLOSURE_NOT_APPROVED" in english.out
    assert "3 years in " in english.out
    assert "Uhr" not in english.out
