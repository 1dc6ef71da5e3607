"""`lotse cases resume|refresh`: every workflow that should run, made anew from the events; and deadlines asked for anew."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from activities.policies import PublishedPolicies
from infra import temporal
from infra.settings import Settings, SettingsError, database_url, load_settings, master_key
from infra.standings import standings
from infra.temporal import TemporalUnreachableError
from workflows import fleet
from workflows.fleet import Waiting

AT_ONCE = 32
SHOWN = 20

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def resume(
    *,
    missing_only: Annotated[
        bool, typer.Option(help="Only those that Temporal does not list as running, or that have something to tell.")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="Only count.")] = False,
    per_second: Annotated[float, typer.Option(min=1, help="How many to start in a second, at most.")] = 500,
    as_json: AsJson = False,
) -> None:
    """Start every workflow that should run, from the event store, by order of its next deadline. Those that run go on; ask any number of times."""

    async def resumed(settings: Settings) -> dict[str, int]:
        client = await temporal.connect(settings)
        waiting = fleet.by_urgency(_waiting(settings))
        if missing_only:
            there = await fleet.running(client, settings.task_queue)
            waiting = [each for each in waiting if each.stream_id not in there or each.follow_ups]
        overdue = sum(each.at is not None and each.at <= datetime.now(UTC) for each in waiting)
        counted = {
            "stories": len(waiting),
            "overdue": overdue,
            "to_tell": sum(len(each.follow_ups) for each in waiting),
        }
        if not dry_run:
            with progress("workflows started", len(waiting), quiet=as_json) as one_more:
                await fleet.start(client, settings.task_queue, waiting, per_second, one_more)
        return counted

    counted = _run(resumed)
    if as_json:
        typer.echo(json.dumps({**counted, "started": not dry_run}))
        return
    verb = "would be started" if dry_run else "started, or ran already"
    typer.echo(
        f"{counted['stories']} workflows {verb}; {counted['overdue']} deadlines are overdue and come at once, "
        f"{counted['to_tell']} follow-ups were not told yet and are told now."
    )


def refresh(
    *,
    provider: Annotated[str | None, typer.Option(help="Only stories of this provider.")] = None,
    story: Annotated[list[str] | None, typer.Option("--story", help="Only this story; may be said again.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every workflow that runs.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run/--apply", help="Only show what would move (this is the default).")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Make workflows ask for their next deadline anew, after a rule was mended; shows how many move, from when to when.

    One that only knows another version than the store, as after a backup was restored, asks anew too.
    """
    if not (provider or story or everything):
        raise typer.BadParameter("say which: --provider, --story or --all")

    async def moved(settings: Settings) -> list[dict[str, Any]]:
        client = await temporal.connect(settings)
        chosen = [each for each in _waiting(settings, story) if provider is None or each.provider == provider]
        turns, found = asyncio.Semaphore(AT_ONCE), list[dict[str, Any]]()

        async def look(each: Waiting, one_more: Callable[[], None]) -> None:
            async with turns:
                known = await fleet.standing(client, each.stream_id)
                after = each.timer and each.timer.deadline.at.isoformat()
                if known is not None and known != {"version": each.version, "at": after} and not dry_run:
                    await fleet.refreshed(client, each.stream_id)
                if known is not None and known["at"] != after:
                    found.append({"stream_id": each.stream_id, "before": known["at"], "after": after})
                one_more()

        with progress("workflows asked", len(chosen), quiet=as_json) as one_more:
            await asyncio.gather(*(look(each, one_more) for each in chosen))
        return sorted(found, key=lambda each: str(each["stream_id"]))

    found = _run(moved)
    if as_json:
        typer.echo(json.dumps({"moved": found, "applied": not dry_run}))
        return
    typer.echo(f"{len(found)} workflows {'would move' if dry_run else 'moved'} to another time.")
    for each in found[:SHOWN]:
        typer.echo(f"  {each['stream_id']}: {each['before'] or 'none'} → {each['after'] or 'none'}")
    if len(found) > SHOWN:
        typer.echo(f"  … and {len(found) - SHOWN} more; --json lists all.")
    if dry_run and found:
        typer.echo("Nothing was changed. Say --apply to move them.")


def _waiting(settings: Settings, only: list[str] | None = None) -> list[Waiting]:
    """Every story that waits for something, or has something to tell, by the event store alone."""
    known = standings(database_url(settings), master_key(settings), PublishedPolicies, only)
    return [
        Waiting(each.stream_id, each.provider, each.version, each.timer, each.to_tell)
        for each in known
        if each.to_tell or not each.rests
    ]


def _run(asked: Callable[[Settings], Any]) -> Any:
    try:
        return asyncio.run(asked(load_settings()))
    except (SettingsError, TemporalUnreachableError) as error:
        typer.echo(str(error), err=True)
    except psycopg.Error as error:
        typer.echo(f"The database does not answer ({type(error).__name__}). Check that PostgreSQL runs.", err=True)
    raise typer.Exit(2)


@contextmanager
def progress(what: str, total: int | None, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """How far it is, on standard error; gives the function that counts one more."""
    columns = (TextColumn(what), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as shown:
        task = shown.add_task(what, total=total)
        yield lambda: shown.advance(task)
