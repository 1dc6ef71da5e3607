"""The life of a story as a whole: replay what was recorded, decide what is asked, tell what follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from domain.envelopes import Actor, FollowUp, NextDeadline, Recorded, Submitted
from domain.kinds import kind_of
from domain.personal import in_clear
from domain.policy import Policy, policy_on
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion, State, Unseal
from domain.vocabulary import Role


def replay(events: Iterable[Recorded], state: Any) -> Any:
    """The state that the story leads to from `state` on, which is changed. Versions must follow each other without a gap."""
    for recorded in events:
        if recorded.version != state.version + 1:
            raise ValueError(f"{recorded.stream_id}: version {recorded.version} after {state.version}")
        state.take(recorded)
    return state


def state_of(stream_id: str, events: Iterable[Recorded]) -> Any:
    """Where a story stands: a `Case`, a `Unit`, by the kind of its id."""
    return replay(events, kind_of(stream_id).state())


def decide(state: State, submitted: Submitted, command: Command, occasion: Occasion) -> list[Recorded]:
    """The events that answer a command, in their envelopes but not yet chained or stored. Raises Refused. The state is not changed."""
    actor, kind = occasion.actor, kind_of(submitted.stream_id)
    if command.of_kind != kind.prefix:
        raise TypeError(f"{command.kind} is no command for {submitted.stream_id}")
    if not state.begun and not command.opens:
        raise Refused(kind.unknown)
    if actor.role not in command.roles:
        raise Refused(Refusal.ROLE_NOT_ALLOWED, command=command.kind, role=actor.role)
    if state.begun and actor.role not in kind.across and actor.provider != state.provider:
        raise Refused(Refusal.CROSS_PROVIDER)
    if submitted.expected_version is not None and not _up_to_date(state, submitted.expected_version, command):
        raise Refused(Refusal.CONCURRENCY, expected=submitted.expected_version, actual=state.version)
    kind.check(state, command, occasion)
    events = kind.and_then(state, command.decide(state, occasion), command.on(occasion), occasion)
    return [_recorded(state, event, n, submitted, command, occasion) for n, event in enumerate(events, 1)]


def _up_to_date(state: State, seen: int, command: Command) -> bool:
    """Two contacts recorded at the same time are no conflict: neither depends on the other. Two agreements of a plan are one, for a human."""
    return seen == state.version or (command.commutes and state.bound_version <= seen < state.version)


def _recorded(
    state: State, event: Event, nth: int, submitted: Submitted, command: Command, occasion: Occasion
) -> Recorded:
    if found := [*in_clear(command), *in_clear(event)]:
        raise ValueError(f"{type(event).__name__}: personal data in clear: {', '.join(found)}")
    corrects = event.corrects_version()
    return Recorded(
        stream_id=submitted.stream_id,
        version=state.version + nth,
        event=event,
        recorded_at=occasion.now,
        effective_on=command.on(occasion),
        actor=occasion.actor,
        command_id=submitted.command_id,
        policy_version=state.policy_version or policy_on(occasion.policies, command.on(occasion)).version,
        causation=submitted.causation,
        reason=command.reason,
        reason_text=command.reason_text,
        corrects=None if corrects is None else f"{submitted.stream_id}/{corrects}",
    )


@dataclass(frozen=True)
class Timer:
    """What the clock submits when `deadline.at` has come. Its command id is derived, so that it is recorded once."""

    deadline: NextDeadline
    submitted: Submitted


def timer(
    stream_id: str, state: State, policies: tuple[Policy, ...], now: datetime, unseal: Unseal | None = None
) -> Timer | None:
    """The next thing the clock has to bring to this story, if anything. `now` is UTC. Without `unseal`, nothing that follows from a sealed value."""
    due = kind_of(stream_id).due(state, policies, now, unseal)
    if due is None:
        return None
    return Timer(
        due.deadline,
        Submitted(
            command_id=f"timer:{stream_id}:{due.name}",
            stream_id=stream_id,
            actor=Actor(id="lotse", role=Role.SYSTEM, provider=state.provider),
            command=due.command.model_dump(mode="json", exclude_none=True),
            fingerprint="",
            causation=f"timer:{due.name}",
        ),
    )


def rests(stream_id: str, state: State, timer: Timer | None) -> bool:
    """Whether the story waits for nothing any more: it is over, and the clock has nothing to bring."""
    return timer is None and kind_of(stream_id).over(state)


def follow_ups(state: State, told: Iterable[Recorded]) -> list[FollowUp]:
    """What now has to be told to whom. `state` is that after the last of the events."""
    return [follow_up for recorded in told for follow_up in recorded.event.tells(state, recorded)]


def every_follow_up(stream_id: str, story: Iterable[Recorded]) -> list[FollowUp]:
    """What a whole story has ever had to tell, each as it was then."""
    state, told = kind_of(stream_id).state(), list[FollowUp]()
    for _, events in groupby(story, key=lambda recorded: recorded.command_id):
        of_command = list(events)
        told += follow_ups(replay(of_command, state), of_command)
    return told
