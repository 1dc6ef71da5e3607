"""The workflow types: one per kind of stream, all with the same loop. Names are chosen once; running histories carry them."""

from typing import Any

from temporalio import workflow

from workflows.story import Kept, StoryWorkflow


@workflow.defn(name="Case")
class CaseWorkflow(StoryWorkflow):
    """A person's spell of support."""

    @workflow.init
    def __init__(self, kept: Kept) -> None:
        super().__init__(kept)

    @workflow.run
    async def run(self, kept: Kept) -> None:
        await self.live(kept)


@workflow.defn(name="Unit")
class UnitWorkflow(StoryWorkflow):
    """A municipality's places with a provider, and who waits for one."""

    @workflow.init
    def __init__(self, kept: Kept) -> None:
        super().__init__(kept)

    @workflow.run
    async def run(self, kept: Kept) -> None:
        await self.live(kept)


@workflow.defn(name="Staff")
class StaffWorkflow(StoryWorkflow):
    """A member of staff: positions and absences."""

    @workflow.init
    def __init__(self, kept: Kept) -> None:
        super().__init__(kept)

    @workflow.run
    async def run(self, kept: Kept) -> None:
        await self.live(kept)


@workflow.defn(name="Policy")
class PolicyWorkflow(StoryWorkflow):
    """The programme's numbers."""

    @workflow.init
    def __init__(self, kept: Kept) -> None:
        super().__init__(kept)

    @workflow.run
    async def run(self, kept: Kept) -> None:
        await self.live(kept)


WORKFLOWS: dict[str, type[Any]] = {
    "case-": CaseWorkflow,
    "unit-": UnitWorkflow,
    "staff-": StaffWorkflow,
    "policy": PolicyWorkflow,
}
"""By the prefix of the stream's id."""


def workflow_of(stream_id: str) -> type[Any]:
    """Raises LookupError on an id that is of no kind."""
    for prefix, each in WORKFLOWS.items():
        if stream_id.startswith(prefix):
            return each
    raise LookupError("a stream id of no known kind")
