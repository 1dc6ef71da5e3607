"""What is shown of a case: rows of the read models with their sealed values opened, for those who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from api.access import Action, may
from api.house import House
from domain.catalogue import EVENTS
from domain.envelopes import Actor
from domain.personal import Personal, map_personal
from projections.case_standing import CaseloadRow
from projections.timeline import TimelineRow

Sealed = tuple[str, str, str]
"""Stream id, label, token."""


@dataclass(frozen=True, slots=True)
class CaseView(CaseloadRow):
    """A row of the caseload. `name`, `birth_date` are null where they may not be seen, were not given, or were erased."""

    name: str | None  # type: ignore[assignment]  # sealed it is always there, opened it may be gone


async def cases(house: House, actor: Actor, rows: Sequence[CaseloadRow]) -> list[CaseView]:
    sealed = [
        (row.case_id, label, token)
        for row in rows
        for label, token in (("person.name", row.name), ("person.birth_date", row.birth_date))
        if token is not None and may(actor, Action.SEE_PERSONAL, row.provider)
    ]
    clear = await _opened(house, sealed)
    return [
        CaseView(
            **{each.name: getattr(row, each.name) for each in fields(row)}
            | {"name": clear.get(row.name), "birth_date": clear.get(row.birth_date or "")}
        )
        for row in rows
    ]


async def history(house: House, actor: Actor, provider: str, rows: Sequence[TimelineRow]) -> list[TimelineRow]:
    """The same rows; `reason_text` and the personal values in `body` in clear, or null."""
    tokens = [each for row in rows for each in _sealed_in(row)]
    clear = await _opened(house, tokens) if may(actor, Action.SEE_PERSONAL, provider) else {}
    shown = {token: clear.get(token) for _, _, token in tokens}
    return [replace(row, reason_text=shown.get(row.reason_text or ""), body=_replaced(row.body, shown)) for row in rows]


def _sealed_in(row: TimelineRow) -> list[Sealed]:
    found = [(row.case_id, "reason", row.reason_text)] if row.reason_text else []

    def note(mark: Personal, token: str) -> str:
        found.append((row.case_id, mark.label, token))
        return token

    map_personal(EVENTS[row.name].model_validate(row.body), note)
    return found


async def _opened(house: House, sealed: Sequence[Sealed]) -> dict[str, str | None]:
    """Token -> clear text; None where the key was destroyed."""
    clear = await house.keyring.open_many(sealed)
    return {token: text for (_, _, token), text in zip(sealed, clear, strict=True)}


def _replaced(value: Any, shown: dict[str, str | None]) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(each, shown) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, shown) for each in value]
    return shown.get(value, value) if isinstance(value, str) else value
