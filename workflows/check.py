"""Whether what runs can go on under the code of this build: replayed in several processes, and compared with what it should lead to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from temporalio.client import Client

from workflows import open_histories
from workflows.checkpoint import CheckpointWorkflow
from workflows.histories import Known, Replayed, Saved, has_ended, replay_all, saved
from workflows.kinds import WORKFLOWS
from workflows.rebuild import RebuildWorkflow
from workflows.reconcile import ReconcileWorkflow

TYPES: tuple[type, ...] = (*WORKFLOWS.values(), CheckpointWorkflow, ReconcileWorkflow, RebuildWorkflow)
"""Every workflow type of this build, whichever worker runs it."""
TOGETHER = 32
WAITING = 4
LOOKS = 3
BETWEEN_LOOKS_S = 1.0

Truth = Callable[[Sequence[str]], Mapping[str, Known]]
"""What the event store says of stories; of one that it does not know, nothing."""
OnReplayed = Callable[[Saved, Replayed], None]


@dataclass(frozen=True)
class Difference:
    """`replay`: what replaying leads to. `truth`: what it should lead to, by the event store or by what was saved."""

    workflow_id: str
    kind: str
    replay: Known
    truth: Known


@dataclass
class Found:
    replayed: list[Replayed] = field(default_factory=list)
    differing: list[Difference] = field(default_factory=list)

    @property
    def failed(self) -> list[Replayed]:
        return [each for each in self.replayed if each.divergence is not None]

    def add(self, more: "Found") -> None:
        self.replayed += more.replayed
        self.differing += more.differing

    @property
    def well(self) -> bool:
        return not (self.failed or self.differing)


@dataclass(frozen=True)
class Check:
    """Over `processes`, an executor of as many processes as `at_once`. `on_replayed` is told of each."""

    processes: Executor
    at_once: int
    types: Sequence[type] = TYPES
    on_replayed: OnReplayed = lambda *_: None

    async def of_saved(self, histories: Iterable[Saved]) -> Found:
        """Compared with what they led to when they were saved, where that is known."""

        async def each() -> AsyncIterator[Saved]:
            for history in histories:
                yield history

        led_to: dict[str, Known] = {}
        found = Found([each async for each in self._replayed(_noting(each(), led_to))])
        found.differing = _differing(found.replayed, led_to)
        return found

    async def of_running(self, client: Client, task_queues: Sequence[str], truth: Truth) -> Found:
        """Compared with the event store. Where that has just gone on, a second look tells whether the workflow has followed."""
        workflow_ids = await open_histories.listed(client, task_queues)
        found = Found([each async for each in self._replayed(_latest(client, workflow_ids))])
        compared = [each.workflow_id for each in found.replayed if each.known is not None]
        found.differing = _differing(found.replayed, await _all_of(truth, compared))
        for _ in range(LOOKS - 1):
            if not found.differing:
                break
            await asyncio.sleep(BETWEEN_LOOKS_S)
            doubtful = [each.workflow_id for each in found.differing]
            again = [each async for each in self._replayed(_latest(client, doubtful))]
            found.differing = _differing(again, await _all_of(truth, doubtful))
        return found

    async def _replayed(self, histories: AsyncIterator[Saved]) -> AsyncIterator[Replayed]:
        """In batches; only a few wait at any time, so that memory stays bounded."""
        under_way: dict[asyncio.Future[list[Replayed]], list[Saved]] = {}
        loop = asyncio.get_running_loop()
        async for batch in _batches(histories):
            under_way[loop.run_in_executor(self.processes, replay_all, batch, self.types)] = batch
            if len(under_way) >= WAITING * self.at_once:
                done, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    for replayed in self._told(under_way.pop(each), each.result()):
                        yield replayed
        for each, batch in under_way.items():
            for replayed in self._told(batch, await each):
                yield replayed

    def _told(self, histories: Sequence[Saved], replayed: Sequence[Replayed]) -> Sequence[Replayed]:
        for history, each in zip(histories, replayed, strict=True):
            self.on_replayed(history, each)
        return replayed


async def _all_of(truth: Truth, workflow_ids: Sequence[str]) -> Mapping[str, Known]:
    return dict.fromkeys(workflow_ids, Known(0, None)) | dict(await asyncio.to_thread(truth, workflow_ids))


async def _latest(client: Client, workflow_ids: Sequence[str]) -> AsyncIterator[Saved]:
    async for history in open_histories.fetched(client, workflow_ids):
        if not has_ended(history):
            yield saved(history)


async def _noting(histories: AsyncIterator[Saved], led_to: dict[str, Known]) -> AsyncIterator[Saved]:
    async for history in histories:
        if history.led_to is not None:
            led_to[history.workflow_id] = history.led_to
        yield history


async def _batches(histories: AsyncIterator[Saved]) -> AsyncIterator[list[Saved]]:
    batch: list[Saved] = []
    async for history in histories:
        batch.append(history)
        if len(batch) == TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _differing(replayed: Iterable[Replayed], truth: Mapping[str, Known]) -> list[Difference]:
    return [
        Difference(each.workflow_id, each.kind, each.known, truth[each.workflow_id])
        for each in replayed
        if each.known is not None and truth.get(each.workflow_id, each.known) != each.known
    ]
