"""`make bench`: measures, prints a table of ratios, writes `bench-commands.json`."""

import argparse
import asyncio
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.commands import bench_commands
from benchmarks.measure import machine
from infra.dev_parts import Process
from infra.dev_servers import dev_services
from infra.settings import Settings

PROCESSES = (
    Process(name="case-worker", module="workers.case_worker"),
    Process(name="follower", module="workers.follower"),
    Process(name="floor", module="benchmarks.floor"),
)


async def measure(cases: int, sequential: int, parallel: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="lotse-bench-") as folder:
        settings = Settings(data_dir=Path(folder) / "data", database_url=None)
        async with dev_services(settings, processes=PROCESSES, free_ports=True) as running:
            return await bench_commands(running, cases=cases, sequential=sequential, parallel=parallel)


def show(figures: dict[str, Any]) -> None:
    sequential, rates = figures["sequential"], figures["parallel_50_per_s"]
    visible, memory = figures["receipt_to_visible"], figures["resident_mb"]
    rows = [
        ("submit to receipt, p50", f"{sequential['command']['p50_ms']} ms", f"{sequential['floor']['p50_ms']} ms"),
        ("submit to receipt, p99", f"{sequential['command']['p99_ms']} ms", f"{sequential['floor']['p99_ms']} ms"),
        ("commands/s, 50 at once", f"{rates['command']}", f"{rates['floor']}"),
    ]
    ratios = (figures["p50_ratio"], figures["p99_ratio"], figures["throughput_ratio"])
    print(f"{'':28}{'Lotse':>12}{'floor':>12}{'ratio':>8}")
    for (what, ours, theirs), ratio in zip(rows, ratios, strict=True):
        print(f"{what:28}{ours:>12}{theirs:>12}{ratio:>8}")
    print(
        f"receipt to visible at {visible['commands_per_s']}/s: p50 {visible['p50_ms']} ms, p99 {visible['p99_ms']} ms"
    )
    print(
        f"resident with {figures['cases']} cases: worker {memory['case-worker']} MB, follower {memory['follower']} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--sequential", type=int, default=400)
    parser.add_argument("--parallel", type=int, default=50)
    parser.add_argument("--out", type=Path, default=Path("bench-commands.json"))
    asked = parser.parse_args()
    os.environ.pop("LOTSE_DATABASE_URL", None)
    figures = asyncio.run(measure(asked.cases, asked.sequential, asked.parallel))
    result = {"machine": machine(), "commands": figures}
    asked.out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result["machine"]))
    show(figures)
    print(f"written to {asked.out}")


if __name__ == "__main__":
    main()
