"""`lotse replay`: tell read models anew, see what would change, apply it, take it back."""

import asyncio
import getpass
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg import Connection
from psycopg.rows import DictRow
from rich.console import Console
from rich.live import Live

from cli.opened import REFUSED, opened
from cli.replay_shown import comparison_of, outside, progress_of
from infra import temporal
from infra.settings import Settings
from projections import plans, rebuild, switch
from projections.catalogue import READ_MODELS
from projections.difference import OldBuildError, where_they_part
from projections.plans import Plan, PlanRefusedError
from workflows.replays import ReplayClient, Standing

OUTSIDE = 2
"""Exit code: something changes that was not expected."""

LOOK_S = 0.5
AT_ONCE = 32

Reason = Annotated[str, typer.Option(help="Why. It is recorded, with who.")]
By = Annotated[str, typer.Option("--by", help="Who asks for it.", default_factory=getpass.getuser)]
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Force = Annotated[
    bool, typer.Option("--force", help="Also where readers would see something that stands still or is older.")
]

app = typer.Typer(
    help="Tell read models anew beside the live ones, see what would change, apply it, take it back.",
    no_args_is_help=True,
)


@app.command()
def plan(
    names: Annotated[list[str] | None, typer.Argument(help="Read models, e.g. caseload.")] = None,
    *,
    reason: Reason,
    by: By,
    every: Annotated[bool, typer.Option("--all", help="All read models.")] = False,
    expect: Annotated[
        list[str] | None,
        typer.Option(
            help="What may change: field=NAME, field=MODEL.NAME, rows=MODEL, or nothing. Anything else: exit 2."
        ),
    ] = None,
    at_once: Annotated[
        int, typer.Option(min=1, help="How many ranges are given out: no more workers can help.")
    ] = AT_ONCE,
    old_build: Annotated[
        Path | None, typer.Option(help="Where the old build stands: it is asked after which event the two part.")
    ] = None,
    wait: Annotated[bool, typer.Option(help="Wait for it, and show how far it is.")] = True,
    as_json: Json = False,
) -> None:
    """Make new versions beside the live ones, and show what they change. Exit 2: something outside of what was expected."""
    wanted = [model.name for model in READ_MODELS] if every else list(names or [])
    if not wanted:
        raise typer.BadParameter("Name read models, or --all.")
    with opened() as (connection, settings):
        plan_ = asyncio.run(_made(connection, settings, wanted, by, reason, at_once, quiet=as_json, wait=wait))
        if not wait:
            typer.echo(f"Plan {plan_.id} is being made. `lotse replay status` shows how far it is.")
            return
        if old_build and plan_.comparison:
            _ask_old_build(connection, plan_, old_build)
        _show(connection, plan_, as_json)
        if plan_.state != "ready":
            raise typer.Exit(REFUSED)
        if expect and (found := outside(plan_, expect)):
            typer.echo(f"Not expected: {', '.join(found)}", err=True)
            raise typer.Exit(OUTSIDE)


@app.command()
def status(
    *, watch: Annotated[bool, typer.Option("--watch", help="Until it is made.")] = False, as_json: Json = False
) -> None:
    """Show the latest plan: how far it is, what it changes."""
    with opened() as (connection, settings):
        latest = _latest(connection)
        if watch and latest.state == "building":
            latest = asyncio.run(_watched(connection, settings, latest.id, quiet=as_json))
        standing = asyncio.run(_standing(settings, latest)) if latest.state == "building" else None
        _show(connection, latest, as_json, standing)


@app.command()
def apply(*, reason: Reason, by: By, force: Force = False) -> None:
    """Let readers see the new versions, all at once."""
    with opened() as (connection, _):
        latest = _latest(connection, "ready", "rolled_back")
        rebuild.catch_up(connection, latest.id)
        held_s = switch.apply(connection, latest, by, reason, force=force)
        typer.echo(
            f"Readers see {', '.join(latest.names)} of plan {latest.id}; the switch took {held_s * 1000:.0f} ms."
        )
        typer.echo(
            "The old rows are kept up as long as a follower of the old code runs. `lotse replay rollback` takes it back, `lotse replay drop` ends that."
        )


@app.command()
def rollback(*, reason: Reason, by: By, force: Force = False) -> None:
    """Let readers see again what they saw before."""
    with opened() as (connection, _):
        latest = _latest(connection, "applied")
        switch.roll_back(connection, latest, by, reason, force=force)
        typer.echo(f"Readers see again {', '.join(f'{name}_{version}' for name, version in latest.replaced.items())}.")


@app.command()
def drop(*, reason: Reason, by: By) -> None:
    """Drop the versions that readers do not see: the old ones of an applied plan, the new ones of another."""
    with opened() as (connection, _):
        gone = switch.drop(connection, _latest(connection, "building", "ready", "applied", "rolled_back"), by, reason)
        typer.echo(f"Dropped: {', '.join(gone) or 'nothing'}.")


@app.command()
def pause(*, reason: Reason, by: By) -> None:
    """Let the ranges under way end, and begin no others."""
    _signalled("pause", by, reason)


@app.command()
def resume(*, reason: Reason, by: By) -> None:
    """Go on with a plan that was paused, or whose workflow is gone."""
    _signalled("resume", by, reason)


@app.command()
def cancel(*, reason: Reason, by: By) -> None:
    """Give up a plan that is being made; what is made is taken away."""
    _signalled("cancel", by, reason)


def _signalled(action: str, by: str, reason: str) -> None:
    with opened() as (connection, settings):
        latest = _latest(connection, "building")
        asyncio.run(_tell(settings, latest.id, action))
        plans.paused(connection, latest.id, now=action == "pause")
        plans.act(connection, action, latest.id, by, reason)
        typer.echo(f"Plan {latest.id}: {action} is asked for.")


async def _tell(settings: Settings, number: int, action: str) -> None:
    replays = await _replays(settings)
    await replays.start(number, AT_ONCE)  # where the workflow is lost; one that runs is left alone
    await {"pause": replays.pause, "resume": replays.resume, "cancel": replays.cancel}[action](number)


def _ask_old_build(connection: Connection[DictRow], plan_: Plan, old_build: Path) -> None:
    """Puts the event at which the two codes part in the place of what could be told without the old one."""
    models = {model.name: model for model in READ_MODELS}
    for name, each in (plan_.comparison or {})["models"].items():
        for sample in each.get("samples", ()):
            key = tuple(sample["key"].values())
            try:
                sample["event"] = where_they_part(
                    connection, models[name], key, sample["field"], each["position"], old_build
                )
            except (OldBuildError, OSError) as error:
                raise PlanRefusedError("old_build", f"The build at {old_build} does not answer: {error}") from None


async def _made(
    connection: Connection[DictRow],
    settings: Settings,
    names: list[str],
    by: str,
    reason: str,
    at_once: int,
    *,
    quiet: bool,
    wait: bool,
) -> Plan:
    replays = await _replays(settings)  # first: a plan that nobody can begin would be in the way of the next
    number = plans.plan(connection, names, by, reason)
    await replays.start(number, at_once)
    return await _watched(connection, settings, number, quiet=quiet) if wait else _looked(connection, number)


async def _watched(connection: Connection[DictRow], settings: Settings, number: int, *, quiet: bool) -> Plan:
    """Shows progress until it is made. Whoever leaves does not end it: the workflow goes on."""
    replays = await _replays(settings)
    with Live(console=Console(stderr=True, quiet=quiet), refresh_per_second=4, transient=True) as live:
        while (found := _looked(connection, number)).state == "building":
            standing = await replays.standing(number)
            if not standing.running and _looked(connection, number).state == "building":
                raise PlanRefusedError(
                    "replay_ended",
                    f"The workflow replay-{number} has ended before its plan was made. `lotse replay resume` goes on with it.",
                )
            live.update(progress_of(found, plans.progress(connection, number), standing))
            await asyncio.sleep(LOOK_S)
    return found


async def _standing(settings: Settings, latest: Plan) -> Standing:
    return await (await _replays(settings)).standing(latest.id)


async def _replays(settings: Settings) -> ReplayClient:
    return ReplayClient(await temporal.connect(settings), settings.replay_queue)


def _show(connection: Connection[DictRow], plan_: Plan, as_json: bool, standing: Standing | None = None) -> None:
    progress = plans.progress(connection, plan_.id)
    if as_json:
        shown: dict[str, Any] = {
            "plan": plan_.id,
            "names": plan_.names,
            "state": plan_.state,
            "step": plan_.step,
            "paused": plan_.paused,
            "progress": {
                "events": progress.events,
                "told": progress.told,
                "per_s": round(progress.per_s, 1),
                "left_s": progress.left_s,
                "workers": [
                    dict(zip(("worker", "ranges", "events", "per_s"), each, strict=True)) for each in progress.workers
                ],
            },
            "comparison": plan_.comparison,
            "faults": standing.faults if standing else (),
        }
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    if plan_.state == "building":
        console.print(progress_of(plan_, progress, standing or Standing(running=True)))
    else:
        console.print(comparison_of(plan_, progress))


def _latest(connection: Connection[DictRow], *states: str) -> Plan:
    found = plans.latest(connection, states)
    if found is None:
        wanted = f"No plan is {' or '.join(states)}." if states else "Nothing was planned yet."
        raise PlanRefusedError(
            "no_plan", f"{wanted} `lotse replay status` shows the latest one, `lotse replay plan` makes one."
        )
    return found


def _looked(connection: Connection[DictRow], number: int) -> Plan:
    found = plans.look(connection, number)
    if found is None:
        raise PlanRefusedError("no_plan", f"There is no plan {number}.")
    return found
