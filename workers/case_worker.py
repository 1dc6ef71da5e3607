"""The case worker: runs the workflows of cases and units and writes their stories."""

import asyncio
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.worker import Worker

from activities.checkpoints import Checkpoints
from activities.hand_over import Handing
from activities.notices import Notices
from activities.policies import PublishedPolicies
from activities.reconcile import Reconciliation
from activities.record import Recorder
from infra import logging, postgres, temporal
from infra.auditor import NightlyAuditor
from infra.calendar import is_holiday
from infra.event_store import EventStore
from infra.follow_ups import FollowUpLedger
from infra.notice_board import NoticeBoard
from infra.seals import Keyring
from infra.settings import Settings, database_url, load_settings, master_key, signing_key
from workers.reconciling import BothSides
from workers.sandbox import SANDBOX, collect_rarely
from workflows.checkpoint import CheckpointWorkflow, schedule_checkpoints
from workflows.client import CaseClient
from workflows.kinds import WORKFLOWS
from workflows.reconcile import ReconcileWorkflow, schedule_reconciliations

THREADS = 16
CACHED_CASES = 2000
RUN = (*WORKFLOWS.values(), CheckpointWorkflow, ReconcileWorkflow)
"""The workflow types that this worker runs."""

log = structlog.get_logger(__name__)


@asynccontextmanager
async def case_worker(client: Client, settings: Settings, *, cached: int = CACHED_CASES) -> AsyncIterator[Worker]:
    """The worker, running, its needs joined. As many connections as threads, so that no activity waits for one."""
    url = database_url(settings)
    postgres.migrate(url)
    with ThreadPoolExecutor(THREADS) as threads, postgres.pool(url, THREADS) as connections:
        stories, keyring = EventStore(connections), Keyring(connections, master_key(settings))
        recorder = Recorder(stories, keyring, PublishedPolicies(stories), is_holiday)
        notices = Notices(NoticeBoard(connections))
        nightly = Checkpoints(NightlyAuditor(url, signing_key(settings)))
        handing = Handing(CaseClient(client, settings.task_queue), FollowUpLedger(connections))
        hourly = Reconciliation(BothSides(client, settings))
        async with Worker(
            client,
            task_queue=settings.task_queue,
            workflows=RUN,
            activities=[
                recorder.record,
                recorder.look,
                notices.notice,
                handing.hand_over,
                nightly.make_checkpoint,
                hourly.reconcile,
            ],
            activity_executor=threads,
            workflow_runner=SANDBOX,
            max_cached_workflows=cached,
            max_concurrent_activities=THREADS,
            max_concurrent_local_activities=THREADS,
            graceful_shutdown_timeout=timedelta(seconds=30),
        ) as worker:
            yield worker


async def main() -> None:
    settings = load_settings()
    logging.configure(settings, "case-worker")
    collect_rarely()
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    client = await temporal.connect(settings)
    async with case_worker(client, settings):
        await schedule_checkpoints(client, settings.task_queue)
        await schedule_reconciliations(client, settings.task_queue)
        log.info("case_worker_ready", task_queue=settings.task_queue, threads=THREADS)
        await stop.wait()
    log.info("case_worker_stopped")


if __name__ == "__main__":
    asyncio.run(main())
