"""`lotse parked`: cases that a read model cannot tell, and telling them again."""

import getpass
import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.opened import REFUSED, opened
from projections.park import Parked, listed
from projections.plans import act
from projections.retry import Retried, retry

Name = Annotated[str | None, typer.Option("--read-model", help="Only this read model.")]
Case = Annotated[str | None, typer.Option("--case", help="Only this case.")]
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]

app = typer.Typer(help="Cases that a read model cannot tell: their events wait, in order.", no_args_is_help=True)


@app.command("list")
def list_(*, read_model: Name = None, case: Case = None, as_json: Json = False) -> None:
    """List what waits, the longest first."""
    with opened() as (connection, _):
        found = listed(connection, read_model, case)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], default=str, indent=2))
        return
    if not found:
        typer.echo("Nothing is parked.")
        return
    table = Table(box=None, padding=(0, 2), pad_edge=False, header_style="dim")
    for name in ("read model", "case", "since event", "waiting", "parked at", "tries", "fault"):
        table.add_column(name)
    for each in found:
        table.add_row(*_line(each))
    Console(highlight=False, width=200).print(table)


def _line(each: Parked) -> tuple[str, ...]:
    place = each.parking
    return (
        f"{each.name}_{each.version}{'' if each.live else ' (not live)'}",
        place.stream_id,
        f"{place.event_version} {place.event_name}",
        f"{each.waiting} events",
        f"{each.parked_at:%Y-%m-%d %H:%M}",
        str(each.tries),
        place.fault,
    )


@app.command()
def show(case: Annotated[str, typer.Argument(metavar="CASE_ID")]) -> None:
    """Show where one case waits, in each read model."""
    with opened() as (connection, _):
        found = listed(connection, stream_id=case)
    if not found:
        typer.echo(f"{case} is parked nowhere.")
        raise typer.Exit(REFUSED)
    for each in found:
        place = each.parking
        typer.echo(
            f"{each.name}_{each.version}: stands as before event {place.event_version} ({place.event_name}, position {place.position})."
        )
        typer.echo(
            f"  {place.fault}; {each.waiting} events wait since {each.parked_at:%Y-%m-%d %H:%M}, tried {each.tries} times."
        )


@app.command("retry")
def retry_(
    *,
    reason: Annotated[str, typer.Option(help="Why. It is recorded, with who.")],
    by: Annotated[str, typer.Option("--by", help="Who asks for it.", default_factory=getpass.getuser)],
    read_model: Name = None,
    case: Case = None,
) -> None:
    """Tell what waits, once and in order. Exit 1: something waits still."""
    with opened() as (connection, _):
        outcome = retry(connection, read_model, case)
        act(
            connection,
            "retry",
            None,
            by,
            reason,
            told=[f"{each.parked.name}: {each.parked.parking.stream_id}" for each in outcome if _done(each)],
        )
    for each in outcome:
        typer.echo(_said(each))
    if not all(map(_done, outcome)):
        raise typer.Exit(REFUSED)


def _done(each: Retried) -> bool:
    return each.still is None and not each.other_code


def _said(each: Retried) -> str:
    where = f"{each.parked.name}_{each.parked.version} {each.parked.parking.stream_id}"
    if each.other_code:
        return f"{where}: not tried, for other code than this made its rows. `lotse replay plan {each.parked.name}` tells it anew."
    if each.still:
        return f"{where}: {each.told} events told, waits at event {each.still.event_version} {each.still.event_name}: {each.still.fault}"
    return f"{where}: {each.told} events told."
