"""`python -m benchmarks.replay`: telling all read models anew, following, comparing and switching, beside the yardsticks; writes `bench-replay.json`."""

import argparse
import asyncio
import json
import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import structlog
from temporalio.client import Client

from benchmarks import replay_data
from benchmarks.measure import machine, resident_mb
from benchmarks.replay_yardsticks import copied_per_s, runner_per_s
from infra.dev_parts import Process
from infra.dev_servers import Running, dev_services
from infra.event_format import GENESIS, stored_from
from infra.postgres import migrate
from infra.settings import Settings
from projections import follow, plans, rebuild, switch, tables
from projections.caseload import CASELOAD
from projections.catalogue import READ_MODELS
from projections.plans import Plan
from projections.timeline import TIMELINE
from workflows.replays import ReplayClient

NAMES = [model.name for model in READ_MODELS]


async def measure(cases: int, length: int, workers: int, seconds: float) -> dict[str, Any]:
    names = [f"replay-worker-{number}" for number in range(1, workers + 1)]
    processes = [Process(name=name, module="workers.replay_worker") for name in names]
    with tempfile.TemporaryDirectory(prefix="lotse-bench-") as folder:
        settings = Settings(data_dir=Path(folder) / "data", database_url=None)
        async with dev_services(settings, processes=processes, free_ports=True) as running:
            url = running.database_url
            migrate(url)
            begun = time.perf_counter()
            events = await asyncio.to_thread(replay_data.fill, url, cases, length)
            made_s = round(time.perf_counter() - begun, 1)
            copied = await asyncio.to_thread(copied_per_s, url)
            runners = {
                model.name: await asyncio.to_thread(runner_per_s, url, seconds, model) for model in (TIMELINE, CASELOAD)
            }
            followed = await asyncio.to_thread(followed_per_s, url, seconds)
            with memory(running, names) as resident:
                plan, _ = await planned(running)
                first = told(plan, events)
                await asyncio.to_thread(applied, url, plan)
                plan, forecast_off = await planned(running)
            wait_ms = await asyncio.to_thread(longest_wait_ms, url, plan)
            lag_s = await asyncio.to_thread(longest_lag_s, url, 1000, seconds)
    per_s = told(plan, events)["events_per_s"]
    return {
        "events": events,
        "cases": cases,
        "read_models": NAMES,
        "workers": workers,
        "data_made_s": made_s,
        "replay": told(plan, events),
        "replay_first": first,
        "copy_out_per_s": round(copied),
        "projection_runner_per_s": {name: round(each) for name, each in runners.items()},
        "replay_to_runner": {name: round(per_s / each, 1) for name, each in runners.items()},
        "replay_to_copy_out": round(per_s / copied, 2),
        "follower_per_s": round(followed),
        "follower_to_runner": {name: round(followed / each, 1) for name, each in runners.items()},
        "forecast_off_at_worst": round(forecast_off, 2),
        "comparison_s": (plan.comparison or {})["seconds"],
        "changed": sum(
            each["changed"] + each["new"] + each["gone"] for each in (plan.comparison or {})["models"].values()
        ),
        "switch_longest_wait_ms": wait_ms,
        "lag_at_1000_per_s_longest_s": lag_s,
        "worker_resident_mb": max(resident, default=0.0),
    }


async def planned(running: Running) -> tuple[Plan, float]:
    """A plan that is ready; and how far the forecast of its whole time was off at worst, after a tenth of the work."""
    replays = ReplayClient(await Client.connect(running.temporal_address), running.settings.replay_queue)
    forecasts: list[float] = []
    with rebuild.connect(running.database_url) as connection:
        number = plans.plan(connection, NAMES, "bench", "a measurement")
        begun = time.perf_counter()
        await replays.start(number, 32)
        finished = asyncio.create_task(replays.finished(number))
        while not finished.done():
            progress = plans.progress(connection, number)
            if progress.events * 0.1 < progress.told < progress.events and progress.left_s is not None:
                forecasts.append(time.perf_counter() - begun + progress.left_s)
            await asyncio.sleep(0.2)
        took = time.perf_counter() - begun
        plan = plan_again(connection, number)
    return plan, max((abs(each - took) / took for each in forecasts), default=0.0)


def told(plan: Plan, events: int) -> dict[str, float]:
    """From the beginning of the plan until it had caught up, indexes included, the comparison not."""
    assert plan.told_at is not None and plan.ready_at is not None and plan.comparison is not None  # noqa: S101, PT018
    seconds = (plan.ready_at - plan.begun_at).total_seconds() - plan.comparison["seconds"]
    ranges = (plan.told_at - plan.begun_at).total_seconds()
    return {
        "events_per_s": round(events / seconds),
        "seconds": round(seconds, 2),
        "ranges_s": round(ranges, 2),
        "indexes_s": round(seconds - ranges, 2),
    }


def followed_per_s(url: str, seconds: float) -> float:
    """Events per second of one live follower that keeps all read models, from the first event on."""
    with follow.connect(url) as connection:
        tables.prepare(connection)
        begun, done = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds and (moved := follow.advance(connection)):
            done += moved
        return done / (time.perf_counter() - begun)


def applied(url: str, plan: Plan) -> None:
    with rebuild.connect(url) as connection:
        rebuild.catch_up(connection, plan.id)
        switch.apply(connection, plan, "bench", "a measurement", force=True)
        switch.drop(connection, plan_again(connection, plan.id), "bench", "a measurement")


def plan_again(connection: psycopg.Connection[Any], number: int) -> Plan:
    found = plans.look(connection, number)
    assert found is not None  # noqa: S101 - it was just there
    return found


def longest_wait_ms(url: str, plan: Plan) -> float:
    """Of a reader who looks at a list a hundred times a second while a plan is applied, taken back and applied again."""
    waits: list[float] = []
    over = threading.Event()

    def read() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.wait(0.01):
                begun = time.perf_counter()
                rows = connection.execute("SELECT case_id, phase FROM caseload ORDER BY case_id LIMIT 50").fetchall()
                assert rows  # noqa: S101 - never a gap
                waits.append(time.perf_counter() - begun)

    reader = threading.Thread(target=read)
    reader.start()
    with rebuild.connect(url) as connection:
        time.sleep(0.5)
        switch.apply(connection, plan, "bench", "a measurement", force=True)
        time.sleep(0.5)
        switch.roll_back(connection, plan_again(connection, plan.id), "bench", "a measurement", force=True)
        switch.apply(connection, plan_again(connection, plan.id), "bench", "a measurement", force=True)
        time.sleep(0.5)
        over.set()
        reader.join()
        switch.drop(connection, plan_again(connection, plan.id), "bench", "a measurement")
    return round(max(waits) * 1000, 1)


def longest_lag_s(url: str, per_s: int, seconds: float) -> float:
    """How long an event waits at most until all read models show it, at a steady rate of new events, one follower."""
    stop = threading.Event()
    follower = threading.Thread(target=follow.follow, args=(url, stop))
    follower.start()
    lags: list[float] = []
    waiting: list[tuple[int, float]] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        story = replay_data.life(1, 100)
        begun, count = time.perf_counter(), 0
        while (now := time.perf_counter()) - begun < seconds:
            while count < (now - begun) * per_s:
                waiting.append((_appended(connection, story, count), time.perf_counter()))
                count += len(story) // 10
            (position,) = connection.execute("SELECT min(position) FROM read_model WHERE live").fetchall()[0]
            lags += [time.perf_counter() - at for each, at in waiting if each <= position]
            waiting = [each for each in waiting if each[0] > position]
            time.sleep(0.005)
    stop.set()
    follower.join()
    return round(max([*lags, *(time.perf_counter() - at for _, at in waiting)]), 2)


def _appended(connection: psycopg.Connection[Any], story: Any, count: int) -> int:
    """The next ten events of some case, in one transaction, as commands come in. Their chains are of no matter here."""
    nth = count // 10 % 10
    stream = f"case-bench-{count // 100}"
    own = [stored_from(each, GENESIS) for each in story[nth * 10 : nth * 10 + 10]]
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
        cursor.executemany(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (%s, %s, %s, %s)",
            [(stream, each.originator_version, each.topic, each.state) for each in own],
        )
        cursor.execute("NOTIFY stored_events")
        return int(cursor.execute("SELECT max(notification_id) FROM stored_events").fetchall()[0][0])


@contextmanager
def memory(running: Running, names: list[str]) -> Iterator[list[float]]:
    """Resident memory of workers in MB, as long as it lasts."""
    seen: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.25):
            seen.extend(resident_mb(running.pid(name)) for name in names if name in running.pids)

    watch = threading.Thread(target=look)
    watch.start()
    yield seen
    over.set()
    watch.join()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--length", type=int, default=100, help="events of a case")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each yardstick")
    parser.add_argument("--out", type=Path, default=Path("bench-replay.json"))
    asked = parser.parse_args()
    os.environ.pop("LOTSE_DATABASE_URL", None)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    figures = asyncio.run(measure(asked.cases, asked.length, asked.workers, asked.seconds))
    result = {"machine": machine(), "replay": figures}
    asked.out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
