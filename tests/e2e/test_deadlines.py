"""The clock on the real path: what passes while nobody acts is recorded, each once; what people do in time is not escalated."""

import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from domain.deadlines import DeadlineEscalated, DeadlineFellDue, DeadlineReminded, local_day
from domain.eligibility import ConfirmEligibility
from domain.envelopes import Receipt
from domain.intake import CompleteIntake, OpenCase
from domain.responsibility import AssignManager
from domain.reviews import PostponeReview, ReviewCompleted
from domain.vocabulary import ContactMode, DeadlineKind, EligibilityBasis, Reason, Title
from infra import postgres
from infra.settings import Settings, database_url
from tests.e2e.stack import Stack, stack
from tests.examples import ADD_GOAL, ADD_OWN_STEP, AGREE, ASSESS, COMPLETE_INTAKE, DRAFT
from tests.examples_reviews import COMPLETE_REVIEW, START_REVIEW

STAGES = ("DeadlineReminded", "DeadlineFellDue", "DeadlineEscalated")
FROM_THE_START = (DeadlineKind.FIRST_CONTACT, DeadlineKind.ASSESSMENT, DeadlineKind.PLAN)
FAR_AWAY = date(2099, 1, 1)


@pytest.fixture
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    server = shutil.which("temporal-test-server", path=str(Path(sys.executable).parent))
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=server) as environment:
        yield environment


async def opened(case: Stack, today: date) -> tuple[str, str]:
    case_id, person = await case.register()
    for command in (
        ConfirmEligibility(
            basis=EligibilityBasis.AU_FLUEAG, title_code=Title.P25_2, au_since=date(2024, 1, 1), evidence_seen=True
        ),
        OpenCase(municipality="ravensburg", effective_on=today),
        AssignManager(manager_id="im-01"),
    ):
        assert isinstance(await case.submit(case_id, person, command), Receipt)
    return case_id, person


def reached(case: Stack, case_id: str) -> Counter[tuple[str, DeadlineKind]]:
    return Counter(
        (each.name, each.event.deadline)
        for each in case.story(case_id)
        if isinstance(each.event, DeadlineReminded | DeadlineFellDue | DeadlineEscalated)
    )


def notices(settings: Settings) -> list[str]:
    with postgres.pool(database_url(settings), 1) as pool, pool.connection() as connection:
        return [row["id"] for row in connection.execute("SELECT id FROM notice ORDER BY id").fetchall()]


async def test_deadlines_nobody_met_are_reminded_fell_due_and_escalated_once_each(
    skipping: WorkflowEnvironment, settings: Settings
) -> None:
    # Nothing cached: this server knows no way to a new worker for a task that stuck to the old one.
    async with stack_on(skipping, settings, cached=0) as case:
        case_id, _ = await opened(case, local_day(await skipping.get_current_time()))

        await skipping.sleep(timedelta(days=30))
        await case.stop_worker()
        await case.start_worker()
        await skipping.sleep(timedelta(days=400))

        assert reached(case, case_id) == Counter({(stage, kind): 1 for stage in STAGES for kind in FROM_THE_START})
        escalations = [each for each in case.story(case_id) if isinstance(each.event, DeadlineEscalated)]
        assert notices(settings) == sorted(f"notice:{case_id}:{each.version}" for each in escalations)
        assert {each.event.days_late for each in escalations if isinstance(each.event, DeadlineEscalated)} == {14}


async def test_a_first_contact_in_time_is_neither_reminded_nor_escalated(
    skipping: WorkflowEnvironment, settings: Settings
) -> None:
    async with stack_on(skipping, settings) as case:
        case_id, person = await opened(case, local_day(await skipping.get_current_time()))
        await skipping.sleep(timedelta(days=5))
        assert isinstance(await case.submit(case_id, person, CompleteIntake(mode=ContactMode.HOME_VISIT)), Receipt)

        await skipping.sleep(timedelta(days=100))

        kinds = {kind for _, kind in reached(case, case_id)}
        assert kinds == {DeadlineKind.ASSESSMENT, DeadlineKind.PLAN}


async def test_a_review_nobody_holds_is_told_once_at_each_stage_and_only_holding_it_clears_it(
    skipping: WorkflowEnvironment, settings: Settings
) -> None:
    async with stack_on(skipping, settings, cached=0) as case:
        case_id, person = await opened(case, local_day(await skipping.get_current_time()))
        for command in (COMPLETE_INTAKE, ASSESS, DRAFT, ADD_GOAL, ADD_OWN_STEP, AGREE):
            undated = {name: None for name in ("effective_on", "target_date", "due_on") if hasattr(command, name)}
            assert isinstance(await case.submit(case_id, person, command.model_copy(update=undated)), Receipt)

        await skipping.sleep(timedelta(days=95))
        for command in (DRAFT, AGREE):
            assert isinstance(await case.submit(case_id, person, command), Receipt)
        refused = await case.submit(case_id, person, PostponeReview(new_due_on=FAR_AWAY, reason=Reason.ILLNESS))
        await case.stop_worker()
        await case.start_worker()
        await skipping.sleep(timedelta(days=200))

        assert not isinstance(refused, Receipt)
        assert of_review(case, case_id) == Counter(dict.fromkeys(STAGES, 1))
        (notice,) = notices(settings)
        assert notice.startswith(f"notice:{case_id}:")

        assert isinstance(await case.submit(case_id, person, START_REVIEW), Receipt)
        assert isinstance(await case.submit(case_id, person, COMPLETE_REVIEW), Receipt)
        await skipping.sleep(timedelta(days=60))
        assert of_review(case, case_id) == Counter(dict.fromkeys(STAGES, 1))
        held = next(each.event for each in case.story(case_id) if isinstance(each.event, ReviewCompleted))
        assert held.days_late > 200
        await skipping.sleep(timedelta(days=60))
        assert of_review(case, case_id) == Counter(dict.fromkeys(STAGES, 2))


def of_review(case: Stack, case_id: str) -> Counter[str]:
    """How often each stage of a review's deadline came."""
    came = reached(case, case_id)
    return Counter({stage: n for (stage, kind), n in came.items() if kind is DeadlineKind.REVIEW})


async def test_a_workflow_that_was_lost_comes_back_with_the_next_command_and_keeps_its_deadlines(
    skipping: WorkflowEnvironment, settings: Settings
) -> None:
    async with stack_on(skipping, settings) as case:
        case_id, person = await opened(case, local_day(await skipping.get_current_time()))
        await case.client.get_workflow_handle(case_id).terminate()

        answer = await case.submit(case_id, person, CompleteIntake(mode=ContactMode.OFFICE))
        await skipping.sleep(timedelta(days=43))

        assert isinstance(answer, Receipt)
        assert reached(case, case_id)[("DeadlineFellDue", DeadlineKind.PLAN)] == 1


def stack_on(
    environment: WorkflowEnvironment, settings: Settings, cached: int = 1000
) -> AbstractAsyncContextManager[Stack]:
    return stack(environment.client.service_client.config.target_host, settings, cached=cached)
