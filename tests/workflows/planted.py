"""Workflows as somebody might write them one day, each with a change that running cases do not bear."""

from temporalio import workflow

from workflows.story import Kept, StoryWorkflow


@workflow.defn(name="Case")
class Hasty(StoryWorkflow):
    """Waits a second before it takes anything in."""

    @workflow.init
    def __init__(self, kept: Kept) -> None:
        super().__init__(kept)

    @workflow.run
    async def run(self, kept: Kept) -> None:
        await workflow.sleep(1)
        await self.live(kept)


@workflow.defn(name="Case")
class Faulty(StoryWorkflow):
    """Stumbles once the third submission has come."""

    @workflow.init
    def __init__(self, kept: Kept) -> None:
        super().__init__(kept)

    @workflow.run
    async def run(self, kept: Kept) -> None:
        await self.live(kept)

    def _full(self) -> bool:
        return {0: False, 1: False, 2: False}[self._submissions]


@workflow.defn(name="Case")
class Forgetful(StoryWorkflow):
    """Does the same, and forgets when the clock comes."""

    @workflow.init
    def __init__(self, kept: Kept) -> None:
        super().__init__(kept)

    @workflow.run
    async def run(self, kept: Kept) -> None:
        await self.live(kept)

    def _at(self) -> str | None:
        return None
