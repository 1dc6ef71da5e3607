"""The operators' record of replays: what was planned, how far it is, who did what and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from projections.catalogue import READ_MODELS
from projections.tables import Models, lock_tables, removed

OPEN = ("building", "ready")
LATELY_S = 10.0
AFTER_THE_RANGES = 0.15
"""Indexes and comparison, measured: so much of the time that the ranges take."""

WORKERS = """
    SELECT worker, count(*) AS ranges, sum(events)::bigint AS events,
           coalesce(sum(events) FILTER (WHERE told_at > clock_timestamp() - make_interval(secs => %(lately)s))
                    / least(%(lately)s, extract(epoch FROM clock_timestamp() - min(told_at - make_interval(secs => seconds)))), 0)::float AS per_s
    FROM replay_range WHERE plan = %(plan)s AND told_at IS NOT NULL GROUP BY worker ORDER BY worker
"""
PROGRESS = """
    SELECT coalesce(sum(events), 0)::bigint AS events, coalesce(sum(events) FILTER (WHERE replay_range.told_at IS NOT NULL), 0)::bigint AS told,
           count(*) AS ranges, count(replay_range.told_at) AS ranges_told,
           coalesce(extract(epoch FROM coalesce(max(replay_plan.told_at), clock_timestamp()) - min(replay_range.told_at - make_interval(secs => seconds))), 0)::float AS seconds
    FROM replay_range JOIN replay_plan ON id = plan WHERE plan = %s
"""


class PlanRefusedError(Exception):
    """It cannot be done now. `code` is stable; the message says why, and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Plan:
    """`state`: building, ready, applied, rolled_back, dropped or cancelled. `replaced`: what readers saw before it was applied. `told_at`: when the last range was done."""

    id: int
    names: tuple[str, ...]
    state: str
    step: str
    paused: bool
    bound: int | None
    replaced: Mapping[str, int]
    comparison: dict[str, Any] | None
    begun_at: datetime
    told_at: datetime | None
    ready_at: datetime | None


@dataclass(frozen=True)
class Progress:
    """Events told of all, in how many seconds since the first range was begun; per worker (ranges, events, events/s of the last seconds)."""

    events: int
    told: int
    ranges: int
    ranges_told: int
    seconds: float
    workers: tuple[tuple[str, int, int, float], ...]

    @property
    def per_s(self) -> float:
        return self.told / self.seconds if self.seconds > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds until the plan is ready, by the pace so far; None while nobody can know."""
        return (self.events * (1 + AFTER_THE_RANGES) - self.told) / self.per_s if self.per_s else None


def plan(
    connection: Connection[DictRow], names: Sequence[str], who: str, reason: str, models: Models = READ_MODELS
) -> int:
    """Records a new plan; returns its number. Raises PlanRefusedError for a name that is not known, or while another plan is open."""
    known = [model.name for model in models]
    if unknown := [name for name in names if name not in known]:
        raise PlanRefusedError(
            "read_model_unknown", f"No read model {', '.join(unknown)}. There are {', '.join(known)}."
        )
    with connection.transaction():
        lock_tables(connection)
        other = latest(connection, OPEN)
        if other is not None:
            raise PlanRefusedError(
                "plan_open",
                f"Plan {other.id} ({', '.join(other.names)}) is {other.state}. Apply it, or drop it (`lotse replay drop`), before the next one.",
            )
        row = connection.execute("INSERT INTO replay_plan (names) VALUES (%s) RETURNING id", (list(names),)).fetchall()[
            0
        ]
        act(connection, "plan", row["id"], who, reason, names=list(names))
        return int(row["id"])


def act(connection: Connection[DictRow], action: str, plan: int | None, who: str, reason: str, **detail: Any) -> None:
    connection.execute(
        "INSERT INTO replay_action (action, plan, who, reason, detail) VALUES (%s, %s, %s, %s, %s)",
        (action, plan, who, reason, Jsonb(detail)),
    )


def latest(connection: Connection[DictRow], states: Sequence[str] = ()) -> Plan | None:
    """The newest plan, of those in some states."""
    found = connection.execute(
        "SELECT * FROM replay_plan WHERE cardinality(%(states)s::text[]) = 0 OR state = ANY(%(states)s) ORDER BY id DESC LIMIT 1",
        {"states": list(states)},
    ).fetchone()
    return _plan(found) if found else None


def look(connection: Connection[DictRow], number: int) -> Plan | None:
    found = connection.execute("SELECT * FROM replay_plan WHERE id = %s", (number,)).fetchone()
    return _plan(found) if found else None


def _plan(row: DictRow) -> Plan:
    names = ("id", "state", "step", "paused", "bound", "replaced", "comparison", "begun_at", "told_at", "ready_at")
    return Plan(names=tuple(row["names"]), **{name: row[name] for name in names})


def progress(connection: Connection[DictRow], number: int) -> Progress:
    row = connection.execute(PROGRESS, (number,)).fetchall()[0]
    workers = connection.execute(WORKERS, {"plan": number, "lately": LATELY_S}).fetchall()
    lines = tuple((each["worker"], each["ranges"], each["events"], each["per_s"]) for each in workers)
    return Progress(row["events"], row["told"], row["ranges"], row["ranges_told"], row["seconds"], lines)


def reached(connection: Connection[DictRow], number: int, step: str) -> None:
    """A building plan has come to a step."""
    connection.execute(
        "UPDATE replay_plan SET step = %s, told_at = CASE WHEN %s = 'ranges' THEN NULL ELSE coalesce(told_at, clock_timestamp()) END"
        " WHERE id = %s AND state = 'building'",
        (step, step, number),
    )


def paused(connection: Connection[DictRow], number: int, *, now: bool) -> None:
    """For those who look; the workflow itself is told by a signal."""
    connection.execute("UPDATE replay_plan SET paused = %s WHERE id = %s", (now, number))


def compared(connection: Connection[DictRow], number: int, comparison: Mapping[str, Any]) -> None:
    connection.execute(
        "UPDATE replay_plan SET state = 'ready', comparison = %s, ready_at = clock_timestamp() WHERE id = %s AND state = 'building'",
        (Jsonb(comparison), number),
    )


def discard(connection: Connection[DictRow], number: int, state: str = "cancelled") -> None:
    """Takes away what a plan has made and nobody sees."""
    with connection.transaction():
        lock_tables(connection)
        made = connection.execute(
            "SELECT name, version FROM read_model WHERE plan = %s AND NOT live", (number,)
        ).fetchall()
        for row in made:
            removed(connection, row["name"], row["version"])
        connection.execute("UPDATE replay_plan SET state = %s WHERE id = %s", (state, number))
        connection.execute("DELETE FROM replay_range WHERE plan = %s", (number,))
