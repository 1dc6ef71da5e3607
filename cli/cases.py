"""`lotse cases`: ask for something in a case, and see what was recorded, through the public API."""

import asyncio
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.client import Client, NotShownError, OutcomeUnknownError, Problem, Receipt, UnreachableError, connected
from infra.data_folder import read_running
from infra.settings import SettingsError, load_settings

REFUSED, BAD_INPUT, UNKNOWN = 1, 2, 3
"""Exit codes: a rule or a right says no; what was given is wrong; the command may be recorded or not."""

MALFORMED = (400, 413, 415, 422)
NEW = "new"
EMPTY: tuple[Any, ...] = (None, [], {}, "")
READING_S = 10.0
ADDRESS = re.compile(r"https?://[^\s/@]+(/\S*)?")

T = TypeVar("T")
Url = Annotated[
    str | None,
    typer.Option("--url", envvar="LOTSE_API_URL", help="The API. Without it, the one of `lotse dev` on this machine."),
]
Json = Annotated[bool, typer.Option("--json", help="Print what the API answers, as JSON.")]
CaseId = Annotated[str, typer.Argument(metavar="CASE_ID", help="case-…")]

app = typer.Typer(
    help="Ask for something in a case, and see what was recorded. LOTSE_TOKEN says who asks.", no_args_is_help=True
)


@app.command()
def submit(
    case_id: Annotated[str, typer.Argument(metavar="CASE_ID|new", help="case-…, or `new` to register a person.")],
    *,
    kind: Annotated[str, typer.Option(help="The command, e.g. CompleteIntake.")],
    key: Annotated[str, typer.Option(help="Idempotency key: the same key again is recorded once.")],
    body: Annotated[str | None, typer.Option(help="The command's fields as JSON.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", "-f", help="A file with the fields as JSON; - is stdin.")
    ] = None,
    if_match: Annotated[int | None, typer.Option(min=1, help="Only if the case still has this version.")] = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to ask again while the outcome is unknown.")] = 20.0,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Submit a command. Exit 0: recorded, 1: refused, 2: bad input, 3: outcome unknown, ask again with the same key."""
    if not _printable(key):
        raise _wrong("The key can hold letters, digits and - . _ : only.")
    command = _command(kind, body, file)

    async def asked(client: Client) -> Receipt | Problem:
        if case_id == NEW:
            return await client.register(command, key=key)
        return await client.submit(case_id, command, key=key, seen=if_match)

    answer = _asked(asked, url, as_json, patience_s=wait)
    if isinstance(answer, Problem):
        raise _ended(answer, as_json)
    if as_json:
        typer.echo(answer.model_dump_json(indent=2))
    else:
        Console(highlight=False).print(_receipt(answer))


@app.command()
def show(case_id: CaseId, url: Url = None, as_json: Json = False) -> None:
    """Show where a case stands."""
    found = _asked(lambda client: client.look(_path(case_id)), url, as_json)
    if as_json:
        typer.echo(_pretty(found))
        return
    table = Table.grid(padding=(0, 3))
    for name, value in found.items():
        if value not in EMPTY:
            table.add_row(Text(name, style="cyan"), Text(_plain(value)))
    Console(highlight=False).print(table)


@app.command()
def history(case_id: CaseId, url: Url = None, as_json: Json = False) -> None:
    """Show every event of a case: what, effective when, recorded when, by whom."""
    found = _asked(lambda client: _whole_history(client, case_id), url, as_json)
    if as_json:
        typer.echo(_pretty(found))
        return
    console = Console(highlight=False)
    for event in found["events"]:
        console.print(_event(event))


def _event(event: dict[str, Any]) -> Text:
    """First what and when and by whom, below it the fields and the reason."""
    recorded = event["recorded_at"][:19].replace("T", " ")
    line = Text(f"{event['version']:>4}  ") + Text(event["name"], style="bold")
    line.append(f"  effective {event['effective_on']}, recorded {recorded} UTC, ", style="dim")
    line.append(f"{event['actor_id']} ({event['actor_role']})", style="cyan")
    told = event["body"] | {name: event[name] for name in ("reason", "reason_text")}
    what = ", ".join(f"{name}: {_plain(value)}" for name, value in told.items() if value not in EMPTY)
    return line + Text(f"\n      {what}" if what else "")


def _path(case_id: str) -> str:
    return f"/v1/cases/{quote(case_id, safe='')}"


async def _whole_history(client: Client, case_id: str) -> dict[str, Any]:
    whole: dict[str, Any] = {"case_id": case_id, "events": []}
    last = 0
    while events := (await client.look(f"{_path(case_id)}/history", after_version=last))["events"]:
        whole["events"] += events
        last = events[-1]["version"]
    return whole


def _command(kind: str, body: str | None, file: str | None) -> dict[str, Any]:
    """The command's JSON with its kind; ends with 2 when it can't be read."""
    if body is not None and file is not None:
        raise _wrong("Give the fields by --body or by --file, not by both.")
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8") if file else body or "{}"
        fields = json.loads(text)
    except OSError as error:
        raise _wrong(f"{file} can't be read: {error.strerror}.") from None
    except ValueError as error:
        place = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _wrong(f"The fields are not JSON{place}.") from None
    if not isinstance(fields, dict) or fields.get("kind", kind) != kind:
        raise _wrong("The fields must be one JSON object, and its `kind`, if it has one, that of --kind.")
    return {**fields, "kind": kind}


def _asked(
    ask: Callable[[Client], Awaitable[T]], url: str | None, as_json: bool, *, patience_s: float = READING_S
) -> T:
    """The answer; ends with the right code when there is none."""

    async def asked(address: str, token: str) -> T:
        async with connected(address, token, patience_s=patience_s) as client:
            return await ask(client)

    try:
        return asyncio.run(asked(*_door(url)))
    except OutcomeUnknownError as error:
        raise _ended(Problem(status=503, code="OUTCOME_UNKNOWN", detail=str(error)), as_json) from None
    except NotShownError as error:
        raise _ended(error.problem, as_json) from None
    except (UnreachableError, SettingsError) as error:
        raise _said(str(error), REFUSED) from None


def _door(url: str | None) -> tuple[str, str]:
    """Address and token; ends with 2 when one of them is not known or cannot be one."""
    token = os.environ.get("LOTSE_TOKEN", "").strip()
    if not token or not _printable(token):
        raise _wrong("Nobody is asking: LOTSE_TOKEN holds no token. `lotse token --help` says how to get one.")
    if url is None:
        running = read_running(load_settings().data_dir)
        if running is None:
            raise _wrong("No API is known. Start `lotse dev` or `lotse demo`, or name one by --url or LOTSE_API_URL.")
        url = running.api_url
    if not ADDRESS.fullmatch(url):
        raise _wrong("The address of the API must begin with http:// or https:// and name a host.")
    return url, token


def _printable(text: str) -> bool:
    """Whether a header can hold it."""
    return text.isascii() and text.isprintable() and " " not in text and text != ""


def _wrong(message: str) -> typer.Exit:
    return _said(message, BAD_INPUT)


def _said(message: str, code: int) -> typer.Exit:
    Console(stderr=True, highlight=False).print(Text(message, style="red"), soft_wrap=True)
    return typer.Exit(code)


def _ended(problem: Problem, as_json: bool) -> typer.Exit:
    """The code, and why: what the API says, which fields are wrong, what came between."""
    code = UNKNOWN if problem.code == "OUTCOME_UNKNOWN" else BAD_INPUT if problem.status in MALFORMED else REFUSED
    if as_json:
        typer.echo(problem.model_dump_json(indent=2, exclude_none=True))
        return typer.Exit(code)
    guard = f" ({problem.guard})" if problem.guard else ""
    faults = [f"  {fault['field']} {fault['problem']}" for fault in problem.errors or ()]
    since = [f"  since then: {event['version']} {event['name']}" for event in problem.since or ()]
    return _said("\n".join([f"{problem.code}{guard}: {problem.detail}", *faults, *since]), code)


def _receipt(receipt: Receipt) -> Table:
    table = Table.grid(padding=(0, 3))
    table.add_row(Text("case", style="cyan"), receipt.stream_id)
    for event in receipt.events:
        number = f" {event.number}" if event.number is not None else ""
        table.add_row(Text("recorded", style="cyan"), f"{event.version} {event.name}{number}")
    if coming := receipt.next_deadline:
        table.add_row(
            Text("next", style="cyan"), f"{coming.kind} due on {coming.due_on}, {coming.stage} {coming.at:%Y-%m-%d}"
        )
    return table


def _pretty(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2)


def _plain(value: Any) -> str:
    """Lists and objects as JSON, everything else as it is."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
