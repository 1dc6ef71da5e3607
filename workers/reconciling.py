"""Both sides of a reconciliation, joined: `activities.reconcile.Side` over PostgreSQL and Temporal."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError

from activities.policies import PublishedPolicies
from activities.reconcile import Retold, Should, SilentError, Stands
from infra import reconciliations
from infra.settings import Settings, database_url, master_key
from infra.standings import Standing, standings
from projections import following, park
from workflows import fleet
from workflows.fleet import Waiting

STARTED_PER_S = 100
NO_ANSWER = (RPCError, WorkflowQueryFailedError)


@dataclass(frozen=True)
class BothSides:
    client: Client
    settings: Settings

    async def should(self, only: Sequence[str] | None) -> Mapping[str, Should]:
        found = await asyncio.to_thread(self._standings, only)
        return {
            each.stream_id: Should(each.version, each.at, runs=bool(each.to_tell) or not each.rests) for each in found
        }

    async def running(self) -> set[str]:
        return await fleet.running(self.client, self.settings.task_queue)

    async def known(self, stream_id: str) -> Stands | None:
        try:
            standing = await fleet.standing(self.client, stream_id)
        except NO_ANSWER:
            raise SilentError from None
        return None if standing is None else Stands(standing["version"], standing["at"])

    async def start(self, stream_ids: Sequence[str]) -> None:
        found = await asyncio.to_thread(self._standings, stream_ids)
        waiting = [Waiting(each.stream_id, each.provider, each.version, each.timer, each.to_tell) for each in found]
        queue = self.settings.task_queue
        await fleet.start(self.client, queue, fleet.by_urgency(waiting), STARTED_PER_S, lambda: None)

    async def refresh(self, stream_id: str) -> None:
        await fleet.refreshed(self.client, stream_id)

    async def retold(self) -> Retold:
        try:
            async with await psycopg.AsyncConnection.connect(
                database_url(self.settings), autocommit=True, row_factory=dict_row
            ) as connection:
                lag = await following.lag(connection)
                parked, _ = await park.standing(connection)
        except psycopg.errors.UndefinedTable:  # no follower ever ran here
            return Retold(0, 0.0, follower_alive=False, parked=0)
        return Retold(lag.events, lag.seconds, lag.alive, parked)

    async def keep(self, report: dict[str, Any]) -> None:
        await asyncio.to_thread(self._keep, report)

    def _standings(self, only: Sequence[str] | None) -> list[Standing]:
        return standings(database_url(self.settings), master_key(self.settings), PublishedPolicies, only)

    def _keep(self, report: dict[str, Any]) -> None:
        with psycopg.connect(database_url(self.settings), autocommit=True, row_factory=dict_row) as connection:
            reconciliations.keep(connection, report)
