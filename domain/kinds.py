"""The kinds of stream there are, and what is peculiar to each. What is the same for all stands in `lifecycle`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain import bounds, deadlines, staff_clock, unit_clock
from domain.case import Case
from domain.envelopes import CASE_PREFIX, POLICY_STREAM, STAFF_PREFIX, UNIT_PREFIX
from domain.offers import and_offers
from domain.policy import Policy
from domain.policy_story import Rules
from domain.refusals import Refusal
from domain.staff import Staff
from domain.story import Command, Due, Event, Occasion, Unseal
from domain.unit import Unit
from domain.vocabulary import Phase, Role


@dataclass(frozen=True)
class Kind:
    """One kind of stream. `prefix`: how its ids begin. `state`: where such a story stands before its first event.

    `unknown`: the refusal where no such story is. `check` bounds all its commands (raises Refused). `due(state, policies, now, unseal)`: what the clock brings next.
    `across`: the roles that may ask whatever their provider. `over(state)`: whether such a story rests once the clock has nothing to bring any more.
    `and_then(state, events, on, occasion)`: a decision with what follows from it, whatever was asked; `on`: the day on which it is true.
    """

    prefix: str
    state: type[Any]
    unknown: Refusal
    check: Callable[[Any, Command, Occasion], None]
    due: Callable[[Any, tuple[Policy, ...], datetime, Unseal | None], Due | None]
    over: Callable[[Any], bool]
    across: frozenset[Role] = frozenset({Role.SYSTEM})
    and_then: Callable[[Any, list[Event], date, Occasion], list[Event]] = lambda _state, events, _on, _occasion: events


CASE = Kind(
    prefix=CASE_PREFIX,
    state=Case,
    unknown=Refusal.CASE_UNKNOWN,
    check=bounds.check,
    due=deadlines.due,
    over=lambda case: case.phase is Phase.CLOSED,
)

UNIT = Kind(
    prefix=UNIT_PREFIX,
    state=Unit,
    unknown=Refusal.UNIT_UNKNOWN,
    check=bounds.check_of_house,
    due=lambda unit, *_: unit_clock.due(unit),
    over=lambda _: False,
    across=frozenset({Role.SYSTEM, Role.COORDINATOR}),
    and_then=and_offers,
)

STAFF = Kind(
    prefix=STAFF_PREFIX,
    state=Staff,
    unknown=Refusal.STAFF_UNKNOWN,
    check=bounds.check_of_house,
    due=lambda staff, *_: staff_clock.due(staff),
    over=lambda _: True,
)

POLICY = Kind(
    prefix=POLICY_STREAM,
    state=Rules,
    unknown=Refusal.POLICY_UNKNOWN,
    check=bounds.check_of_house,
    due=lambda *_: None,
    over=lambda _: True,
    across=frozenset({Role.SYSTEM, Role.COORDINATOR, Role.MINISTRY}),
)

KINDS: tuple[Kind, ...] = (CASE, UNIT, STAFF, POLICY)


def kind_of(stream_id: str) -> Kind:
    """Raises LookupError on an id that is of no kind."""
    for kind in KINDS:
        if stream_id.startswith(kind.prefix):
            return kind
    raise LookupError("a stream id of no known kind")
