"""Plays the town through the public API: the house first, then many persons beside each other, the commands of one case in order."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from cli.client import Client, Problem, Receipt
from cli.demo_rest import AT_ONCE, Callers, Part, Rest
from cli.town import Step
from cli.town_house import Chain, Known, Look, Move
from domain.refusals import Refusal
from domain.story import Command

AGAIN_S = 0.1
HEARD_WITHIN_S = 60.0
"""What one story tells another is heard long before."""


@dataclass
class Tally:
    """What came of it. `refused`: by code, `why`: one message per code. `unexpected`: where an answer was not what the script says."""

    known: Known = field(default_factory=Known)
    asked: int = 0
    recorded: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    why: dict[str, Problem] = field(default_factory=dict)
    last_position: int = 0
    seconds: float = 0.0
    unexpected: list[str] = field(default_factory=list)

    @property
    def cases(self) -> dict[int, str]:
        return self.known.cases

    def count(self, key: str, kind: str, expected: Refusal | None, answers: Sequence[Receipt | Problem]) -> bool:
        """Whether the answers were as the script says."""
        first = answers[0]
        self.asked += len(answers)
        self.repeated += len(answers) - 1
        if any(again != first for again in answers[1:]):
            self.unexpected.append(f"{key} {kind}: asked again, the answer was another one")
        if isinstance(first, Receipt):
            self.recorded += len(first.events)
            self.last_position = max(self.last_position, first.position)
        else:
            self.refused[first.code] += 1
            self.why.setdefault(first.code, first)
        code = first.code if isinstance(first, Problem) else None
        if code != expected:
            self.unexpected.append(f"{key} {kind}: {code or 'recorded'} instead of {expected or 'recorded'}")
        return code == expected


async def play(callers: Callers, rest: Rest, on_answer: Callable[[], None]) -> Tally:
    """Asks everything that remains. `on_answer` is called after each answer. Raises OutcomeUnknownError when patience ends."""
    tally, started = Tally(rest.known), monotonic()
    playing = _Playing(callers, tally, on_answer)
    await playing.chain(rest.founded)
    await _beside_each_other(playing.begin(part) for part in rest.parts if part.case_id is None)
    await asyncio.gather(*(playing.chain(chain) for chain in rest.admitted))
    await _beside_each_other(playing.live(part) for part in rest.parts)
    await asyncio.gather(*(playing.chain(chain) for chain in rest.stories))
    tally.seconds = monotonic() - started
    return tally


async def _beside_each_other(parts: Iterable[Awaitable[None]]) -> None:
    waiting = iter(parts)

    async def lane() -> None:
        for part in waiting:
            await part

    await asyncio.gather(*(lane() for _ in range(AT_ONCE)))


@dataclass(frozen=True)
class _Playing:
    callers: Callers
    tally: Tally
    on_answer: Callable[[], None]

    async def begin(self, part: Part) -> None:
        """The person is registered: that makes the case."""
        await self._step(part, part.steps[0])

    async def live(self, part: Part) -> None:
        """The rest of a person's steps, as long as the answers are those of the script."""
        if part.person.number not in self.tally.cases:
            return
        for step in part.steps[0 if part.case_id else 1 :]:
            if not await self._step(part, step) and step.refused is None:
                return

    async def chain(self, chain: Chain) -> None:
        """One after the other, up to the first answer that the script does not say."""
        for move in chain:
            try:
                as_expected = await (self._look(move) if isinstance(move, Look) else self._move(move))
            except KeyError as unknown:
                self.tally.unexpected.append(f"{unknown} is not known: it was not recorded")
                return
            if not as_expected:
                return

    async def _step(self, part: Part, step: Step) -> bool:
        caller, number, answers = self.callers[step.by.id], part.person.number, list[Receipt | Problem]()
        for _ in range(step.times):
            answers.append(await self._asked(caller, number, step.command, step.key, step.seen))
            self.on_answer()
        if isinstance(answers[0], Receipt):
            self.tally.cases[number] = answers[0].stream_id
        return self.tally.count(step.key, step.command.kind, step.refused, answers)

    async def _move(self, move: Move) -> bool:
        command, end = move.command(self.tally.known), monotonic() + HEARD_WITHIN_S
        while True:
            answer = await self._asked(self.callers[move.by.id], move.to, command, move.key)
            if not isinstance(answer, Problem) or answer.code != move.not_yet or monotonic() > end:
                break
            await asyncio.sleep(AGAIN_S)
        self.on_answer()
        if isinstance(answer, Receipt):
            self.tally.known.note(move.key, move.to, answer)
        return self.tally.count(move.key, command.kind, move.refused, [answer])

    async def _look(self, look: Look) -> bool:
        end = monotonic() + HEARD_WITHIN_S
        while True:
            shown = await self.callers[look.by.id].look(f"/v1/{look.path}", after=self.tally.last_position)
            if look.holds(shown, self.tally.known):
                return True
            if monotonic() > end:
                self.tally.unexpected.append(f"{look.path}: what should follow did not come within {HEARD_WITHIN_S} s")
                return False
            await asyncio.sleep(AGAIN_S)

    async def _asked(
        self, caller: Client, to: int | str, command: Command, key: str, seen: int | None = None
    ) -> Receipt | Problem:
        body = command.model_dump(mode="json", exclude_none=True)
        if isinstance(to, str):
            return await caller.ask_house(to, body, key=key)
        if case_id := self.tally.cases.get(to):
            return await caller.submit(case_id, body, key=key, seen=seen)
        return await caller.register(body, key=key)
