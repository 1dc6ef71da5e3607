"""What holds in every possible life, after each step of it."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from hypothesis.stateful import RuleBasedStateMachine, invariant

from domain.case import Case
from domain.envelopes import unit_id
from domain.intake import CaseOpened
from domain.personal import in_clear
from domain.plan import PlanDrafted
from domain.policy_story import PolicyMoved
from domain.statements import retell
from domain.vocabulary import (
    Phase,
)
from tests.scenario import Story

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

ABOUT_ABSENCES = ("DeputyNamed", "DeputyReleased", "ManagerLost")
"""They name the days of somebody's absence, on whatever occasion the case hears of it."""


class WhatHolds(RuleBasedStateMachine):
    """`story` as it was decided, and the state as it was `seen` event by event."""

    story: Story
    seen: Case

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
            if each.name in ABOUT_ABSENCES:
                continue
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
    def on_any_day_one_person_is_responsible_or_nobody(self) -> None:
        days = [each.since for each in self.seen.hands.managers]
        assert days == sorted(set(days))

    @invariant()
    def a_case_is_bound_to_the_numbers_under_which_it_was_opened_or_moved_since(self) -> None:
        bound = [each.event for each in self.story.recorded if isinstance(each.event, CaseOpened | PolicyMoved)]
        assert self.seen.policy_version == (bound[-1].policy if bound else None)

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
