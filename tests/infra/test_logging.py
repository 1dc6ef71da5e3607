"""Log lines of every process: one event, one line, nothing that people entered."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from temporalio import workflow

from infra.logging import configure
from infra.settings import Settings

CANARY = "Amina Haddad"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(False)
    structlog.reset_defaults()


def output(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_lines_of_libraries_and_ours_leave_in_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(log_format="json"), "api")

    structlog.get_logger("ours").info("case recorded", version=3)
    logging.getLogger("theirs").warning("slow %s", "pool")

    ours, theirs = map(json.loads, output(capsys))
    assert ours["timestamp"].endswith("Z")
    assert {**ours, "timestamp": ""} == {
        "event": "case recorded",
        "version": 3,
        "level": "info",
        "logger": "ours",
        "process": "api",
        "timestamp": "",
    }
    assert (theirs["event"], theirs["level"], theirs["process"]) == ("slow pool", "warning", "api")


@pytest.mark.parametrize("log_format", ["json", "lines"])
def test_a_fault_is_one_line_with_type_and_place_and_without_its_text(
    capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    configure(Settings.model_validate({"log_format": log_format}), "api")
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as cause:
            raise KeyError(CANARY) from cause
    except KeyError:
        structlog.get_logger("ours").exception("refused")
        logging.getLogger("theirs").exception("refused\n%s", CANARY)

    ours, theirs = output(capsys)
    for line in (ours, theirs):
        assert CANARY not in line
        assert "KeyError at infra/test_logging.py:" in line
        assert "from ValueError at infra/test_logging.py:" in line


def test_the_text_of_a_systems_own_fault_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(), "api")
    try:
        raise ConnectionRefusedError("connection refused\nby 127.0.0.1")
    except OSError:
        logging.getLogger("theirs").exception("no database")

    (line,) = output(capsys)
    assert "ConnectionRefusedError: connection refused by 127.0.0.1 at" in line


def test_addresses_of_pages_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(log_level="debug"), "api")

    logging.getLogger("uvicorn.access").info("GET /cases?name=%s", CANARY)

    assert output(capsys) == []


def test_the_context_of_a_workflow_comes_as_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(log_format="json"), "case-worker")

    context = {"workflow_id": "case-1", "attempt": 2, "run_id": "r", "namespace": "default"}
    workflow.logger.base_logger.warning("needs attention", extra={"temporal_workflow": context})

    (line,) = map(json.loads, output(capsys))
    assert (line["workflow_id"], line["attempt"]) == ("case-1", 2)
    assert not {"run_id", "namespace", "temporal_workflow"} & line.keys()
