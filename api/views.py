"""What programs are shown of a case: rows of the read models, sealed values opened for those who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from api.house import House
from api.opening import Opened, opened
from api.telling import sealed_in
from domain.catalogue import EVENTS
from domain.envelopes import Actor
from domain.personal import is_sealed
from projections.case_standing import CaseloadRow
from projections.referrals import AtProvider
from projections.reviews_due import ReviewDue
from projections.timeline import TimelineRow


@dataclass(frozen=True, slots=True)
class CaseView(CaseloadRow):
    """A row of the caseload. `name`, `birth_date` are null where they may not be seen, were not given, or can't be read any more."""

    name: str | None  # type: ignore[assignment]  # sealed it is always there, opened it may be gone


@dataclass(frozen=True, slots=True)
class ReviewView(ReviewDue):
    """`days_overdue` as of the day of reading. `name` is null where it may not be seen or can't be read any more."""

    name: str | None = None  # type: ignore[assignment]  # as above
    days_overdue: int = 0


@dataclass(frozen=True, slots=True)
class ReferralView(AtProvider):
    """`days_waited` as of the day of reading, null where nothing is waited for. `name` is null where it may not be seen or can't be read any more."""

    name: str | None = None  # type: ignore[assignment]  # as above
    days_waited: int | None = None


async def cases(house: House, actor: Actor, provider: str, rows: Sequence[CaseloadRow]) -> list[CaseView]:
    """Cases of one provider as somebody sees them."""
    sealed = [
        (row.case_id, label, token)
        for row in rows
        for label, token in (("person.name", row.name), ("person.birth_date", row.birth_date))
        if token is not None
    ]
    clear = await opened(house, "de", actor, provider, sealed)
    return [
        CaseView(**_values(row) | {"name": clear.text(row.name), "birth_date": clear.text(row.birth_date)})
        for row in rows
    ]


async def reviews(
    house: House, actor: Actor, provider: str, rows: Sequence[ReviewDue], today: date
) -> list[ReviewView]:
    """Reviews in cases of one provider as somebody sees them on a day."""
    clear = await _names(house, actor, provider, rows)
    return [
        ReviewView(**_values(row) | {"name": clear.text(row.name), "days_overdue": row.days_late(today)})
        for row in rows
    ]


async def referrals(
    house: House, actor: Actor, provider: str, rows: Sequence[AtProvider], today: date
) -> list[ReferralView]:
    """Referrals in cases of one provider as somebody sees them on a day."""
    clear = await _names(house, actor, provider, rows)
    return [
        ReferralView(**_values(row) | {"name": clear.text(row.name), "days_waited": row.days_waiting(today)})
        for row in rows
    ]


async def history(house: House, actor: Actor, provider: str, rows: Sequence[TimelineRow]) -> list[TimelineRow]:
    """The same rows of one case; `reason_text` and the personal values in `body` in clear, or null."""
    sealed = [(row.case_id, "reason", row.reason_text) for row in rows if row.reason_text]
    for row in rows:
        found = sealed_in(EVENTS[row.name].model_validate(row.body))
        sealed += [(row.case_id, label, token) for label, token in found]
    clear = await opened(house, "de", actor, provider, sealed)
    return [replace(row, reason_text=clear.text(row.reason_text), body=_shown(row.body, clear)) for row in rows]


async def _names(house: House, actor: Actor, provider: str, rows: Sequence[ReviewDue | AtProvider]) -> Opened:
    return await opened(house, "de", actor, provider, [(row.case_id, "person.name", row.name) for row in rows])


def _values(row: CaseloadRow | ReviewDue | AtProvider) -> dict[str, Any]:
    return {each.name: getattr(row, each.name) for each in fields(row)}


def _shown(value: Any, clear: Opened) -> Any:
    if isinstance(value, dict):
        return {name: _shown(each, clear) for name, each in value.items()}
    if isinstance(value, list):
        return [_shown(each, clear) for each in value]
    return clear.text(value) if is_sealed(value) else value
