"""Where the town stands at the end, as the API shows it: its cases and its units."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cli.client import Client
from domain.vocabulary import Phase

PAGE = 200
SHOWN = ("municipality", "provider", "active", "capacity", "free", "reserved", "waiting", "incoming")


@dataclass
class Standing:
    """Where all cases of some providers stand, and the units. `late`: a deadline is over and not met."""

    phases: Counter[str] = field(default_factory=Counter)
    events: int = 0
    late: int = 0
    units: list[dict[str, Any]] = field(default_factory=list)

    def by_phase(self) -> dict[str, int]:
        """In the order of a case's life."""
        return {phase.value: self.phases[phase.value] for phase in Phase if self.phases[phase.value]}


async def standing(overseers: Iterable[Client], coordinator: Client, after: int) -> Standing:
    """As their lists of cases and the unit board say, once they have seen the position `after`. Raises UnreachableError."""
    found = Standing()
    for overseer in overseers:
        cursor: str | None = None
        while True:
            page = await overseer.look("/v1/cases", limit=PAGE, cursor=cursor, after=after)
            for case in page["cases"]:
                found.phases[case["phase"]] += 1
                found.events += case["version"]
                found.late += case["late_since"] is not None
            cursor = page["next"]
            if cursor is None:
                break
    board = await coordinator.look("/v1/units", after=after)
    found.units = [{name: unit[name] for name in SHOWN} for unit in board["units"]]
    return found
