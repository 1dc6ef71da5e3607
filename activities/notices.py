"""Telling people: an escalation reaches its supervisor once, however often it is told."""

from dataclasses import dataclass
from typing import Any, Protocol

from temporalio import activity

from domain.envelopes import FollowUp


class Board(Protocol):
    def post(self, notice: FollowUp) -> None:
        """Keeps a notice; the same id again is silence."""
        ...


@dataclass(frozen=True)
class Notices:
    board: Board

    @activity.defn(name="notice")
    def notice(self, follow_up: dict[str, Any]) -> None:
        self.board.post(FollowUp.model_validate(follow_up))
