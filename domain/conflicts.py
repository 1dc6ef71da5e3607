"""What may stand in the way when a story is written on: somebody came first, or the same was asked before."""

from dataclasses import dataclass

from domain.envelopes import Receipt


class VersionTakenError(Exception):
    """Another writer appended to the stream first: load and decide again."""


class CommandLoggedError(Exception):
    """The command id is in the log already: its first receipt holds."""


class ClaimTakenError(Exception):
    """Another stream holds a name that only one may hold at a time. `claim` is that name."""

    def __init__(self, claim: str) -> None:
        super().__init__("a claim is taken")
        self.claim = claim


@dataclass(frozen=True)
class Logged:
    """A line of the command log: what was asked under a command id, and the receipt that was given (it names the stream)."""

    fingerprint: str
    receipt: Receipt
