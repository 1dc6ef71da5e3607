"""Three years with one person, on both servers: every deadline comes on its day, once, whatever happens to workers, people and rules meanwhile."""

from calendar import isleap
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from temporalio.client import WorkflowExecutionStatus

from domain.closure import ApproveClosure, CloseCase, ProposeClosure
from domain.deadlines import DeadlineEscalated, DeadlineFellDue, DeadlineReminded, start_of
from domain.envelopes import POLICY_STREAM, Actor, Receipt
from domain.intake import CompleteIntake
from domain.policy import Parameters
from domain.policy_story import PublishPolicy
from domain.refusals import Refusal
from domain.responsibility import AssignManager
from domain.reviews import CancelReview, CompleteReview, GoalFound, PostponeReview, ReviewCompleted, StartReview
from domain.story import Command
from domain.vocabulary import (
    ClosureReason,
    ContactMode,
    DeadlineKind,
    GoalStatus,
    Intensity,
    Reason,
    ReviewDecision,
    Role,
)
from domain.withdrawal import AdvanceWithdrawal, StartWithdrawal
from infra import postgres
from infra.settings import Settings, database_url
from tests.e2e.clocks import Clock, one_each, one_for_all
from tests.e2e.stack import MANAGER, SUPERVISOR, Stack, stack
from tests.examples import ADD_GOAL, ADD_OWN_STEP, AGREE, ASSESS, CONFIRM, DRAFT, OPEN
from tests.examples_support import CONTACT
from tests.replaying import runs_of
from workflows.client import Refusing

A_DAY = timedelta(days=1)
SUCCESSOR = Actor(id="im-02", role=MANAGER.role, provider=MANAGER.provider)
STAGES = {DeadlineReminded: "reminded", DeadlineFellDue: "fell due", DeadlineEscalated: "escalated"}
Came = tuple[str, DeadlineKind, date, date]
"""A stage, of which deadline, due on, and the local day on which it came."""


def first_of_three_years() -> int:
    """The next year whose second one after it is a leap year. No server's clock goes back, so all dates lie ahead of it and follow from this one."""
    return next(year for year in count(datetime.now(UTC).year + 1) if isleap(year + 2))


def clocks_go_forward(year: int) -> date:
    """The last Sunday of March."""
    end = date(year, 3, 31)
    return end - timedelta(days=(end.weekday() + 1) % 7)


YEAR = first_of_three_years()
START = date(YEAR, 8, 31)
EPIPHANY = date(YEAR + 1, 1, 6)
NIGHT_OF_THE_CLOCKS = clocks_go_forward(YEAR + 1)
LEAP_DAY = date(YEAR + 2, 2, 29)
EXPECTED: list[Came] = [
    ("reminded", DeadlineKind.PLAN, date(YEAR, 10, 12), date(YEAR, 10, 5)),
    ("reminded", DeadlineKind.REVIEW, EPIPHANY, date(YEAR, 12, 30)),
    ("fell due", DeadlineKind.REVIEW, EPIPHANY, date(YEAR + 1, 1, 7)),
    ("reminded", DeadlineKind.REVIEW, NIGHT_OF_THE_CLOCKS, NIGHT_OF_THE_CLOCKS - 7 * A_DAY),
    ("fell due", DeadlineKind.REVIEW, NIGHT_OF_THE_CLOCKS, NIGHT_OF_THE_CLOCKS + A_DAY),
    ("escalated", DeadlineKind.REVIEW, NIGHT_OF_THE_CLOCKS, NIGHT_OF_THE_CLOCKS + 14 * A_DAY),
    ("reminded", DeadlineKind.REVIEW, date(YEAR + 1, 8, 31), date(YEAR + 1, 8, 24)),
    ("reminded", DeadlineKind.REVIEW, LEAP_DAY, date(YEAR + 2, 2, 22)),
    ("reminded", DeadlineKind.SUPPORT_END, date(YEAR + 3, 8, 30), date(YEAR + 3, 6, 1)),
    ("reminded", DeadlineKind.REVIEW, date(YEAR + 3, 8, 10), date(YEAR + 3, 8, 3)),
    ("reminded", DeadlineKind.WITHDRAWAL_END, date(YEAR + 3, 8, 28), date(YEAR + 3, 8, 21)),
]
STRICTER = PublishPolicy(
    version="stricter",
    valid_from=NIGHT_OF_THE_CLOCKS + 10 * A_DAY,
    parameters=Parameters(
        support_months=12,
        support_months_at_most=12,
        review_months=dict.fromkeys(Intensity, 1),
        review_months_later=dict.fromkeys(Intensity, 1),
        withdrawal_months_at_most=1,
    ),
)
MINISTRY = Actor(id="sm-01", role=Role.MINISTRY, provider="ministry")


@pytest.fixture(params=["one clock for all", "a clock for each case"])
async def clock(request: pytest.FixtureRequest, skipping_address: str) -> AsyncIterator[Clock]:
    async with one_for_all() if request.param == "one clock for all" else one_each(skipping_address) as each:
        yield each


@dataclass
class Life:
    """One case, day by day. Commands are asked at noon, by whoever is its manager, on the day itself."""

    case: Stack
    clock: Clock
    case_id: str
    person: str
    manager: Actor = field(default=MANAGER)

    async def on(self, day: date, *commands: Command, by: Actor | None = None) -> None:
        await self.clock.noon_of(day, self.case_id)
        for command in commands:
            answer = await self._asked(command, by)
            assert isinstance(answer, Receipt), answer

    async def refused(self, command: Command, by: Actor | None = None) -> Refusal:
        answer = await self._asked(command, by)
        assert isinstance(answer, Refusing)
        return answer.code

    async def restart(self) -> None:
        await self.case.stop_worker()
        await self.case.start_worker()

    async def _asked(self, command: Command, by: Actor | None) -> Receipt | Refusing:
        undated = {name: None for name in ("effective_on", "target_date", "due_on") if hasattr(command, name)}
        return await self.case.submit(
            self.case_id, self.person, command.model_copy(update=undated), by=by or self.manager
        )

    def came(self) -> list[Came]:
        """What the clock brought, in order. Each came within the minute in which its local day began."""
        brought: list[Came] = []
        for each in self.case.story(self.case_id):
            if isinstance(each.event, DeadlineReminded | DeadlineFellDue | DeadlineEscalated):
                assert each.recorded_at - start_of(each.effective_on) < timedelta(minutes=1)
                brought.append((STAGES[type(each.event)], each.event.deadline, each.event.due_on, each.effective_on))
        return brought

    def notices(self) -> int:
        with postgres.pool(database_url(self.case.settings), 1) as pool, pool.connection() as connection:
            return len(connection.execute("SELECT id FROM notice").fetchall())


def review(*, independence: int = 2, next_in_months: int | None = None) -> CompleteReview:
    return CompleteReview(
        goals=(GoalFound(goal=1, status=GoalStatus.ON_TRACK),),
        independence=independence,
        decision=ReviewDecision.CONTINUE,
        next_in_months=next_in_months,
        client_agreed=True,
        written_copy="File 12, folder B",
    )


@pytest.mark.timeout(120)
async def test_three_years_with_one_person(clock: Clock, settings: Settings) -> None:
    async with stack(clock.address, settings, cached=clock.cached, continue_after=10) as case:
        life = Life(case, clock, *await case.register())

        # From the first day to the plan. A plan is due after 42 days; it is agreed six days before, when somebody was reminded.
        await life.on(START, CONFIRM.model_copy(update={"title_valid_until": None}), OPEN)
        await life.on(START, AssignManager(manager_id=MANAGER.id))
        await life.on(date(YEAR, 9, 5), CompleteIntake(mode=ContactMode.HOME_VISIT), ASSESS)
        await life.on(date(YEAR, 10, 6), DRAFT, ADD_GOAL, ADD_OWN_STEP, AGREE)

        # The first review falls on Epiphany, a holiday in Baden-Württemberg. A deadline among ourselves does not wait for the next working day.
        await life.on(EPIPHANY + A_DAY, StartReview(), review(next_in_months=2))

        # The second is postponed to the day on which the clocks go forward, and then missed. Whatever else is done does not clear it.
        await life.on(date(YEAR + 1, 2, 20), PostponeReview(new_due_on=NIGHT_OF_THE_CLOCKS, reason=Reason.ILLNESS))
        await life.on(NIGHT_OF_THE_CLOCKS - 3 * A_DAY, CONTACT)
        await life.restart()
        await life.on(NIGHT_OF_THE_CLOCKS + A_DAY, StartReview())
        await life.on(NIGHT_OF_THE_CLOCKS + 5 * A_DAY, AssignManager(manager_id=SUCCESSOR.id), by=SUPERVISOR)
        life.manager = SUCCESSOR
        assert isinstance(await case.submit(POLICY_STREAM, life.person, STRICTER, by=MINISTRY), Receipt)
        await life.restart()
        await life.on(NIGHT_OF_THE_CLOCKS + 30 * A_DAY, CONTACT, DRAFT, AGREE)
        await life.restart()
        assert await life.refused(review()) is Refusal.REVIEW_STALE_PLAN
        assert start_of(NIGHT_OF_THE_CLOCKS + A_DAY) - start_of(NIGHT_OF_THE_CLOCKS) == timedelta(hours=23)
        missed = [each for each in life.came() if each[2] == NIGHT_OF_THE_CLOCKS]
        assert [stage for stage, *_ in missed] == ["reminded", "fell due", "escalated"]

        # Held at last, on 31 May. From here on reviews stand at the ends of months: 31 August, the leap day, 29 August.
        await life.on(date(YEAR + 1, 5, 31), CancelReview(reason=Reason.OTHER), StartReview(), review())
        await life.on(date(YEAR + 1, 8, 31), StartReview(), review(next_in_months=6))
        await life.on(LEAP_DAY, StartReview(), review(next_in_months=6))
        await life.on(date(YEAR + 2, 8, 20), StartReview(), review(next_in_months=6))
        await life.restart()
        await life.on(date(YEAR + 3, 2, 10), StartReview(), review(independence=3, next_in_months=6))

        # Stepping back, from the last of February on; six months later it would be over.
        await life.on(date(YEAR + 3, 2, 28), CONTACT, StartWithdrawal())
        await life.on(date(YEAR + 3, 4, 30), CONTACT, AdvanceWithdrawal())
        await life.on(date(YEAR + 3, 6, 30), CONTACT, AdvanceWithdrawal())
        await life.on(date(YEAR + 3, 8, 5), StartReview(), review(independence=4), CONTACT)

        # An end with four eyes.
        end = date(YEAR + 3, 8, 22)
        proposed = ProposeClosure(closure_reason=ClosureReason.INDEPENDENT, last_seen_on=date(YEAR + 3, 8, 5))
        close = CloseCase(closure_reason=ClosureReason.INDEPENDENT)
        await life.on(end, proposed, by=SUPERVISOR)
        assert await life.refused(close) is Refusal.CLOSURE_NOT_APPROVED
        assert await life.refused(ApproveClosure(), by=SUPERVISOR) is Refusal.SELF_APPROVAL
        await life.on(end, ApproveClosure(), by=Actor(id="fl-02", role=SUPERVISOR.role, provider=SUPERVISOR.provider))
        await life.on(end, close)
        await case.client.get_workflow_handle(life.case_id).result()

        assert life.came() == EXPECTED
        assert life.notices() == 1
        assert len(await runs_of(case.client, life.case_id)) > 5
        story = case.story(life.case_id)
        assert {each.policy_version for each in story[1:]} == {"2023"}
        held = [each.event for each in story if isinstance(each.event, ReviewCompleted)]
        assert [each.days_late for each in held] == [
            1,
            (date(YEAR + 1, 5, 31) - NIGHT_OF_THE_CLOCKS).days,
            0,
            0,
            0,
            0,
            0,
        ]
        assert [each.version for each in story] == list(range(1, len(story) + 1))
        described = await case.client.get_workflow_handle(life.case_id).describe()
        assert described.status is WorkflowExecutionStatus.COMPLETED
