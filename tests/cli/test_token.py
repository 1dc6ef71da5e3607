"""`lotse token` as a developer meets it: what it prints opens the door, and what it must not issue it refuses."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.access import actor_of
from cli.main import app
from domain.envelopes import Actor
from domain.vocabulary import Role
from infra.settings import load_settings, token_key


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_DATA_DIR", str(tmp_path))
    for name in ("LOTSE_TOKEN_KEY", "LOTSE_MODE"):
        monkeypatch.delenv(name, raising=False)


def issued(**options: str | int) -> Result:
    asked = {"role": "manager", "provider": "drk", "subject": "im-07", **options}
    return CliRunner().invoke(
        app, ["token", *(part for name, value in asked.items() for part in (f"--{name}", str(value)))]
    )


def test_what_it_prints_opens_the_door_as_the_one_who_was_named() -> None:
    printed = issued(role="deputy", subject="im-03", **{"deputy-for": "im-07"})

    who = Actor(id="im-03", role=Role.DEPUTY, provider="drk", deputy_for="im-07")
    assert who == actor_of(token_key(load_settings()), printed.stdout.strip())


def test_as_json_it_says_until_when() -> None:
    printed = CliRunner().invoke(
        app, ["token", "--role", "supervisor", "--provider", "drk", "--subject", "sv-01", "--days", "2", "--json"]
    )

    assert set(json.loads(printed.stdout)) == {"token", "expires_at"}


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"role": "king"}, "--role"),
        ({"role": "system"}, "--role"),
        ({"subject": "Frau Weber"}, "--subject"),
        ({"provider": "D R K"}, "--provider"),
        ({"days": 0}, "--days"),
        ({"days": 5000}, "--days"),
        ({"deputy-for": "im-07"}, "--deputy-for"),
    ],
)
def test_what_would_not_open_the_door_is_not_issued(options: dict[str, str | int], hint: str) -> None:
    refused = issued(**options)

    assert refused.exit_code == 2
    assert hint in refused.output


def test_in_production_it_issues_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_MODE", "production")

    refused = issued()

    assert refused.exit_code == 1
    assert "LOTSE_MODE is production" in refused.output
    assert refused.stdout == ""
