"""The row of the caseload told from a whole story at once: the rules are asked for what they keep once, at the end."""

from collections.abc import Iterator, Mapping, Sequence
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
SPOKEN_OF = SAID | spoken_of(shown, household_standing.shown)
VALUES = attrgetter(*CaseloadRow.__dataclass_fields__)
AT_THE_END = ("phase_since", "last_event_at", *case_standing.deadlines_of(Case(policy_version=POLICIES[0].version)))


def story(events: Sequence[Recorded]) -> Iterator[Values]:
    """In between, the row has no field that the rules keep: a fold that asked for one would fail here, and the story is then told event by event."""
    if not events:
        return
    first = events[0]
    if not isinstance(first.event, PersonRegistered):
        raise TypeError(f"{first.stream_id}: no case begins with {first.name}")
    begun = case_standing.registered(first.event, first)
    case = case_standing.case_of(begun)
    row = _without(begun, _told(begun, case, first))
    phase, since = case.phase, begun.phase_since
    for recorded in events:
        if recorded.version != case.version + 1:
            raise ValueError(f"{recorded.stream_id}: version {recorded.version} after {case.version}")
        case.take(recorded)
        if type(recorded.event) in SPOKEN_OF:
            vars(row).update(_changes(row, case, recorded))
        if case.phase is not phase:
            phase, since = case.phase, recorded.effective_on
    told = {**_told(row, case, events[-1]), "phase_since": since, "last_event_at": events[-1].recorded_at}
    yield VALUES(CaseloadRow(**{**told, **vars(row)}))


def _told(row: Any, case: Case, recorded: Recorded) -> dict[str, Any]:
    """What the rules keep; and what eyes need of the last event, which the row has already."""
    return {
        **case_standing.kept(case),
        **statement_standing.kept(row, case, recorded.event),
        **household_standing.kept(row, case, recorded),
        **case_standing.deadlines_of(case),
    }


def _without(begun: CaseloadRow, kept: Mapping[str, Any]) -> Any:
    """A row that changes, with what is only for eyes."""
    own = {"statements", "comes_of_age_in"}
    names = [
        name
        for name in CaseloadRow.__dataclass_fields__
        if (name not in kept and name not in AT_THE_END) or name in own
    ]
    return SimpleNamespace(**{name: getattr(begun, name) for name in names})


def _changes(row: Any, case: Case, recorded: Recorded) -> dict[str, Any]:
    changes = {**household_standing.shown(row, case, recorded), **shown(row, recorded)}
    if type(recorded.event) in SAID:
        changes["statements"] = statement_standing.kept(row, case, recorded.event)["statements"]
    return changes
