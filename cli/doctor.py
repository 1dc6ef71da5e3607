"""`lotse doctor`: what works, what does not, and what to do about it."""

import asyncio
import importlib.util
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import psycopg
import typer
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from rich.console import Console
from rich.table import Table
from rich.text import Text
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from domain.deadlines import LOCAL
from infra import temporal
from infra.data_folder import read_running
from infra.settings import Settings, SettingsError, database_url, load_settings, master_key, signing_key, token_key
from infra.temporal import TemporalUnreachableError
from projections import rebuild
from projections.following import lag
from projections.park import listed
from projections.tables import foreign

PACKAGES = ("activities", "api", "cli", "domain", "infra", "projections", "workers", "workflows")
HERE = Path(__file__).resolve().parent.parent
TABLES = ("stored_events", "command_log", "claim", "person_key", "notice")
WITHIN_S = 4.0
SKEW_S = 2.0
LAG_S = 30.0
POLLED_WITHIN_S = 90.0  # a long poll lasts a minute
START = "Start `lotse dev` in another terminal, or look at what the service manager says of this process."


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is right, what was found, and, if it is wrong, what to do."""

    name: str
    ok: bool
    found: str
    do: str = ""


class Wrong(Exception):  # noqa: N818 - a finding, not an error
    """What a check found wrong, and what to do."""

    def __init__(self, found: str, do: str) -> None:
        super().__init__(found)
        self.found, self.do = found, do


Check = Callable[[Settings], Coroutine[Any, Any, str]]


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Check database, Temporal, workers, follower, keys, clock and packages; say what to do. Exit 1 when anything is wrong."""
    findings = asyncio.run(examine())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        Console().print(_table(findings))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


async def examine() -> list[Finding]:
    """Every check in its order; the slow ones beside each other."""
    packages = await _looked_at("packages", _packages, Settings.model_construct())
    try:
        settings = load_settings()
    except SettingsError as error:
        return [packages, Finding("settings", ok=False, found=error.message, do="See the message.")]
    checks: dict[str, Check] = {
        "keys": _keys,
        "clock": _clock,
        "database": _database,
        "Temporal": _temporal,
        "case worker": _case_worker,
        "follower": _follower,
        "read models": _read_models,
        "API": _api,
    }
    return [packages, *await asyncio.gather(*(_looked_at(name, check, settings) for name, check in checks.items()))]


async def _looked_at(name: str, check: Check, settings: Settings) -> Finding:
    try:
        return Finding(name, ok=True, found=await check(settings))
    except Wrong as wrong:
        return Finding(name, ok=False, found=wrong.found, do=wrong.do)
    except SettingsError as error:
        return Finding(name, ok=False, found=error.code, do=error.message)


async def _packages(_: Settings) -> str:
    """A stranger's package of the same name wins over an editable install, and then its code runs instead of ours."""
    elsewhere = {name: place for name in PACKAGES if (place := _place(name)) != HERE}
    if elsewhere:
        found = "; ".join(f"{name} is loaded from {place or 'nowhere'}" for name, place in elsewhere.items())
        raise Wrong(
            f"{found}, and cli from {HERE}",
            "Another installed package has the same name: find it with `pip show -f`, uninstall it, and install from the lock file.",
        )
    return f"all {len(PACKAGES)} from {HERE}"


def _place(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).resolve().parent.parent if spec and spec.origin else None


async def _keys(settings: Settings) -> str:
    """Looks without making: a key that is drawn now would not open what another one has sealed."""
    for name, configured in (
        ("master", settings.master_key),
        ("token", settings.token_key),
        ("signing", settings.signing_key),
    ):
        path = settings.data_dir / "keys" / f"{name}.key"
        if configured is None and settings.mode == "development" and not path.exists():
            raise Wrong(
                f"{path} is not there", "The first `lotse dev` makes it. If data exist already, put the old key back."
            )
    master_key(settings), token_key(settings), signing_key(settings)
    return "all readable, nobody else may read them"


async def _clock(settings: Settings) -> str:
    """Deadlines are computed here, and `recorded_at` too: a clock apart from the database's would tell another story."""
    zone = datetime.now(LOCAL).strftime("%H:%M %Z")
    row = await _asked(settings, "SELECT clock_timestamp() AS now")
    apart_s = abs((datetime.now(UTC) - row["now"]).total_seconds())
    if apart_s > SKEW_S:
        raise Wrong(f"{apart_s:.0f} s apart from the database's", "Let both machines take their time from NTP.")
    return f"{zone}, as the database's"


async def _database(settings: Settings) -> str:
    names = ", ".join(f"to_regclass('{table}') IS NOT NULL AS {table}" for table in TABLES)
    row = await _asked(settings, f"SELECT current_setting('server_version') AS version, {names}")
    missing = [table for table in TABLES if not row[table]]
    if missing:
        raise Wrong(f"no table {', '.join(missing)}", "The case worker makes the tables when it starts. " + START)
    return f"PostgreSQL {row['version'].split()[0]}, all tables"


async def _follower(settings: Settings) -> str:
    """Read models may be late for a moment; a follower that nobody sees, or one that stays behind, is a fault."""
    async with _connection(settings) as connection:
        behind = await lag(connection)
    if not behind.alive:
        raise Wrong("not seen for ten seconds: pages and lists stand still", START)
    if behind.seconds > LAG_S:
        found = f"{behind.events} events, {behind.seconds:.0f} s behind"
        raise Wrong(
            found, "Its log lines name the event that holds it up, or it has much to catch up: look again soon."
        )
    return f"alive, {behind.events} events, {behind.seconds:.1f} s behind"


async def _read_models(settings: Settings) -> str:
    """Rows that other code made are not touched by this one: whoever deploys it has to tell them anew."""
    other, waiting = await asyncio.to_thread(_rows_seen, settings)
    if other:
        raise Wrong(
            f"other code than this has made what readers see of {', '.join(other)}",
            f"`lotse replay plan {' '.join(other)} --reason …` tells them anew beside and shows what changes; then `lotse replay apply`.",
        )
    if waiting:
        raise Wrong(f"{waiting} cases are parked, since an event could not be told", "Look at `lotse parked list`.")
    return "made by this code, no case is parked"


def _rows_seen(settings: Settings) -> tuple[list[str], int]:
    """Names of read models of other code, and how many cases are parked."""
    try:
        with rebuild.connect(database_url(settings)) as connection:
            there = connection.execute("SELECT to_regclass('read_model') IS NOT NULL AS there").fetchall()[0]["there"]
            return (foreign(connection), len(listed(connection))) if there else ([], 0)
    except psycopg.Error as error:
        raise Wrong(
            f"no answer ({type(error).__name__})", "Check that PostgreSQL runs, and LOTSE_DATABASE_URL."
        ) from None


async def _asked(settings: Settings, query: str) -> dict[str, Any]:
    """The one row of a query."""
    async with _connection(settings) as connection:
        row = await (await connection.execute(query.encode())).fetchone()
    assert row is not None  # noqa: S101  every query here has one row
    return row


@asynccontextmanager
async def _connection(settings: Settings) -> AsyncIterator[AsyncConnection[DictRow]]:
    """The database; its address is not told, for it may hold a password."""
    try:
        async with await AsyncConnection[DictRow].connect(
            database_url(settings), connect_timeout=int(WITHIN_S), row_factory=dict_row, autocommit=True
        ) as connection:
            yield connection
    except psycopg.errors.UndefinedTable:
        raise Wrong("its tables are not there yet", START) from None
    except psycopg.Error as error:
        raise Wrong(
            f"no answer ({type(error).__name__})", "Check that PostgreSQL runs, and LOTSE_DATABASE_URL."
        ) from None


async def _temporal(settings: Settings) -> str:
    client = await _client(settings)
    await client.service_client.check_health()
    return f"answers at {client.service_client.config.target_host}, namespace {client.namespace}"


async def _case_worker(settings: Settings) -> str:
    client = await _client(settings)
    queue = TaskQueue(name=settings.task_queue)
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=queue, task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
    )
    try:
        pollers = (await client.workflow_service.describe_task_queue(request)).pollers
    except RPCError as error:
        raise Wrong(
            f"Temporal refuses to tell ({error.status.name})", "Check the namespace and the rights there."
        ) from None
    now = datetime.now(UTC)
    alive = [p for p in pollers if (now - p.last_access_time.ToDatetime(UTC)).total_seconds() < POLLED_WITHIN_S]
    if not alive:
        raise Wrong(f"nobody takes tasks of {settings.task_queue}", START)
    return f"{len(alive)} taking tasks of {settings.task_queue}"


async def _client(settings: Settings) -> Client:
    try:
        return await temporal.connect(settings, within_s=WITHIN_S)
    except TemporalUnreachableError as error:
        raise Wrong("no answer", str(error)) from None


async def _api(settings: Settings) -> str:
    running = read_running(settings.data_dir)
    url = running.api_url if running else f"http://{settings.api_host}:{settings.api_port}"
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=WITHIN_S) as http:
            answer = await http.get(f"{url}/readyz")
    except httpx.TransportError as error:
        raise Wrong(f"{url} does not answer ({type(error).__name__})", START) from None
    if not answer.is_success:
        raise Wrong(f"{url}/readyz says {answer.status_code}", "It waits for the database or Temporal: see above.")
    return f"answers at {url}"


def _table(findings: list[Finding]) -> Table:
    """What to do stands below what was found, and once where it helps with several things."""
    table, said = Table.grid(padding=(0, 2)), set[str]()
    for finding in findings:
        advice = finding.do if finding.do not in said else ""
        said.add(finding.do)
        mark = Text("✓", style="green") if finding.ok else Text("✗", style="bold red")
        table.add_row(
            mark, finding.name, Text(finding.found) + (Text(f"\n→ {advice}", style="yellow") if advice else "")
        )
    return table
