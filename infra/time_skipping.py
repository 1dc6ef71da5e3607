"""The clock of one stream on a development server, moved on: years within a second. The SDK calls this experimental, so nothing else here knows of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio.client import Client
from temporalio.testing import TimeSkipper


@dataclass(frozen=True)
class OwnTime:
    """Each stream's workflow has a time of its own, never earlier than that of the machine. The server must allow it, as `temporal-dev.yaml` does."""

    client: Client

    async def now(self, stream_id: str) -> datetime:
        return await TimeSkipper(self.client).get_current_time(self.client.get_workflow_handle(stream_id))

    async def until(self, stream_id: str, instant: datetime) -> None:
        """Until then everything has come that the clock had to bring, each at its own time. Raises RPCError where no such workflow runs."""
        ahead = instant - await self.now(stream_id)
        if ahead > timedelta(0):
            await TimeSkipper(self.client).fast_forward(self.client.get_workflow_handle(stream_id), ahead)
