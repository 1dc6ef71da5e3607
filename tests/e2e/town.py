"""A few persons whose cases are opened and planned through the public API, by callers that never give up on a key."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

Body = dict[str, Any]

STEPS: Sequence[Body] = (
    {"kind": "ConfirmEligibility", "basis": "AU_FLUEAG", "title_code": "P25_2", "au_since": "2018-01-01", "evidence_seen": True},
    {"kind": "OpenCase", "municipality": "ravensburg", "effective_on": "2018-02-01"},
    {"kind": "RecordConsent", "scope": "COUNSELLING_DATA", "form": "WRITTEN", "language": "ar"},
    {"kind": "AssignManager", "manager_id": "im-01"},
    {"kind": "CompleteIntake", "mode": "HOME_VISIT", "effective_on": "2018-02-10"},
    {"kind": "RecordAssessment", "needs": [{"field": "WORK", "need": 2}], "intensity": "MED"},
    {"kind": "DraftPlan"},
    {"kind": "AddGoal", "field": "LANGUAGE", "text": "pass the B1 exam"},
    {"kind": "AddMeasure", "goal": 1, "text": "course twice a week", "party": "CLIENT"},
    {"kind": "AgreePlan", "client_agreed": True, "written_copy": "folder 7"},
)  # fmt: skip


@dataclass
class Load:
    """What the callers know: the receipt of every key that was acknowledged, and how often an answer was not known."""

    base_url: str
    token: str
    receipts: dict[str, Body] = field(default_factory=dict)
    unknown: int = 0
    on_receipt: Callable[[int], None] = lambda _: None

    async def play(self, persons: int, at_once: int) -> None:
        remaining = iter(range(persons))
        async with httpx.AsyncClient(base_url=self.base_url, timeout=15) as http:

            async def lane() -> None:
                for n in remaining:
                    await self._life(http, n)

            await asyncio.gather(*(lane() for _ in range(at_once)))

    async def _life(self, http: httpx.AsyncClient, n: int) -> None:
        person = {"kind": "RegisterPerson", "name": f"Person {n}", "birth_date": "1990-05-01"}
        case_id = (await self._until_known(http, "/v1/cases", f"p{n}-register", person))["stream_id"]
        for step, body in enumerate(STEPS):
            receipt = await self._until_known(http, f"/v1/cases/{case_id}/commands", f"p{n}-{step}", body)
            assert receipt["stream_id"] == case_id

    async def _until_known(self, http: httpx.AsyncClient, path: str, key: str, body: Body) -> Body:
        """Asks with the same key until the answer is known: "unknown" and a broken connection are asked again."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        for _ in range(200):
            try:
                answer = await http.post(path, json=body, headers=headers)
            except httpx.TransportError:
                self.unknown += 1
                await asyncio.sleep(0.2)  # the door itself is away
                continue
            if answer.status_code in (200, 201):
                receipt: Body = answer.json()
                self.receipts[key] = receipt
                self.on_receipt(len(self.receipts))
                return receipt
            assert answer.status_code == 503, f"{key}: {answer.status_code} {answer.text}"
            self.unknown += 1
            await asyncio.sleep(min(float(answer.headers["Retry-After"]), 0.5))
        raise AssertionError(f"{key}: never answered")
