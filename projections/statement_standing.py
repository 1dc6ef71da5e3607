"""What a row of the caseload keeps of statements and of what is in question: enough to tell a title and a level of language anew after a correction."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from pydantic import TypeAdapter

from domain import corrections, eligibility, facts
from domain.case import BeforeClosing, Case, Said
from domain.catalogue import event_from
from domain.deadlines import title_question
from domain.statements import Statement
from domain.story import Event

BEFORE_CLOSING: TypeAdapter[BeforeClosing] = TypeAdapter(BeforeClosing)
OF_THE_ROW = (
    facts.LanguageLevelRecorded,
    facts.ResidenceStatusRecorded,
    facts.ResidenceStatusLost,
    eligibility.EligibilityConfirmed,
)
RETELLING = (corrections.FactCorrected, corrections.FactRetracted)


class Row(Protocol):
    """`statements` are those that stand: {place: [version, day, name, version of its shape, body]}."""

    @property
    def statements(self) -> dict[str, Any] | None: ...

    @property
    def before_closing(self) -> dict[str, Any] | None: ...


def statements(row: Row, event: Event) -> dict[int, Said]:
    """Those that an event asks for: only a correction asks what was said before."""
    if not isinstance(event, RETELLING):
        return {}
    found = sorted((int(place), said) for place, said in (row.statements or {}).items())
    return {place: _said(*said) for place, said in found}


def before_closing(row: Row) -> BeforeClosing | None:
    return None if row.before_closing is None else BEFORE_CLOSING.validate_python(row.before_closing)


def kept(row: Row, case: Case, event: Event) -> dict[str, Any]:
    return {
        "statements": _statements(row, case.statements, event),
        "language_level": case.language_level,
        "language_since": case.language_since,
        "title_decided": case.title_decided,
        "title_question": title_question(case),
        "history_conflicts": tuple(sorted(case.conflicts)),
        "before_closing": case.before_closing and BEFORE_CLOSING.dump_python(case.before_closing, mode="json"),
    }


def _statements(row: Row, now: Mapping[int, Said], event: Event) -> dict[str, Any] | None:
    if isinstance(event, RETELLING):
        return dumped(now)
    if isinstance(event, OF_THE_ROW):
        return {**(row.statements or {}), **dumped(now)}
    return row.statements


def dumped(said: Mapping[int, Said]) -> dict[str, Any]:
    """Those of the row, as it keeps them."""
    return {
        str(place): [
            each.version,
            each.on.isoformat(),
            type(each.event).__name__,
            each.event.schema_version,
            each.event.model_dump(mode="json"),
        ]
        for place, each in said.items()
        if isinstance(each.event, OF_THE_ROW)
    }


def _said(version: int, on: str, name: str, shape: int, body: dict[str, Any]) -> Said:
    event = event_from(name, shape, body)
    if not isinstance(event, Statement):
        raise TypeError(f"{name} is no statement")
    return Said(version, event, date.fromisoformat(on))
