"""Facts about a person on both axes of time: since when and until when something was true, and since when and until when that was what we knew."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from domain import corrections, eligibility, facts
from domain.envelopes import Recorded
from domain.story import Event
from domain.vocabulary import Title
from projections.read_model import Key, ReadModel
from projections.spoken import spoken_of


class FactKind(StrEnum):
    LANGUAGE = "LANGUAGE"
    ACTIVITY = "ACTIVITY"
    HOUSING = "HOUSING"
    RESIDENCE = "RESIDENCE"
    RESIDENCE_RULE = "RESIDENCE_RULE"
    QUALIFICATION = "QUALIFICATION"


@dataclass(frozen=True, slots=True)
class FactRow:
    """What was true of a person in a span of days, as it was known in a span of time. `…_to` is the first day, or instant (UTC), when it no longer was.

    `version` is the event with which this came to be known, `part` tells its rows apart, and `stated_in` is the event that says so itself. `subject` tells
    what may hold side by side: the activity, the area of a residence rule, or the event that told of a qualification first. `value` is a code; none where it
    is known that nothing holds any more. `disputed`: to be shown with that note only.

    The row of a statement itself is part 0; only there: its own last day (`said_until`), the title that it says is lost (`loses`), and the event that has
    corrected or retracted it (`superseded_by`). A correction stands at the place of what it corrects, `first_stated_in`.
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
    disputed: bool = False
    first_stated_in: int = 0
    said_until: date | None = None
    loses: Title | None = None
    superseded_by: int | None = None

    def holds(self, on: date, known_at: datetime) -> bool:
        valid = self.valid_from <= on and (self.valid_to is None or on < self.valid_to)
        known = self.known_from <= known_at and (self.known_to is None or known_at < self.known_to)
        return self.value is not None and valid and known


def fold(rows: Mapping[Key, FactRow], recorded: Recorded) -> Mapping[Key, FactRow]:
    """A statement holds from its day to the next one that stands; what was known before it of those days stays, as what was known before."""
    event, case_id = recorded.event, recorded.stream_id
    stated: list[FactRow] = []
    noted: dict[int, bool] = {}
    match event:
        case corrections.FactRetracted():
            stated = [replace(rows[(case_id, event.corrects, 0)], superseded_by=recorded.version)]
        case corrections.FactCorrected():
            gone = replace(rows[(case_id, event.corrects, 0)], superseded_by=recorded.version)
            told = _stated(recorded, event.fact.event, event.fact.effective_on, gone.first_stated_in)
            stated = [gone, *told]
        case corrections.FactDisputed() | corrections.DisputeResolved():
            stated = [rows[(case_id, event.disputes, 0)]]
            noted = {event.disputes: isinstance(event, corrections.FactDisputed)}
        case _:
            stated = _stated(recorded, event, recorded.effective_on, recorded.version)
    changed = {FACTS.key_of(row): row for row in stated}
    parts = count(1)
    for group in dict.fromkeys(_group(row) for row in stated):
        of_group = [row for row in {**rows, **changed}.values() if _group(row) == group]
        changed |= {FACTS.key_of(row): row for row in _retold(of_group, recorded, noted, parts)}
    return changed


def _retold(rows: list[FactRow], recorded: Recorded, noted: dict[int, bool], parts: Iterator[int]) -> Iterator[FactRow]:
    """What is known from now on by the statements that stand, and what no longer is. `noted`: of which it is known from now on whether they are disputed."""
    known = {row.stated_in: row for row in rows if row.known_to is None}
    disputed = {row.stated_in: row.disputed for row in sorted(rows, key=lambda row: (row.version, row.part))} | noted
    spans = _spans(rows)
    for stated_in in known.keys() - {said.version for said, _ in spans}:
        yield replace(known[stated_in], known_to=recorded.recorded_at)
    for said, valid_to in spans:
        if said.version == recorded.version:
            yield replace(said, valid_to=valid_to)
            continue
        before = known.get(said.version)
        if before is not None and (before.valid_to, before.disputed) == (valid_to, disputed[said.version]):
            continue
        if before is not None:
            yield replace(before, known_to=recorded.recorded_at)
        if valid_to is None or valid_to > said.valid_from or said.version in noted:
            yield replace(
                said,
                version=recorded.version,
                part=next(parts),
                valid_to=valid_to,
                known_from=recorded.recorded_at,
                known_to=None,
                disputed=disputed[said.version],
                said_until=None,
                loses=None,
            )


def _spans(rows: list[FactRow]) -> list[tuple[FactRow, date | None]]:
    """The statements that stand, each with the day on which it no longer holds: its own day, where another one of that day came after, or where it says nothing new."""
    told: list[FactRow] = []
    silent: list[FactRow] = []
    standing = (row for row in rows if row.part == 0 and row.superseded_by is None)
    for said in sorted(standing, key=lambda row: row.first_stated_in):
        (told if _is_news(said, told) else silent).append(said)
    told.sort(key=lambda row: (row.valid_from, row.first_stated_in))
    found: list[tuple[FactRow, date | None]] = [(said, said.valid_from) for said in silent]
    for nth, said in enumerate(told):
        ends = [following.valid_from for following in told[nth + 1 : nth + 2]]
        if said.said_until is not None:
            ends.append(said.said_until + timedelta(days=1))
        found.append((said, min(ends, default=None)))
    return found


def _is_news(said: FactRow, told: list[FactRow]) -> bool:
    """A title is lost only where it is the one held, or none is known; the loss of another leaves that as it is."""
    if said.loses is None:
        return True
    before = [row for row in told if row.valid_from <= said.valid_from]
    held = max(before, key=lambda row: (row.valid_from, row.first_stated_in)).value if before else Title.UNKNOWN
    return held in (said.loses, Title.UNKNOWN)


def _group(row: FactRow) -> tuple[FactKind, str]:
    return row.kind, row.subject


def _stated(recorded: Recorded, event: Event, on: date, place: int) -> list[FactRow]:
    """The row of a statement as it is made, before it is set among the others; none for any other event."""
    said = _said(event, place)
    if said is None:
        return []
    kind, subject, value = said
    until = _last_day(event)
    return [
        FactRow(
            case_id=recorded.stream_id,
            version=recorded.version,
            part=0,
            kind=kind,
            subject=subject,
            value=value,
            stated_in=recorded.version,
            valid_from=on,
            valid_to=None,
            known_from=recorded.recorded_at,
            first_stated_in=place,
            said_until=until,
            loses=event.title_code if isinstance(event, facts.ResidenceStatusLost) else None,
        )
    ]


def _said(event: Event, place: int) -> tuple[FactKind, str, str | None] | None:
    match event:
        case facts.LanguageLevelRecorded():
            return FactKind.LANGUAGE, "", event.level
        case facts.ActivityStarted():
            return FactKind.ACTIVITY, event.activity, event.activity
        case facts.ActivityEnded():
            return FactKind.ACTIVITY, event.activity, None
        case facts.HousingRecorded():
            return FactKind.HOUSING, "", event.housing
        case facts.ResidenceStatusRecorded() | eligibility.EligibilityConfirmed():
            return FactKind.RESIDENCE, "", event.title_code
        case facts.ResidenceStatusLost():
            return FactKind.RESIDENCE, "", Title.NONE
        case facts.ResidenceRuleRecorded():
            return FactKind.RESIDENCE_RULE, event.area, event.area
        case facts.ResidenceRuleLifted():
            return FactKind.RESIDENCE_RULE, event.area, None
        case facts.QualificationRecorded():
            return FactKind.QUALIFICATION, str(place), event.qualification
    return None


def _last_day(event: Event) -> date | None:
    match event:
        case facts.ResidenceStatusRecorded():
            return event.valid_until
        case eligibility.EligibilityConfirmed():
            return event.title_valid_until
        case facts.ResidenceRuleRecorded():
            return event.until
    return None


FACTS = ReadModel(
    "facts",
    FactRow,
    ("case_id", "version", "part"),
    fold,
    indexes=("kind, value, valid_from", "case_id, kind, subject"),
    about=spoken_of(fold, _said),
)


async def as_of(
    connection: AsyncConnection[DictRow],
    on: date,
    known_at: datetime,
    *,
    case_id: str | None = None,
    duplicates: Sequence[str] = (),
    kind: FactKind | None = None,
) -> list[FactRow]:
    """What held on a day, as it was known at an instant (UTC): of one case or of all, of one kind or of all.

    `duplicates`: cases merged into that one; the `case_id` of a row tells its origin.
    """
    query = (
        f"SELECT {FACTS.column_list} FROM facts"  # noqa: S608 - columns are ours
        " WHERE (%(case_ids)s::text[] IS NULL OR case_id = ANY(%(case_ids)s)) AND (%(kind)s::text IS NULL OR kind = %(kind)s)"
        " AND value IS NOT NULL AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)"
        " AND known_from <= %(known_at)s AND (known_to IS NULL OR known_to > %(known_at)s)"
        " ORDER BY case_id, kind, subject"
    )
    case_ids = None if case_id is None else [case_id, *duplicates]
    values = {"case_ids": case_ids, "kind": kind and kind.value, "on": on, "known_at": known_at}
    found = await (await connection.execute(query, values)).fetchall()
    return [FACTS.made(each) for each in found]


async def of_case(connection: AsyncConnection[DictRow], case_id: str, duplicates: Sequence[str] = ()) -> list[FactRow]:
    """All that is known of a case and its duplicates, or was: by kind, then by the day since which it holds, then by when it came to be known."""
    query = (
        f"SELECT {FACTS.column_list} FROM facts"  # noqa: S608 - columns are ours
        " WHERE case_id = ANY(%s) AND (valid_to IS NULL OR valid_to > valid_from)"
        " ORDER BY kind, subject, valid_from, known_from, version, part"
    )
    found = await (await connection.execute(query, ([case_id, *duplicates],))).fetchall()
    return [FACTS.made(each) for each in found]
