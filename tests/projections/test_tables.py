"""Versions of read models: rows of other code are not mixed, and readers see a version only when it is whole."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from infra.postgres import Pool
from projections import catalogue, follow, tables
from projections.caseload import CASELOAD
from projections.following import lag
from projections.read_model import ReadModel
from tests.projections.lives import advance_all, append, life, log_of
from tests.readings import rows_equal_the_fold


@pytest.fixture
def told(connections: Pool, url: str) -> Iterator[psycopg.Connection[Any]]:
    """A follower's connection, after it has told the story of one case."""
    for recorded in life("case-1", 8, [], 100):
        append(connections, recorded)
    with follow.connect(url) as connection:
        advance_all(connection)
        yield connection


NAMES = [model.name for model in catalogue.READ_MODELS]


def deploy(patch: pytest.MonkeyPatch, model: ReadModel[Any], code: str) -> None:
    """Other code for the caseload; `code` stands for it."""
    real = {each.name: each.fingerprint() for each in catalogue.READ_MODELS if each.name != model.name}
    patch.setattr(ReadModel, "fingerprint", lambda each: {**real, model.name: code}[each.name])
    patch.setattr(tables, "READ_MODELS", (model, *catalogue.READ_MODELS[1:]))


def coming(connection: psycopg.Connection[Any]) -> list[tables.Version]:
    tables.prepare(connection)
    return [each for each in tables.fed(connection) if not each.live]


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


def test_changed_code_tells_a_new_version_beside_and_readers_see_the_old_one_until_it_is_whole(
    told: psycopg.Connection[Any], connections: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(monkeypatch, CASELOAD, "new")

    (version,) = coming(told)
    follow.advance(told, 2)
    assert not tables.go_live(told, version)
    assert live(connections) == dict.fromkeys(NAMES, 1)

    advance_all(told)
    assert tables.go_live(told, version)
    assert live(connections) == {**dict.fromkeys(NAMES, 1), "caseload": 2}
    rows_equal_the_fold(connections, log_of(connections))


def test_a_version_told_from_the_first_event_does_not_hold_up_what_is_live(
    told: psycopg.Connection[Any], connections: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(monkeypatch, CASELOAD, "new")
    coming(told)
    append(connections, life("case-2", 1, [], 0)[0])

    follow.advance(told, 1)

    positions = {(each.model.name, each.version): each.position for each in tables.fed(told)}
    others = {(name, 1): len(log_of(connections)) for name in NAMES if name != "caseload"}
    assert positions == {("caseload", 2): 1, **others}


async def test_while_a_new_version_is_told_the_follower_counts_as_alive_and_the_old_one_as_behind(
    told: psycopg.Connection[Any], connections: Pool, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(monkeypatch, CASELOAD, "new")
    coming(told)
    with connections.connection() as connection:
        connection.execute("UPDATE read_model SET seen_at = now() - interval '1 minute'")
    append(connections, life("case-2", 1, [], 0)[0])

    follow.advance(told, 1)

    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as reader:
        seen = await lag(reader)
    assert (seen.events, seen.alive) == (1, True)


def test_new_code_that_fails_from_the_first_event_on_does_not_hold_up_what_is_live(
    told: psycopg.Connection[Any], connections: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_rows: Any, _recorded: Any) -> Any:
        raise KeyError("a bug")

    deploy(monkeypatch, replace(CASELOAD, fold=broken), "new")
    coming(told)
    append(connections, life("case-2", 1, [], 0)[0])

    assert follow.advance(told) == 1
    with pytest.raises(follow.NotTellableError):
        follow.advance(told)


def test_code_that_comes_back_goes_on_where_its_rows_are(
    told: psycopg.Connection[Any], connections: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        deploy(patch, CASELOAD, "new")
        (version,) = coming(told)
        advance_all(told)
        assert tables.go_live(told, version)
        append(connections, life("case-2", 1, [], 0)[0])
        advance_all(told)

    (version,) = coming(told)
    assert version.version == 1
    assert not tables.go_live(told, version), "readers are not taken back in time"
    assert follow.advance(told) == 1
    assert tables.go_live(told, version)
    rows_equal_the_fold(connections, log_of(connections))


def test_a_slow_reader_puts_the_switch_off_and_nobody_waits_behind_it(
    told: psycopg.Connection[Any], connections: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(monkeypatch, CASELOAD, "new")
    (version,) = coming(told)
    advance_all(told)
    with connections.connection() as reader, reader.transaction():
        reader.execute("SELECT count(*) FROM caseload")
        assert not tables.go_live(told, version)
    assert tables.go_live(told, version)
