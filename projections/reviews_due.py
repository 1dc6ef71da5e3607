"""Reviews due: by when the plan of each case is to be looked at again, and what was done about it so far.

How many days late a review is depends on the day of reading, so no row holds it. Who is responsible stands in the caseload, and nowhere twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from domain import closed_in_error, closure, plan, reopening, reviews, suspension, transfer
from domain.deadlines import DeadlineEscalated
from domain.envelopes import Recorded
from domain.vocabulary import DeadlineKind
from projections.read_model import Key, ReadModel
from projections.spoken import spoken_of


@dataclass(frozen=True, slots=True)
class ReviewDueRow:
    """Days are local. No `due_on`: no review lies ahead. `planned_for` is an appointment (UTC), `started_on` the day since which the review is under way.

    `postponed`: how often in a row. `resting_since`: the clock stands still, and the due day will move on. `escalated`: the supervisor was told of this due day.
    `closed`: the case is, and nothing lies ahead unless its closing is taken back.
    """

    case_id: str
    due_on: date | None = None
    planned_for: datetime | None = None
    started_on: date | None = None
    postponed: int = 0
    resting_since: date | None = None
    escalated: bool = False
    closed: bool = False


def fold(rows: Mapping[Key, ReviewDueRow], recorded: Recorded) -> Mapping[Key, ReviewDueRow]:
    key = (recorded.stream_id,)
    row = rows.get(key) or ReviewDueRow(recorded.stream_id)
    changes = _changes(row, recorded)
    return {key: replace(row, **changes)} if changes else {}


def _changes(row: ReviewDueRow, recorded: Recorded) -> dict[str, Any]:
    event = recorded.event
    match event:
        case plan.PlanAgreed():
            return {"due_on": row.due_on or event.next_review_due}
        case reviews.ReviewScheduled():
            return {"planned_for": event.planned_for}
        case reviews.ReviewStarted():
            return {"started_on": event.started_on}
        case reviews.ReviewCancelled():
            return {"planned_for": None, "started_on": None}
        case reviews.ReviewPostponed():
            return {"due_on": event.new_due_on, "postponed": event.in_a_row, "escalated": False}
        case reviews.ReviewCompleted():
            held = {"planned_for": None, "started_on": None, "postponed": 0, "escalated": False}
            return {"due_on": event.next_review_due, **held}
        case transfer.TransferAccepted():
            return {"due_on": event.next_review_due, "escalated": row.escalated and event.next_review_due == row.due_on}
        case suspension.CaseSuspended():
            return {"resting_since": event.since if event.clock_stops else None}
        case suspension.CaseResumed():
            due_on = row.due_on and row.due_on + timedelta(days=event.days_stopped)
            return {"due_on": due_on, "resting_since": None}
        case closure.CaseClosed():
            return {"closed": True}
        case closed_in_error.ClosureRetracted():
            return {"closed": False}
        case reopening.CaseReopened():
            begun_anew = {"planned_for": None, "started_on": None, "resting_since": None, "escalated": False}
            return {"closed": False, "due_on": None, **begun_anew}
        case DeadlineEscalated(deadline=DeadlineKind.REVIEW) if event.due_on == row.due_on:
            return {"escalated": True}
    return {}


REVIEWS_DUE = ReadModel("reviews_due", ReviewDueRow, ("case_id",), fold, indexes=("due_on",), about=spoken_of(_changes))


@dataclass(frozen=True, slots=True)
class ReviewDue(ReviewDueRow):
    """A review that lies ahead, with whose it is. `name` is a sealed token; no `manager_id`: nobody is responsible."""

    due_on: date
    name: str = ""
    provider: str = ""
    municipality: str | None = None
    manager_id: str | None = None

    def days_late(self, today: date) -> int:
        """0 through the due day itself, and while the clock stands still."""
        return 0 if self.resting_since else max(0, (today - self.due_on).days)


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to, as of a local day; `provider` None means every provider, for those who may see that."""

    today: date
    provider: str | None = None
    manager_id: str | None = None
    municipality: str | None = None
    overdue: bool = False
    escalated: bool = False

    def where(self) -> tuple[str, dict[str, Any]]:
        equal = {"provider": self.provider, "manager_id": self.manager_id, "municipality": self.municipality}
        parts = [AHEAD]
        parts += [f"{column} = %({column})s" for column, value in equal.items() if value is not None]
        parts += [OVERDUE] if self.overdue else []
        parts += [ESCALATED] if self.escalated else []
        return " AND ".join(parts), {**equal, "today": self.today}


AHEAD = "(due_on IS NOT NULL AND NOT closed)"
OVERDUE = "(due_on < %(today)s AND resting_since IS NULL)"
SOON = "(due_on >= %(today)s AND resting_since IS NULL)"
ESCALATED = "(escalated AND resting_since IS NULL)"
FROM = "FROM reviews_due JOIN caseload USING (case_id)"
LATENESS = "resting_since IS NOT NULL, due_on, case_id"
"""The earliest due day comes first; those for which the clock stands still come last."""


async def page(
    connection: AsyncConnection[DictRow], wanted: Filter, after: str | None = None, limit: int = 50
) -> tuple[list[ReviewDue], str | None]:
    """Reviews that lie ahead, the latest first; and the cursor of the next page. `after` is such a cursor; raises ValueError on another text."""
    where, values = wanted.where()
    if after is not None:
        resting, due_on, case_id = after.split("_", 2)
        values |= {"resting": bool(int(resting)), "due": date.fromisoformat(due_on), "after": case_id}
        where += f" AND ({LATENESS}) > (%(resting)s, %(due)s, %(after)s)"
    columns = f"{REVIEWS_DUE.column_list}, name, provider, municipality, manager_id"
    query = f"SELECT {columns} {FROM} WHERE {where} ORDER BY {LATENESS} LIMIT %(limit)s"
    found = await (await connection.execute(query, {**values, "limit": limit + 1})).fetchall()
    rows = [ReviewDue(**each) for each in found[:limit]]
    return rows, _cursor(rows[-1]) if len(found) > limit else None


@dataclass(frozen=True)
class Counts:
    """Reviews that lie ahead; of these: overdue, the supervisor was told, due within a week from today on, due within thirty days."""

    ahead: int = 0
    overdue: int = 0
    escalated: int = 0
    in_a_week: int = 0
    in_thirty_days: int = 0


async def counts(connection: AsyncConnection[DictRow], wanted: Filter) -> Counts:
    where, values = wanted.where()
    query = (
        f"SELECT count(*) AS ahead, count(*) FILTER (WHERE {OVERDUE}) AS overdue,"
        f" count(*) FILTER (WHERE {ESCALATED}) AS escalated,"
        f" count(*) FILTER (WHERE {SOON} AND due_on <= %(today)s + 7) AS in_a_week,"
        f" count(*) FILTER (WHERE {SOON} AND due_on <= %(today)s + 30) AS in_thirty_days {FROM} WHERE {where}"
    )
    row = await (await connection.execute(query, values)).fetchone()
    return Counts(**row) if row else Counts()


async def overdue_by_manager(
    connection: AsyncConnection[DictRow], provider: str, today: date
) -> list[tuple[str | None, int, date]]:
    """Whose reviews are overdue at a provider, how many, and since when the earliest: that first. None: nobody is responsible."""
    query = (
        f"SELECT manager_id, count(*) AS n, min(due_on) AS since {FROM}"
        f" WHERE {AHEAD} AND {OVERDUE} AND provider = %(provider)s GROUP BY manager_id ORDER BY since, n DESC, manager_id"
    )
    found = await (await connection.execute(query, {"provider": provider, "today": today})).fetchall()
    return [(each["manager_id"], each["n"], each["since"]) for each in found]


def _cursor(row: ReviewDue) -> str:
    return f"{int(row.resting_since is not None)}_{row.due_on}_{row.case_id}"
