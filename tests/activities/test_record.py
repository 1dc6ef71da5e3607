"""The one writer over the real store and keyring: once means once, and every refusal stores nothing."""

from dataclasses import replace
from datetime import date

import psycopg
import pytest

from domain.closure import CloseCase
from domain.deadlines import start_of
from domain.facts import RecordHousing
from domain.intake import RecordRefusalOfData
from domain.reopening import ReopenCase
from domain.vocabulary import ClosureReason, DataField, HousingKind, Reason
from tests.activities.desk import (
    CASE,
    CONFIRM,
    NOON,
    OPEN,
    OTHER_CASE,
    REGISTER,
    THREADS,
    Desk,
    asked,
    code,
    names,
    together,
)

NO_HEALTH_DATA = RecordRefusalOfData(field=DataField.HEALTH)
NO_FAMILY_DATA = RecordRefusalOfData(field=DataField.FAMILY)
MOVED_AWAY = CloseCase(closure_reason=ClosureReason.MOVED_AWAY)
REOPEN = ReopenCase(reason=Reason.CLIENT_WISH)


def test_what_is_recorded_is_told_in_the_receipt_and_stands_in_the_story(desk: Desk) -> None:
    outcome = desk.open_case(CASE)
    story = desk.store.load(CASE)
    assert names(story) == ["PersonRegistered", "EligibilityConfirmed", "CaseOpened"]
    receipt = outcome["receipt"]
    assert (receipt["version"], receipt["position"]) == (3, story[-1].position)
    assert receipt["events"] == [{"version": 3, "name": "CaseOpened", "number": None}]
    assert receipt["next_deadline"]["kind"] == "FIRST_CONTACT"
    assert outcome["timer"]["submitted"]["stream_id"] == CASE
    assert outcome["version"] == 3


def test_a_repeat_gives_the_first_receipt_and_stores_nothing(desk: Desk) -> None:
    desk.open_case(CASE)
    first = desk.ask(CASE, "k1", NO_HEALTH_DATA)
    desk.ask(CASE, "k2", NO_FAMILY_DATA)
    before = desk.stored()
    again = desk.ask(CASE, "k1", NO_HEALTH_DATA)
    assert again["receipt"] == first["receipt"]
    assert again["version"] == 5
    assert desk.stored() == before


def test_the_same_id_with_other_content_is_refused(desk: Desk) -> None:
    desk.open_case(CASE)
    desk.ask(CASE, "k1", NO_HEALTH_DATA)
    before = desk.stored()
    assert code(desk.ask(CASE, "k1", NO_FAMILY_DATA)) == "DUPLICATE_COMMAND"
    assert desk.stored() == before


def test_the_same_id_to_another_case_is_refused(desk: Desk) -> None:
    desk.ask(CASE, "k0", REGISTER)
    desk.ask(CASE, "k1", NO_HEALTH_DATA)
    desk.ask(OTHER_CASE, "k2", REGISTER)
    before = desk.stored()
    assert code(desk.ask(OTHER_CASE, "k1", NO_HEALTH_DATA)) == "DUPLICATE_COMMAND"
    assert desk.stored() == before


def test_a_repeated_opening_under_another_case_id_gives_the_first_case(desk: Desk) -> None:
    first = desk.ask(CASE, "k1", REGISTER)
    again = desk.ask(OTHER_CASE, "k1", REGISTER)
    assert again["receipt"] == first["receipt"]
    assert again["receipt"]["stream_id"] == CASE
    assert (again["version"], desk.stored()) == (0, (1, 1, 0))


def test_a_refused_opening_stores_nothing(desk: Desk) -> None:
    outcome = desk.ask(CASE, "k1", NO_HEALTH_DATA)
    assert code(outcome) == "CASE_UNKNOWN"
    assert outcome["version"] == 0
    assert desk.stored() == (0, 0, 0)


def test_a_refused_command_may_be_asked_again_under_its_id_when_things_have_changed(desk: Desk) -> None:
    desk.ask(CASE, "k1", REGISTER)
    assert code(desk.ask(CASE, "k2", OPEN)) == "NOT_ELIGIBLE"
    desk.ask(CASE, "k3", CONFIRM)
    assert "receipt" in desk.ask(CASE, "k2", OPEN)


def test_a_stale_version_is_refused_with_both_versions(desk: Desk) -> None:
    desk.ask(CASE, "k1", REGISTER)
    outcome = desk.ask(CASE, "k2", NO_HEALTH_DATA, expected_version=0)
    assert outcome["refusal"] == {"code": "CONCURRENCY", "params": {"expected": 0, "actual": 1}}
    assert desk.stored() == (1, 1, 0)


def test_a_second_case_of_a_person_cannot_be_opened(desk: Desk) -> None:
    desk.open_case(CASE)
    outcome = desk.open_case(OTHER_CASE)
    assert code(outcome) == "CASE_ALREADY_OPEN"
    assert outcome["version"] == 2
    assert names(desk.store.load(OTHER_CASE)) == ["PersonRegistered", "EligibilityConfirmed"]
    assert desk.stored() == (5, 5, 1)


def test_a_rule_opens_the_sealed_birth_date(desk: Desk) -> None:
    desk.ask(CASE, "k1", REGISTER)
    before_birth = RecordHousing(housing=HousingKind.OTHER, effective_on=date(1984, 5, 31))
    on_its_day = RecordHousing(housing=HousingKind.OTHER, effective_on=date(1984, 6, 1))
    assert code(desk.ask(CASE, "k2", before_birth)) == "BEFORE_BIRTH"
    assert "receipt" in desk.ask(CASE, "k3", on_its_day)


def test_a_timer_is_recorded_once_and_silent_when_it_comes_again(desk: Desk) -> None:
    outcome = desk.open_case(CASE)
    reminder = outcome["timer"]["submitted"]
    later = replace(desk.recorder, clock=lambda: start_of(date(2018, 3, 9)))
    first = later.record(asked(reminder))
    assert first["receipt"]["events"][0]["name"] == "DeadlineReminded"
    assert first["timer"]["submitted"]["command_id"] != reminder["command_id"]
    again = later.record(asked(reminder))
    assert again["receipt"] == first["receipt"]
    assert names(desk.store.load(CASE))[3:] == ["DeadlineReminded"]


def test_racing_repeats_of_one_command_get_one_receipt(desk: Desk) -> None:
    desk.open_case(CASE)
    for n in range(10):
        outcomes = together(desk, [desk.submitted(CASE, f"k{n}", NO_HEALTH_DATA)] * THREADS)
        assert [outcome["receipt"] for outcome in outcomes] == [outcomes[0]["receipt"]] * THREADS
        assert outcomes[0]["receipt"]["version"] == 4 + n
    assert desk.stored() == (13, 13, 1)


def test_racing_commands_are_all_recorded_one_after_the_other(desk: Desk) -> None:
    desk.open_case(CASE)
    outcomes = together(desk, [desk.submitted(CASE, f"k{n}", NO_HEALTH_DATA) for n in range(4)])
    assert sorted(outcome["receipt"]["version"] for outcome in outcomes) == [4, 5, 6, 7]
    assert [recorded.version for recorded in desk.store.load(CASE)] == list(range(1, 8))


def test_of_racing_openings_for_one_person_one_is_open(desk: Desk) -> None:
    streams = [f"case-{n}" for n in range(THREADS)]
    for stream_id in streams:
        for command in (REGISTER, CONFIRM):
            desk.ask(stream_id, f"{stream_id}/{command.kind}", command)
    outcomes = together(desk, [desk.submitted(stream_id, f"{stream_id}/open", OPEN) for stream_id in streams])
    refused = [code(outcome) for outcome in outcomes if "refusal" in outcome]
    assert refused == ["CASE_ALREADY_OPEN"] * (THREADS - 1)
    assert desk.stored()[2] == 1


def test_a_lost_database_is_a_fault_and_not_a_refusal(desk: Desk) -> None:
    submission = desk.submitted(CASE, "k1", REGISTER)
    desk.connections.close()
    with pytest.raises(psycopg.OperationalError):
        desk.recorder.record(asked(submission))


def test_after_closing_the_person_may_open_another_case_and_then_the_first_is_not_reopened(desk: Desk) -> None:
    desk.open_case(CASE)
    assert "receipt" in desk.ask(CASE, "k1", MOVED_AWAY)
    assert desk.stored()[2] == 0
    assert "receipt" in desk.open_case(OTHER_CASE)
    assert code(desk.ask(CASE, "k2", REOPEN)) == "CASE_ALREADY_OPEN"
    assert "receipt" in desk.ask(OTHER_CASE, "k3", MOVED_AWAY)
    assert "receipt" in desk.ask(CASE, "k2", REOPEN)
    assert code(desk.ask(OTHER_CASE, "k4", REOPEN)) == "CASE_ALREADY_OPEN"


def test_a_closed_case_rests_until_it_is_reopened(desk: Desk) -> None:
    assert not desk.open_case(CASE)["rests"]
    assert desk.ask(CASE, "k1", MOVED_AWAY)["rests"]
    assert desk.recorder.look({"what": CASE, "at": NOON.isoformat()})["rests"]
    reopened = desk.ask(CASE, "k2", REOPEN)
    assert not reopened["rests"]
    assert reopened["timer"] is not None


def test_of_a_reopening_and_another_opening_at_once_exactly_one_wins(desk: Desk) -> None:
    desk.open_case(CASE)
    desk.ask(CASE, "closing", MOVED_AWAY)
    streams = [f"case-{n}" for n in range(2, THREADS + 1)]
    for stream_id in streams:
        for command in (REGISTER, CONFIRM):
            desk.ask(stream_id, f"{stream_id}/{command.kind}", command)
    openings = [desk.submitted(stream_id, f"{stream_id}/open", OPEN) for stream_id in streams]
    outcomes = together(desk, [desk.submitted(CASE, "reopening", REOPEN), *openings])
    assert sorted("refusal" in outcome for outcome in outcomes) == [False] + [True] * (THREADS - 1)
    assert {code(outcome) for outcome in outcomes if "refusal" in outcome} == {"CASE_ALREADY_OPEN"}
    assert desk.stored()[2] == 1


def test_edge_case_12_of_closings_at_once_exactly_one_is_recorded(desk: Desk) -> None:
    desk.open_case(CASE)
    outcomes = together(desk, [desk.submitted(CASE, f"k{n}", MOVED_AWAY) for n in range(THREADS)])
    refused = [code(outcome) for outcome in outcomes if "refusal" in outcome]
    assert refused == ["CLOSED_IMMUTABLE"] * (THREADS - 1)
    assert names(desk.store.load(CASE)).count("CaseClosed") == 1


def test_edge_case_13_a_closing_that_is_sent_again_gives_the_first_receipt(desk: Desk) -> None:
    desk.open_case(CASE)
    first = desk.ask(CASE, "k1", MOVED_AWAY)
    desk.open_case(OTHER_CASE)
    before = desk.stored()
    again = desk.ask(CASE, "k1", MOVED_AWAY)
    assert (again["receipt"], desk.stored()) == (first["receipt"], before)
