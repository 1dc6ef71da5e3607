"""The one writer of stories: load, decide, append with the command log in one transaction, and say what comes next."""

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain import catalogue, lifecycle
from domain.conflicts import ClaimTakenError, CommandLoggedError, Logged, VersionTakenError
from domain.deadlines import local_day
from domain.envelopes import FollowUp, Receipt, Recorded, RecordedEvent, Submitted
from domain.kinds import kind_of
from domain.policy import Policy
from domain.refusals import Refusal, Refused
from domain.story import Occasion, State

ATTEMPTS = 5
LONG = 200
"""Stories of so many events are not folded again from their beginning: where they stand is kept."""
KEPT = 500
NOTHING: Mapping[str, int] = {}
TAKEN = {"open-case": Refusal.CASE_ALREADY_OPEN, "place": Refusal.PLACE_ALREADY}


class Stories(Protocol):
    """Where stories are kept. Every other exception than those named here is a fault: try again later."""

    def load(self, stream_id: str, after: int = 0) -> Sequence[Recorded]:
        """All events of a stream behind a version, in order; empty when there is none."""
        ...

    def logged(self, command_id: str) -> Logged | None:
        """The command log's line for a command id, with the position filled in."""
        ...

    def told(self, follow_up_ids: Sequence[str]) -> set[str]:
        """Which of these follow-ups were told to their end."""
        ...

    def append(
        self,
        events: Sequence[Recorded],
        submitted: Submitted,
        receipt: Receipt,
        claims: Sequence[str],
        releases: Sequence[str] = (),
        relies_on: Mapping[str, int] = NOTHING,
    ) -> int:
        """Events, claims and command log in one transaction, chained to the stream's last hash; returns the last event's position.

        `releases` are claims given back, where this stream holds them, before the new ones are taken. `relies_on`: other streams and the versions at which
        they were read. Raises VersionTakenError (also where one of these has gone on), CommandLoggedError or ClaimTakenError, and then has stored nothing.
        """
        ...


class Seals(Protocol):
    def opener(self, stream_id: str) -> Callable[[str, str], str]:
        """`(token, label) -> clear text` for values sealed in this stream."""
        ...


class Policies(Protocol):
    def __call__(self, bound_to: str | None) -> tuple[Policy, ...]:
        """All versions of the programme's numbers, the one that binds a story among them."""
        ...


Clock = Callable[[], datetime]
Outcome = dict[str, Any]


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def bugs_named() -> Iterator[None]:
    """A programming error is not tried again: it would hold up the case. Its text may quote what a person said, so only type and place are told."""
    try:
        yield
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError) as bug:
        place = traceback.extract_tb(bug.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        activity.logger.error("a bug: %s at %s", type(bug).__name__, where)
        raise ApplicationError("BUG", type(bug).__name__, where, type="Bug", non_retryable=True) from None


@dataclass(frozen=True)
class Recorder:
    """Records what is submitted. The outcome is plain JSON:

    `version` of the story afterwards; `receipt` or `refusal` ({code, params}); `timer` ({at, submitted}) that the workflow has to keep;
    whether it `rests`, waiting for nothing any more; `follow_ups` that it has to deliver; the `fingerprint` of what was asked. A repeat gives the first receipt again and no follow-ups that were not given before.
    A workflow without memory gets all that its story has still to tell, in order: what was to be told before may have been lost with the workflow before it.
    """

    stories: Stories
    seals: Seals
    policies: Policies
    is_holiday: Callable[[date], bool]
    clock: Clock = utc_now
    kept: dict[str, State] = field(default_factory=dict)

    @activity.defn(name="record")
    def record(self, asked: dict[str, Any]) -> Outcome:
        """`asked`: {`what`: a submission, `at`: the workflow's time in ISO form, `knows`: whether it has a memory}. One argument, since each costs the worker time."""
        with bugs_named():
            submitted = Submitted.model_validate(asked["what"])
            for _ in range(ATTEMPTS):
                now = self._now(asked["at"])
                try:
                    outcome = self._record(submitted, now)
                except VersionTakenError:
                    continue
                except CommandLoggedError:
                    outcome = self._repeat(submitted, now)
                if not asked.get("knows", True):
                    outcome["follow_ups"] = self._untold(submitted.stream_id)
                return {**outcome, "fingerprint": submitted.fingerprint}
        raise VersionTakenError

    @activity.defn(name="look")
    def look(self, asked: dict[str, Any]) -> Outcome:
        """Where a story stands, for a workflow without memory: version, timer, and what is still to be told. Nothing is recorded. `asked`: {`what`: a stream id, `at`: …}."""
        with bugs_named():
            state, _ = self._standing(asked["what"])
            outcome = self._outcome(asked["what"], state, self._timer(asked["what"], state, self._now(asked["at"])))
            return {**outcome, "follow_ups": self._untold(asked["what"])}

    def _now(self, asked_at: str) -> datetime:
        """The workflow's time, or the clock's where that is later: an attempt may come late, and a timer never early."""
        return max(datetime.fromisoformat(asked_at), self.clock())

    def _record(self, submitted: Submitted, now: datetime) -> Outcome:
        stream_id = submitted.stream_id
        state, newest = self._standing(stream_id)
        seen = any(recorded.command_id == submitted.command_id for recorded in newest)
        seen_all = newest and len(newest) == state.version
        if seen or (not seen_all and self.stories.logged(submitted.command_id) is not None):
            return self._repeat(submitted, now)
        relied: dict[str, int] = {}
        occasion = Occasion(
            actor=submitted.actor,
            now=now,
            today=local_day(now),
            policies=self.policies(state.policy_version),
            unseal=self.seals.opener(stream_id),
            elsewhere=self._reader(relied, stream_id),
            is_holiday=self.is_holiday,
        )
        try:
            events = lifecycle.decide(state, submitted, catalogue.command_from(submitted.command), occasion)
            receipt = Receipt(stream_id=stream_id, version=state.version, position=0, events=())
            if not events:
                return self._outcome(stream_id, state, self._timer(stream_id, state, now), receipt=receipt)
            claims = [claim for recorded in events for claim in recorded.event.claims(state)]
            releases = [claim for recorded in events for claim in recorded.event.releases(state)]
            lifecycle.replay(events, state)
            timer = self._timer(stream_id, state, now)
            receipt = self._receipt(stream_id, state, events, timer)
            position = self.stories.append(events, submitted, receipt, claims, releases, relied)
        except Refused as refused:
            return self._outcome(stream_id, state, self._timer(stream_id, state, now), refusal=refused)
        except ClaimTakenError as taken:
            state, _ = self._standing(stream_id)
            return self._outcome(
                stream_id, state, self._timer(stream_id, state, now), refusal=refused_claim(taken.claim)
            )
        receipt = receipt.model_copy(update={"position": position})
        return self._outcome(stream_id, state, timer, receipt=receipt, told=lifecycle.follow_ups(state, events))

    def _standing(self, stream_id: str) -> tuple[State, Sequence[Recorded]]:
        """Where a story stands, and those of its events that were not folded before. What is kept is handed out as a copy: deciding goes on with it."""
        known = self.kept.get(stream_id)
        state: State = known.copy() if known is not None else kind_of(stream_id).state()
        newest = self.stories.load(stream_id, state.version)
        lifecycle.replay(newest, state)
        if newest and state.version >= LONG:
            self.kept[stream_id] = state.copy()
            for oldest in list(self.kept)[:-KEPT]:
                self.kept.pop(oldest, None)
        return state, newest

    def _reader(self, relied: dict[str, int], own: str) -> Callable[[str], State]:
        """Where other stories stand; notes which were read, and at which version. The own one is bound by its version anyway."""

        def elsewhere(stream_id: str) -> State:
            state, _ = self._standing(stream_id)
            if stream_id != own:
                relied[stream_id] = state.version
            return state

        return elsewhere

    def _repeat(self, submitted: Submitted, now: datetime) -> Outcome:
        """The first receipt again. Its follow-ups too, as they were then: they have derived ids, and the first delivery may have been lost."""
        stream_id = submitted.stream_id
        story = self.stories.load(stream_id)
        state = lifecycle.state_of(stream_id, story)
        logged = self.stories.logged(submitted.command_id)
        if logged is None or logged.fingerprint != submitted.fingerprint:
            return self._outcome(
                stream_id, state, self._timer(stream_id, state, now), refusal=Refused(Refusal.DUPLICATE_COMMAND)
            )
        events = [recorded for recorded in story if recorded.command_id == submitted.command_id]
        told = (
            lifecycle.follow_ups(lifecycle.state_of(stream_id, story[: events[-1].version]), events) if events else []
        )
        return self._outcome(stream_id, state, self._timer(stream_id, state, now), receipt=logged.receipt, told=told)

    def _untold(self, stream_id: str) -> list[dict[str, Any]]:
        every = lifecycle.every_follow_up(stream_id, self.stories.load(stream_id))
        told = self.stories.told([follow_up.id for follow_up in every])
        return [follow_up.model_dump(mode="json") for follow_up in every if follow_up.id not in told]

    def _timer(self, stream_id: str, state: State, now: datetime) -> lifecycle.Timer | None:
        return lifecycle.timer(stream_id, state, self.policies(state.policy_version), now, self.seals.opener(stream_id))

    def _receipt(
        self, stream_id: str, state: State, events: Sequence[Recorded], timer: lifecycle.Timer | None
    ) -> Receipt:
        return Receipt(
            stream_id=stream_id,
            version=state.version,
            position=0,
            events=tuple(RecordedEvent(version=e.version, name=e.name, number=e.event.number()) for e in events),
            next_deadline=timer.deadline if timer else None,
        )

    def _outcome(
        self,
        stream_id: str,
        state: State,
        timer: lifecycle.Timer | None,
        *,
        receipt: Receipt | None = None,
        refusal: Refused | None = None,
        told: Sequence[FollowUp] = (),
    ) -> Outcome:
        outcome: Outcome = {
            "version": state.version,
            "timer": timer
            and {"at": timer.deadline.at.isoformat(), "submitted": timer.submitted.model_dump(mode="json")},
            "rests": lifecycle.rests(stream_id, state, timer),
            "follow_ups": [follow_up.model_dump(mode="json") for follow_up in told],
        }
        if receipt is not None:
            outcome["receipt"] = receipt.model_dump(mode="json")
        if refusal is not None:
            outcome["refusal"] = {"code": refusal.code.value, "params": plain(refusal.params)}
        return outcome


def refused_claim(claim: str) -> Refused:
    """What it means that another stream holds a name of that sort."""
    return Refused(TAKEN[claim.partition(":")[0]])


def plain(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters of a refusal as JSON: codes as they are, dates in ISO form."""
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in params.items()}
