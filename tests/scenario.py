"""Rules told as sentences: given what happened, when somebody asks, then this is the answer.

    given(*examples.OPENED).when(COMPLETE_INTAKE, by=DEPUTY).then(IntakeCompleted(...))

What is given in commands is decided and applied, so that a history is always a possible one. Personal values may be said in clear: they are sealed here.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count
from typing import Any

from domain import lifecycle
from domain.case import Case
from domain.catalogue import command_from
from domain.envelopes import Actor, FollowUp, NextDeadline, Recorded, Submitted
from domain.kinds import kind_of
from domain.policy import POLICIES, Policy
from domain.refusals import Refusal, Refused
from domain.story import Command, Event
from tests.examples import CASE_ID, CLOCK, MANAGER, NOW, noon, nothing_recorded, occasion, sealed, unseal

Moment = date | datetime
_numbers = count(1)


@dataclass(frozen=True)
class Answer:
    """What was recorded, or the refusal."""

    recorded: Sequence[Recorded] = ()
    refusal: Refused | None = None

    @property
    def events(self) -> list[Event]:
        return [recorded.event for recorded in self.recorded]

    def then(self, *expected: Event) -> None:
        assert self.refusal is None, f"refused: {self.refusal.code} {self.refusal.params}"
        assert [sealed(event) for event in expected] == self.events

    def then_refused(self, code: Refusal, **params: Any) -> None:
        assert self.refusal is not None, f"recorded: {self.events}"
        assert self.refusal.code == code
        assert params == {name: self.refusal.params[name] for name in params}

    def then_nothing(self) -> None:
        self.then()


@dataclass(frozen=True)
class Story:
    """A history so far. `at`: when it was last written on; what comes next comes then, unless it says when. `others`: where other streams stand."""

    recorded: tuple[Recorded, ...] = ()
    at: datetime = NOW
    policies: tuple[Policy, ...] = field(default=POLICIES)
    stream_id: str = CASE_ID
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> Any:
        return lifecycle.replay(self.recorded, kind_of(self.stream_id).state())

    @property
    def case(self) -> Case:
        case: Case = self.state
        return case

    def beside(self, *others: "Story") -> "Story":
        """The same story, with others that a rule may look at."""
        return replace(self, others={**self.others, **{other.stream_id: other.state for other in others}})

    def given(self, *what: Event | Command, by: Actor = MANAGER, at: Moment | None = None) -> "Story":
        """The story gone on: events as they are, commands as they are answered. A refusal here is a mistake of the test."""
        story = replace(self, at=_instant(at, self.at))
        for each in what:
            story = story._and(story._answers(each, by))
        return story

    def under(self, *policies: Policy) -> "Story":
        return replace(self, policies=policies)

    def when(
        self, command: Command, *, by: Actor = MANAGER, at: Moment | None = None, seen: int | None = None
    ) -> Answer:
        """Somebody asks, having seen version `seen`."""
        case = self.state
        before = deepcopy(case)
        occasion_ = occasion(by, _instant(at, self.at), self.policies, elsewhere=self._elsewhere)
        submitted = Submitted(
            command_id=f"command-{next(_numbers)}",
            stream_id=self.stream_id,
            actor=by,
            command=command.model_dump(mode="json"),
            fingerprint="f",
            expected_version=seen,
        )
        try:
            answer = Answer(lifecycle.decide(case, submitted, sealed(command), occasion_))
        except Refused as refused:
            answer = Answer(refusal=refused)
        assert before == case, "deciding changed the case"
        return answer

    def when_time_passes(self, until: Moment) -> Answer:
        """The clock brings every deadline when it is reached, up to and with this instant."""
        return self._until(_instant(until, self.at))[1]

    def until(self, until: Moment) -> "Story":
        """The story after that time has passed."""
        return self._until(_instant(until, self.at))[0]

    def next_deadline(self, at: Moment | None = None) -> NextDeadline | None:
        timer = lifecycle.timer(self.stream_id, self.state, self.policies, _instant(at, self.at), unseal)
        return timer.deadline if timer else None

    def follow_ups(self) -> list[FollowUp]:
        return lifecycle.follow_ups(self.state, self.recorded)

    def _until(self, end: datetime) -> tuple["Story", Answer]:
        story, brought = self, Answer()
        while (timer := story._timer()) and timer.deadline.at <= end:
            at = max(story.at, timer.deadline.at)
            answer = story.when(command_from(timer.submitted.command), by=CLOCK, at=at)
            assert answer.recorded, f"the clock brought {timer.deadline} and nothing was recorded"
            story, brought = (
                replace(story._and(answer.recorded), at=at),
                Answer((*brought.recorded, *answer.recorded)),
            )
        return replace(story, at=end), brought

    def _timer(self) -> lifecycle.Timer | None:
        return lifecycle.timer(self.stream_id, self.state, self.policies, self.at, unseal)

    def _answers(self, what: Event | Command, by: Actor) -> Sequence[Recorded]:
        if isinstance(what, Event):
            return [self._as_it_is(what, by)]
        answer = self.when(what, by=by)
        assert answer.refusal is None, f"not a possible history: {what.kind} is refused with {answer.refusal.code}"
        return answer.recorded

    def _as_it_is(self, event: Event, by: Actor) -> Recorded:
        here = occasion(by, self.at, self.policies)
        return Recorded(
            stream_id=self.stream_id,
            version=len(self.recorded) + 1,
            event=sealed(event),
            recorded_at=here.now,
            effective_on=here.today,
            actor=by,
            command_id=f"command-{next(_numbers)}",
            policy_version=self.policies[0].version,
        )

    def _elsewhere(self, stream_id: str) -> Any:
        return deepcopy(self.others.get(stream_id)) or nothing_recorded(stream_id)

    def _and(self, recorded: Sequence[Recorded]) -> "Story":
        return replace(self, recorded=(*self.recorded, *recorded))


def given(*what: Event | Command, by: Actor = MANAGER, at: Moment | None = None) -> Story:
    return Story().given(*what, by=by, at=at)


def _instant(moment: Moment | None, otherwise: datetime) -> datetime:
    if moment is None:
        return otherwise
    return moment if isinstance(moment, datetime) else noon(moment)
