"""Time that is skipped, on either server: the SDK's service with one clock for all, or the development server with a clock for each case."""

import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from infra.time_skipping import OwnTime
from tests.examples import noon


class Clock(Protocol):
    @property
    def cached(self) -> int:
        """How many cases a worker may keep in memory beside this server."""
        ...

    @property
    def address(self) -> str: ...

    async def now(self, case_id: str) -> datetime: ...

    async def noon_of(self, day: date, case_id: str) -> None:
        """Goes on to local noon of a day; whatever was to come to the case until then has come."""
        ...


@dataclass(frozen=True)
class OneForAll:
    environment: WorkflowEnvironment
    # This server knows no way to a new worker for a task that stuck to the old one.
    cached: int = 0

    @property
    def address(self) -> str:
        return str(self.environment.client.service_client.config.target_host)

    async def now(self, case_id: str) -> datetime:
        return await self.environment.get_current_time()

    async def noon_of(self, day: date, case_id: str) -> None:
        await self.environment.sleep(max(noon(day) - await self.now(case_id), timedelta(0)))


@dataclass(frozen=True)
class OneEach:
    client: Client
    cached: int = 1000

    @property
    def address(self) -> str:
        return str(self.client.service_client.config.target_host)

    async def now(self, case_id: str) -> datetime:
        return await OwnTime(self.client).now(case_id)

    async def noon_of(self, day: date, case_id: str) -> None:
        await OwnTime(self.client).until(case_id, noon(day))


@asynccontextmanager
async def one_for_all() -> AsyncIterator[Clock]:
    """A fresh server: where another test was, its time has gone on."""
    server = shutil.which("temporal-test-server", path=str(Path(sys.executable).parent))
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=server) as environment:
        yield OneForAll(environment)


@asynccontextmanager
async def one_each(address: str) -> AsyncIterator[Clock]:
    yield OneEach(await Client.connect(address))
