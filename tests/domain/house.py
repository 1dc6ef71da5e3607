"""A house in memory: all stories, and what each has still to tell the others. It writes and tells as the real one does, whatever arrives late or twice."""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from activities.record import refused_claim
from domain import lifecycle
from domain.catalogue import command_from
from domain.deadlines import local_day
from domain.envelopes import CASE_PREFIX, Actor, FollowUp, Recorded, Submitted
from domain.household import HouseholdMemberAdded
from domain.intake import CaseOpened
from domain.kinds import kind_of
from domain.policy import POLICIES
from domain.refusals import Refusal, Refused
from domain.responsibility import ManagerAssigned
from domain.story import Command, Event, State
from tests.examples import NOW, occasion, sealed, unseal

MOST_TOLD = 400
"""So much is never told at a time, unless two stories answer each other without an end."""


class NotYetError(Exception):
    """A third stream has still to let go: it is told again."""


@dataclass
class House:
    """`log`: the command ids that were recorded. `told`: the follow-ups that were told to their end. `outbox`: by story, what is to be told, in order.

    `without_memory`: the stories whose workflows were lost.
    """

    at: datetime = NOW
    stories: dict[str, list[Recorded]] = field(default_factory=lambda: defaultdict(list))
    states: dict[str, State] = field(default_factory=dict)
    log: set[str] = field(default_factory=set)
    claims: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    outbox: dict[str, deque[FollowUp]] = field(default_factory=lambda: defaultdict(deque))
    without_memory: set[str] = field(default_factory=set)
    numbers: Any = field(default_factory=lambda: count(1))

    def state(self, stream_id: str) -> Any:
        return self.states.get(stream_id) or kind_of(stream_id).state()

    def ids(self, prefix: str) -> list[str]:
        return sorted(stream_id for stream_id in self.states if stream_id.startswith(prefix))

    def ask(self, stream_id: str, command: Command, by: Actor) -> Refusal | None:
        """Somebody asks; None where it was recorded, or silent."""
        said = sealed(command).model_dump(mode="json", exclude_none=True)
        return self.submit(
            Submitted(command_id=f"k{next(self.numbers)}", stream_id=stream_id, actor=by, command=said, fingerprint="f")
        )

    def submit(self, submitted: Submitted) -> Refusal | None:
        """As the one writer of stories does it."""
        refusal = self._record(submitted)
        if submitted.stream_id in self.without_memory:
            self._remember(submitted.stream_id)
        return refusal

    def before_recorded(self, stream_id: str, submitted: Submitted, events: list[Recorded]) -> None:
        """Here a test looks at what is about to be recorded."""

    def tell(self, stream_id: str, *, dies_after: int | None = None) -> None:
        """The next follow-up of a story is told. Where whoever tells it dies after so many steps, nobody notes it, and it will be told again."""
        follow_up = self.outbox[stream_id][0]
        if follow_up.id not in self.told:
            try:
                for done, _ in enumerate(self._steps(follow_up)):
                    if done == dies_after:
                        return
            except NotYetError:
                return
            self.told.add(follow_up.id)
        self.outbox[stream_id].popleft()

    def waiting(self) -> list[str]:
        """The stories that have something to tell, or for which the clock has something."""
        return sorted(
            stream_id for stream_id in self.states if self.outbox[stream_id] or self.timer(stream_id) is not None
        )

    def timer(self, stream_id: str) -> lifecycle.Timer | None:
        """What the clock has for a story by now."""
        timer = lifecycle.timer(stream_id, self.state(stream_id), POLICIES, self.at, unseal)
        return timer if timer is not None and timer.deadline.at <= self.at else None

    def strike(self, stream_id: str) -> None:
        """The clock brings what has come. Nobody is asked the same over and over."""
        timer = self.timer(stream_id)
        if timer is not None:
            assert self.submit(timer.submitted) is None, f"the clock is refused: {timer.submitted.command}"
            assert self.timer(stream_id) != timer, f"the clock brings it for ever: {timer.submitted.command}"

    def rest(self) -> None:
        """Until nobody has anything to tell any more."""
        self.resume()
        for _ in range(MOST_TOLD):
            streams = self.waiting()
            if not streams:
                return
            for stream_id in streams:
                self.strike(stream_id)
                if self.outbox[stream_id]:
                    self.tell(stream_id)
        raise AssertionError(f"they tell each other without an end: {[self.outbox[each] for each in streams]}")

    def lose_workflows(self) -> None:
        """None has a memory any more, until it is asked for something, or resumed."""
        self.outbox.clear()
        self.without_memory = set(self.stories)

    def resume(self) -> None:
        for stream_id in sorted(self.without_memory):
            self._remember(stream_id)

    def pass_days(self, days: int) -> None:
        self.at += timedelta(days=days)

    @property
    def today(self) -> Any:
        return local_day(self.at)

    def _record(self, submitted: Submitted) -> Refusal | None:
        stream_id = submitted.stream_id
        if submitted.command_id in self.log:
            self._to_tell([each for each in self.stories[stream_id] if each.command_id == submitted.command_id])
            return None
        state = self.state(stream_id)
        here = occasion(submitted.actor, self.at, elsewhere=self.state)
        try:
            events = lifecycle.decide(state, submitted, command_from(submitted.command), here)
            self._claim(stream_id, state, [each.event for each in events])
        except Refused as refused:
            return refused.code
        if events:
            self.log.add(submitted.command_id)
            self.before_recorded(stream_id, submitted, events)
            self.stories[stream_id] += events
            self.states[stream_id] = lifecycle.replay(events, state.copy())
            self._to_tell(events)
        return None

    def _remember(self, stream_id: str) -> None:
        """What has still to be told is known from the story, and from what is noted as told."""
        every = lifecycle.every_follow_up(stream_id, self.stories[stream_id])
        self.outbox[stream_id] = deque(_of_house(each for each in every if each.id not in self.told))
        self.without_memory.discard(stream_id)

    def _steps(self, follow_up: FollowUp) -> Iterable[None]:
        """As whoever hands over does it; between two steps the process may die."""
        about = follow_up.about
        submitted = Submitted.model_validate(about["submitted"])
        if naming := about.get("cases_naming"):
            for case_id in self._naming(naming["field"], naming["value"]):
                if case_id != follow_up.stream_id:
                    addressed = {"stream_id": case_id, "command_id": f"{submitted.command_id}:{case_id}"}
                    self.submit(submitted.model_copy(update=addressed))
                    yield
            return
        refusal = self.submit(submitted)
        yield
        if refusal is not None and refusal == about.get("insists_on"):
            raise NotYetError
        if refusal is not None and "otherwise" in about:
            self.submit(Submitted.model_validate(about["otherwise"]))
            yield

    def _naming(self, field: str, value: str) -> list[str]:
        kinds: tuple[type[Event], ...] = {
            "household_id": (CaseOpened, HouseholdMemberAdded),
            "manager_id": (ManagerAssigned,),
        }[field]
        return [
            case_id
            for case_id in self.ids(CASE_PREFIX)
            if any(isinstance(e.event, kinds) and getattr(e.event, field) == value for e in self.stories[case_id])
        ]

    def _claim(self, stream_id: str, state: State, events: list[Event]) -> None:
        """All or nothing, what is given back first; a story never takes what it holds already, for that would never be stored."""
        claims = dict(self.claims)
        for name in [name for event in events for name in event.releases(state)]:
            if claims.get(name) == stream_id:
                del claims[name]
        for name in [name for event in events for name in event.claims(state)]:
            assert claims.get(name) != stream_id, f"{name} is claimed again by its own holder"
            if name in claims:
                raise refused_claim(name)
            claims[name] = stream_id
        self.claims = claims

    def _to_tell(self, events: list[Recorded]) -> None:
        """What follows, as it was then; what is told already, or is about to be, is not put there twice."""
        if not events:
            return
        stream_id, last = events[0].stream_id, events[-1].version
        state = self.state(stream_id)
        if state.version != last:
            state = lifecycle.state_of(stream_id, self.stories[stream_id][:last])
        known = {each.id for each in self.outbox[stream_id]}
        told = lifecycle.follow_ups(state, events)
        self.outbox[stream_id] += [each for each in _of_house(told) if each.id not in known]


def _of_house(told: Iterable[FollowUp]) -> list[FollowUp]:
    return [each for each in told if each.kind == "hand_over"]
