"""The caseload: one row per case, for a manager's list and a supervisor's overview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from domain.case import OPEN_PHASES
from domain.vocabulary import Phase
from projections.case_standing import CaseloadRow, fold
from projections.case_story import story
from projections.numbers import learn_of
from projections.read_model import ReadModel

LATENESS = "coalesce(late_since, 'infinity'::date), coalesce(next_due_on, 'infinity'::date), case_id"
"""What has been late for longest comes first, then what is due next, then what has no deadline."""

CASELOAD = ReadModel(
    "caseload",
    CaseloadRow,
    ("case_id",),
    fold,
    indexes=(f"provider, {LATENESS}", "provider, manager_id"),
    story=story,
)

IN_HANDS = (
    "(manager_id = %(who)s OR (deputy_id = %(who)s AND deputy_since <= %(today)s"
    " AND coalesce(deputy_until, 'infinity'::date) >= %(today)s))"
)


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; `provider` None means every provider, for those who may see that.

    `in_hands_of`: whose work it is on a local day, as the one responsible or as who stands in.
    """

    provider: str | None = None
    in_hands_of: tuple[str, date] | None = None
    phase: Phase | None = None
    manager_id: str | None = None
    municipality: str | None = None
    late: bool = False
    escalated: bool = False
    unassigned: bool = False
    suspended: bool = False
    in_question: bool = False
    open_only: bool = False

    def where(self) -> tuple[str, dict[str, Any]]:
        equal = {
            "provider": self.provider,
            "phase": self.phase and self.phase.value,
            "manager_id": self.manager_id,
            "municipality": self.municipality,
        }
        parts = [f"{column} = %({column})s" for column, value in equal.items() if value is not None]
        who, today = self.in_hands_of or (None, None)
        if self.in_hands_of is not None:
            parts.append(IN_HANDS)
        if self.late:
            parts.append("late_since IS NOT NULL")
        if self.escalated:
            parts.append("escalation_open")
        if self.unassigned:
            parts.append("manager_id IS NULL AND phase = ANY(%(open)s)")
        if self.suspended:
            parts.append("suspended_since IS NOT NULL")
        if self.in_question:
            parts.append("(title_question IS NOT NULL OR history_conflicts <> '{}' OR disputed_facts > 0)")
        if self.open_only:
            parts.append("phase = ANY(%(open)s)")
        return " AND ".join(parts) or "true", {
            **equal,
            "who": who,
            "today": today,
            "open": [phase.value for phase in OPEN_PHASES],
        }


async def page(
    connection: AsyncConnection[DictRow], wanted: Filter, after: str | None = None, limit: int = 50
) -> tuple[list[CaseloadRow], str | None]:
    """Cases sorted by lateness, then next due date, then id; and the cursor of the next page. `after` is such a cursor; raises ValueError on another text."""
    where, values = wanted.where()
    if after is not None:
        late, due, case_id = after.split("_", 2)
        values |= {"late": _day(late), "due": _day(due), "after": case_id}
        where += f" AND ({LATENESS}) > (%(late)s::date, %(due)s::date, %(after)s)"
    query = f"SELECT {CASELOAD.column_list} FROM caseload WHERE {where} ORDER BY {LATENESS} LIMIT %(limit)s"  # noqa: S608 - parts are ours
    found = await (await connection.execute(query, {**values, "limit": limit + 1})).fetchall()
    rows = [CASELOAD.made(each) for each in found[:limit]]
    await learn_of(connection, (row.policy_version for row in rows))
    return rows, _cursor(rows[-1]) if len(found) > limit else None


async def counts_by_phase(connection: AsyncConnection[DictRow], wanted: Filter) -> dict[Phase, int]:
    """How many cases of the filter are in each phase; phases without a case are left out."""
    where, values = wanted.where()
    query = f"SELECT phase, count(*) AS n FROM caseload WHERE {where} GROUP BY phase"  # noqa: S608 - parts are ours
    return {Phase(each["phase"]): each["n"] for each in await (await connection.execute(query, values)).fetchall()}


async def one(connection: AsyncConnection[DictRow], case_id: str) -> CaseloadRow | None:
    query = f"SELECT {CASELOAD.column_list} FROM caseload WHERE case_id = %s"  # noqa: S608 - columns are ours
    found = await (await connection.execute(query, (case_id,))).fetchone()
    if found is None:
        return None
    await learn_of(connection, [found["policy_version"]])
    return CASELOAD.made(found)


async def several(connection: AsyncConnection[DictRow], case_ids: Sequence[str]) -> dict[str, CaseloadRow]:
    """Cases by id; one that is not told yet is left out."""
    query = f"SELECT {CASELOAD.column_list} FROM caseload WHERE case_id = ANY(%s)"  # noqa: S608 - columns are ours
    found = await (await connection.execute(query, (list(case_ids),))).fetchall()
    await learn_of(connection, (each["policy_version"] for each in found))
    return {each["case_id"]: CASELOAD.made(each) for each in found}


async def nearest_to_withdrawal(
    connection: AsyncConnection[DictRow], provider: str, municipality: str, limit: int = 10
) -> list[CaseloadRow]:
    """Whose places are likely to become free first: the furthest in withdrawal, then the most independent at the last review, then whose support ends first.

    For a supervisor to look at where a unit has more clients than places, since nobody is thrown out.
    """
    query = (
        f"SELECT {CASELOAD.column_list} FROM caseload"  # noqa: S608 - columns are ours
        " WHERE provider = %s AND municipality = %s AND phase = ANY(%s)"
        " ORDER BY withdrawal_stage DESC, independence DESC NULLS LAST, support_end, case_id LIMIT %s"
    )
    near = [Phase.SUPPORT.value, Phase.WITHDRAWAL.value]
    found = await (await connection.execute(query, (provider, municipality, near, limit))).fetchall()
    await learn_of(connection, (each["policy_version"] for each in found))
    return [CASELOAD.made(each) for each in found]


async def merged_into(connection: AsyncConnection[DictRow], row: CaseloadRow) -> list[str]:
    """The duplicates of a case that lie with its provider. One that stayed behind when the case was transferred is the other provider's to show."""
    found = await several(connection, row.duplicates) if row.duplicates else {}
    return [case_id for case_id, other in found.items() if other.provider == row.provider]


async def choices(connection: AsyncConnection[DictRow], provider: str | None) -> tuple[list[str], list[str]]:
    """The integration managers and the municipalities that a list can be narrowed to."""
    query = "SELECT DISTINCT manager_id, municipality FROM caseload WHERE %(p)s::text IS NULL OR provider = %(p)s"
    found = await (await connection.execute(query, {"p": provider})).fetchall()
    return tuple(sorted({each[name] for each in found if each[name]}) for name in ("manager_id", "municipality"))  # type: ignore[return-value]


def _day(text: str) -> str:
    return text if text == "infinity" else date.fromisoformat(text).isoformat()


def _cursor(row: CaseloadRow) -> str:
    return f"{row.late_since or 'infinity'}_{row.next_due_on or 'infinity'}_{row.case_id}"
