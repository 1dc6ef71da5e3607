"""What of the town is still to be played: everything at first, and after an interruption what earlier runs have not asked."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cli.client import Client
from cli.town import MANAGERS, SEED, SUPERVISORS, Person, Step
from cli.town_house import COORDINATOR, NEXT_DOOR, Chain, Known, Move, admissions, founding
from cli.town_lives import steps
from domain.intake import OpenCase

AT_ONCE = 24
STAFF = {
    actor.id: actor for actor in (*(each.actor for each in (*MANAGERS, NEXT_DOOR)), *SUPERVISORS.values(), COORDINATOR)
}
"""Everybody who asks for anything in the town."""

Callers = Mapping[str, Client]
"""Who asks, by staff id."""


@dataclass(frozen=True)
class Part:
    """What is still to be asked for one person. `case_id`: known where an earlier run made the case."""

    person: Person
    steps: Sequence[Step]
    case_id: str | None = None

    @property
    def questions(self) -> int:
        return sum(step.times for step in self.steps)

    @property
    def enters(self) -> bool:
        """Whether the case is still to be opened, so that it needs a place."""
        return any(isinstance(step.command, OpenCase) and step.refused is None for step in self.steps)


@dataclass(frozen=True)
class Rest:
    """In the order in which it is played. `admitted`: one chain for each unit. `stories`: chains that need nothing of each other."""

    known: Known
    founded: Chain
    parts: Sequence[Part]
    admitted: Sequence[Chain]
    stories: Sequence[Chain]

    @property
    def questions(self) -> int:
        chains = (self.founded, *self.admitted, *self.stories)
        return sum(part.questions for part in self.parts) + sum(isinstance(m, Move) for chain in chains for m in chain)


async def remaining(callers: Callers, town: Sequence[Person], seed: int = SEED, stories: Iterable[Chain] = ()) -> Rest:
    """What earlier runs have not played to the end. The last command that is recorded tells where to go on with a person or a story."""
    known = Known()
    founded = await _rest_of(callers, founding(), known)
    parts = await _parts(callers, town, seed)
    known.cases |= {part.person.number: part.case_id for part in parts if part.case_id}
    entering = {part.person.number for part in parts if part.enters}
    chains = [*admissions(town, seed, entering).values()]
    return Rest(
        known=known,
        founded=founded,
        parts=parts,
        admitted=[await _rest_of(callers, chain, known) for chain in chains],
        stories=[await _rest_of(callers, chain, known) for chain in stories],
    )


async def _rest_of(callers: Callers, chain: Chain, known: Known) -> Chain:
    """What comes behind the last that is recorded; nothing where that is only looked at, or refused."""
    done = 0
    for nth, move in enumerate(chain, 1):
        if isinstance(move, Move) and move.refused is None:
            receipt = await callers[move.by.id].receipt(move.key)
            if receipt is None:
                return chain[done:]
            known.note(move.key, move.to, receipt)
            done = nth
    return []


async def _parts(callers: Callers, town: Sequence[Person], seed: int) -> list[Part]:
    async def of(person: Person) -> Part:
        script = steps(person, seed)
        first = await callers[script[0].by.id].receipt(script[0].key)
        if first is None:
            return Part(person, script)
        for done in range(len(script), 1, -1):
            step = script[done - 1]
            if step.refused is None and await callers[step.by.id].receipt(step.key):
                rest = script[done:]
                played = all(later.refused for later in rest)
                return Part(person, () if played else rest, first.stream_id)
        return Part(person, script[1:], first.stream_id)

    people, found = iter(town), list[Part]()

    async def lane() -> None:
        for person in people:
            found.append(await of(person))

    await asyncio.gather(*(lane() for _ in range(AT_ONCE)))
    return sorted(found, key=lambda part: part.person.number)
