"""What the code of the rules says about itself: which events answer a command, which refusals it may meet, which arrows lead from phase to phase."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from functools import cache
from types import FunctionType

from activities.record import TAKEN
from domain import bounds, lifecycle
from domain.catalogue import COMMANDS, EVENTS
from domain.kinds import Kind, kind_of
from domain.refusals import Refusal
from domain.story import Command, Event
from domain.vocabulary import Phase

Code = type | Callable[..., object]

OF_EVERY_COMMAND = (lifecycle.decide, bounds.check_not_ahead)


def events_of(command: type[Command]) -> list[str]:
    """The stored names of the events that may answer a command, those included that follow from it by the rule of its kind."""
    follows = kind_of(command.of_kind).and_then
    named = {*_names(command), *(_names(follows) if follows.__name__ != "<lambda>" else ())}
    return [name for name in EVENTS if name in named]


def refusals_of(code: Code) -> list[Refusal]:
    """The refusals that a command, or a function of the rules, may answer with itself. A claim can be taken by another story."""
    named = set(_names(code))
    claiming = [inspect.getsource(EVENTS[name].claims) for name in named & EVENTS.keys()]
    of_others = {refusal for claim, refusal in TAKEN.items() if any(claim in source for source in claiming)}
    return [refusal for refusal in Refusal if f"Refusal.{refusal}" in named or refusal in of_others]


def common_refusals() -> list[Refusal]:
    """The refusals that every command may meet, whatever its own rule says. What was asked before under the same id, only the command log knows."""
    found = {Refusal.DUPLICATE_COMMAND, *(refusal for code in OF_EVERY_COMMAND for refusal in refusals_of(code))}
    return [refusal for refusal in Refusal if refusal in found]


def refusals_of_kind(kind: Kind) -> list[Refusal]:
    """The refusals that every command to a story of a kind may meet besides."""
    found = {kind.unknown, *refusals_of(kind.check)} - set(common_refusals())
    return [refusal for refusal in Refusal if refusal in found]


def arrows() -> list[tuple[Phase | None, Phase, str]]:
    """The phase diagram: from, to, by which command. A command that begins a case comes from nowhere."""
    return [
        (start, end, name)
        for name, command in COMMANDS.items()
        for event in events_of(command)
        for end in ends(EVENTS[event])
        for start in (
            [None] if command.opens else [each for each in Phase if each in command.phases & EVENTS[event].leads_from]
        )
    ]


def ends(event: type[Event]) -> tuple[Phase, ...]:
    """The phases to which an event leads, or may lead."""
    return event.may_lead_to or ((event.leads_to,) if event.leads_to else ())


@cache
def _names(code: Code) -> frozenset[str]:
    """The names in the source of a class or function, and in the functions of the rules that it calls."""
    found: set[str] = set()
    seen, ahead = {code}, [code]
    while ahead:
        reading = ahead.pop()
        for name in _named_in(reading):
            found.add(name)
            called = getattr(sys.modules[reading.__module__], name, None)
            if isinstance(called, FunctionType) and called.__module__.startswith("domain.") and called not in seen:
                seen.add(called)
                ahead.append(called)
    return frozenset(found)


@cache
def _named_in(code: Code) -> frozenset[str]:
    names = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(code)))):
        if isinstance(node, ast.Name):
            names.add(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names.add(f"{node.value.id}.{node.attr}")
    return frozenset(names)
