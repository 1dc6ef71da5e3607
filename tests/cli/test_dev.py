"""`lotse dev` as a person meets it in a terminal."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from cli.main import app
from infra.data_folder import held


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "lotse"
    monkeypatch.setenv("LOTSE_DATA_DIR", str(folder))
    return folder


@contextmanager
def started() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.cli.services_only"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        yield process
        process.terminate()


@pytest.fixture
def launcher(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    with started() as process:
        yield process


def read_until(process: subprocess.Popen[str], word: str) -> list[str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if word in line:
            return lines
    raise AssertionError("".join(lines))


@pytest.mark.parametrize("ask", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stops_every_part_and_leaves_no_record(
    launcher: subprocess.Popen[str], data_dir: Path, ask: signal.Signals
) -> None:
    lines = read_until(launcher, "Ctrl-C")
    record = json.loads((data_dir / "running.json").read_text())
    children = psutil.Process(launcher.pid).children(recursive=True)
    assert {part["pid"] for part in record["parts"].values()} <= {child.pid for child in children}
    assert any(record["api_url"] + "/docs" in line for line in lines)
    assert any(record["ui_url"] in line for line in lines)

    launcher.send_signal(ask)

    read_until(launcher, "stopped.")
    assert launcher.wait(10) == 0
    assert [child.pid for child in children if child.is_running()] == []
    assert not (data_dir / "running.json").exists()


def test_what_a_killed_launcher_started_does_not_outlive_the_next_start(launcher: subprocess.Popen[str]) -> None:
    read_until(launcher, "Ctrl-C")
    children = psutil.Process(launcher.pid).children(recursive=True)

    launcher.kill()
    launcher.wait()

    with started() as following:
        read_until(following, "Ctrl-C")
        assert [child.pid for child in children if works(child)] == []


def works(process: psutil.Process) -> bool:
    """False for one that ended, also where nobody reaps orphans."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_second_start_on_the_same_folder_is_refused_and_names_the_first(data_dir: Path) -> None:
    with held(data_dir):
        result = CliRunner().invoke(app, ["dev"])

    assert result.exit_code == 1
    assert f"process {os.getpid()} since" in result.output


def test_reset_is_refused_while_a_launcher_holds_the_folder(data_dir: Path) -> None:
    with held(data_dir):
        (data_dir / "temporal.db").write_text("cases")
        result = CliRunner().invoke(app, ["dev", "--reset", "--yes"])

    assert result.exit_code == 1
    assert "is in use by" in result.output
    assert (data_dir / "temporal.db").exists()


def test_reset_asks_first_and_keeps_everything_without_a_yes(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "temporal.db").write_text("cases")

    result = CliRunner().invoke(app, ["dev", "--reset"], input="n\n")

    assert result.exit_code == 1
    assert "Delete all cases" in result.output
    assert (data_dir / "temporal.db").exists()


def test_reset_refuses_to_touch_an_operated_database(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_DATABASE_URL", "postgresql://operated.example/lotse")

    result = CliRunner().invoke(app, ["dev", "--reset", "--yes"])

    assert result.exit_code == 1
    assert "operated service" in result.output


def test_help_says_what_each_command_does() -> None:
    assert "Start PostgreSQL, Temporal, workers, API and pages" in CliRunner().invoke(app, ["--help"]).output
    assert "--reset" in CliRunner().invoke(app, ["dev", "--help"]).output
