"""Once means once: random interleavings of commands, repeats, stale versions, restarts and continue-as-new over one case."""

import asyncio
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain import lifecycle
from domain.case import Case
from domain.envelopes import Receipt
from domain.facts import RecordHousing, RecordLanguageLevel
from domain.intake import RecordConsent, RecordRefusalOfData, WithdrawConsent
from domain.refusals import Refusal
from domain.story import Command
from domain.vocabulary import (
    ConsentForm,
    ConsentScope,
    DataField,
    HousingKind,
    LanguageEvidence,
    LanguageLevel,
)
from infra.event_format import first_break, hash_of
from infra.settings import Settings
from tests.e2e.stack import Stack, stack
from workflows.client import Refusing

COMMANDS: dict[str, Command] = {
    "consent": RecordConsent(scope=ConsentScope.STATISTICS, form=ConsentForm.ORAL, language="fa"),
    "withdraw": WithdrawConsent(scope=ConsentScope.STATISTICS),
    "level": RecordLanguageLevel(level=LanguageLevel.A1, evidence=LanguageEvidence.COURSE),
    "housing": RecordHousing(housing=HousingKind.AU_FLAT),
    "refusal": RecordRefusalOfData(field=DataField.HEALTH, reason_text="would rather not say"),
}

new = st.tuples(st.just("new"), st.sampled_from(sorted(COMMANDS)))
repeat = st.tuples(st.just("repeat"), st.integers(0, 20))
other_content = st.tuples(st.just("other content"), st.integers(0, 20))
stale = st.tuples(st.just("stale"), st.integers(1, 3))
at_once = st.tuples(st.just("at once"), st.lists(st.sampled_from(sorted(COMMANDS)), min_size=2, max_size=5))
restart = st.tuples(st.just("restart"), st.none())
twins = st.tuples(st.just("twins"), st.sampled_from(sorted(COMMANDS)))
steps = st.lists(st.one_of(new, new, repeat, other_content, stale, at_once, restart, twins), min_size=4, max_size=14)


@dataclass
class Told:
    """What the callers were told: the first receipt under each key, and what was asked under it."""

    receipts: dict[str, Receipt] = field(default_factory=dict)
    asked: dict[str, Command] = field(default_factory=dict)


@hypothesis_settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=steps, cached=st.sampled_from([1000, 0]))
def test_nothing_is_lost_nothing_is_doubled_and_the_chain_holds(
    temporal_address: str, settings: Settings, steps: list[tuple[str, object]], cached: int
) -> None:
    asyncio.run(_live(temporal_address, settings, steps, cached))


async def _live(address: str, settings: Settings, steps: list[tuple[str, object]], cached: int) -> None:
    async with stack(address, settings, continue_after=3, cached=cached) as case:
        case_id, person = await case.register()
        told = Told()
        for n, (step, argument) in enumerate(steps):
            await _step(case, case_id, person, told, n, step, argument)

        story, stored = case.story(case_id), case.stored(case_id)
        assert [each.version for each in story] == list(range(1, len(story) + 1))
        assert first_break(stored, hash_of(stored[-1])) is None
        recorded = [each.command_id for each in story]
        assert sorted(recorded[1:]) == sorted(told.receipts), "every acknowledged command exactly once, and no other"
        assert case.logged_ids(case_id) == recorded
        for command_id, receipt in told.receipts.items():
            assert [(e.version, e.name) for e in receipt.events] == [
                (e.version, e.name) for e in story if e.command_id == command_id
            ]
        assert lifecycle.replay(story, Case()).version == len(story)


async def _step(case: Stack, case_id: str, person: str, told: Told, n: int, step: str, argument: object) -> None:
    async def ask(command_id: str, command: Command) -> None:
        answer = await case.submit(case_id, person, command, command_id=command_id)
        if isinstance(answer, Receipt):
            assert told.receipts.setdefault(command_id, answer) == answer, "a repeat gets the first receipt"
            told.asked[command_id] = command
        else:
            assert answer.code is Refusal.CONSENT_MISSING

    earlier = sorted(told.receipts)
    if step == "new":
        await ask(f"{case_id}:{n}", COMMANDS[str(argument)])
    elif step == "at once":
        assert isinstance(argument, list)
        await asyncio.gather(*(ask(f"{case_id}:{n}.{k}", COMMANDS[name]) for k, name in enumerate(argument)))
    elif step == "twins":
        await asyncio.gather(*(ask(f"{case_id}:{n}", COMMANDS[str(argument)]) for _ in range(2)))
    elif step == "restart":
        await case.stop_worker()
        await case.start_worker()
    elif step == "stale":
        assert isinstance(argument, int)
        version = len(case.story(case_id))
        answer = await case.submit(case_id, person, COMMANDS["housing"], expected_version=version - argument)
        assert isinstance(answer, Refusing)
        assert answer.code is Refusal.CONCURRENCY
    elif earlier:
        assert isinstance(argument, int)
        command_id = earlier[argument % len(earlier)]
        if step == "repeat":
            await ask(command_id, told.asked[command_id])
        else:
            other = COMMANDS["housing" if told.asked[command_id] is not COMMANDS["housing"] else "level"]
            answer = await case.submit(case_id, person, other, command_id=command_id)
            assert isinstance(answer, Refusing)
            assert answer.code is Refusal.DUPLICATE_COMMAND
