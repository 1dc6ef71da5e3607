"""The town's house on paper: the rules alone, in memory, behind the real client. What follows from one story in another follows at once, and the clock stands."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from cli.client import Client, Receipt
from cli.demo_rest import STAFF, Callers
from domain import lifecycle
from domain.catalogue import command_from
from domain.envelopes import Actor, FollowUp, Recorded, RecordedEvent, Submitted, staff_id, unit_id
from domain.kinds import kind_of
from domain.refusals import Refusal, Refused
from domain.story import State
from domain.unit import Unit
from tests.examples import noon, occasion, sealed, unseal

PLAYED_ON = date(2026, 3, 2)


@dataclass
class Paper:
    """`states` and `stories` by stream, `receipts` by key."""

    states: dict[str, State] = field(default_factory=dict)
    stories: dict[str, list[Recorded]] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    @asynccontextmanager
    async def callers(self) -> AsyncIterator[Callers]:
        """Everybody of the town; a staff id is a token here."""
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.answer), base_url="http://paper") as http:
            yield {name: Client(http, name) for name in STAFF}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """As the API answers."""
        by = STAFF[request.headers["Authorization"].removeprefix("Bearer ")]
        path = request.url.path.removeprefix("/v1/").split("/")
        if request.method == "GET":
            return self._shown(path)
        key, seen = request.headers["Idempotency-Key"], request.headers.get("If-Match")
        body, stream_id = json.loads(request.content), self._stream(path)
        try:
            receipt = self.receipts.get(key) or self._record(key, stream_id, by, body, seen and int(seen.strip('"')))
        except Refused as refused:
            return httpx.Response(409, json={"status": 409, "code": refused.code.value})
        return httpx.Response(200, json=receipt.model_dump(mode="json"))

    def unit(self, municipality: str, provider: str) -> Unit:
        unit: Any = self.states[unit_id(municipality, provider)]
        assert isinstance(unit, Unit)
        return unit

    def names(self, stream_id: str) -> list[str]:
        """Of the events of a story."""
        return [recorded.name for recorded in self.stories[stream_id]]

    def _stream(self, path: list[str]) -> str:
        match path:
            case ["units", municipality, provider, "commands"]:
                return unit_id(municipality, provider)
            case ["staff", manager, "commands"]:
                return staff_id(manager)
            case ["cases", case_id, "commands"]:
                return case_id
        return f"case-00000000-0000-7000-8000-{len(self.stories):012}"

    def _shown(self, path: list[str]) -> httpx.Response:
        if path[0] == "commands":
            receipt = self.receipts.get(path[1])
            return (
                httpx.Response(200, json=receipt.model_dump(mode="json")) if receipt else httpx.Response(404, json={})
            )
        unit = self.unit(*path[1:])
        numbers = {"heads": unit.heads(PLAYED_ON), "reserved": unit.reserved, "free": unit.free(PLAYED_ON)}
        return httpx.Response(200, json={"board": numbers, "incoming": dict.fromkeys(unit.incoming)})

    def _state(self, stream_id: str) -> State:
        state: State = self.states.get(stream_id) or kind_of(stream_id).state()
        return state

    def _record(self, key: str, stream_id: str, by: Actor, body: dict[str, Any], seen: int | None = None) -> Receipt:
        submitted = Submitted(
            command_id=key, stream_id=stream_id, actor=by, command=body, fingerprint="", expected_version=seen
        )
        here = occasion(by, noon(PLAYED_ON), opener=unseal, elsewhere=lambda other: self._state(other).copy())
        state = self._state(stream_id)
        recorded = lifecycle.decide(state, submitted, sealed(command_from(body)), here)
        self.states[stream_id] = lifecycle.replay(recorded, state)
        story = self.stories.setdefault(stream_id, [])
        story.extend(recorded)
        events = tuple(RecordedEvent(version=e.version, name=e.name, number=e.event.number()) for e in recorded)
        receipt = Receipt(stream_id=stream_id, version=state.version, position=0, events=events)
        if recorded:
            self.receipts[key] = receipt
        for told in lifecycle.follow_ups(state, recorded):
            self._tell(told)
        return receipt

    def _tell(self, told: FollowUp) -> None:
        if told.kind != "hand_over":
            return
        naming = told.about.get("cases_naming")
        streams = self._naming(**naming) if naming else [told.about["submitted"]["stream_id"]]
        for stream_id in streams:
            if stream_id != told.stream_id or not naming:
                refused = self._handed(told.about["submitted"], stream_id)
                if refused and "otherwise" in told.about:
                    self._handed(told.about["otherwise"], told.about["otherwise"]["stream_id"])

    def _handed(self, what: dict[str, Any], stream_id: str) -> Refusal | None:
        submitted = Submitted.model_validate(what)
        try:
            self._record(f"{submitted.command_id}:{stream_id}", stream_id, submitted.actor, submitted.command)
        except Refused as refused:
            return refused.code
        return None

    def _naming(self, field: str, value: str) -> list[str]:
        return [
            stream_id
            for stream_id, story in self.stories.items()
            if stream_id.startswith("case-") and any(getattr(r.event, field, None) == value for r in story)
        ]
