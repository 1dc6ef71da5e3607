"""Deadlines: local dates with a rule. A deadline is over at local midnight, through every change of the clocks."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from domain.case import Case
from domain.envelopes import NextDeadline
from domain.policy import Policy, policy_named
from domain.story import Command, Event, Occasion
from domain.vocabulary import DeadlineKind, DeadlineStage, Phase, Role

LOCAL = ZoneInfo("Europe/Berlin")


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


def running(case: Case, policy: Policy) -> list[Deadline]:
    """The deadlines that run now, i.e. that nothing has cleared yet. Counted from the start of support."""
    if case.support_start is None or not case.open:
        return []
    uncleared = {
        DeadlineKind.FIRST_CONTACT: not case.first_contact,
        DeadlineKind.ASSESSMENT: case.intensity is None,
        DeadlineKind.PLAN: case.phase in (Phase.INTAKE, Phase.PLANNING),
    }
    start = case.support_start
    return [
        Deadline(kind, start + timedelta(days=policy.due_after_days[kind])) for kind, runs in uncleared.items() if runs
    ]


def reached_at(deadline: Deadline, stage: DeadlineStage, policy: Policy) -> datetime:
    """Reminded some days before, due when the due day is over, escalated some days after the due day."""
    days = {
        DeadlineStage.REMINDED: -policy.remind_days_before,
        DeadlineStage.FELL_DUE: 1,
        DeadlineStage.ESCALATED: policy.escalate_days_after,
    }[stage]
    return start_of(deadline.due_on + timedelta(days=days))


def stages_ahead(case: Case, deadline: Deadline, policy: Policy, now: datetime) -> list[DeadlineStage]:
    """The stages not yet reached for this due date. A reminder that comes after the due day is left out."""
    stages = list(DeadlineStage)
    due_on, reached = case.stages.get(deadline.kind, (None, None))
    if reached is not None and due_on == deadline.due_on:
        stages = stages[stages.index(reached) + 1 :]
    if reached_at(deadline, DeadlineStage.FELL_DUE, policy) <= now:
        stages = [stage for stage in stages if stage is not DeadlineStage.REMINDED]
    return stages


def next_deadline(case: Case, policies: tuple[Policy, ...], now: datetime) -> NextDeadline | None:
    """What the clock has to bring next; it may lie in the past, when the clock was down."""
    if case.policy_version is None:
        return None
    policy = policy_named(policies, case.policy_version)
    coming = [
        NextDeadline(kind=d.kind, stage=ahead[0], due_on=d.due_on, at=reached_at(d, ahead[0], policy))
        for d in running(case, policy)
        if (ahead := stages_ahead(case, d, policy, now))
    ]
    return min(coming, key=lambda n: (n.at, n.kind), default=None)


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
        if self.stage is DeadlineStage.FELL_DUE:
            return [DeadlineFellDue(deadline=self.deadline, due_on=self.due_on)]
        days_late = (occasion.today - self.due_on).days
        return [DeadlineEscalated(deadline=self.deadline, due_on=self.due_on, days_late=days_late)]

    def _is_reached(self, case: Case, occasion: Occasion) -> bool:
        """Whether the deadline still runs, this stage is its next, and its instant has come. Another deadline may be nearer: that is not asked."""
        if case.policy_version is None:
            return False
        policy, deadline = policy_named(occasion.policies, case.policy_version), Deadline(self.deadline, self.due_on)
        if deadline not in running(case, policy) or occasion.now < reached_at(deadline, self.stage, policy):
            return False
        return stages_ahead(case, deadline, policy, occasion.now)[:1] == [self.stage]


class _StageReached(Event):
    deadline: DeadlineKind
    due_on: date

    def _reach(self, case: Case, stage: DeadlineStage) -> None:
        case.stages[self.deadline] = (self.due_on, stage)


class DeadlineReminded(_StageReached):
    def apply(self, case: Case) -> None:
        self._reach(case, DeadlineStage.REMINDED)


class DeadlineFellDue(_StageReached):
    def apply(self, case: Case) -> None:
        self._reach(case, DeadlineStage.FELL_DUE)


class DeadlineEscalated(_StageReached):
    """The supervisor is told, once per due date. `days_late` counts from the due date."""

    days_late: int

    def apply(self, case: Case) -> None:
        self._reach(case, DeadlineStage.ESCALATED)
