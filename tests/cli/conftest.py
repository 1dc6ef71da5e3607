"""Everything that `lotse dev` runs, once for the tests that command it from outside."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.vocabulary import Role
from infra import tokens
from infra.dev_servers import Running, dev_services
from infra.settings import Settings, token_key
from tests.replaying import everything_replays

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    settings = Settings.model_validate({"data_dir": tmp_path_factory.mktemp("running") / "lotse"})
    async with dev_services(settings, free_ports=True) as services:
        yield services
        await everything_replays(services.temporal_address)


@pytest.fixture
def at_home(running: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """The services' own terminal: a manager of `drk` asks."""
    monkeypatch.setenv("LOTSE_DATA_DIR", str(running.settings.data_dir))
    monkeypatch.setenv("LOTSE_TOKEN", token_of(running, "im-drk-1", "drk"))
    return running


def token_of(running: Running, subject: str, provider: str, role: Role = Role.MANAGER) -> str:
    return tokens.issue(token_key(running.settings), subject=subject, role=role, provider=provider)


async def lotse(*arguments: str, given: str | None = None) -> Ended:
    """A command in this process; the services' loop goes on meanwhile."""
    result = await asyncio.to_thread(CliRunner().invoke, app, list(arguments), input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


async def program(*arguments: str) -> Ended:
    """A command as a process of its own."""
    process = await started(arguments)
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def started(arguments: Sequence[str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cli.main",
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
