"""The replay worker: takes steps of replays, one at a time. As many as there are cores, on as many machines as there are, help with one replay."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities.rebuild import Replay
from infra import logging, temporal
from infra.settings import Settings, database_url, load_settings
from projections import plans, rebuild
from projections.catalogue import READ_MODELS
from projections.compare import compare
from projections.tables import Models
from workers.sandbox import SANDBOX
from workflows.rebuild import RebuildWorkflow

# Events come and go by reference counting: looking for cycles among them would take a fifth of the time.
COLLECT_AT = (500_000, 20, 100)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Steps:
    """`activities.rebuild.Replaying` over PostgreSQL, a connection for each step."""

    url: str
    models: Models
    worker: str

    def begin(self, plan: int) -> int:
        with rebuild.connect(self.url) as connection:
            try:
                return rebuild.begin(connection, plan, self.models)
            except rebuild.PlanGoneError:
                raise _gone() from None

    def names(self, plan: int) -> list[str]:
        with rebuild.connect(self.url) as connection:
            found = plans.look(connection, plan)
        return list(found.names) if found else []

    def tell_range(self, plan: int, number: int) -> int:
        with rebuild.connect(self.url) as connection:
            try:
                return rebuild.tell_range(connection, plan, number, self.worker, self.models)
            except rebuild.PlanGoneError:
                raise _gone() from None

    def finish(self, plan: int, name: str) -> None:
        with rebuild.connect(self.url) as connection:
            plans.reached(connection, plan, "indexes")
            rebuild.finish(connection, plan, name, self.models)

    def catch_up(self, plan: int) -> None:
        with rebuild.connect(self.url) as connection:
            plans.reached(connection, plan, "catch_up")
            rebuild.catch_up(connection, plan, self.models)

    def compare(self, plan: int) -> None:
        with rebuild.connect(self.url) as connection:
            plans.reached(connection, plan, "comparison")
            plans.compared(connection, plan, compare(connection, plan, self.models))

    def discard(self, plan: int) -> None:
        with rebuild.connect(self.url) as connection:
            plans.discard(connection, plan)


def _gone() -> ApplicationError:
    return ApplicationError("PLAN_GONE", type="PlanGone", non_retryable=True)


@asynccontextmanager
async def replay_worker(
    client: Client, settings: Settings, *, models: Models = READ_MODELS, name: str | None = None
) -> AsyncIterator[Worker]:
    """The worker, running, its needs joined."""
    steps = Steps(database_url(settings), models, name or f"{socket.gethostname()}:{os.getpid()}")
    replay = Replay(steps)
    with ThreadPoolExecutor(1) as threads:
        async with Worker(
            client,
            task_queue=settings.replay_queue,
            workflows=[RebuildWorkflow],
            activities=[
                replay.begin,
                replay.tell_range,
                replay.finish,
                replay.catch_up,
                replay.compare,
                replay.discard,
            ],
            activity_executor=threads,
            workflow_runner=SANDBOX,
            max_concurrent_activities=1,
            graceful_shutdown_timeout=timedelta(seconds=30),
        ) as worker:
            yield worker


async def main() -> None:
    settings = load_settings()
    logging.configure(settings, "replay-worker")
    gc.freeze()
    gc.set_threshold(*COLLECT_AT)
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with replay_worker(await temporal.connect(settings), settings):
        log.info("replay_worker_ready", task_queue=settings.replay_queue)
        await stop.wait()
    log.info("replay_worker_stopped")


if __name__ == "__main__":
    asyncio.run(main())
