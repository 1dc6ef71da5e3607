"""A replay as a durable workflow: ranges side by side, taken by any number of workers; then indexes, catching up, and the comparison.

Whatever is killed, what was done stays done: only the ranges under way are told again.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

# A worker that is gone is noticed after this long, and its range is given to another one.
BEATS = timedelta(seconds=8)
LONGEST = timedelta(hours=12)
UNTIL_IT_WORKS = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=10)
)


@dataclass
class Asked:
    """`at_once`: how many ranges are given out, the limit of how many workers can help. `told`: ranges that an earlier run has seen done."""

    plan: int
    at_once: int = 32
    told: int = 0
    paused: bool = False


@workflow.defn(name="Rebuild")
class RebuildWorkflow:
    @workflow.init
    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._paused = asked.paused
        self._cancelled = False
        self._next = asked.told

    @workflow.run
    async def run(self, asked: Asked) -> str:
        """Ends as `ready` or `cancelled`."""
        begun = await self._do("replay_begin", asked.plan, result_type=dict)
        await asyncio.gather(*(self._lane(begun["ranges"]) for _ in range(asked.at_once)))
        if self._next < begun["ranges"] and not self._cancelled:
            workflow.continue_as_new(replace(asked, told=self._next, paused=self._paused))
        steps = [("replay_catch_up", asked.plan), ("replay_compare", asked.plan)]
        if await self._goes_on():
            await asyncio.gather(*(self._do("replay_finish", asked.plan, name) for name in begun["names"]))
        for step, plan in steps:
            if await self._goes_on():
                await self._do(step, plan)
        if self._cancelled:
            await self._do("replay_discard", asked.plan)
            return "cancelled"
        return "ready"

    @workflow.signal
    def pause(self) -> None:
        """What is under way ends; nothing new begins."""
        self._paused = True

    @workflow.signal
    def resume(self) -> None:
        self._paused = False

    @workflow.signal
    def cancel(self) -> None:
        """What is under way ends, and what was made is taken away."""
        self._cancelled = True

    @workflow.query
    def paused(self) -> bool:
        return self._paused

    async def _lane(self, ranges: int) -> None:
        while not self._full() and await self._goes_on() and self._next < ranges:
            number, self._next = self._next, self._next + 1
            await self._do("replay_range", self._asked.plan, number)

    async def _goes_on(self) -> bool:
        await workflow.wait_condition(lambda: self._cancelled or not self._paused)
        return not self._cancelled

    def _full(self) -> bool:
        return workflow.info().is_continue_as_new_suggested()

    async def _do(self, activity: str, *arguments: Any, result_type: type | None = None) -> Any:
        return await workflow.execute_activity(
            activity,
            args=arguments,
            result_type=result_type,
            start_to_close_timeout=LONGEST,
            heartbeat_timeout=BEATS,
            retry_policy=UNTIL_IT_WORKS,
        )
