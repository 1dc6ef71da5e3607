"""`python -m benchmarks.histories`: how fast `lotse workflows check` replays histories, beside the SDK's replayer as it comes.

Without fetching: that is Temporal's time. The histories are the golden ones of cases (15 to 89 events), again and again.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from benchmarks.measure import machine
from tests.workflows import golden
from workers.sandbox import SANDBOX
from workflows.check import TOGETHER, TYPES, Check
from workflows.histories import saved


async def ours(histories: Sequence[WorkflowHistory], processes: int) -> float:
    """Histories in a second, once the processes are there: so the first round is not counted."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        check = Check(pool, processes)
        await check.of_saved([saved(each) for each in histories[: TOGETHER * processes]])
        start = time.perf_counter()
        found = await check.of_saved([saved(each) for each in histories])
        assert found.well  # noqa: S101 - else it measures something else
        return len(histories) / (time.perf_counter() - start)


async def theirs(histories: Sequence[WorkflowHistory]) -> float:
    async def each() -> AsyncIterator[WorkflowHistory]:
        for history in histories:
            yield history

    start = time.perf_counter()
    await Replayer(workflows=TYPES, workflow_runner=SANDBOX).replay_workflows(each())
    return len(histories) / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.histories", description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    cases = [golden.kept(name)[0] for name in golden.names() if name.startswith("case")]
    histories = [cases[n % len(cases)] for n in range(asked.histories)]
    per_second = asyncio.run(ours(histories, asked.processes))
    one = asyncio.run(theirs(histories[: asked.histories // 4]))
    figures = {
        "processes": asked.processes,
        "histories_per_s": round(per_second, 1),
        "sdk_in_one_process": round(one, 1),
        "ratio": round(per_second / one, 2),
    }
    print(json.dumps({"machine": machine(), "load": os.getloadavg()[0], "workflows_check": figures}))


if __name__ == "__main__":
    main()
