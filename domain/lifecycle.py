"""The life of a case as a whole: replay what was recorded, decide what is asked, tell what follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.case import Case
from domain.deadlines import DeadlineEscalated, ReachDeadline, add_months, next_deadline
from domain.envelopes import Actor, FollowUp, NextDeadline, Recorded, Submitted
from domain.personal import in_clear
from domain.policy import Policy, policy_on
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion, check_life_span
from domain.vocabulary import Phase, Role


def replay(events: Iterable[Recorded], case: Case | None = None) -> Case:
    """The state that the story leads to. Versions must follow each other without a gap."""
    case = case or Case()
    for recorded in events:
        if recorded.version != case.version + 1:
            raise ValueError(f"{recorded.stream_id}: version {recorded.version} after {case.version}")
        recorded.event.apply_on(case, recorded.effective_on)
        case.phase = recorded.event.leads_to or case.phase
        case.version = recorded.version
    return case


def decide(case: Case, submitted: Submitted, command: Command, occasion: Occasion) -> list[Recorded]:
    """The events that answer a command, in their envelopes but not yet chained or stored. Raises Refused. The case is not changed."""
    actor = occasion.actor
    if case.phase is None and not command.opens:
        raise Refused(Refusal.CASE_UNKNOWN)
    if actor.role not in command.roles:
        raise Refused(Refusal.ROLE_NOT_ALLOWED, command=command.kind, role=actor.role)
    if case.phase is not None and actor.role is not Role.SYSTEM and actor.provider != case.provider:
        raise Refused(Refusal.CROSS_PROVIDER)
    if submitted.expected_version is not None and submitted.expected_version != case.version:
        raise Refused(Refusal.CONCURRENCY, expected=submitted.expected_version, actual=case.version)
    _check_alive(case, command, occasion)
    _check_phase(case, command, occasion)
    _check_day(case, command, occasion)
    events = command.decide(case, occasion)
    return [_recorded(case, event, n, submitted, command, occasion) for n, event in enumerate(events, 1)]


def _check_alive(case: Case, command: Command, occasion: Occasion) -> None:
    """Nothing true of a person after their death, nor any casework with them; what is for closed cases is about records, not about a life."""
    of_life = command.late_allowed or Phase.CLOSED not in command.phases
    if of_life and case.died_on is not None and command.on(occasion) > case.died_on:
        raise Refused(Refusal.AFTER_DEATH, effective_on=command.on(occasion), died_on=case.died_on)


def _check_phase(case: Case, command: Command, occasion: Occasion) -> None:
    """A closed case stays as it is, but for what was true by the day of its closing and is handed in late."""
    if case.phase is Phase.CLOSED and case.phase not in command.phases:
        late = command.late_allowed and case.closed_on is not None and command.on(occasion) <= case.closed_on
        if not late:
            raise Refused(Refusal.CLOSED_IMMUTABLE, command=command.kind, closed_on=case.closed_on)
        return
    command.check_first(case)
    if not command.opens and case.phase not in command.phases:
        raise Refused(Refusal.ILLEGAL_TRANSITION, command=command.kind, phase=case.phase)


def _check_day(case: Case, command: Command, occasion: Occasion) -> None:
    """Nothing true in the future but what can be planned, nothing before birth, no casework before support."""
    on, today = command.on(occasion), occasion.today
    months_ahead = policy_on(occasion.policies, today).plan_ahead_months if command.plannable else 0
    if on > add_months(today, months_ahead):
        raise Refused(Refusal.FUTURE_FACT, effective_on=on, today=today)
    if on < today:
        check_life_span(case, on, occasion)
    if command.within_support and case.support_start is not None and on < case.support_start:
        raise Refused(Refusal.DATE_ORDER, first=case.support_start, then=on)


def _recorded(
    case: Case, event: Event, nth: int, submitted: Submitted, command: Command, occasion: Occasion
) -> Recorded:
    if found := [*in_clear(command), *in_clear(event)]:
        raise ValueError(f"{type(event).__name__}: personal data in clear: {', '.join(found)}")
    return Recorded(
        stream_id=submitted.stream_id,
        version=case.version + nth,
        event=event,
        recorded_at=occasion.now,
        effective_on=command.on(occasion),
        actor=occasion.actor,
        command_id=submitted.command_id,
        policy_version=case.policy_version or policy_on(occasion.policies, command.on(occasion)).version,
        causation=submitted.causation,
        reason=command.reason,
        reason_text=command.reason_text,
    )


@dataclass(frozen=True)
class Timer:
    """What the clock submits when `deadline.at` has come. Its command id is derived, so that it is recorded once."""

    deadline: NextDeadline
    submitted: Submitted


def timer(stream_id: str, case: Case, policies: tuple[Policy, ...], now: datetime) -> Timer | None:
    """The next thing the clock has to bring to this case, if anything. `now` is UTC."""
    coming = next_deadline(case, policies, now)
    if coming is None:
        return None
    name = f"{coming.kind}:{coming.due_on}:{coming.stage}"
    command = ReachDeadline(deadline=coming.kind, stage=coming.stage, due_on=coming.due_on)
    return Timer(
        coming,
        Submitted(
            command_id=f"timer:{stream_id}:{name}",
            stream_id=stream_id,
            actor=Actor(id="lotse", role=Role.SYSTEM, provider=case.provider),
            command=command.model_dump(mode="json", exclude_none=True),
            fingerprint="",
            causation=f"timer:{name}",
        ),
    )


def rests(case: Case, timer: Timer | None) -> bool:
    """Whether the case waits for nothing any more: it is closed, and the clock has nothing to bring."""
    return case.phase is Phase.CLOSED and timer is None


def follow_ups(case: Case, events: Iterable[Recorded]) -> list[FollowUp]:
    """What now has to be told to whom."""
    return [
        FollowUp(
            id=f"notice:{recorded.stream_id}:{recorded.version}",
            kind="notice",
            case_id=recorded.stream_id,
            provider=case.provider,
            about={
                "event": recorded.name,
                "deadline": recorded.event.deadline,
                "due_on": recorded.event.due_on.isoformat(),
                "days_late": recorded.event.days_late,
            },
        )
        for recorded in events
        if isinstance(recorded.event, DeadlineEscalated)
    ]
