"""Where every story stands by the event store alone: what its workflow has to know, and what has still to be told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg.rows import dict_row

from domain import lifecycle
from domain.envelopes import FollowUp
from domain.lifecycle import Timer
from domain.policy import Policy
from infra import event_store, follow_ups, postgres
from infra.event_store import EventStore
from infra.seals import Keyring

Policies = Callable[[str | None], tuple[Policy, ...]]
"""All versions of the programme's numbers, the one that binds a story among them."""


@dataclass(frozen=True)
class Standing:
    """`timer`: what the clock brings next, if anything. `rests`: whether it waits for nothing any more. `to_tell`: its follow-ups that were not told to their end."""

    stream_id: str
    provider: str
    version: int
    timer: Timer | None
    rests: bool
    to_tell: tuple[FollowUp, ...]

    @property
    def at(self) -> str | None:
        """When the clock comes next, in the form in which a workflow keeps it."""
        return self.timer.deadline.at.isoformat() if self.timer else None


def standings(
    database_url: str,
    master_key: bytes,
    policies_of: Callable[[EventStore], Policies],
    only: Sequence[str] | None = None,
) -> list[Standing]:
    """Of every story, or of those named, in the order of their ids."""
    now, found = datetime.now(UTC), list[Standing]()
    with (
        postgres.pool(database_url, 2) as connections,
        psycopg.connect(database_url, row_factory=dict_row) as connection,
    ):
        policies = policies_of(EventStore(connections))
        keyring, told = Keyring(connections, master_key), follow_ups.all_told(connection)
        for stream_id, story in event_store.stories(connection, only):
            state = lifecycle.state_of(stream_id, story)
            timer = lifecycle.timer(stream_id, state, policies(state.policy_version), now, keyring.opener(stream_id))
            to_tell = tuple(each for each in lifecycle.every_follow_up(stream_id, story) if each.id not in told)
            rests = lifecycle.rests(stream_id, state, timer)
            found.append(Standing(stream_id, state.provider, state.version, timer, rests, to_tell))
    return found
