"""Whether the event store, the workflows and the read models agree; what is safe to mend is mended.

The event store is right. A workflow that should run and does not is started; one that waits for the wrong time, or has not heard of
the last events, asks anew. A workflow that knows more than the store is left alone: then the store has lost something.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

from temporalio import activity

LOOKS = 3
"""What is under way just now disagrees for a moment: only what still does at the last look counts."""
BETWEEN_LOOKS_S = 1.0
AT_ONCE = 32
LISTED = 100
LATE_S = 30.0


@dataclass(frozen=True)
class Stands:
    """What a workflow knows, or should know: the story's version, and when the clock comes next (ISO form, None: not at all)."""

    version: int
    at: str | None


@dataclass(frozen=True)
class Should(Stands):
    """What the event store says. `runs`: whether its workflow should run; of one that waits for nothing none has to."""

    runs: bool


@dataclass(frozen=True)
class Retold:
    """How far the read models are: events behind, age of the oldest of them in seconds, whether a follower is alive, cases that wait parked."""

    behind_events: int
    behind_s: float
    follower_alive: bool
    parked: int

    @property
    def well(self) -> bool:
        return self.follower_alive and self.behind_s <= LATE_S and not self.parked


class Fault(StrEnum):
    MISSING = "missing"
    BEHIND = "behind"
    AHEAD = "ahead"
    CLOCK = "clock"
    SILENT = "silent"


SAFE = frozenset({Fault.MISSING, Fault.BEHIND, Fault.CLOCK})
"""What may be mended without anybody looking."""


@dataclass(frozen=True)
class Finding:
    stream_id: str
    fault: Fault
    known: Stands | None
    should: Stands


class Side(Protocol):
    """Both sides, and what brings them together again. Every exception is a fault: the next run comes."""

    async def should(self, only: Sequence[str] | None) -> Mapping[str, Should]:
        """By the event store: of all stories, or of those named."""
        ...

    async def running(self) -> set[str]:
        """The workflows that Temporal lists as running; one that was started a moment ago may be missing."""
        ...

    async def known(self, stream_id: str) -> Stands | None:
        """What the workflow knows; None where none runs. Raises SilentError where it gives no answer."""
        ...

    async def start(self, stream_ids: Sequence[str]) -> None:
        """Starts workflows from the event store; one that runs already goes on."""
        ...

    async def refresh(self, stream_id: str) -> None:
        """Makes a workflow ask the event store where it stands."""
        ...

    async def retold(self) -> Retold: ...

    async def keep(self, report: dict[str, Any]) -> None:
        """Keeps the report, so that it can be seen later."""
        ...


class SilentError(Exception):
    """A workflow that runs gives no answer."""


@dataclass(frozen=True)
class Reconciliation:
    side: Side
    pause_s: float = BETWEEN_LOOKS_S

    @activity.defn(name="reconcile")
    async def reconcile(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`asked`: {`repair`: whether to mend what is safe}. The report as JSON; of each fault at most a hundred findings are listed."""
        should = await self.side.should(None)
        running = await self.side.running()
        findings = await self._differing({each for each in should if should[each].runs or each in running}, should)
        for _ in range(LOOKS - 1):
            if not findings:
                break
            await asyncio.sleep(self.pause_s)
            doubtful = [each.stream_id for each in findings]
            findings = await self._differing(doubtful, await self.side.should(doubtful))
        repaired = await self._mended(findings) if asked["repair"] else 0
        retold = await self.side.retold()
        report = {
            "well": not findings and retold.well,
            "stories": len(should),
            "workflows": sum(each in running for each in should),
            "repaired": repaired,
            "counts": {fault.value: sum(each.fault is fault for each in findings) for fault in Fault},
            "findings": [asdict(each) for fault in Fault for each in _some(findings, fault)],
            "read_models": asdict(retold),
        }
        await self.side.keep(report)
        if not report["well"]:
            activity.logger.warning("attention: reconciled: %s, repaired %d, %s", report["counts"], repaired, retold)
        return report

    async def _differing(self, stream_ids: Iterable[str], should: Mapping[str, Should]) -> list[Finding]:
        turns = asyncio.Semaphore(AT_ONCE)

        async def look(stream_id: str) -> Finding | None:
            async with turns:
                return await self._found(stream_id, should[stream_id])

        looked = await asyncio.gather(*(look(each) for each in sorted(stream_ids) if each in should))
        return [each for each in looked if each is not None]

    async def _found(self, stream_id: str, should: Should) -> Finding | None:
        truth = Stands(should.version, should.at)
        try:
            known = await self.side.known(stream_id)
        except SilentError:
            return Finding(stream_id, Fault.SILENT, None, truth)
        if known is None:
            return Finding(stream_id, Fault.MISSING, None, truth) if should.runs else None
        if known == truth:
            return None
        fault = Fault.CLOCK
        if known.version != truth.version:
            fault = Fault.BEHIND if known.version < truth.version else Fault.AHEAD
        return Finding(stream_id, fault, known, truth)

    async def _mended(self, findings: Sequence[Finding]) -> int:
        safe = [each for each in findings if each.fault in SAFE]
        await self.side.start([each.stream_id for each in safe if each.fault is Fault.MISSING])
        for each in safe:
            if each.fault is not Fault.MISSING:
                await self.side.refresh(each.stream_id)
        return len(safe)


def _some(findings: Sequence[Finding], fault: Fault) -> list[Finding]:
    return [each for each in findings if each.fault is fault][:LISTED]
