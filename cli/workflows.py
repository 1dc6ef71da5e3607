"""`lotse workflows check`: whether the workflows that run can go on under this build, and know what the event store knows."""

import asyncio
import json
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from activities.policies import PublishedPolicies
from cli.fleet import progress
from infra import temporal
from infra.settings import Settings, SettingsError, database_url, load_settings, master_key
from infra.standings import standings
from infra.supervisor import die_with_parent
from infra.temporal import TemporalUnreachableError
from workflows import open_histories
from workflows.check import TYPES, Check, Difference, Found
from workflows.histories import Known, Replayed, Saved

SHOWN = 20

app = typer.Typer(help="The workflows as Temporal keeps them, against this build.", no_args_is_help=True)


@app.callback()
def workflows() -> None:
    """The workflows as Temporal keeps them, against this build."""


@app.command()
def check(
    *,
    folder: Annotated[Path | None, typer.Option(help="Replay the saved histories of this folder.")] = None,
    running: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Replay what runs now. Unless said, only where no folder is given."),
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Write the histories of what runs into this folder.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="How many replay side by side.")] = os.cpu_count() or 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Replay the histories of all open workflows against this build, and compare what that leads to with the event store.

    Nothing is changed. Exit 1: some can't be replayed, or lead elsewhere. Run it with the new build before that is deployed.
    """
    asked = _Asked(folder, save, running if running is not None else folder is None, processes, as_json)
    found = _answered(asked)
    if as_json:
        typer.echo(json.dumps(_as_json(found)))
    else:
        _tell(found)
    if not found.well:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Asked:
    folder: Path | None
    save: Path | None
    running: bool
    processes: int
    quiet: bool


def _answered(asked: _Asked) -> Found:
    try:
        return asyncio.run(_found(asked))
    except (SettingsError, TemporalUnreachableError, ValueError, OSError) as error:
        typer.echo(str(error), err=True)
    except psycopg.Error as error:
        typer.echo(f"The database does not answer ({type(error).__name__}). Check that PostgreSQL runs.", err=True)
    raise typer.Exit(2)


async def _found(asked: _Asked) -> Found:
    found = Found()
    with _processes(asked.processes) as pool, progress("histories replayed", None, quiet=asked.quiet) as one_more:

        def replayed(history: Saved, each: Replayed) -> None:
            one_more()
            if asked.save is not None:
                open_histories.write(asked.save, history, each.known)

        if asked.folder is not None:
            checking = Check(pool, asked.processes, TYPES, lambda *_: one_more())
            found.add(await checking.of_saved(open_histories.read(asked.folder)))
        if asked.running:
            settings = load_settings()
            checking = Check(pool, asked.processes, TYPES, replayed)
            client = await temporal.connect(settings)
            queues = (settings.task_queue, settings.replay_queue)
            found.add(await checking.of_running(client, queues, _truth(settings)))
    return found


@contextmanager
def _processes(count: int) -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _not_without_us) as pool:
        yield pool


def _not_without_us() -> None:
    die_with_parent(signal.SIGKILL)()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _truth(settings: Settings) -> Callable[[Sequence[str]], Mapping[str, Known]]:
    def truth(stream_ids: Sequence[str]) -> Mapping[str, Known]:
        found = standings(database_url(settings), master_key(settings), PublishedPolicies, stream_ids)
        return {each.stream_id: Known(each.version, each.at) for each in found}

    return truth


def _tell(found: Found) -> None:
    table = Table(box=None, padding=(0, 2), pad_edge=False, header_style="dim")
    for column in ("workflow", "histories", "replayed", "not begun", "failed", "differing"):
        table.add_column(column, justify="left" if column == "workflow" else "right")
    for kind, counted in _counted(found).items():
        table.add_row(kind, *map(str, counted.values()))
    Console(highlight=False, width=160).print(table)
    for each in found.failed[:SHOWN]:
        typer.echo(f"✗ {each.workflow_id}: {_said(each)}")
    for other in found.differing[:SHOWN]:
        typer.echo(f"≠ {other.workflow_id}: {_differs(other)}")
    hidden = max(0, len(found.failed) - SHOWN) + max(0, len(found.differing) - SHOWN)
    if hidden:
        typer.echo(f"… and {hidden} more; --json lists all.")
    if found.well:
        typer.echo("✓ All go on under this build, and lead to where they should.")


def _said(failed: Replayed) -> str:
    where = failed.divergence
    assert where is not None  # noqa: S101 - only failures are told
    return f"parts from its history at event {where.event_id} ({where.event}); this build wants there: {where.wanted}"


def _differs(each: Difference) -> str:
    told = []
    if each.replay.version != each.truth.version:
        told.append(f"replay leads to version {each.replay.version}, the story has {each.truth.version}")
    if each.replay.at != each.truth.at:
        told.append(
            f"the clock would come at {each.replay.at or 'no time'}, and should at {each.truth.at or 'no time'}"
        )
    return "; ".join(told)


def _counted(found: Found) -> dict[str, dict[str, int]]:
    differing = Counter(each.kind for each in found.differing)
    return {
        kind: {
            "histories": len(own),
            "replayed": sum(each.begun and each.divergence is None for each in own),
            "not_begun": sum(not each.begun for each in own),
            "failed": sum(each.divergence is not None for each in own),
            "differing": differing[kind],
        }
        for kind in sorted({each.kind for each in found.replayed})
        for own in [[each for each in found.replayed if each.kind == kind]]
    }


def _as_json(found: Found) -> dict[str, object]:
    failed = [
        {"workflow_id": each.workflow_id, "kind": each.kind, **asdict(each.divergence)}
        for each in found.failed
        if each.divergence is not None
    ]
    return {
        "well": found.well,
        "kinds": _counted(found),
        "failed": failed,
        "differing": [asdict(each) for each in found.differing],
    }
