"""What stands on the pages that look back at a case: as it was, step by step, and what changed between two moments."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.requests import Request

from api import case_page, now, past, past_shown
from api.house import House, house_of
from api.language import chosen
from api.opening import Opened, opened
from api.past_shown import ChangedLine
from api.telling import acted, sealed_in, tell
from domain.deadlines import local_day, start_of
from domain.envelopes import Actor, Recorded
from projections import as_of
from projections.as_of import AsItWas
from projections.case_standing import CaseloadRow

BLINK = timedelta(microseconds=1)
EVENTS_AT_MOST = 10**9


class _Asked(BaseModel):
    """What a form leaves empty is not said."""

    model_config = ConfigDict(extra="ignore")

    @field_validator("*", mode="before")
    @classmethod
    def _nothing_chosen(cls, value: object) -> object:
        return value or None


class Asked(_Asked):
    """True on the day `on`, as it was known at the end of the day `known_on`, or right after an entry of the timeline. Each is now where it is not said."""

    on: date | None = None
    known_on: date | None = None
    event: int | None = Field(default=None, ge=1, le=EVENTS_AT_MOST)


class Compared(_Asked):
    """Two entries of the timeline, or the ends of two days. Nothing said: what the last entry has changed."""

    from_event: int | None = Field(default=None, ge=1, le=EVENTS_AT_MOST)
    to_event: int | None = Field(default=None, ge=1, le=EVENTS_AT_MOST)
    from_day: date | None = None
    to_day: date | None = None


async def content(request: Request, actor: Actor, case_id: str, asked: Asked) -> dict[str, Any]:
    """The values of `as_of.html`. Raises ProblemError (404, 403)."""
    house, today = house_of(request), now.today()
    row = await case_page.row_of(request, actor, case_id)
    events = await past.story_of(house, case_id)
    if asked.event:
        known = events[: asked.event]
        known_on = local_day(known[-1].recorded_at)
    else:
        known_on = min(asked.known_on or today, today)
        known = as_of.known(events, end_of(known_on))
    on = asked.on or known_on
    stood, before = as_of.as_of(known, on), as_of.as_of(known[:-1], on)
    texts = await _opened(request, house, actor, row, (before, stood), known[-1:])
    language = chosen(request)
    return {
        "row": row,
        "opened": texts,
        "on": on,
        "known_on": known_on,
        "today": today,
        "nth": len(known),
        "last": len(events),
        "lines": list(past_shown.lines(language, stood, texts).values()),
        "entry": _entry(language, known, texts),
        "changes": _changes(language, texts, before, stood),
    }


async def difference(request: Request, actor: Actor, case_id: str, asked: Compared) -> dict[str, Any]:
    """The values of `diff.html`. Raises ProblemError (404, 403)."""
    house, today = house_of(request), now.today()
    row = await case_page.row_of(request, actor, case_id)
    events = await past.story_of(house, case_id)
    if asked.from_day or asked.to_day:
        to_day = min(asked.to_day or today, today)
        from_day = min(asked.from_day or to_day, to_day)
        old, new = (as_of.known(events, end_of(each)) for each in (from_day, to_day))
    else:
        upper = min(asked.to_event or len(events), len(events))
        lower = min(asked.from_event or upper - 1, upper)
        old, new = events[:lower], events[:upper]
        to_day = local_day(new[-1].recorded_at)
        from_day = local_day(old[-1].recorded_at) if old else to_day
    before, after = as_of.as_of(old, from_day), as_of.as_of(new, to_day)
    texts = await _opened(request, house, actor, row, (before, after))
    return {
        "row": row,
        "opened": texts,
        "today": today,
        "from_day": from_day,
        "to_day": to_day,
        "from_event": len(old),
        "to_event": len(new),
        "last": len(events),
        "changes": _changes(chosen(request), texts, before, after),
    }


def end_of(day: date) -> datetime:
    """The last instant (UTC) of a local day."""
    return start_of(day + timedelta(days=1)) - BLINK


async def _opened(
    request: Request,
    house: House,
    actor: Actor,
    row: CaseloadRow,
    looks: Sequence[AsItWas | None],
    events: Sequence[Recorded] = (),
) -> Opened:
    sealed = [(row.case_id, "person.name", row.name)]
    sealed += [each for stood in looks if stood for each in past.sealed_of(row.case_id, stood)]
    sealed += [(row.case_id, mark, token) for each in events for mark, token in sealed_in(each.event)]
    return await opened(house, chosen(request), actor, row.provider, sealed)


def _entry(language: str, known: Sequence[Recorded], texts: Opened) -> dict[str, Any] | None:
    if not known:
        return None
    last, by = known[-1], known[-1].actor
    return {
        "sentence": tell(language, last.event, texts).sentence,
        "recorded_at": last.recorded_at,
        "effective_on": last.effective_on,
        "who": acted(language, by.id, by.role, by.deputy_for),
    }


def _changes(language: str, texts: Opened, before: AsItWas | None, after: AsItWas | None) -> list[ChangedLine]:
    old, new = (past_shown.lines(language, each, texts) for each in (before, after))
    return past_shown.changed(as_of.diff(before, after), old, new)
