"""The nightly look: whether the stories stand as they were written; if so, how they stand is signed."""

from dataclasses import dataclass
from typing import Any, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError


class Auditor(Protocol):
    def checked_and_signed(self) -> dict[str, Any]:
        """The new checkpoint as JSON, or {"breaks": [{"fault", "stream_id", "version"}, …]} where anything is wrong, and then nothing is signed."""
        ...


@dataclass(frozen=True)
class Checkpoints:
    auditor: Auditor

    @activity.defn(name="make_checkpoint")
    def make_checkpoint(self) -> dict[str, Any]:
        """Raises ApplicationError, not to be retried, where anything was altered: somebody has to look."""
        made = self.auditor.checked_and_signed()
        if "breaks" in made:
            activity.logger.error("attention: the event store was altered at %d places", len(made["breaks"]))
            raise ApplicationError("TAMPERED", made["breaks"], type="Tampered", non_retryable=True)
        return made
