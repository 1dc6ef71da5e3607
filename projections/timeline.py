"""The timeline: every event of a case, as it was recorded. The pages tell it in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from domain.corrections import FactDisputed
from domain.envelopes import Recorded
from projections.read_model import Key, ReadModel, Values


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """`body` holds the event's codes, dates, numbers and sealed tokens; `reason_text` is a sealed token."""

    case_id: str
    version: int
    position: int
    name: str
    recorded_at: datetime
    effective_on: date
    actor_id: str
    actor_role: str
    actor_provider: str
    deputy_for: str | None
    command_id: str
    causation: str | None
    policy_version: str
    reason: str | None
    reason_text: str | None
    corrects: str | None
    body: dict[str, Any]


def fold(_: Mapping[Key, TimelineRow], recorded: Recorded) -> Mapping[Key, TimelineRow]:
    return {
        (recorded.stream_id, recorded.version): TimelineRow(
            case_id=recorded.stream_id,
            version=recorded.version,
            position=recorded.position,
            name=recorded.name,
            recorded_at=recorded.recorded_at,
            effective_on=recorded.effective_on,
            actor_id=recorded.actor.id,
            actor_role=recorded.actor.role.value,
            actor_provider=recorded.actor.provider,
            deputy_for=recorded.actor.deputy_for,
            command_id=recorded.command_id,
            causation=recorded.causation,
            policy_version=recorded.policy_version,
            reason=recorded.reason.value if recorded.reason else None,
            reason_text=recorded.reason_text,
            corrects=recorded.corrects,
            body=recorded.event.model_dump(mode="json", exclude_none=True),
        )
    }


def story(events: Sequence[Recorded]) -> Iterator[Values]:
    """The same at once, the body written as JSON where the event lies."""
    for each in events:
        actor, reason = each.actor, each.reason
        yield (
            each.stream_id,
            each.version,
            each.position,
            type(each.event).__name__,
            each.recorded_at,
            each.effective_on,
            actor.id,
            actor.role,
            actor.provider,
            actor.deputy_for,
            each.command_id,
            each.causation,
            each.policy_version,
            reason,
            each.reason_text,
            each.corrects,
            each.event.__pydantic_serializer__.to_json(each.event, exclude_none=True),
        )


TIMELINE = ReadModel("timeline", TimelineRow, ("case_id", "version"), fold, needs_rows=False, story=story)


async def of_case(
    connection: AsyncConnection[DictRow], case_id: str, after_version: int = 0, limit: int = 1000
) -> list[TimelineRow]:
    """The events of a case in order, `limit` at most, from the one behind `after_version` on."""
    query = f"SELECT {TIMELINE.column_list} FROM timeline WHERE case_id = %s AND version > %s ORDER BY version LIMIT %s"  # noqa: S608 - columns are ours
    found = await (await connection.execute(query, (case_id, after_version, limit))).fetchall()
    return [TIMELINE.made(each) for each in found]


@dataclass(frozen=True)
class Narrowed:
    """`before`: older than this version. `since` and `until` (UTC, not with it) are about when it was recorded."""

    before: int | None = None
    names: Sequence[str] | None = None
    actor_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def newest(
    connection: AsyncConnection[DictRow], case_id: str, wanted: Narrowed, limit: int
) -> tuple[list[TimelineRow], bool]:
    """The newest events of a case that fit, in order, `limit` at most; and whether there are older ones."""
    query = (
        f"SELECT {TIMELINE.column_list} FROM timeline WHERE case_id = %(case_id)s"  # noqa: S608 - columns are ours
        " AND (%(before)s::bigint IS NULL OR version < %(before)s)"
        " AND (%(names)s::text[] IS NULL OR name = ANY(%(names)s))"
        " AND (%(actor_id)s::text IS NULL OR actor_id = %(actor_id)s)"
        " AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s)"
        " AND (%(until)s::timestamptz IS NULL OR recorded_at < %(until)s)"
        " ORDER BY version DESC LIMIT %(limit)s"
    )
    values = {**vars(wanted), "names": wanted.names and list(wanted.names), "case_id": case_id, "limit": limit + 1}
    found = await (await connection.execute(query, values)).fetchall()
    return [TIMELINE.made(each) for each in found[limit - 1 :: -1]], len(found) > limit


async def actors(connection: AsyncConnection[DictRow], case_id: str) -> list[str]:
    """The ids of those who have acted in a case."""
    query = "SELECT DISTINCT actor_id FROM timeline WHERE case_id = %s ORDER BY actor_id"
    return [each["actor_id"] for each in await (await connection.execute(query, (case_id,))).fetchall()]


@dataclass(frozen=True)
class Marks:
    """What became of the events of a case, by version: which later one corrected it or took it back, and which are disputed."""

    superseded: Mapping[int, int]
    disputed: frozenset[int]


async def marks(connection: AsyncConnection[DictRow], case_id: str) -> Marks:
    query = (
        "SELECT version, name, corrects, (body ->> 'disputes')::int AS disputes FROM timeline"
        " WHERE case_id = %s AND (corrects IS NOT NULL OR body ? 'disputes') ORDER BY version"
    )
    superseded: dict[int, int] = {}
    disputed: set[int] = set()
    for each in await (await connection.execute(query, (case_id,))).fetchall():
        if each["corrects"] is not None:
            superseded[int(each["corrects"].rpartition("/")[2])] = each["version"]
        elif each["name"] == FactDisputed.__name__:
            disputed.add(each["disputes"])
        else:
            disputed.discard(each["disputes"])
    return Marks(superseded, frozenset(disputed))
