"""Facts about a person on both axes of time: since when and until when something was true, and since when and until when that was what we knew."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from domain import eligibility, facts
from domain.envelopes import Recorded
from domain.vocabulary import Title
from projections.read_model import Key, ReadModel


class FactKind(StrEnum):
    LANGUAGE = "LANGUAGE"
    ACTIVITY = "ACTIVITY"
    HOUSING = "HOUSING"
    RESIDENCE = "RESIDENCE"
    RESIDENCE_RULE = "RESIDENCE_RULE"


@dataclass(frozen=True, slots=True)
class FactRow:
    """What was true of a person in a span of days, as it was known in a span of time. `…_to` is the first day, or instant (UTC), when it no longer was.

    `version` is the event with which this came to be known, `part` tells its rows apart, and `stated_in` is the event that says so itself. `subject` tells
    what may hold side by side: the activity, or the area of a residence rule. `value` is a code; none where it is known that nothing holds any more.
    """

    case_id: str
    version: int
    part: int
    kind: FactKind
    subject: str
    value: str | None
    stated_in: int
    valid_from: date
    valid_to: date | None
    known_from: datetime
    known_to: datetime | None = None

    def holds(self, on: date, known_at: datetime) -> bool:
        valid = self.valid_from <= on and (self.valid_to is None or on < self.valid_to)
        known = self.known_from <= known_at and (self.known_to is None or known_at < self.known_to)
        return self.value is not None and valid and known


@dataclass(frozen=True)
class _Statement:
    """From a day on `value` holds; with `last` no longer than through that day."""

    kind: FactKind
    value: str | None
    subject: str = ""
    last: date | None = None


def fold(rows: Mapping[Key, FactRow], recorded: Recorded) -> Mapping[Key, FactRow]:
    """A statement holds from its day to the next one that is known; what was known before it of those days stays, as what was known before."""
    said = _statement(recorded)
    if said is None:
        return {}
    known = [
        row for row in rows.values() if row.known_to is None and (row.kind, row.subject) == (said.kind, said.subject)
    ]
    if isinstance(recorded.event, facts.ResidenceStatusLost) and not _is_held(recorded, known):
        return {}
    on, now = recorded.effective_on, recorded.recorded_at
    ends = [row.valid_from for row in known if row.valid_from > on]
    if said.last is not None:
        ends.append(said.last + timedelta(days=1))
    told = [
        FactRow(
            case_id=recorded.stream_id,
            version=recorded.version,
            part=0,
            kind=said.kind,
            subject=said.subject,
            value=said.value,
            stated_in=recorded.version,
            valid_from=on,
            valid_to=min(ends, default=None),
            known_from=now,
        )
    ]
    for row in known:
        if row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
            told.append(replace(row, known_to=now))
            if row.valid_from < on:
                told.append(replace(row, version=recorded.version, part=1, valid_to=on, known_from=now))
    return {FACTS.key_of(row): row for row in told}


def _statement(recorded: Recorded) -> _Statement | None:
    event = recorded.event
    match event:
        case facts.LanguageLevelRecorded():
            return _Statement(FactKind.LANGUAGE, event.level)
        case facts.ActivityStarted():
            return _Statement(FactKind.ACTIVITY, event.activity, subject=event.activity)
        case facts.ActivityEnded():
            return _Statement(FactKind.ACTIVITY, None, subject=event.activity)
        case facts.HousingRecorded():
            return _Statement(FactKind.HOUSING, event.housing)
        case facts.ResidenceStatusRecorded():
            return _Statement(FactKind.RESIDENCE, event.title_code, last=event.valid_until)
        case eligibility.EligibilityConfirmed():
            return _Statement(FactKind.RESIDENCE, event.title_code, last=event.title_valid_until)
        case facts.ResidenceStatusLost():
            return _Statement(FactKind.RESIDENCE, Title.NONE)
        case facts.ResidenceRuleRecorded():
            return _Statement(FactKind.RESIDENCE_RULE, event.area, subject=event.area, last=event.until)
        case facts.ResidenceRuleLifted():
            return _Statement(FactKind.RESIDENCE_RULE, None, subject=event.area)
    return None


def _is_held(recorded: Recorded, known: list[FactRow]) -> bool:
    """Whether the title that is lost is the one held, or none is known; the loss of another leaves that as it is."""
    before = [row for row in known if row.valid_from <= recorded.effective_on]
    held = max(before, key=lambda row: row.valid_from).value if before else Title.UNKNOWN
    return isinstance(recorded.event, facts.ResidenceStatusLost) and held in (recorded.event.title_code, Title.UNKNOWN)


FACTS = ReadModel(
    "facts",
    FactRow,
    ("case_id", "version", "part"),
    fold,
    indexes=("kind, value, valid_from", "case_id, kind, subject"),
)


async def as_of(
    connection: AsyncConnection[DictRow],
    on: date,
    known_at: datetime,
    *,
    case_id: str | None = None,
    kind: FactKind | None = None,
) -> list[FactRow]:
    """What held on a day, as it was known at an instant (UTC): of one case or of all, of one kind or of all."""
    query = (
        f"SELECT {FACTS.column_list} FROM facts"  # noqa: S608 - columns are ours
        " WHERE (%(case_id)s::text IS NULL OR case_id = %(case_id)s) AND (%(kind)s::text IS NULL OR kind = %(kind)s)"
        " AND value IS NOT NULL AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)"
        " AND known_from <= %(known_at)s AND (known_to IS NULL OR known_to > %(known_at)s)"
        " ORDER BY case_id, kind, subject"
    )
    values = {"case_id": case_id, "kind": kind and kind.value, "on": on, "known_at": known_at}
    found = await (await connection.execute(query, values)).fetchall()
    return [FACTS.made(each) for each in found]


async def of_case(connection: AsyncConnection[DictRow], case_id: str) -> list[FactRow]:
    """All that is known of a case, or was: by kind, then by the day since which it holds, then by when it came to be known."""
    query = (
        f"SELECT {FACTS.column_list} FROM facts WHERE case_id = %s"  # noqa: S608 - columns are ours
        " ORDER BY kind, subject, valid_from, known_from, version, part"
    )
    found = await (await connection.execute(query, (case_id,))).fetchall()
    return [FACTS.made(each) for each in found]
