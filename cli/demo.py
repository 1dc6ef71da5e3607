"""`lotse demo`: a town of 2018 before your eyes, every case through the public API and real workflows."""

import asyncio
import json
import signal
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text
from temporalio.service import RPCError

from cli.client import NotShownError, OutcomeUnknownError, UnreachableError, connected
from cli.demo_life import live
from cli.demo_play import Tally, play
from cli.demo_rest import STAFF, Callers, Rest, remaining
from cli.demo_standing import standing
from cli.demo_summary import Summary
from cli.town import PEOPLE, SUPERVISORS, Person, people
from cli.town_cast import cast
from cli.town_house import COORDINATOR
from cli.town_stories import stories
from domain.envelopes import Actor
from domain.vocabulary import Phase
from infra import tokens
from infra.data_folder import FolderInUseError, read_running
from infra.settings import Settings, SettingsError, load_settings, token_key
from infra.supervisor import PartFailedError

if TYPE_CHECKING:
    from infra.dev_servers import Running

PATIENCE_S = 120.0  # a part that died is restarted long before
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LINES_KEPT = 20
NO_SKIPPING = (
    "Temporal skips no time here: {why}. `lotse demo --life` needs the development server of temporal-dev.yaml."
)
OVERSEER = SUPERVISORS["drk"]


@dataclass(frozen=True)
class Place:
    """Where the demo plays. `ours`: we started the services, and they end with us."""

    settings: Settings
    api_url: str
    ui_url: str | None
    ours: bool


class Language(StrEnum):
    DE = "de"
    EN = "en"


class Played(Protocol):
    """What came of a demonstration. `unexpected`: where an answer was not what the script says."""

    @property
    def unexpected(self) -> Sequence[str]: ...

    def as_json(self) -> dict[str, Any]: ...

    def show(self) -> None: ...


class Rate(ProgressColumn):
    """Commands per second so far."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:.0f}/s", style="progress.data.speed")


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End when the town is played, instead of running on.")] = False,
    number: Annotated[int, typer.Option("--people", min=1, max=9999, help="How many persons.")] = PEOPLE,
    life: Annotated[
        bool, typer.Option("--life", help="Instead: one person's three years before your eyes, in less than a minute.")
    ] = False,
    language: Annotated[Language, typer.Option(help="In which language --life is told.")] = Language.DE,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as JSON; progress goes to stderr.")
    ] = False,
) -> None:
    """Play the town of Ravensburg, 2018: 460 invented persons, 8 integration managers, two providers."""
    console = Console(stderr=as_json, highlight=False)
    lines: deque[str] = deque(maxlen=LINES_KEPT)

    async def played(place: Place) -> Played:
        if life:
            return await live(place.settings, place.api_url, console, language)
        return await _town(place, console, number)

    try:
        as_expected = asyncio.run(_until_stopped(load_settings(), console, lines, played, once=once, as_json=as_json))
    except RPCError as error:
        console.print(Text(NO_SKIPPING.format(why=error.message), style="red"), soft_wrap=True)
        raise typer.Exit(1) from None
    except (SettingsError, FolderInUseError, NotShownError, UnreachableError, OutcomeUnknownError) as error:
        console.print(Text(str(error), style="red"), soft_wrap=True)
        raise typer.Exit(1) from None
    except PartFailedError as error:
        console.print(Text("\n".join([*lines, str(error)]), style="red"), soft_wrap=True)
        raise typer.Exit(1) from None
    except ModuleNotFoundError as error:
        console.print(f"{error.name} is not installed: the embedded services need `pip install 'lotse[services]'`.")
        raise typer.Exit(1) from None
    if not as_expected:
        raise typer.Exit(1)


async def _until_stopped(
    settings: Settings,
    console: Console,
    lines: deque[str],
    play_at: Callable[[Place], Awaitable[Played]],
    *,
    once: bool,
    as_json: bool,
) -> bool:
    """Whether every answer was the one that the town's script says. A signal ends it early, which is no failure."""
    _cancel_on_signals()
    as_expected = True
    with suppress(asyncio.CancelledError):
        async with _place(settings, console, lines) as place:
            summary = await play_at(place)
            as_expected = not summary.unexpected
            if as_json:
                typer.echo(json.dumps(summary.as_json(), ensure_ascii=False, indent=2))
            else:
                summary.show()
            if not place.ours:
                return as_expected
            if once:
                console.print("\nThe services stop now; the data stay. `lotse demo` or `lotse dev` goes on with them.")
                return as_expected
            console.print("\nEverything runs on until you stop it with Ctrl-C; the data stay.", style="bold")
            await asyncio.Event().wait()
    return as_expected


def _cancel_on_signals() -> None:
    """The first signal ends the demo in good order; further ones change nothing, each part has its own time limit."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None  # noqa: S101  a coroutine runs in a task

    def stop() -> None:
        for each in STOP_SIGNALS:
            loop.add_signal_handler(each, lambda: None)
        task.cancel()

    for each in STOP_SIGNALS:
        loop.add_signal_handler(each, stop)


@asynccontextmanager
async def _place(settings: Settings, console: Console, lines: deque[str]) -> AsyncIterator[Place]:
    """The services that run on this data folder, or ones that we start and stop."""
    if running := read_running(settings.data_dir):
        console.print(f"Playing on the services of process {running.pid}, which run on afterwards.")
        yield Place(settings, running.api_url, running.ui_url, ours=False)
        return
    console.print("Starting PostgreSQL, Temporal, workers and API …")
    async with AsyncExitStack() as stack:
        try:
            started = await stack.enter_async_context(_services(settings, lines, free_ports=False))
        except (SettingsError, PartFailedError) as error:
            if not _port_taken(error):
                raise
            console.print("The usual ports are taken by other programs: taking free ones.")
            started = await stack.enter_async_context(_services(settings, lines, free_ports=True))
        try:
            yield Place(started.settings, started.api_url, started.ui_url, ours=True)
        finally:
            console.print("Stopping …")


def _port_taken(error: SettingsError | PartFailedError) -> bool:
    """Seen before the start, or by a part that somebody else was faster than."""
    return error.code == "port_taken" or "already in use" in str(error)


def _services(settings: Settings, lines: deque[str], *, free_ports: bool) -> "AbstractAsyncContextManager[Running]":
    from infra.dev_servers import dev_services  # noqa: PLC0415  needs the extra `services`, absent in production

    return dev_services(settings, on_line=lambda part, line: lines.append(f"{part}: {line}"), free_ports=free_ports)


async def _town(place: Place, console: Console, number: int) -> Summary:
    crowd, stars = people(number), [person for role in cast().values() for person in role]
    entering = [person for person in stars if person.household.reaches is not Phase.REGISTERED]
    key = token_key(place.settings)

    def token(actor: Actor) -> str:
        return tokens.issue(key, subject=actor.id, role=actor.role, provider=actor.provider)

    overseer = token(OVERSEER)
    async with connected(place.api_url, overseer, patience_s=PATIENCE_S) as client:
        callers = {name: client.bearing(token(actor)) for name, actor in STAFF.items()}
        rest = await remaining(callers, [*crowd, *entering], stories=stories().values())
        there_before = sum(not part.steps for part in rest.parts[: len(crowd)])
        tally = await _with_progress(callers, rest, console)
        overseers = [callers[supervisor.id] for supervisor in SUPERVISORS.values()]
        stands = await standing(overseers, callers[COORDINATOR.id], after=tally.last_position)
    telling = (each.number for each in crowd if _telling(each) and each.number in tally.cases)
    return Summary(
        console=console,
        persons=len(crowd),
        cast=len(stars),
        there_before=there_before,
        stands=stands,
        tally=tally,
        api_url=place.api_url,
        ui_url=place.ui_url,
        data_dir=str(place.settings.data_dir.resolve()),
        token=overseer,
        example=next((tally.cases[number] for number in telling), None),
    )


def _telling(person: Person) -> bool:
    """Whether a person's case is a good one to look at with the token that is shown."""
    return person.household.manager.provider == OVERSEER.provider and person.household.reaches is Phase.SUPPORT


async def _with_progress(callers: Callers, rest: Rest, console: Console) -> Tally:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("commands", total=rest.questions, visible=rest.questions > 0)
        return await play(callers, rest, lambda: progress.advance(bar))
