"""The row of the caseload told from a whole story at once: the rules are asked for what they keep once, at the end."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from domain.case import Case
from domain.envelopes import Recorded
from domain.intake import PersonRegistered
from domain.policy import POLICIES
from projections import case_standing, household_standing, statement_standing
from projections.case_shown import shown
from projections.case_standing import CaseloadRow
from projections.read_model import Values
from projections.spoken import spoken_of

SAID = frozenset({*statement_standing.OF_THE_ROW, *statement_standing.RETELLING})
SPOKEN_OF = spoken_of(shown, household_standing.shown)
VALUES = attrgetter(*CaseloadRow.__dataclass_fields__)


def story(events: Sequence[Recorded]) -> Iterator[Values]:
    """In between, the row has no field that the rules keep: a fold that asked for one would fail here, and the story is then told event by event."""
    if not events:
        return
    first, last = events[0], events[-1]
    if not isinstance(first.event, PersonRegistered):
        raise TypeError(f"{first.stream_id}: no case begins with {first.name}")
    begun = case_standing.registered(first.event, first)
    case = case_standing.case_of(begun)
    row: Any = SimpleNamespace(**{name: getattr(begun, name) for name in OWN})
    phase, since, said = case.phase, begun.phase_since, False
    for recorded in events:
        if recorded.version != case.version + 1:
            raise ValueError(f"{recorded.stream_id}: version {recorded.version} after {case.version}")
        case.take(recorded)
        kind = type(recorded.event)
        if kind in SPOKEN_OF:
            vars(row).update({**household_standing.shown(row, case, recorded), **shown(row, recorded)})
        said = said or kind in SAID
        if case.phase is not phase:
            phase, since = case.phase, recorded.effective_on
    row.statements = statement_standing.dumped(case.statements) if said else None
    told = {**_told(row, case, last), **vars(row), "phase_since": since, "last_event_at": last.recorded_at}
    yield VALUES(CaseloadRow(**told))


def _told(row: Any, case: Case, recorded: Any) -> dict[str, Any]:
    """What the rules keep; and what eyes need of the last event, which the row has already."""
    return {
        **case_standing.kept(case),
        **statement_standing.kept(row, case, recorded.event),
        **household_standing.kept(row, case, recorded),
        **case_standing.deadlines_of(case),
    }


def _own() -> list[str]:
    """The fields that are only for eyes: those that the rules do not keep."""
    nothing = SimpleNamespace(event=None, effective_on=None)
    blank = SimpleNamespace(statements=None, comes_of_age_in=None)
    kept = _told(blank, Case(policy_version=POLICIES[0].version), nothing)
    told = {*kept, "phase_since", "last_event_at"} - set(vars(blank))
    return [name for name in CaseloadRow.__dataclass_fields__ if name not in told]


OWN = _own()
