"""Plays the town through the public API: many persons beside each other, the commands of one case in order."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from cli.client import Client, Problem, Receipt
from cli.town import SEED, Person, Step
from cli.town_lives import steps
from domain.envelopes import Actor
from domain.vocabulary import Phase

AT_ONCE = 24
PAGE = 200


@dataclass(frozen=True)
class Part:
    """What is still to be asked for one person. `case_id`: known where an earlier run made the case."""

    person: Person
    steps: Sequence[Step]
    case_id: str | None = None

    @property
    def questions(self) -> int:
        return sum(step.times for step in self.steps)


@dataclass
class Tally:
    """What came of it. `refused`: by code, `why`: one message per code. `unexpected`: where an answer was not what the script says."""

    cases: dict[int, str] = field(default_factory=dict)
    asked: int = 0
    recorded: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    why: dict[str, Problem] = field(default_factory=dict)
    last_position: int = 0
    seconds: float = 0.0
    unexpected: list[str] = field(default_factory=list)


Callers = Mapping[str, Client]
"""Who asks, by staff id."""


async def remaining(callers: Callers, town: Sequence[Person], seed: int = SEED) -> list[Part]:
    """What earlier runs have not played to the end. The last command of a person that is recorded tells where to go on."""

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

    parts = iter(town)
    found: list[Part] = []

    async def lane() -> None:
        for person in parts:
            found.append(await of(person))

    await asyncio.gather(*(lane() for _ in range(AT_ONCE)))
    return sorted(found, key=lambda part: part.person.number)


async def play(callers: Callers, parts: Sequence[Part], on_answer: Callable[[], None]) -> Tally:
    """Asks everything that remains. `on_answer` is called after each answer. Raises OutcomeUnknownError when patience ends."""
    tally, started, waiting = Tally(), monotonic(), iter(parts)

    async def lane() -> None:
        for part in waiting:
            await _life(callers, part, tally, on_answer)

    await asyncio.gather(*(lane() for _ in range(AT_ONCE)))
    tally.seconds = monotonic() - started
    return tally


async def _life(callers: Callers, part: Part, tally: Tally, on_answer: Callable[[], None]) -> None:
    case_id = part.case_id
    if case_id:
        tally.cases[part.person.number] = case_id
    for step in part.steps:
        answers = []
        for _ in range(step.times):
            answers.append(await _asked(callers[step.by.id], case_id, step))
            on_answer()
        answer = answers[0]
        _count(tally, step, answers)
        if isinstance(answer, Problem):
            if step.refused is None:
                return
        elif case_id is None:
            case_id = tally.cases[part.person.number] = answer.stream_id


async def _asked(caller: Client, case_id: str | None, step: Step) -> Receipt | Problem:
    body = step.command.model_dump(mode="json", exclude_none=True)
    if case_id is None:
        return await caller.register(body, key=step.key)
    return await caller.submit(case_id, body, key=step.key, seen=step.seen)


def _count(tally: Tally, step: Step, answers: Sequence[Receipt | Problem]) -> None:
    first = answers[0]
    tally.asked += len(answers)
    tally.repeated += len(answers) - 1
    if any(again != first for again in answers[1:]):
        tally.unexpected.append(f"{step.key} {step.command.kind}: asked again, the answer was another one")
    if isinstance(first, Receipt):
        tally.recorded += len(first.events)
        tally.last_position = max(tally.last_position, first.position)
    else:
        tally.refused[first.code] += 1
        tally.why.setdefault(first.code, first)
    code = first.code if isinstance(first, Problem) else None
    if code != step.refused:
        tally.unexpected.append(
            f"{step.key} {step.command.kind}: {code or 'recorded'} instead of {step.refused or 'recorded'}"
        )


@dataclass
class Standing:
    """Where all cases of some providers stand. `late`: a deadline is over and not met."""

    phases: Counter[str] = field(default_factory=Counter)
    events: int = 0
    late: int = 0

    def by_phase(self) -> dict[str, int]:
        """In the order of a case's life."""
        return {phase.value: self.phases[phase.value] for phase in Phase if self.phases[phase.value]}


async def standing(overseers: Iterable[Client], after: int) -> Standing:
    """As their lists of cases say, once they have seen the position `after`. Raises UnreachableError."""
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
    return found


def people_of(town: Sequence[Person], seed: int = SEED) -> dict[str, Actor]:
    """Everybody who asks for anything in the town, by staff id."""
    return {step.by.id: step.by for person in town for step in steps(person, seed)}
