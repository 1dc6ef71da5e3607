"""The programme's numbers as they are in force: those the programme comes with, and those that were published."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from domain.envelopes import POLICY_STREAM, Recorded
from domain.policy import POLICIES, Policy
from domain.policy_story import PolicyPublished

FRESH_S = 30.0
"""A new version is published a day before it comes into force at the least, so that nobody is late who looks twice a minute."""


class Stories(Protocol):
    def load(self, stream_id: str) -> Sequence[Recorded]:
        """All events of a stream in order; empty when there is none."""
        ...


@dataclass(slots=True)
class _Read:
    policies: tuple[Policy, ...] = POLICIES
    until: float = 0.0


@dataclass(frozen=True)
class PublishedPolicies:
    """What was read is kept for `fresh_s` seconds, by all threads: reading it for each command would cost a question to the database."""

    stories: Stories
    fresh_s: float = FRESH_S
    _read: _Read = field(default_factory=_Read)

    def __call__(self, bound_to: str | None = None) -> tuple[Policy, ...]:
        """All versions; read anew where the one that binds a story is not among them, since another worker may have heard of it first."""
        read = self._read
        if monotonic() >= read.until or (
            bound_to is not None and bound_to not in {each.version for each in read.policies}
        ):
            events = (recorded.event for recorded in self.stories.load(POLICY_STREAM))
            read.policies = (*POLICIES, *(event.policy for event in events if isinstance(event, PolicyPublished)))
            read.until = monotonic() + self.fresh_s
        return read.policies
