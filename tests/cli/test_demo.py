"""`lotse demo`: the town through real services, once, again, interrupted, and beside a launcher that runs."""

import asyncio
import json
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from cli.client import connected
from cli.demo_play import play
from cli.demo_rest import STAFF, Callers, Part, remaining
from cli.demo_standing import Standing, standing
from cli.town import SUPERVISORS, Person, people
from cli.town_cast import cast
from cli.town_house import COORDINATOR, Move
from cli.town_lives import steps
from cli.town_stories import stories
from domain.envelopes import Actor
from domain.vocabulary import Phase
from infra import dev_parts
from infra.dev_servers import Running, dev_services
from infra.settings import Settings
from tests.cli.conftest import Ended, program, started, token_of
from tests.replaying import everything_replays

FEW = 12
IN_THE_END = {"death": [Phase.CLOSED, *[Phase.SUPPORT] * 2], "back": [Phase.SUPPORT], "back-too": [Phase.SUPPORT]} | {
    name: [Phase.CLOSED] for name in ("leaving", "leaving-too")
}
"""How the cases of the cast stand, where their stories have led them elsewhere than they came before."""
WEINGARTEN = {
    "municipality": "weingarten",
    "provider": "drk",
    "active": 4,
    "capacity": 6,
    "free": 1,
    "reserved": 1,
    "waiting": 6,
    "incoming": 1,
}
"""Three of a family and one who came; a place is offered, and one kept for a family of four; one more waits, and another unit asks."""


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Services of its own: where the town keeps places, nobody else's case opens without one."""
    settings = Settings.model_validate({"data_dir": tmp_path_factory.mktemp("town") / "lotse"})
    async with dev_services(settings, free_ports=True) as services:
        yield services
        await everything_replays(services.temporal_address)


@pytest.fixture
async def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    folder = tmp_path / "lotse"
    monkeypatch.setenv("LOTSE_DATA_DIR", str(folder))
    yield folder
    async with dev_services(Settings(data_dir=folder), processes=(), free_ports=True) as left_behind:
        await everything_replays(left_behind.temporal_address)


@pytest.fixture
def ports_taken() -> Iterator[None]:
    """Other programs hold the described ports; where they do so already, all the better."""
    described = dev_parts.description()
    with ExitStack() as stack:
        for port in (described.temporal_port, described.ui_port, described.api_port):
            holder = stack.enter_context(socket.socket())
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if not dev_parts.is_taken(port):
                holder.bind(("127.0.0.1", port))
                holder.listen()
        yield


def summary(ended: Ended) -> dict[str, Any]:
    assert ended.code == 0, ended.err
    found: dict[str, Any] = json.loads(ended.out)
    return found


def expected_phases(number: int) -> dict[str, int]:
    crowd = [person.household.reaches for person in people(number)]
    stars = [IN_THE_END.get(name, [each.household.reaches for each in role]) for name, role in cast().items()]
    registered_twice = [Phase.REGISTERED]
    return dict(Counter(phase.value for phases in (crowd, *stars, registered_twice) for phase in phases))


def entering(number: int) -> list[Person]:
    stars = [person for role in cast().values() for person in role]
    return [*people(number), *(each for each in stars if each.household.reaches is not Phase.REGISTERED)]


def expected_refusals(number: int) -> dict[str, int]:
    lives = [step.refused for person in entering(number) for step in steps(person)]
    told = [move.refused for chain in stories().values() for move in chain if isinstance(move, Move)]
    return dict(Counter(refused.value for refused in (*lives, *told) if refused))


async def test_once_plays_the_town_on_its_own_services_and_ends(data_dir: Path, ports_taken: None) -> None:
    ended = await program("demo", "--once", "--people", str(FEW), "--json")

    found = summary(ended)
    assert found["unexpected"] == []
    assert found["cases_by_phase"] == expected_phases(FEW)
    assert found["refused"] == expected_refusals(FEW)
    assert min(found["events_stored"], found["recorded_events"]) > 100
    assert found["units"][-1] == WEINGARTEN
    assert sum(unit["waiting"] for unit in found["units"]) == WEINGARTEN["waiting"]
    assert "taking free ones" in ended.err
    assert not (data_dir / "running.json").exists()
    assert [each.pid for each in psutil.process_iter(["cmdline"]) if str(data_dir) in str(each.info["cmdline"])] == []


async def test_interrupted_it_ends_in_good_order_and_the_next_run_goes_on(data_dir: Path) -> None:
    process = await started(["demo", "--people", str(FEW), "--json"])
    await some_cases_of(data_dir)
    process.send_signal(signal.SIGINT)
    _, _ = await process.communicate()
    assert process.returncode == 0

    on = summary(await program("demo", "--once", "--people", str(FEW), "--json"))

    assert on["unexpected"] == []
    assert on["cases_by_phase"] == expected_phases(FEW)


async def some_cases_of(data_dir: Path) -> None:
    """Until the town's first commands are stored."""
    running = data_dir / "running.json"
    async with asyncio.timeout(90):
        while not await asyncio.to_thread(_logged, running):  # noqa: ASYNC110  another process decides when
            await asyncio.sleep(0.1)


def _logged(running: Path) -> bool:
    try:
        with psycopg.connect(json.loads(running.read_text())["database_url"]) as connection:
            row = connection.execute("SELECT count(*) FROM command_log").fetchone()
    except (FileNotFoundError, psycopg.Error):
        return False
    return row is not None and row[0] > 20


@asynccontextmanager
async def callers_of(running: Running) -> AsyncIterator[Callers]:
    def token(actor: Actor) -> str:
        return token_of(running, actor.id, actor.provider, actor.role)

    async with connected(running.api_url, "", patience_s=60) as client:
        yield {name: client.bearing(token(actor)) for name, actor in STAFF.items()}


async def stands(callers: Callers, after: int) -> Standing:
    return await standing([callers[each.id] for each in SUPERVISORS.values()], callers[COORDINATOR.id], after)


async def test_it_plays_on_services_that_run_already_and_leaves_them_running(at_home: Running) -> None:
    ended = await program("demo", "--people", "3", "--json")

    found = summary(ended)
    assert found["unexpected"] == []
    assert found["api_url"] == at_home.api_url
    assert "which run on afterwards" in ended.err
    assert "api" in at_home.pids


async def test_a_second_run_says_what_is_there_and_what_to_try(at_home: Running) -> None:
    first = summary(await program("demo", "--once", "--people", "3", "--json"))

    again = await program("demo", "--once", "--people", "3")

    assert again.code == 0
    assert "All of it is there already; nothing was added." in " ".join(again.out.split())
    assert at_home.api_url in again.out
    assert f"lotse cases history {first['example_case']}" in again.out
    assert "export LOTSE_TOKEN=" in again.out


async def test_a_person_who_was_left_in_the_middle_is_played_to_the_end_once(running: Running) -> None:
    town, seed = people(4, seed=77), 77
    async with callers_of(running) as callers:
        whole = await remaining(callers, town, seed)
        halves = [Part(person, steps(person, seed)[: 2 + 2 * person.number]) for person in town]
        before = await play(callers, replace(whole, parts=halves), lambda: None)

        rest = await remaining(callers, town, seed)
        after = await play(callers, rest, lambda: None)

        assert not before.unexpected
        assert not after.unexpected
        assert before.cases == after.cases
        assert (await remaining(callers, town, seed)).questions == 0
        for person in town:
            receipts = {step.key: await callers[step.by.id].receipt(step.key) for step in steps(person, seed)}
            assert [bool(receipts[step.key]) for step in steps(person, seed)] == [
                step.refused is None for step in steps(person, seed)
            ]


async def test_a_town_that_is_there_is_asked_nothing(running: Running) -> None:
    town, seed = people(2, seed=78), 78
    async with callers_of(running) as callers:
        first = await play(callers, await remaining(callers, town, seed), lambda: None)
        there = await stands(callers, first.last_position)

        second = await play(callers, await remaining(callers, town, seed), lambda: None)

        assert (second.asked, second.recorded) == (0, 0)
        assert (await stands(callers, 0)).phases == there.phases


async def test_an_answer_that_the_script_does_not_say_is_told(running: Running) -> None:
    town, seed = people(1, seed=79), 79
    async with callers_of(running) as callers:
        script = steps(town[0], seed)
        rest = await remaining(callers, town, seed)
        tally = await play(callers, replace(rest, parts=[Part(town[0], [script[0], script[2]])]), lambda: None)

    assert len(tally.unexpected) == 1
    assert script[2].key in tally.unexpected[0]


async def test_the_services_killed_meanwhile_leave_no_step_out_and_none_twice(running: Running) -> None:
    town, seed = people(6, seed=80), 80
    async with callers_of(running) as callers:
        answered = 0

        def kill_sometimes() -> None:
            nonlocal answered
            answered += 1
            if answered in (15, 45):
                running.kill({15: "api", 45: "case-worker"}[answered])

        rest = await remaining(callers, town, seed)
        tally = await play(callers, rest, kill_sometimes)

    assert tally.unexpected == []
    assert tally.asked == rest.questions > sum(step.times for person in town for step in steps(person, seed))
