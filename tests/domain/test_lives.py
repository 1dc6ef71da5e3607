"""Random lives: whatever people ask, in whatever order, and however time passes, a case stays a possible one."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain import lifecycle
from domain.case import OPEN_PHASES, Case
from domain.catalogue import COMMANDS as CLASSES
from domain.catalogue import event_from
from domain.deadlines import local_day
from domain.envelopes import Actor, Recorded, unit_id
from domain.personal import in_clear
from domain.plan import PlanDrafted
from domain.refusals import Refusal
from domain.statements import retell
from domain.story import Command, State
from domain.transfer import TakeOver
from domain.vocabulary import (
    Phase,
    Reason,
    Role,
)
from tests import examples, examples_household
from tests.domain.asked import a_fact, about_identity, about_records, about_the_family, asked, resolved, shifts
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

REMEMBERED_DAYS = (
    "checked_on",
    "support_start",
    "first_contact_on",
    "valid_from",
    "lost_on",
    "agreed_on",
    "since",
    "proposed_on",
    "closed_on",
    "started_on",
    "held_on",
    "resumed_on",
)
"""Days that stand in a body because later rules ask for them; each is the day on which the event was true."""

ABOUT_CLOSURES = ("ClosureProposed", "ClosureApproved", "ClosureRejected", "CaseClosed", "WithdrawalReverted")
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
UNITS = {unit: State(version=1) for unit in (UNIT_HERE, UNIT_THERE, unit_id("ulm", "drk"))}
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


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.story = Story(at=examples.NOW, others=UNITS).beside(DAUGHTER, TWICE)
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
        of_fact = {name: standing[-body[name] % len(standing)] for name in ("corrects", "disputes") if name in body}
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

    @invariant()
    def the_story_leads_to_the_state_that_decisions_saw(self) -> None:
        assert self.seen == self.story.case

    @invariant()
    def versions_and_numbers_have_no_gaps(self) -> None:
        recorded = self.story.recorded
        assert list(range(1, len(recorded) + 1)) == [each.version for each in recorded]
        drafted = [each.event.plan_version for each in recorded if isinstance(each.event, PlanDrafted)]
        in_force = [each.event.number() for each in recorded if each.name in ("PlanAgreed", "PlanRevised")]
        assert drafted == sorted(set(drafted))
        assert list(range(1, len(in_force) + 1)) == in_force
        for name in ("GoalAdded", "MeasureAgreed", "ObstacleRecorded", "ReferralMade"):
            numbers = [each.event.number() for each in recorded if each.name == name]
            assert list(range(1, len(numbers) + 1)) == numbers
        case = self.seen
        assert case.draft in (None, case.plan_version + 1)
        assert all(measure.goal in case.goals for measure in case.measures.values())

    @invariant()
    def a_day_that_rules_remember_is_the_day_on_the_envelope(self) -> None:
        for each in self.story.recorded[-3:]:
            days = {getattr(each.event, name, each.effective_on) for name in REMEMBERED_DAYS}
            assert days == {each.effective_on}

    @invariant()
    def nothing_is_in_clear(self) -> None:
        for each in self.story.recorded[-3:]:
            assert in_clear(each.event) == []
            assert each.reason_text is None or each.reason_text.startswith("sealed:")

    @invariant()
    def a_stage_of_a_deadline_is_reached_once_in_order_and_in_time(self) -> None:
        reached = [each for each in self.story.recorded if each.name.startswith("Deadline")]
        bodies = [(each.name, each.event.model_dump(mode="json")) for each in reached]
        stages = Counter((name, body["deadline"], body["due_on"]) for name, body in bodies)
        assert all(count == 1 for count in stages.values())
        order = ["DeadlineReminded", "DeadlineRemindedAgain", "DeadlineFellDue", "DeadlineEscalated"]
        for which in {(body["deadline"], body["due_on"]) for _, body in bodies}:
            names = [name for name, body in bodies if (body["deadline"], body["due_on"]) == which]
            assert names == sorted(names, key=order.index)

    @invariant()
    def an_open_case_has_its_policy_its_start_and_its_basis(self) -> None:
        case = self.seen
        begun = case.open or case.phase is Phase.CLOSED
        assert begun == (case.policy_version is not None) == (case.support_start is not None)
        assert not begun or case.eligibility is not None
        assert case.phase not in (Phase.SUPPORT, Phase.WITHDRAWAL) or case.plan_version > 0
        assert case.phase not in (Phase.INTAKE, Phase.PLANNING) or case.plan_version == 0

    @invariant()
    def a_closed_case_knows_its_end_and_an_open_one_has_none(self) -> None:
        case = self.seen
        closed = case.phase is Phase.CLOSED
        assert closed == (case.closed_on is not None) == (case.closure_reason is not None)
        assert (case.withdrawal_stage > 0) == (case.phase is Phase.WITHDRAWAL)
        assert (case.withdrawal_began is not None) == (case.phase is Phase.WITHDRAWAL)
        if case.closed_on is not None and case.support_start is not None:
            assert case.closed_on >= case.support_start
            assert case.closure is None

    @invariant()
    def what_the_rules_know_is_told_by_the_statements_that_stand(self) -> None:
        case = self.seen
        told = replace(case, statements=dict(case.statements))
        retell(told)
        assert told == case
        assert all(place <= said.version for place, said in case.statements.items())
        corrected = [each for each in self.story.recorded if each.corrects is not None]
        assert all(int(str(each.corrects).rpartition("/")[2]) < each.version for each in corrected)

    @precondition(lambda self: self.seen.transfer is not None)
    @rule()
    def the_other_unit_takes_the_case_over(self) -> None:
        if transfer := self.seen.transfer:
            self._ask(TakeOver(transfer=transfer.version, reason=Reason.TRANSFER), examples.CLOCK)

    @invariant()
    def only_an_open_case_is_on_its_way_and_it_is_always_somebodys(self) -> None:
        case = self.seen
        assert case.transfer is None or case.open
        assert bool(case.provider) == (case.phase is not None)
        assert case.unit is None or case.unit == unit_id(case.municipality or "", case.provider)

    @invariant()
    def a_duplicate_is_not_open_and_nobody_is_mourned_twice(self) -> None:
        case = self.seen
        assert case.merged_into is None or not case.open
        assert not case.closed_by_merge or case.phase is Phase.CLOSED
        names = Counter(each.name for each in self.story.recorded)
        assert case.deaths_in_household == names["DeathInHouseholdNoted"] - names["DeathInHouseholdRetracted"] >= 0
        assert len(case.duplicates) == names["PersonsMerged"] - names["MergeUndone"]

    @invariant()
    def nobody_approves_what_they_proposed(self) -> None:
        for before, after in pairwise(each for each in self.story.recorded if each.name in ABOUT_CLOSURES):
            if after.name == "ClosureApproved":
                assert (before.name, before.actor.id != after.actor.id) == ("ClosureProposed", True)

    @invariant()
    def support_is_extended_by_two_people_and_a_plan_has_the_due_date_of_its_review(self) -> None:
        bodies = [(each.name, each.event.model_dump(mode="json")) for each in self.story.recorded]
        extended = [body for name, body in bodies if name == "SupportExtended"]
        assert all(body["proposed_by"] != body["approved_by"] for body in extended)
        assert self.seen.review_due is None or self.seen.plan_version > 0

    @invariant()
    def the_clock_has_nothing_to_say_twice(self) -> None:
        coming = self.story.next_deadline()
        assert coming is None or self.seen.stages.get((coming.kind, coming.due_on)) is not coming.stage


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
