"""`lotse doctor`: each part of an installation, right and wrong, and the advice for the wrong one."""

import asyncio
import importlib.util
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from temporalio.client import Client
from typer.testing import CliRunner

from cli.doctor import PACKAGES, Finding, examine
from cli.main import app
from infra import postgres
from infra.settings import Settings, environment, master_key, signing_key, token_key
from projections.follow import follow
from workers.case_worker import case_worker


@pytest.fixture
def installation(settings: Settings, temporal_address: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Database and Temporal of the session, keys in files; neither worker, nor follower, nor API."""
    own = settings.model_copy(
        update={
            "master_key": None,
            "token_key": None,
            "signing_key": None,
            "api_port": 1,
            "task_queue": f"lotse-{uuid4().hex}",
        }
    )
    for name, value in environment(own).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_address)
    master_key(own), token_key(own), signing_key(own)
    postgres.migrate(own.database_url or "")
    return own


async def found(name: str) -> Finding:
    return next(finding for finding in await examine() if finding.name == name)


async def until_right(name: str) -> Finding:
    async with asyncio.timeout(20):
        while not (finding := await found(name)).ok:  # noqa: ASYNC110  another process decides when
            await asyncio.sleep(0.1)
    return finding


@contextmanager
def followed(url: str) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(url, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


async def test_what_is_there_is_found_right(installation: Settings) -> None:
    right = [finding.name for finding in await examine() if finding.ok]
    assert right == ["packages", "keys", "clock", "database", "Temporal", "read models"]


async def test_everything_wrong_comes_with_advice(installation: Settings) -> None:
    wrong = {finding.name: finding.do for finding in await examine() if not finding.ok}
    assert list(wrong) == ["case worker", "follower", "API"]
    assert all(wrong.values())


async def test_a_worker_that_takes_tasks_is_seen(installation: Settings, temporal_client: Client) -> None:
    async with case_worker(temporal_client, installation):
        finding = await until_right("case worker")
    assert finding.found == f"1 taking tasks of {installation.task_queue}"


async def test_a_follower_is_seen_alive_with_its_lag(installation: Settings) -> None:
    assert installation.database_url is not None
    with followed(installation.database_url):
        finding = await until_right("follower")
    assert finding.found.startswith("alive, 0 events, 0.0 s behind")


async def test_a_follower_that_died_is_wrong_even_though_nothing_waits(installation: Settings) -> None:
    assert installation.database_url is not None
    with followed(installation.database_url):
        await until_right("follower")
    with psycopg.connect(installation.database_url) as connection:
        connection.execute("UPDATE read_model SET seen_at = now() - interval '1 minute'")

    finding = await found("follower")

    assert not finding.ok
    assert "not seen" in finding.found


async def test_rows_of_other_code_and_parked_cases_are_wrong(installation: Settings) -> None:
    assert installation.database_url is not None
    with followed(installation.database_url):
        await until_right("follower")
    with psycopg.connect(installation.database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO parked (name, version, stream_id, event_version, event_name, position, fault)"
            " VALUES ('caseload', 1, 'case-1', 5, 'AssessmentRecorded', 5, 'KeyError')"
        )
        parked = await found("read models")
        connection.execute("UPDATE read_model SET fingerprint = 'other' WHERE name = 'caseload'")
        other = await found("read models")

    assert parked.found == "1 cases are parked, since an event could not be told"
    assert "caseload" in other.found
    assert "lotse replay plan caseload" in other.do


async def test_a_missing_table_is_named(installation: Settings) -> None:
    assert installation.database_url is not None
    with psycopg.connect(installation.database_url) as connection:
        connection.execute("DROP TABLE claim")

    assert (await found("database")).found == "no table claim"


async def test_a_database_that_does_not_answer_is_wrong_and_its_address_stays_untold(
    installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTSE_DATABASE_URL", "postgresql://lotse:very-secret@127.0.0.1:1/lotse")

    findings = await examine()

    assert {"clock", "database", "follower"} <= {finding.name for finding in findings if not finding.ok}
    assert "very-secret" not in repr(findings)


async def test_a_temporal_that_does_not_answer_is_wrong(
    installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")

    wrong = {finding.name for finding in await examine() if not finding.ok}

    assert {"Temporal", "case worker"} <= wrong


async def test_a_key_that_others_may_read_is_wrong(installation: Settings) -> None:
    (installation.data_dir / "keys" / "master.key").chmod(0o644)

    finding = await found("keys")

    assert not finding.ok
    assert "chmod" in finding.do


async def test_a_missing_key_is_told_and_not_made(installation: Settings) -> None:
    path = installation.data_dir / "keys" / "token.key"
    path.unlink()

    assert not (await found("keys")).ok
    assert not path.exists()


async def test_a_strangers_package_of_the_same_name_is_found(
    installation: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stranger = tmp_path / "site" / "workflows" / "__init__.py"
    stranger.parent.mkdir(parents=True)
    stranger.touch()
    ours = importlib.util.find_spec

    def find_spec(name: str) -> object:
        return importlib.util.spec_from_file_location(name, stranger) if name == "workflows" else ours(name)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)

    finding = await found("packages")

    assert not finding.ok
    assert f"workflows is loaded from {tmp_path / 'site'}" in finding.found


def test_every_package_of_the_wheel_is_looked_at() -> None:
    wheel = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    listed = wheel.split("packages = [", 1)[1].split("]", 1)[0]
    assert [name.strip(' "') for name in listed.split(",")] == list(PACKAGES)


def test_a_wrong_setting_is_told_and_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_API_PORT", "many")

    result = CliRunner().invoke(app, ["doctor", "--json"])

    assert result.exit_code == 1
    assert [finding["name"] for finding in json.loads(result.stdout)] == ["packages", "settings"]


def test_for_people_the_advice_stands_below_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_DATA_DIR", str(tmp_path / "nothing"))

    result = CliRunner().invoke(app, ["doctor"])

    assert result.exit_code == 1
    assert "✓  packages" in result.output
    assert "✗  database" in result.output
    assert "→" in result.output
