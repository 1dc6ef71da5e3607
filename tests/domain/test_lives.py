"""Random lives: whatever people ask, in whatever order, and however time passes, a case stays a possible one."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from domain import lifecycle
from domain.case import OPEN_PHASES, Case
from domain.catalogue import COMMANDS as CLASSES
from domain.catalogue import event_from
from domain.deadlines import local_day
from domain.envelopes import Actor, Recorded, unit_id
from domain.policy import POLICIES, Policy
from domain.refusals import Refusal
from domain.story import Command
from domain.transfer import TakeOver
from domain.unit import Unit
from domain.vocabulary import (
    Phase,
    Reason,
    Role,
)
from tests import examples, examples_household
from tests.domain.asked import a_fact, about_identity, about_records, about_the_family, asked, resolved, shifts
from tests.domain.what_holds import WhatHolds
from tests.examples_corrections import RETRACT_CLOSURE
from tests.examples_household import DAUGHTERS_CASE, DUPLICATE_CASE
from tests.examples_reviews import COMPLETE_REVIEW, START_REVIEW
from tests.examples_transfer import UNIT_HERE, UNIT_THERE
from tests.scenario import Story

MOVES = {
    (None, Phase.REGISTERED),
    (Phase.REGISTERED, Phase.INTAKE),
    (Phase.INTAKE, Phase.PLANNING),
    (Phase.PLANNING, Phase.SUPPORT),
    (Phase.SUPPORT, Phase.WITHDRAWAL),
    (Phase.WITHDRAWAL, Phase.SUPPORT),
    *((phase, Phase.CLOSED) for phase in OPEN_PHASES),
    *((Phase.CLOSED, phase) for phase in OPEN_PHASES),
}
"""The arrows of the phase diagram."""


PLANNABLE = {name for name, command in CLASSES.items() if command.plannable}
ACTORS = [
    examples.MANAGER,
    examples.MANAGER,
    examples.DEPUTY,
    examples.SUPERVISOR,
    examples.SUPERVISOR,
    examples.MANAGER_ELSEWHERE,
    examples.CLOCK,
    Actor(id="ministry", role=Role.MINISTRY, provider="drk"),
]
AGREED = examples.AGREE.model_copy(update={"guardian_agreed": True})
REVIEWED = COMPLETE_REVIEW.model_copy(update={"guardian_agreed": True})
ON_THE_DAY = {"effective_on": None, "due_on": None, "target_date": None}
UNITS = {
    unit: Unit(stream_id=unit, version=1, provider="drk", places={examples.CASE_ID: examples.START})
    for unit in (UNIT_HERE, UNIT_THERE, unit_id("ulm", "drk"))
}
"""Every unit that a case may come to knows of its place there."""
DAUGHTER = Story(stream_id=DAUGHTERS_CASE).given(examples.REGISTER, examples_household.ADD)
TWICE = Story(stream_id=DUPLICATE_CASE).given(
    examples.REGISTER.model_copy(update={"person_id": UUID(examples_household.DUPLICATE_PERSON)})
)
STEPS = [
    command.model_copy(update={name: value for name, value in ON_THE_DAY.items() if name in type(command).model_fields})
    for command in (
        *examples.SUPPORTED[:-1],
        AGREED,
        examples.DRAFT,
        examples.ADD_OWN_STEP,
        AGREED,
        START_REVIEW,
        REVIEWED,
    )
]
"""What a manager would do, one after the other, each on the day itself."""


PUBLISHED = Policy(version="2018-b", valid_from=date(2018, 5, 1), support_months=30, support_months_at_most=42)
"""Other numbers, that a case may be opened under or moved to."""


class Life(WhatHolds):
    def __init__(self) -> None:
        super().__init__()
        self.story = Story(at=examples.NOW, others=UNITS).beside(DAUGHTER, TWICE).under(*POLICIES, PUBLISHED)
        self.seen = Case()

    @initialize(
        birth=st.none() | st.sampled_from(["1990-05-17", "2000-02-29", "2004-03-01", "2012", "2017-12-24"]),
        guarded=st.booleans(),
        steps=st.integers(0, len(STEPS)),
    )
    def arrives(self, birth: str | None, guarded: bool, steps: int) -> None:
        """A person of some age, already some way along."""
        guardian = examples.GUARDIAN_ID if guarded else None
        arriving = examples.REGISTER.model_copy(update={"birth_date": birth, "guardian_person_id": guardian})
        for step in [arriving, *STEPS[1:]][:steps]:
            self._ask(step, examples.SUPERVISOR)

    @rule(body=asked, by=st.sampled_from(ACTORS), shift=shifts, reason=st.none() | st.sampled_from(Reason))
    def somebody_asks(self, body: dict[str, Any], by: Actor, shift: int | None, reason: Reason | None) -> None:
        self._ask(resolved(body, local_day(self.story.at), shift, reason), by)

    @rule(fact=a_fact, body=about_records, shift=shifts)
    def a_record_is_put_right(self, fact: dict[str, Any], body: dict[str, Any], shift: int | None) -> None:
        """Something is told, and then what is asked is about one of the facts that stand, if it is about a fact."""
        today = local_day(self.story.at)
        self._ask(resolved(fact, today, shift, None), examples.SUPERVISOR)
        standing = [said.version for said in self.seen.statements.values()] or [1]
        of_fact: dict[str, Any] = {
            name: standing[-body[name] % len(standing)] for name in ("corrects", "disputes") if name in body
        }
        self._ask(resolved({**body, **of_fact}, today, None, None), examples.SUPERVISOR)

    @rule(body=about_the_family, shift=shifts, reason=st.none() | st.sampled_from(Reason))
    def the_family_changes(self, body: dict[str, Any], shift: int | None, reason: Reason | None) -> None:
        self._ask_whoever_may(resolved(body, local_day(self.story.at), shift, reason))

    @rule(body=about_identity, shift=shifts)
    def somebody_was_registered_twice(self, body: dict[str, Any], shift: int | None) -> None:
        self._ask_whoever_may(resolved(body, local_day(self.story.at), shift, None))

    @precondition(lambda self: self.seen.phase is Phase.CLOSED)
    @rule()
    def a_closing_was_an_error(self) -> None:
        self._ask(RETRACT_CLOSURE, examples.SUPERVISOR)

    @rule(steps=st.integers(1, 5))
    def casework_goes_on(self, steps: int) -> None:
        for step in STEPS[1:]:
            if steps and self._ask(step, examples.SUPERVISOR):
                steps -= 1

    @rule(hours=st.integers(1, 24 * 60))
    def time_passes(self, hours: int) -> None:
        before = len(self.story.recorded)
        self.story = self.story.until(self.story.at + timedelta(hours=hours))
        self._follow(self.story.recorded[before:])

    @rule(days=st.integers(1, 90))
    def the_clock_stands_still(self, days: int) -> None:
        self.story = replace(self.story, at=self.story.at + timedelta(days=days))

    def _ask_whoever_may(self, command: Command) -> bool:
        return self._ask(command, examples.CLOCK if command.roles == {Role.SYSTEM} else examples.SUPERVISOR)

    def _ask(self, command: Command, by: Actor) -> bool:
        assert self.seen == self.story.case
        answer = self.story.when(command, by=by)
        if answer.refusal is not None:
            assert answer.refusal.code in Refusal
            assert not answer.recorded
            return False
        self.story = replace(self.story, recorded=(*self.story.recorded, *answer.recorded))
        self._follow(answer.recorded)
        today = local_day(self.story.at)
        assert all(each.effective_on <= today or command.kind in PLANNABLE for each in answer.recorded)
        return bool(answer.recorded)

    def _follow(self, recorded: Any) -> None:
        """Event by event, from what would be stored."""
        for each in recorded:
            before = self.seen.phase
            self.seen = lifecycle.replay([_stored_and_loaded(each)], self.seen)
            assert before == self.seen.phase or (before, self.seen.phase) in MOVES

    @precondition(lambda self: self.seen.transfer is not None)
    @rule()
    def the_other_unit_takes_the_case_over(self) -> None:
        if transfer := self.seen.transfer:
            self._ask(TakeOver(transfer=transfer.version, reason=Reason.TRANSFER), examples.CLOCK)


def _stored_and_loaded(recorded: Recorded) -> Recorded:
    event = recorded.event
    loaded = event_from(recorded.name, event.schema_version, event.model_dump(mode="json"))
    assert event == loaded
    return replace(recorded, event=loaded)


def test_hours_keep_their_exact_value_through_storage() -> None:
    event = examples.EVENTS["ActivityStarted"]
    loaded = event_from("ActivityStarted", 1, event.model_dump(mode="json"))
    assert Decimal("19.50").as_tuple() == loaded.hours_per_week.as_tuple()  # type: ignore[attr-defined]  # read back by name


LIVES = settings(
    max_examples=200,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLife = Life.TestCase
TestLife.settings = LIVES
