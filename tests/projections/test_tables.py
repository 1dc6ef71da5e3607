"""Versions of read models: rows of other code are not mixed, and readers see a version only when it is whole."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from structlog.testing import capture_logs

from infra.postgres import Pool
from projections import follow, tables
from projections.caseload import CASELOAD
from projections.catalogue import READ_MODELS
from projections.following import lag
from projections.tables import Models
from tests.projections.lives import advance_all, append, following, life, log_of
from tests.projections.replaying import rebuilt
from tests.projections.test_compare import WITH_BUG
from tests.readings import caught_up, rows_equal_the_fold


@pytest.fixture
def told(connections: Pool, url: str) -> Iterator[psycopg.Connection[Any]]:
    """A follower's connection, after it has told the story of one case."""
    for recorded in life("case-1", 8, [], 100):
        append(connections, recorded)
    with follow.connect(url) as connection:
        advance_all(connection)
        yield connection


NAMES = [model.name for model in READ_MODELS]
OTHER_CODE = WITH_BUG
"""The caseload told by other code."""


def live(connections: Pool) -> dict[str, int]:
    with connections.connection() as connection:
        rows = connection.execute("SELECT name, version FROM read_model WHERE live")
        return {row["name"]: row["version"] for row in rows}


def test_any_number_of_processes_may_create_the_tables_at_once(url: str, connections: Pool) -> None:
    def one(_: int) -> None:
        with follow.connect(url) as connection:
            tables.prepare(connection)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(one, range(4)))

    assert live(connections) == dict.fromkeys(NAMES, 1)


def test_a_database_without_read_models_just_works_whatever_was_recorded_before(url: str, connections: Pool) -> None:
    for recorded in life("case-1", 8, [], 100):
        append(connections, recorded)
    with follow.connect(url) as connection:
        advance_all(connection)
        assert tables.foreign(connection) == []

    rows_equal_the_fold(connections, log_of(connections))


def test_code_that_has_changed_makes_no_version_by_itself_and_touches_no_row_of_other_code(
    told: psycopg.Connection[Any], connections: Pool
) -> None:
    before = tables.fed(told)
    append(connections, life("case-2", 1, [], 0)[0])

    advance(told, OTHER_CODE)

    assert tables.foreign(told, OTHER_CODE) == ["caseload"]
    assert {each.model.name for each in tables.fed(told, OTHER_CODE)} == {*NAMES} - {"caseload"}
    assert live(connections) == dict.fromkeys(NAMES, 1)
    positions = {each.model.name: each.position for each in tables.fed(told)}
    assert positions["caseload"] == before[0].position
    assert positions["timeline"] == before[0].position + 1


def advance(connection: psycopg.Connection[Any], models: Models) -> None:
    tables.prepare(connection, models)
    while follow.advance(connection, models=models):
        pass


async def test_a_follower_says_at_its_start_which_rows_other_code_has_made(
    told: psycopg.Connection[Any], connections: Pool, url: str
) -> None:
    with capture_logs() as lines, following(url, OTHER_CODE):
        append(connections, life("case-2", 1, [], 0)[0])
        await caught_up(connections, len(log_of(connections)), {*NAMES} - {"caseload"})

    (said,) = [line for line in lines if line["event"] == "read_models_of_other_code"]
    assert (said["names"], said["do"]) == (["caseload"], "lotse replay plan caseload")


def test_the_old_code_goes_on_feeding_its_rows_while_new_code_feeds_its_own(
    told: psycopg.Connection[Any], connections: Pool, url: str
) -> None:
    rebuilt(url, OTHER_CODE, ["caseload"])
    append(connections, life("case-2", 1, [], 0)[0])

    advance(told, OTHER_CODE)
    advance(told, READ_MODELS)

    with connections.connection() as connection:
        rows = connection.execute("SELECT version, position FROM read_model WHERE name = 'caseload' ORDER BY version")
        assert [(row["version"], row["position"]) for row in rows] == [(1, len(log_of(connections)))] * 1 + [
            (2, len(log_of(connections)))
        ]
    rows_equal_the_fold(connections, log_of(connections))


def test_a_version_that_a_replay_is_making_is_not_fed(told: psycopg.Connection[Any], connections: Pool) -> None:
    with told.transaction():
        tables.added(told, CASELOAD)
    append(connections, life("case-2", 1, [], 0)[0])

    advance(told, READ_MODELS)

    with connections.connection() as connection:
        rows = connection.execute("SELECT position FROM read_model WHERE NOT built").fetchall()
    assert [row["position"] for row in rows] == [0]


async def test_a_live_read_model_whose_code_nobody_runs_counts_as_dead(
    told: psycopg.Connection[Any], connections: Pool, url: str
) -> None:
    with connections.connection() as connection:
        connection.execute("UPDATE read_model SET seen_at = now() - interval '1 minute'")
    append(connections, life("case-2", 1, [], 0)[0])

    advance(told, OTHER_CODE)

    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as reader:
        seen = await lag(reader)
    assert (seen.events, seen.alive) == (1, False)


def test_another_database_of_a_new_read_model_is_told_by_a_replay(
    told: psycopg.Connection[Any], connections: Pool, url: str
) -> None:
    further = replace(CASELOAD, name="caseload_too")
    models = (*READ_MODELS, further)
    tables.prepare(told, models)
    assert tables.foreign(told, models) == ["caseload_too"]

    rebuilt(url, models, ["caseload_too"])

    assert tables.foreign(told, models) == ["caseload_too"], "nobody sees it yet"
    assert [each.version for each in tables.fed(told, [further])] == [1]
