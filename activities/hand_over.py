"""Handing a command over to another stream: one story's event asks something of another story, once, whatever crashes in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.envelopes import FollowUp, Submitted
from domain.refusals import Refusal


class Front(Protocol):
    async def refused(self, submitted: Submitted, *, anew: bool = False) -> Refusal | None:
        """Hands a submission to its stream's workflow and waits until it is recorded, or refused with a code. Any exception is a fault: try again later.

        `anew`: it was refused before, and is asked again whatever was answered then.
        """
        ...


class Ledger(Protocol):
    async def told(self, follow_up_id: str) -> bool:
        """Whether this follow-up was told to its end before."""
        ...

    async def note(self, follow_up_id: str) -> None:
        """Notes that it was."""
        ...

    async def naming(self, field: str, value: str) -> Sequence[str]:
        """The cases one of whose events names a household (`household_id`) or a member of staff (`manager_id`), in the order in which they were opened."""
        ...


@dataclass(frozen=True)
class Handing:
    """`hand_over` needs no thread while it waits: what it hands over is itself recorded by an activity of this worker."""

    front: Front
    ledger: Ledger

    @activity.defn(name="hand_over")
    async def hand_over(self, follow_up: dict[str, Any]) -> None:
        """`about`: `submitted`; with `cases_naming` it goes to every other case that names the value; `otherwise` is submitted where the rules refuse.
        A refusal that it `insists_on` is a fault: it is tried again.

        What was told to its end is not told again, however late its cause is repeated: meanwhile the same words could mean something else.
        """
        told = FollowUp.model_validate(follow_up)
        if await self.ledger.told(told.id):
            return
        await self._hand(told)
        await self.ledger.note(told.id)

    async def _hand(self, told: FollowUp) -> None:
        submitted = Submitted.model_validate(told.about["submitted"])
        if naming := told.about.get("cases_naming"):
            for case_id in await self.ledger.naming(naming["field"], naming["value"]):
                if case_id != told.stream_id:
                    await self._handed(_addressed(submitted, case_id))
                    activity.heartbeat()
            return
        refusal = await self._handed(submitted, anew="insists_on" in told.about and activity.info().attempt > 1)
        if refusal is not None and refusal == told.about.get("insists_on"):
            raise ApplicationError("NOT_YET", refusal.value, type="NotYet")
        if refusal is not None and "otherwise" in told.about:
            await self._handed(Submitted.model_validate(told.about["otherwise"]))

    async def _handed(self, submitted: Submitted, *, anew: bool = False) -> Refusal | None:
        refusal = await self.front.refused(submitted, anew=anew)
        if refusal is not None:
            activity.logger.warning(
                "a follow-up was refused: %s for %s with %s", submitted.command["kind"], submitted.stream_id, refusal
            )
        return refusal


def _addressed(submitted: Submitted, case_id: str) -> Submitted:
    return submitted.model_copy(update={"stream_id": case_id, "command_id": f"{submitted.command_id}:{case_id}"})
