"""`lotse reconcile`: whether event store, workflows and read models agree; the look that a schedule takes each hour, now."""

import asyncio
import json
from datetime import timedelta
from typing import Annotated, Any, NoReturn

import psycopg
import typer
from psycopg.rows import dict_row
from temporalio.client import WorkflowFailureError

from domain.deadlines import LOCAL
from infra import reconciliations, temporal
from infra.settings import Settings, SettingsError, database_url, load_settings
from infra.temporal import TemporalUnreachableError
from workflows.reconcile import reconcile_now

SAYS = {
    "missing": "workflows that should run and do not",
    "behind": "workflows that have not heard of the last events",
    "clock": "workflows that wait for another time than the rules say",
    "ahead": "workflows that know more than the event store: it has lost events; see the runbook, “PostgreSQL is lost”",
    "silent": "workflows that give no answer; `lotse workflows check` may say why",
}
SHOWN = 20
WAITED = timedelta(minutes=10)
NO_WORKER = "no answer within {minutes:.0f} minutes. Check with `lotse doctor` that a case worker runs; `--latest` shows what comes of it later."


def reconcile(
    *,
    dry_run: Annotated[bool, typer.Option(help="Only look; mend nothing.")] = False,
    latest: Annotated[int, typer.Option(min=0, help="Only show what the last so many looks found.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Compare event store, workflows and read models, and mend what is safe. Exit 1 when something did not agree."""
    try:
        settings = load_settings()
        if latest:
            _show(settings, latest, as_json=as_json)
            return
        report = asyncio.run(_asked(settings, repair=not dry_run))
    except (SettingsError, TemporalUnreachableError) as error:
        _stop(str(error))
    except psycopg.Error as error:
        _stop(f"The database does not answer ({type(error).__name__}). Check that PostgreSQL runs.")
    except TimeoutError:
        _stop(NO_WORKER.format(minutes=WAITED.total_seconds() / 60))
    except WorkflowFailureError as error:
        _stop(
            f"The look failed ({type(error.cause).__name__}); the case worker's log says why. The next one comes within the hour."
        )
    if as_json:
        typer.echo(json.dumps(report))
    else:
        _tell(report)
    if not report["well"]:
        raise typer.Exit(1)


async def _asked(settings: Settings, *, repair: bool) -> dict[str, Any]:
    client = await temporal.connect(settings)
    async with asyncio.timeout(WAITED.total_seconds()):
        return await reconcile_now(client, settings.task_queue, repair=repair)


def _show(settings: Settings, count: int, *, as_json: bool) -> None:
    with psycopg.connect(database_url(settings), autocommit=True, row_factory=dict_row) as connection:
        kept = reconciliations.latest(connection, count)
    if as_json:
        typer.echo(json.dumps([{"at": each.at.isoformat(), **each.report} for each in kept]))
        return
    for each in kept:
        typer.echo(f"{each.at.astimezone(LOCAL):%Y-%m-%d %H:%M}")
        _tell(each.report)
    if not kept:
        typer.echo("Nobody has looked yet: the first look comes within an hour of the case worker's first start.")


def _tell(report: dict[str, Any]) -> None:
    typer.echo(f"{report['stories']} stories, {report['workflows']} workflows running.")
    for fault, count in report["counts"].items():
        if count:
            typer.echo(f"✗ {count} {SAYS[fault]}")
    for each in report["findings"][:SHOWN]:
        known = each["known"] and f"version {each['known']['version']}, clock {each['known']['at'] or 'none'}"
        should = f"version {each['should']['version']}, clock {each['should']['at'] or 'none'}"
        typer.echo(f"  {each['stream_id']}: {known or each['fault']}; by the event store {should}")
    if report["repaired"]:
        typer.echo(f"{report['repaired']} were mended.")
    told = report["read_models"]
    if not told["follower_alive"]:
        typer.echo("✗ no follower is alive: the read models stand still")
    if told["parked"]:
        typer.echo(f"✗ {told['parked']} cases are parked: `lotse parked list`")
    typer.echo(f"Read models: {told['behind_events']} events behind, {told['behind_s']:.0f} s.")
    if report["well"]:
        typer.echo("✓ All agree.")


def _stop(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
