"""`lotse events`: the events as they are stored. What is sealed stays sealed: nobody's name is shown here."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from psycopg import Connection
from psycopg.rows import DictRow
from rich.console import Console
from rich.text import Text

from cli.opened import REFUSED, opened
from domain.personal import TOKEN_PREFIX
from infra import stored

EMPTY: tuple[Any, ...] = (None, [], {}, "")

Kinds = Annotated[list[str] | None, typer.Option("--name", help="Only events of this name; may be said again.")]
AsJson = Annotated[bool, typer.Option("--json", help="One event a line, as JSON, with all that is stored.")]

app = typer.Typer(help="The events as they are stored; sealed values stay sealed.", no_args_is_help=True)


@app.command()
def tail(
    *,
    count: Annotated[int, typer.Option("--count", "-n", min=0, help="How many of the newest.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with each that comes, until Ctrl-C.")] = False,
    name: Kinds = None,
    as_json: AsJson = False,
) -> None:
    """Show the newest events of all stories, in the order in which they were recorded."""
    with opened() as (connection, _):
        end = stored.end(connection)
        _print(stored.newest(connection, count, name), as_json=as_json)
        if follow:
            _follow(connection, end, name, as_json=as_json)


@app.command()
def show(
    story: Annotated[str, typer.Argument(metavar="STORY", help="case-…, unit-…, staff-… or policy.")],
    *,
    after: Annotated[int, typer.Option(min=0, help="Only events behind this version.")] = 0,
    name: Kinds = None,
    as_json: AsJson = False,
) -> None:
    """Show the events of one story."""
    with opened() as (connection, _):
        if not stored.exists(connection, story):
            typer.echo(f"There is no story {story}.", err=True)
            raise typer.Exit(REFUSED)
        _print(stored.of_story(connection, story, after, name), as_json=as_json)


def _follow(connection: Connection[DictRow], position: int, names: list[str] | None, *, as_json: bool) -> None:
    try:
        for event in stored.coming(connection, position, names):
            _print(iter([event]), as_json=as_json)
    except KeyboardInterrupt:
        return


def _print(events: Iterator[stored.Event], *, as_json: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for event in events:
        if as_json:
            typer.echo(json.dumps(event, ensure_ascii=False))
        else:
            console.print(_line(event))


def _line(event: stored.Event) -> Text:
    line = Text(f"{event['position']:>9}  ", style="dim")
    line.append(f"{event['stream_id']} {event['version']}  ", style="cyan")
    line.append(event["name"], style="bold")
    if "body" not in event:
        return line.append("  (its bytes are no JSON: `lotse audit verify --all`)", style="red")
    actor = event["actor"]
    line.append(f"  {event['effective_on']}, recorded {event['recorded_at']}, {actor['id']} ({actor['role']})", "dim")
    told = event["body"] | {name: event.get(name) for name in ("reason", "reason_text", "corrects")}
    what = ", ".join(f"{name}: {_plain(value)}" for name, value in told.items() if value not in EMPTY)
    return line + Text(f"\n           {what}" if what else "")


def _plain(value: Any) -> str:
    """On one line; a sealed value is only said to be one."""
    if isinstance(value, str):
        return "(sealed)" if value.startswith(TOKEN_PREFIX) else value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_plain(each)}" for name, each in value.items()) + "}"
    return "[" + ", ".join(map(_plain, value)) + "]" if isinstance(value, list) else str(value)
