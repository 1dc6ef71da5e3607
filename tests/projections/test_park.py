"""An event that cannot be projected parks its case: its events wait in order, while every other case goes on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row
from structlog.testing import capture_logs

from domain.envelopes import Recorded
from domain.plan import AssessmentRecorded
from infra.postgres import Pool
from projections import follow, park, rebuild, tables
from projections.caseload import CASELOAD
from projections.catalogue import READ_MODELS
from projections.park import listed
from projections.read_model import Key, ReadModel, retell
from projections.retry import retry
from projections.tables import Models
from projections.timeline import TIMELINE
from tests.projections.lives import append, life, log_of
from tests.projections.replaying import rebuilt, rows_of_plan
from tests.readings import rows_equal_the_fold, rows_of

BAD, GOOD = "case-bad", "case-good"
ASSESSED = 5
"""The version of the event that the broken code does not bear."""


def broken(rows: Mapping[Key, Any], recorded: Recorded) -> Mapping[Key, Any]:
    if isinstance(recorded.event, AssessmentRecorded) and recorded.stream_id == BAD:
        raise KeyError(recorded.event.model_dump_json())
    return CASELOAD.fold(rows, recorded)


def overlong(rows: Mapping[Key, Any], recorded: Recorded) -> Mapping[Key, Any]:
    """Rows that PostgreSQL refuses."""
    changes = TIMELINE.fold(rows, recorded)
    if isinstance(recorded.event, AssessmentRecorded) and recorded.stream_id == BAD:
        return {key: replace(row, command_id="\0") for key, row in changes.items()}
    return changes


BROKEN: Models = tuple(replace(each, fold=broken, story=None) if each is CASELOAD else each for each in READ_MODELS)
REFUSED: Models = tuple(replace(each, fold=overlong, story=None) if each is TIMELINE else each for each in READ_MODELS)


@pytest.fixture(autouse=True)
def one_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails lies outside of what the fingerprint covers: so the code may be mended under the rows."""
    real = {each.name: each.fingerprint() for each in READ_MODELS}
    monkeypatch.setattr(ReadModel, "fingerprint", lambda each: real[each.name])


def recorded_in_turn(connections: Pool) -> None:
    for pair in zip(life(BAD, 9, [], 0), life(GOOD, 9, [], 0), strict=True):
        for recorded in pair:
            append(connections, recorded)


def tell(url: str, models: Models) -> None:
    with follow.connect(url) as connection:
        tables.prepare(connection, models)
        while follow.advance(connection, 7, models):
            pass


def waiting(url: str) -> list[park.Parked]:
    with follow.connect(url) as connection:
        return listed(connection)


@pytest.mark.parametrize(
    ("models", "name", "fault"), [(BROKEN, "caseload", "KeyError"), (REFUSED, "timeline", "Untrans")]
)
def test_the_case_waits_as_it_was_before_the_event_and_all_others_go_on(
    connections: Pool, url: str, models: Models, name: str, fault: str
) -> None:
    recorded_in_turn(connections)

    tell(url, models)

    (parked,) = waiting(url)
    assert (parked.name, parked.parking.stream_id, parked.parking.event_version) == (name, BAD, ASSESSED)
    assert parked.parking.event_name == "AssessmentRecorded"
    assert parked.parking.fault.startswith(fault)
    assert parked.waiting == 9 - ASSESSED + 1
    log = log_of(connections)
    for model in READ_MODELS:
        told = [each for each in log if model.name != name or each.stream_id == GOOD or each.version < ASSESSED]
        assert rows_of(connections, model) == retell(model, told), model.name


@pytest.mark.parametrize("models", [BROKEN, REFUSED])
def test_retry_tells_what_waits_once_and_in_order(connections: Pool, url: str, models: Models) -> None:
    recorded_in_turn(connections)
    tell(url, models)
    with follow.connect(url) as connection:
        (in_vain,) = retry(connection, models=models)
        assert (in_vain.told, in_vain.still and in_vain.still.event_version) == (0, ASSESSED)
        (done,) = retry(connection)
        assert (done.told, done.still) == (5, None)
        assert retry(connection) == []

    rows_equal_the_fold(connections, log_of(connections))
    tell(url, READ_MODELS)
    rows_equal_the_fold(connections, log_of(connections))


def test_a_case_waits_again_where_it_fails_again_and_keeps_its_age(connections: Pool, url: str) -> None:
    recorded_in_turn(connections)
    tell(url, BROKEN)
    (before,) = waiting(url)
    with follow.connect(url) as connection:
        retry(connection, models=BROKEN)

    (after,) = waiting(url)

    assert (after.parked_at, after.tries) == (before.parked_at, before.tries + 1)


def test_rows_of_other_code_are_not_told_by_this_one(
    connections: Pool, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded_in_turn(connections)
    tell(url, BROKEN)
    monkeypatch.setattr(ReadModel, "fingerprint", lambda each: f"other {each.name}")

    with follow.connect(url) as connection:
        (outcome,) = retry(connection)

    assert outcome.other_code
    assert len(waiting(url)) == 1


@pytest.mark.parametrize("models", [BROKEN, REFUSED])
def test_a_replay_parks_just_as_the_follower_does(connections: Pool, url: str, models: Models) -> None:
    recorded_in_turn(connections)
    tell(url, models)
    with connections.connection() as connection:
        lines = connection.execute("SELECT stream_id, event_version, event_name, position FROM parked").fetchall()

    plan = rebuilt(url, models)

    with connections.connection() as connection:
        new = connection.execute(
            "SELECT stream_id, event_version, event_name, parked.position FROM parked JOIN read_model USING (name, version) WHERE plan = %s",
            (plan,),
        ).fetchall()
        for model in READ_MODELS:
            old_rows = connection.execute(f"SELECT * FROM {model.name} ORDER BY 1, 2").fetchall()
            assert old_rows == connection.execute(f"SELECT * FROM {model.name}_2 ORDER BY 1, 2").fetchall()
    assert new == lines
    with follow.connect(url) as connection:
        retry(connection)
    rows_of_plan(connections, plan, log_of(connections))


def test_an_event_that_nobody_can_read_parks_its_case_in_every_read_model(connections: Pool, url: str) -> None:
    recorded_in_turn(connections)
    with connections.connection() as connection:
        connection.execute(
            "UPDATE stored_events SET topic = 'FromTheFuture' WHERE originator_id = %s AND originator_version = 5",
            (BAD,),
        )

    tell(url, READ_MODELS)
    plan = rebuilt(url)

    for_cases = {model.name for model in READ_MODELS if BAD.startswith(model.streams)}
    with connections.connection() as connection:
        rows = connection.execute("SELECT name, version, event_version FROM parked ORDER BY name, version").fetchall()
        versions = connection.execute("SELECT name, version FROM read_model WHERE plan = %s", (plan,)).fetchall()
    assert {(row["name"], row["version"]) for row in rows} == {
        *((name, 1) for name in for_cases),
        *((row["name"], row["version"]) for row in versions if row["name"] in for_cases),
    }
    assert {row["event_version"] for row in rows} == {5}


def test_what_is_logged_does_not_say_what_the_event_holds(connections: Pool, url: str) -> None:
    recorded_in_turn(connections)

    with capture_logs() as lines:
        tell(url, BROKEN)

    (line,) = [line for line in lines if line["event"] == "case_parked"]
    assert (line["read_model"], line["stream_id"], line["event_version"]) == ("caseload", BAD, ASSESSED)
    assert "sealed:" not in str(lines)
    assert "sealed:" not in waiting(url)[0].parking.fault


async def test_parked_cases_are_counted_with_the_age_of_the_oldest(connections: Pool, url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row, autocommit=True) as connection:
        assert await park.standing(connection) == (0, 0.0)
        recorded_in_turn(connections)
        tell(url, BROKEN)
        await connection.execute("UPDATE parked SET parked_at = parked_at - interval '1 hour'")

        cases, oldest_s = await park.standing(connection)

    assert cases == 1
    assert 3600 <= oldest_s < 3700


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_following_replaying_and_retrying_in_any_order_equal_the_fold(
    connections: Pool, url: str, data: st.DataObject
) -> None:
    """Code that fails and code that does not take turns."""
    with connections.connection() as connection:
        for row in connection.execute("SELECT to_regclass('parked') IS NOT NULL AS there").fetchall():
            if row["there"]:
                connection.execute("TRUNCATE stored_events, parked RESTART IDENTITY")
                for each in connection.execute("SELECT table_name FROM read_model").fetchall():
                    connection.execute(f"DROP TABLE {each['table_name']} CASCADE")
                connection.execute("DELETE FROM read_model")
                connection.execute("TRUNCATE command_log, replay_plan, replay_range")
    stories = [life(BAD, 9, [], 100), life(GOOD, 7, [], 0)]
    plan = None
    while stories := [story for story in stories if story]:
        append(connections, stories[data.draw(st.integers(0, len(stories) - 1), label="whose event")].pop(0))
        models = data.draw(st.sampled_from([BROKEN, REFUSED, READ_MODELS]), label="code")
        match data.draw(st.sampled_from(["wait", "wait", "advance", "retry", "replay"]), label="then"):
            case "advance":
                with follow.connect(url) as connection:
                    tables.prepare(connection, models)
                    follow.advance(connection, data.draw(st.integers(1, 5)), models)
            case "retry":
                with follow.connect(url) as connection:
                    tables.prepare(connection, models)
                    retry(connection, models=models)
            case "replay" if plan is None:
                with rebuild.connect(url) as connection:
                    tables.prepare(connection, models)
                plan = rebuilt(url, models)
    tell(url, READ_MODELS)
    with follow.connect(url) as connection:
        retry(connection)

    rows_equal_the_fold(connections, log_of(connections))
    if plan is not None:
        rows_of_plan(connections, plan, log_of(connections))
