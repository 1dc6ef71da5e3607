"""`lotse dev`: all services of `temporal-dev.yaml` in one terminal."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.data_folder import FolderInUseError
from infra.settings import Settings, SettingsError, load_settings
from infra.supervisor import PartFailedError

if TYPE_CHECKING:
    from infra.dev_parts import Process
    from infra.dev_servers import Running

COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_cyan", "bright_magenta")
NAME_WIDTH = 11
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class PartLines:
    """Prints the output of the parts: one event, one line, the name of the part before it in its own colour."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._colours: dict[str, str] = {}

    def __call__(self, part: str, line: str) -> None:
        colour = self._colours.setdefault(part, COLOURS[len(self._colours) % len(COLOURS)])
        self._console.print(Text(f"{part:<{NAME_WIDTH}} ", style=colour) + Text.from_ansi(line), soft_wrap=True)


def dev(
    *,
    empty: Annotated[bool, typer.Option("--reset", help="Delete all data of the data folder first.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before deleting.")] = False,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the API and the pages, instead of the described one.")
    ] = None,
    free_ports: Annotated[
        bool, typer.Option("--free-ports", help="Take any free ports; the addresses are printed.")
    ] = False,
) -> None:
    """Start PostgreSQL, Temporal, workers, API and pages; stop them with Ctrl-C."""
    console = Console()
    try:
        settings = load_settings()
        if port is not None:
            settings = settings.model_copy(update={"api_port": port})
        if empty:
            if not yes:
                typer.confirm(f"Delete all cases, keys and workflows in {settings.data_dir.resolve()}?", abort=True)
            from infra.dev_servers import reset  # noqa: PLC0415  needs the extra `services`, absent in production

            reset(settings)
            console.print(f"{settings.data_dir} is empty now.")
        asyncio.run(run_until_stopped(settings, console, free_ports=free_ports))
    except (SettingsError, FolderInUseError, PartFailedError) as error:
        console.print(Text(str(error), style="red"), soft_wrap=True)
        raise typer.Exit(1) from None
    except ModuleNotFoundError as error:
        console.print(f"{error.name} is not installed: the embedded services need `pip install 'lotse[services]'`.")
        raise typer.Exit(1) from None


async def run_until_stopped(
    settings: Settings, console: Console, *, free_ports: bool, processes: "Sequence[Process] | None" = None
) -> None:
    """Run the services until a signal asks to stop; a second one changes nothing, each part has its own time limit.

    `processes`: our own processes instead of those that `temporal-dev.yaml` names.
    """
    from infra.dev_servers import dev_services  # noqa: PLC0415  needs the extra `services`, absent in production

    task = asyncio.current_task()
    assert task is not None  # noqa: S101  a coroutine runs in a task
    if console.is_terminal:
        os.environ["FORCE_COLOR"] = "1"  # the parts write to a pipe and would leave their colours out
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            console.print("stopping …")
            task.cancel()

    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        lines = PartLines(console)
        async with dev_services(settings, processes=processes, on_line=lines, free_ports=free_ports) as running:
            console.print(addresses(running))
            await asyncio.Event().wait()
    console.print("stopped.")


def addresses(running: "Running") -> Table:
    """Where to look, and what to try first."""
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("pages", running.api_url, style="bold")
    table.add_row("API", f"{running.api_url}/docs")
    if running.ui_url:
        table.add_row("Temporal", running.ui_url)
    table.add_row("data", str(running.settings.data_dir))
    table.add_row("token", "`lotse token --help` in another terminal: who asks needs one")
    table.add_row("stop", "Ctrl-C")
    return table
