"""The end of a case on real services: one closing, a workflow that ends, late facts, a reopening, and the person free in between."""

import asyncio

from temporalio.client import WorkflowExecutionStatus

from domain.closure import CloseCase
from domain.eligibility import ConfirmEligibility
from domain.envelopes import Receipt
from domain.facts import RecordLanguageLevel
from domain.intake import CompleteIntake, OpenCase
from domain.refusals import Refusal
from domain.reopening import ReopenCase
from domain.story import Command
from domain.vocabulary import (
    ClosureReason,
    ContactMode,
    EligibilityBasis,
    LanguageEvidence,
    LanguageLevel,
    Reason,
    Title,
)
from infra.settings import Settings
from tests.e2e.stack import Stack, stack
from tests.examples import ALLOTTED
from workflows.client import Refusing

CONFIRM = ConfirmEligibility(
    basis=EligibilityBasis.AU_FLUEAG, title_code=Title.P25_2, au_since=ALLOTTED, evidence_seen=True
)
OPEN = OpenCase(municipality="ravensburg")
CLOSE = CloseCase(closure_reason=ClosureReason.MOVED_AWAY)
REOPEN = ReopenCase(reason=Reason.CLIENT_WISH)
LEVEL = RecordLanguageLevel(level=LanguageLevel.B1, evidence=LanguageEvidence.CERT_DTZ)
MEET = CompleteIntake(mode=ContactMode.OFFICE)


async def opened(case: Stack) -> tuple[str, str]:
    case_id, person = await case.register()
    for command in (CONFIRM, OPEN):
        assert isinstance(await case.submit(case_id, person, command), Receipt)
    return case_id, person


async def answers(case: Stack, case_id: str, person: str, command: Command) -> str:
    """The name of the first recorded event, or the code of the refusal."""
    answer = await case.submit(case_id, person, command)
    return answer.code.value if isinstance(answer, Refusing) else answer.events[0].name


async def ended(case: Stack, case_id: str) -> None:
    await case.client.get_workflow_handle(case_id).result()


async def test_edge_case_11_a_closed_case_takes_late_facts_and_is_reopened_though_its_workflow_has_ended(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as case:
        case_id, person = await opened(case)
        assert await answers(case, case_id, person, CLOSE) == "CaseClosed"
        await ended(case, case_id)
        assert await answers(case, case_id, person, LEVEL) == "LanguageLevelRecorded"
        assert await answers(case, case_id, person, MEET) == Refusal.CLOSED_IMMUTABLE
        await ended(case, case_id)
        assert await answers(case, case_id, person, REOPEN) == "CaseReopened"
        assert await answers(case, case_id, person, MEET) == "IntakeCompleted"
        described = await case.client.get_workflow_handle(case_id).describe()
        assert described.status is WorkflowExecutionStatus.RUNNING
        assert [each.version for each in case.story(case_id)] == list(range(1, 8))


async def test_edge_case_12_of_closings_at_once_one_is_recorded_and_the_others_are_told(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as case:
        case_id, person = await opened(case)
        told = await asyncio.gather(*(answers(case, case_id, person, CLOSE) for _ in range(8)))
        assert sorted(told) == [Refusal.CLOSED_IMMUTABLE] * 7 + ["CaseClosed"]
        assert [each.name for each in case.story(case_id)].count("CaseClosed") == 1


async def test_commands_that_arrive_while_the_workflow_ends_are_all_answered(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as case:
        case_id, person = await opened(case)
        for _ in range(10):
            told = await asyncio.gather(
                answers(case, case_id, person, CLOSE),
                answers(case, case_id, person, LEVEL),
                answers(case, case_id, person, LEVEL),
            )
            assert sorted(told) == ["CaseClosed", "LanguageLevelRecorded", "LanguageLevelRecorded"]
            assert await answers(case, case_id, person, REOPEN) == "CaseReopened"


async def test_edge_case_13_a_closing_that_is_sent_again_after_the_workflow_has_ended_gives_the_first_receipt(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as case:
        case_id, person = await opened(case)
        first = await case.submit(case_id, person, CLOSE, command_id="the-closing")
        await ended(case, case_id)
        assert await case.submit(case_id, person, CLOSE, command_id="the-closing") == first
        assert len(case.story(case_id)) == 4


async def test_after_a_closing_the_person_opens_another_case_and_the_first_stays_closed(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as case:
        case_id, person = await opened(case)
        await case.submit(case_id, person, CLOSE)
        second = await case.register_again(person)
        assert await answers(case, second, person, CONFIRM) == "EligibilityConfirmed"
        told = await asyncio.gather(answers(case, second, person, OPEN), answers(case, case_id, person, REOPEN))
        assert sorted(told) in (
            [Refusal.CASE_ALREADY_OPEN, "CaseOpened"],
            [Refusal.CASE_ALREADY_OPEN, "CaseReopened"],
        )
