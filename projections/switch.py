"""What readers see: a plan is applied, taken back, and at last dropped. Each is one short transaction that nobody waits behind for long."""

import time
from collections.abc import Mapping

from psycopg import Connection
from psycopg.errors import DeadlockDetected, LockNotAvailable
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from projections.following import ALIVE_S
from projections.plans import Plan, PlanRefusedError, act, discard
from projections.tables import lock_tables, removed, show

LONGEST_WAIT_MS = 200
"""For all locks of a switch together: behind a switch that waits for one slow reader, all others wait."""

TRIES = 50
PAUSE_S = 0.2
SEEN_WITHIN_S = 5.0
STANDING = """
    SELECT new.name, new.version, new.position - live.position AS ahead, live.version AS live_version
    FROM read_model AS new LEFT JOIN read_model AS live ON live.name = new.name AND live.live
    WHERE new.name = %s AND new.version = %s AND new.built
"""
UNSEEN = """
    SELECT name FROM read_model WHERE plan = %s AND built AND seen_at < clock_timestamp() - make_interval(secs => %s) ORDER BY name
"""


class BehindError(PlanRefusedError):
    """Readers would be taken back in time."""

    def __init__(self, name: str, events: int) -> None:
        super().__init__(
            "behind",
            f"What readers would see of {name} is {events} positions behind what they see now. Its code's follower keeps it up:"
            " start one and try again. A rollback to older rows can be forced (--force).",
        )


def apply(connection: Connection[DictRow], plan: Plan, who: str, reason: str, *, force: bool = False) -> float:
    """Readers see what the plan has made; returns for how long the switch held them, in seconds. Raises PlanRefusedError or BehindError.

    Without a follower of the code that made it nobody would feed what readers see: refused, unless forced.
    """
    if plan.state not in {"ready", "rolled_back"}:
        raise PlanRefusedError(
            "plan_not_ready",
            f"Plan {plan.id} is {plan.state}; only one that is ready, or was rolled back, can be applied.",
        )
    if not force:
        _check_followed(connection, plan)
    made = connection.execute("SELECT name, version FROM read_model WHERE plan = %s AND built", (plan.id,)).fetchall()
    if not made:
        raise PlanRefusedError("version_gone", f"What plan {plan.id} has made is not there any more.")
    return _switched(connection, plan, {row["name"]: row["version"] for row in made}, "apply", who, reason, force=False)


def roll_back(connection: Connection[DictRow], plan: Plan, who: str, reason: str, *, force: bool = False) -> float:
    """Readers see again what they saw before. Raises PlanRefusedError; BehindError where the old code's follower has not kept it up, unless forced."""
    if plan.state != "applied":
        raise PlanRefusedError(
            "plan_not_applied", f"Plan {plan.id} is {plan.state}; only one that is applied can be rolled back."
        )
    if not plan.replaced:
        raise PlanRefusedError("nothing_before", f"Before plan {plan.id} there was nothing that readers could see.")
    return _switched(connection, plan, plan.replaced, "rollback", who, reason, force=force)


def drop(connection: Connection[DictRow], plan: Plan, who: str, reason: str) -> list[str]:
    """Ends the time in which it can be taken back, or a plan that is not wanted; returns the tables that are gone. Raises PlanRefusedError."""
    if plan.state == "building":
        raise PlanRefusedError("plan_building", f"Plan {plan.id} is being made: cancel it (`lotse replay cancel`).")
    if plan.state != "applied":
        gone = _tables(connection, "plan = %s AND NOT live", plan.id)
        discard(connection, plan.id, "dropped")
        act(connection, "drop", plan.id, who, reason, tables=gone)
        return gone
    with connection.transaction():
        lock_tables(connection)
        old = connection.execute(
            "SELECT name, version, table_name FROM read_model WHERE name = ANY(%s) AND NOT live ORDER BY name",
            (list(plan.names),),
        ).fetchall()
        for row in old:
            removed(connection, row["name"], row["version"])
        connection.execute("UPDATE replay_plan SET state = 'dropped' WHERE id = %s", (plan.id,))
        gone = [row["table_name"] for row in old]
        act(connection, "drop", plan.id, who, reason, tables=gone)
    return gone


def _tables(connection: Connection[DictRow], where: str, *values: object) -> list[str]:
    found = connection.execute(f"SELECT table_name FROM read_model WHERE {where} ORDER BY name".encode(), values)  # noqa: S608 - ours
    return [row["table_name"] for row in found]


def _check_followed(connection: Connection[DictRow], plan: Plan) -> None:
    end = time.monotonic() + SEEN_WITHIN_S
    while names := [row["name"] for row in connection.execute(UNSEEN, (plan.id, ALIVE_S))]:
        if time.monotonic() > end:
            raise PlanRefusedError(
                "no_follower",
                f"No follower feeds the new {', '.join(names)}: readers would see them stand still. Start a follower of the code that made them, or use --force.",
            )
        time.sleep(PAUSE_S)


def _switched(
    connection: Connection[DictRow],
    plan: Plan,
    wanted: Mapping[str, int],
    action: str,
    who: str,
    reason: str,
    *,
    force: bool,
) -> float:
    behind: BehindError | None = None
    for _ in range(TRIES):
        try:
            return _switch(connection, plan, wanted, action, who, reason, force=force)
        except BehindError as error:
            behind = error
        except (LockNotAvailable, DeadlockDetected):
            behind = None
        time.sleep(PAUSE_S)
    if behind:
        raise behind
    raise PlanRefusedError(
        "readers_in_the_way",
        "Some reader holds what is to be switched, all the time. Look for long transactions in pg_stat_activity.",
    )


def _switch(
    connection: Connection[DictRow],
    plan: Plan,
    wanted: Mapping[str, int],
    action: str,
    who: str,
    reason: str,
    *,
    force: bool,
) -> float:
    """All or nothing. Positions are compared last, behind the locks of the rows: no follower moves them until the commit."""
    with connection.transaction():
        lock_tables(connection)
        begun = time.monotonic()
        replaced = {}
        for name, version in sorted(wanted.items()):
            _wait_at_most(connection, begun)
            connection.execute("SELECT FROM read_model WHERE name = %s ORDER BY version FOR UPDATE", (name,))
            found = connection.execute(STANDING, (name, version)).fetchone()
            if found is None:
                raise PlanRefusedError("version_gone", f"Version {version} of {name} is not there any more.")
            if found["ahead"] is not None and found["ahead"] < 0 and not force:
                raise BehindError(name, -found["ahead"])
            if found["live_version"] is not None:
                replaced[name] = found["live_version"]
        for name, version in sorted(wanted.items()):
            _wait_at_most(connection, begun)
            show(connection, name, version)
        state = "applied" if action == "apply" else "rolled_back"
        connection.execute(
            "UPDATE replay_plan SET state = %s, replaced = CASE WHEN %s = 'apply' THEN %s ELSE replaced END WHERE id = %s",
            (state, action, Jsonb(replaced), plan.id),
        )
        act(connection, action, plan.id, who, reason, shown=dict(wanted), before=replaced)
    return time.monotonic() - begun


def _wait_at_most(connection: Connection[DictRow], begun: float) -> None:
    left = LONGEST_WAIT_MS - int((time.monotonic() - begun) * 1000)
    connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{max(left, 1)}ms",))
