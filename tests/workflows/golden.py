"""Golden histories: how workflows really ran, one for each phase of a life, kept so that the code of tomorrow can be tried on them.

    python -m tests.workflows.golden               records those that are not there yet
    python -m tests.workflows.golden case-intake   records these anew

One that is there stays as it is, for cases that began under older code go on under newer. A life is a function in one of the modules named in `LIVES`:
it is given running services, asks for what makes up that life, and returns the history.
"""

import asyncio
import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from temporalio.client import WorkflowHistory

from infra.dev_servers import dev_services
from infra.settings import Settings
from tests.e2e.stack import stack
from tests.workflows import golden_cases, golden_house
from tests.workflows.golden_cases import Life
from tests.workflows.leading import leads_to

OF_THE_MACHINE = {"identity", "stackTrace"}
FOLDER = Path(__file__).parent / "histories"
LIVES: Mapping[str, Life] = {**golden_cases.LIVES, **golden_house.LIVES}


def kept(name: str) -> tuple[WorkflowHistory, dict[str, Any]]:
    """A history, and what it led to when it was recorded."""
    content = json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))
    return WorkflowHistory.from_json(content["workflow_id"], content["history"]), content["leads_to"]


def names() -> list[str]:
    return sorted(path.name.removesuffix(".json.gz") for path in FOLDER.glob("*.json.gz"))


async def record(wanted: Sequence[str]) -> None:
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        async with dev_services(settings, processes=(), free_ports=True) as running:
            for name in wanted:
                async with stack(running.temporal_address, running.settings) as case:
                    await _keep(name, await LIVES[name](case))
                sys.stdout.write(f"{name}\n")


async def _keep(name: str, history: WorkflowHistory) -> None:
    content = {
        "workflow_id": history.workflow_id,
        "leads_to": await leads_to(history),
        "history": _anonymous(history.to_json_dict()),
    }
    packed = gzip.compress(json.dumps(content, sort_keys=True).encode(), mtime=0)
    (FOLDER / f"{name}.json.gz").write_bytes(packed)


def _anonymous(part: Any) -> Any:
    """Without the machine on which it ran."""
    if isinstance(part, dict):
        own = OF_THE_MACHINE | ({"name"} if part.get("kind") == "TASK_QUEUE_KIND_STICKY" else set())
        return {name: "" if name in own else _anonymous(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_anonymous(each) for each in part]
    return part


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1:] or [name for name in LIVES if name not in names()]))
