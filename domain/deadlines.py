"""Deadlines: local dates with a rule. A deadline is over at local midnight, through every change of the clocks."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from domain.case import Case
from domain.envelopes import FollowUp, NextDeadline, Recorded
from domain.handing import notice
from domain.policy import Policy, policy_named
from domain.story import Command, Due, Event, Occasion, Unseal, birth_opened, birthday
from domain.vocabulary import DeadlineKind, DeadlineStage, Phase, Role, Title, TitleQuestion

LOCAL = ZoneInfo("Europe/Berlin")
LATE = (DeadlineStage.FELL_DUE, DeadlineStage.ESCALATED)
REMINDERS = (DeadlineStage.REMINDED, DeadlineStage.REMINDED_AGAIN)
REVIEWED = (Phase.SUPPORT, Phase.WITHDRAWAL)


@dataclass(frozen=True)
class Deadline:
    kind: DeadlineKind
    due_on: date


def add_months(anchor: date, months: int) -> date:
    """Month arithmetic by section 188 of the Civil Code: the same day number, or the last day of the month.

    Always counted from the original anchor: 31 August + 6 is the end of February, + 7 is 31 March.
    """
    years, month = divmod(anchor.month - 1 + months, 12)
    year, month = anchor.year + years, month + 1
    return date(year, month, min(anchor.day, monthrange(year, month)[1]))


def last_day_of_support(start: date, months: int) -> date:
    """The first day counts (section 187(2)): 31 January 2018 + 24 months ends on 30 January 2020."""
    return add_months(start, months) - timedelta(days=1)


def start_of(day: date) -> datetime:
    """The instant (UTC) at which a local day begins."""
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def local_day(instant: datetime) -> date:
    return instant.astimezone(LOCAL).date()


def running(case: Case, policy: Policy, unseal: Unseal | None = None) -> list[Deadline]:
    """The deadlines that run now, i.e. that nothing has cleared yet. While a suspension stops the clock, only those of the world outside run.

    Without `unseal`, that of coming of age is left out.
    """
    if case.support_start is None or not case.open:
        return []
    birth = _birth(case, unseal) if unseal else None
    stopped = case.suspension is not None and case.suspension.clock_stops
    due = {
        **_outside(case, case.support_start, policy, birth),
        **({} if stopped else _of_support(case, case.support_start, policy)),
    }
    return [Deadline(kind, due_on) for kind, due_on in due.items() if due_on is not None]


def _of_support(case: Case, start: date, policy: Policy) -> dict[DeadlineKind, date | None]:
    """What the programme sets itself. The days during which the clock stood still do not count."""
    uncleared = {
        DeadlineKind.FIRST_CONTACT: not case.first_contact,
        DeadlineKind.ASSESSMENT: case.intensity is None,
        DeadlineKind.PLAN: case.phase in (Phase.INTAKE, Phase.PLANNING),
    }
    counted_from = start + timedelta(days=case.stopped_days)
    return {
        **{
            kind: counted_from + timedelta(days=policy.due_after_days[kind]) if runs else None
            for kind, runs in uncleared.items()
        },
        DeadlineKind.REVIEW: case.review_due if case.phase in REVIEWED else None,
        DeadlineKind.SUPPORT_END: case.support_end,
        DeadlineKind.WITHDRAWAL_END: _withdrawal_end(case, policy),
    }


def _withdrawal_end(case: Case, policy: Policy) -> date | None:
    """Counted from the day on which the withdrawal began, however many stages it has gone through since."""
    if case.withdrawal_began is None:
        return None
    latest = add_months(case.withdrawal_began, policy.withdrawal_months_at_most)
    return latest + timedelta(days=case.withdrawal_stopped_days)


def _outside(case: Case, start: date, policy: Policy, birth: date | None) -> dict[DeadlineKind, date | None]:
    """A title that had run out before the beginning is no news: a supervisor opened the case all the same."""
    expires = case.title_until if case.title_until is not None and case.title_until >= start else None
    return {
        DeadlineKind.TITLE_EXPIRY: None if case.title_decided else expires,
        DeadlineKind.TITLE_DECISION: _title_decision(case, start, policy),
        DeadlineKind.SUSPENSION: case.suspension.expected_until if case.suspension else None,
        DeadlineKind.TRANSFER_ANSWER: case.transfer.answer_by if case.transfer else None,
        DeadlineKind.COMING_OF_AGE: _coming_of_age(start, policy, birth),
    }


def _birth(case: Case, unseal: Unseal) -> date | None:
    """Where a person's key was destroyed, nothing is known of their age; the other deadlines run on."""
    try:
        return birth_opened(case, unseal)
    except ValueError:
        return None


def _coming_of_age(start: date, policy: Policy, birth: date | None) -> date | None:
    """The first day of the month in which somebody comes of age who was a minor when support began.

    The month, not the day: due dates stand in clear in events, timers and receipts, and this day would tell the birth date.
    """
    on = birthday(birth, policy.adult_age) if birth is not None else None
    return on.replace(day=1) if on is not None and on > start else None


def title_question(case: Case) -> TitleQuestion | None:
    """What a supervisor has to decide on: a title that is lost, or one whose last day is over, as the clock has brought it."""
    if not case.open or case.title_decided:
        return None
    if case.title is Title.NONE:
        return TitleQuestion.LOST
    over = case.title_until is not None and case.stages.get((DeadlineKind.TITLE_EXPIRY, case.title_until)) in LATE
    return TitleQuestion.UNCLEAR if over else None


def _title_decision(case: Case, start: date, policy: Policy) -> date | None:
    """Counted from the loss or the last day of the title; a loss before the beginning of support counts from there."""
    question = title_question(case)
    since = case.title_since if question is TitleQuestion.LOST else case.title_until
    if question is None or since is None:
        return None
    return max(since, start) + timedelta(days=policy.due_after_days[DeadlineKind.TITLE_DECISION])


def reached_at(deadline: Deadline, stage: DeadlineStage, policy: Policy) -> datetime:
    """The beginning of the day on which a stage is reached: reminders before the due day, the rest when it is over."""
    return start_of(deadline.due_on + timedelta(days=policy.stage_days[deadline.kind][stage]))


def stages_ahead(case: Case, deadline: Deadline, policy: Policy, now: datetime) -> list[DeadlineStage]:
    """The stages not yet reached for this due date. A reminder is left out when the next stage has come already."""
    stages = [stage for stage in DeadlineStage if stage in policy.stage_days[deadline.kind]]
    overtaken = {
        stage
        for stage, following in pairwise(stages)
        if stage in REMINDERS and reached_at(deadline, following, policy) <= now
    }
    if reached := case.stages.get((deadline.kind, deadline.due_on)):
        order = list(DeadlineStage)
        stages = [stage for stage in stages if order.index(stage) > order.index(reached)]
    return [stage for stage in stages if stage not in overtaken]


def next_deadline(
    case: Case, policies: tuple[Policy, ...], now: datetime, unseal: Unseal | None
) -> NextDeadline | None:
    """What the clock has to bring next; it may lie in the past, when the clock was down."""
    if case.policy_version is None:
        return None
    policy = policy_named(policies, case.policy_version)
    coming = [
        NextDeadline(kind=d.kind, stage=ahead[0], due_on=d.due_on, at=reached_at(d, ahead[0], policy))
        for d in running(case, policy, unseal)
        if (ahead := stages_ahead(case, d, policy, now))
    ]
    return min(coming, key=lambda n: (n.at, n.kind), default=None)


def due(case: Case, policies: tuple[Policy, ...], now: datetime, unseal: Unseal | None) -> Due | None:
    """The same with the command that brings it."""
    coming = next_deadline(case, policies, now, unseal)
    if coming is None:
        return None
    command = ReachDeadline(deadline=coming.kind, stage=coming.stage, due_on=coming.due_on)
    return Due(coming, command, f"{coming.kind}:{coming.due_on}:{coming.stage}")


class ReachDeadline(Command):
    """The clock says that a stage of a deadline is reached. Silent when something has cleared it, or it was reached before."""

    kind: Literal["ReachDeadline"] = "ReachDeadline"
    deadline: DeadlineKind
    stage: DeadlineStage
    due_on: date

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if not self._is_reached(case, occasion):
            return []
        if self.stage is DeadlineStage.REMINDED:
            return [DeadlineReminded(deadline=self.deadline, due_on=self.due_on)]
        if self.stage is DeadlineStage.REMINDED_AGAIN:
            return [DeadlineRemindedAgain(deadline=self.deadline, due_on=self.due_on)]
        if self.stage is DeadlineStage.FELL_DUE:
            return [DeadlineFellDue(deadline=self.deadline, due_on=self.due_on)]
        days_late = (occasion.today - self.due_on).days
        return [DeadlineEscalated(deadline=self.deadline, due_on=self.due_on, days_late=days_late)]

    def _is_reached(self, case: Case, occasion: Occasion) -> bool:
        """Whether the deadline still runs, this stage is its next, and its instant has come. Another deadline may be nearer: that is not asked."""
        if case.policy_version is None:
            return False
        policy, deadline = policy_named(occasion.policies, case.policy_version), Deadline(self.deadline, self.due_on)
        if deadline not in running(case, policy, occasion.unseal):
            return False
        if stages_ahead(case, deadline, policy, occasion.now)[:1] != [self.stage]:
            return False
        return occasion.now >= reached_at(deadline, self.stage, policy)


class _StageReached(Event):
    deadline: DeadlineKind
    due_on: date

    commutes = True

    def _reach(self, case: Case, stage: DeadlineStage) -> None:
        case.stages[(self.deadline, self.due_on)] = stage


class DeadlineReminded(_StageReached):
    def apply(self, case: Case) -> None:
        self._reach(case, DeadlineStage.REMINDED)


class DeadlineRemindedAgain(_StageReached):
    """Nearer to the due date, where one reminder is not enough."""

    def apply(self, case: Case) -> None:
        self._reach(case, DeadlineStage.REMINDED_AGAIN)


class DeadlineFellDue(_StageReached):
    def apply(self, case: Case) -> None:
        self._reach(case, DeadlineStage.FELL_DUE)


class DeadlineEscalated(_StageReached):
    """The supervisor is told, once per due date. `days_late` counts from the due date."""

    days_late: int

    def apply(self, case: Case) -> None:
        self._reach(case, DeadlineStage.ESCALATED)

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        about = {
            "event": recorded.name,
            "deadline": self.deadline,
            "due_on": self.due_on.isoformat(),
            "days_late": self.days_late,
        }
        return [notice(recorded, case.provider, about)]
