"""`lotse demo --life`: one person's three years before your eyes, on a real Temporal that skips the time in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

from rich.console import Console

from cli.client import Client, Problem, Receipt, connected
from cli.life import FIRST, SECOND, SUPERVISOR, Act, acts
from cli.life_told import OfTheClock, Teller
from domain.deadlines import local_day, start_of
from domain.envelopes import Actor
from infra import postgres, temporal, tokens
from infra.event_store import EventStore
from infra.settings import Settings, database_url, token_key
from infra.time_skipping import OwnTime

NOON = timedelta(hours=12)
PATIENCE_S = 60.0
A_YEAR = timedelta(days=365)


@dataclass
class Lived:
    """What came of it. `by_the_clock`: stages of deadlines, as they were recorded. `timeline`: how many entries the API shows."""

    teller: Teller
    page: str
    token: str
    case_id: str
    length: timedelta
    seconds: float
    events: int
    by_the_clock: Sequence[str]
    refused: Sequence[str]
    timeline: int
    unexpected: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        return {
            "case_id": self.case_id,
            "days": self.length.days,
            "seconds": round(self.seconds, 1),
            "events": self.events,
            "by_the_clock": list(self.by_the_clock),
            "refused": list(self.refused),
            "timeline": self.timeline,
            "unexpected": list(self.unexpected),
        }

    def show(self) -> None:
        self.teller.end(
            years=self.length // A_YEAR,
            seconds=self.seconds,
            events=self.events,
            clock=len(self.by_the_clock),
            timeline=self.timeline,
        )
        self.teller.where(self.page, self.token)


async def live(settings: Settings, api_url: str, console: Console, language: str) -> Lived:
    """Plays the life and tells it. Raises RPCError where the server lets no time be skipped, UnreachableError or OutcomeUnknownError."""
    key, teller = token_key(settings), Teller(console, language)

    def token(actor: Actor) -> str:
        return tokens.issue(key, subject=actor.id, role=actor.role, provider=actor.provider)

    async with connected(api_url, token(SUPERVISOR), patience_s=PATIENCE_S) as client:
        callers = {actor.id: client.bearing(token(actor)) for actor in (FIRST, SECOND, SUPERVISOR)}
        time = OwnTime(await temporal.connect(settings))
        started = monotonic()
        with postgres.pool(database_url(settings), 1) as pool:
            life = _Life(callers, time, EventStore(pool), teller)
            await teller.title()
            for act in acts(uuid4(), life.first):
                await life.go_on(act)
        return Lived(
            teller=teller,
            page=f"{api_url}/cases/{life.case_id}",
            token=client.token,
            case_id=life.case_id,
            length=life.today - life.first,
            seconds=monotonic() - started,
            events=life.version,
            by_the_clock=life.by_the_clock,
            refused=life.refused,
            timeline=await _timeline(client, life.case_id, life.position),
            unexpected=life.unexpected,
        )


@dataclass
class _Life:
    """Where the life stands."""

    callers: Mapping[str, Client]
    time: OwnTime
    store: EventStore
    teller: Teller
    first: date = field(default_factory=lambda: local_day(datetime.now(UTC)))
    today: date = date.min
    case_id: str = ""
    version: int = 0
    position: int = 0
    by_the_clock: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    async def go_on(self, act: Act) -> None:
        """Time passes until the day of the act, and the act is done."""
        self.today = self.first + timedelta(days=act.day)
        if self.case_id:
            await self.time.until(self.case_id, start_of(self.today) + NOON)
            await self._tell_clock()
        await self.teller.act(self.today, act.told)
        for command in act.commands:
            body = command.model_dump(mode="json", exclude_none=True)
            answer = await self._asked(self.callers[act.by.id], body)
            await self._note(answer, act, last=command is act.commands[-1])

    async def _asked(self, caller: Client, body: Mapping[str, Any]) -> Receipt | Problem:
        key = f"life-{uuid4()}"
        if self.case_id:
            return await caller.submit(self.case_id, body, key=key)
        return await caller.register(body, key=key)

    async def _note(self, answer: Receipt | Problem, act: Act, *, last: bool) -> None:
        code = answer.code if isinstance(answer, Problem) else None
        if code != (act.refused if last else None):
            self.unexpected.append(code or f"{act.refused} was not refused")
            await self.teller.unexpected(self.unexpected[-1])
        elif isinstance(answer, Problem):
            self.refused.append(answer.code)
            await self.teller.refusal(answer)
        if isinstance(answer, Receipt):
            self.case_id, self.version, self.position = answer.stream_id, answer.version, answer.position
            if last:
                await self.teller.receipt(answer)

    async def _tell_clock(self) -> None:
        """What was recorded since the last act; nobody but the clock could."""
        for recorded in self.store.load(self.case_id)[self.version :]:
            self.version = recorded.version
            if isinstance(recorded.event, OfTheClock):
                self.by_the_clock.append(f"{recorded.event.deadline}:{recorded.name}")
                await self.teller.clock(recorded.effective_on, recorded.event)


async def _timeline(client: Client, case_id: str, position: int) -> int:
    """How many entries the API shows of a case, once the read models have seen a position."""
    seen, last = 0, 0
    while events := (await client.look(f"/v1/cases/{case_id}/history", after_version=last, after=position))["events"]:
        seen, last = seen + len(events), events[-1]["version"]
    return seen
