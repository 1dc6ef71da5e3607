"""Which events a fold speaks of, read from its own `case` patterns: nobody has to name them twice."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from domain.story import Event


def spoken_of(*functions: Callable[..., Any]) -> frozenset[type[Event]]:
    """The events in the `case` patterns of functions that pass over every other event."""
    found = set()
    for function in functions:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        for node in ast.walk(tree):
            if isinstance(node, ast.MatchClass):
                found.add(_named(function, ast.unparse(node.cls)))
    return frozenset(each for each in found if issubclass(each, Event))


def _named(function: Callable[..., Any], path: str) -> type:
    first, *rest = path.split(".")
    value: Any = function.__globals__[first]
    for name in rest:
        value = getattr(value, name)
    return value  # type: ignore[no-any-return]
