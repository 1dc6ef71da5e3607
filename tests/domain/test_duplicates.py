"""One person, registered twice under two spellings: merged by a supervisor, and taken apart again."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.closed_in_error import ClosureRetracted
from domain.closure import CaseClosed
from domain.duplicates import (
    CloseAsDuplicate,
    DuplicateReinstated,
    MergedInto,
    MergePersons,
    PersonsMerged,
    ReinstateDuplicate,
    UndoMerge,
)
from domain.employment import EndEmployment
from domain.intake import RecordConsent
from domain.places import PlaceTaken
from domain.refusals import Refusal
from domain.responsibility import AssignManager, ManagerLost
from domain.story import Command
from domain.vocabulary import ClosureReason, ConsentForm, ConsentScope, MergeEvidence, Phase, Reason
from tests.domain.test_staff import HIRED
from tests.examples import (
    CASE_ID,
    CLOCK,
    COMPLETE_INTAKE,
    EVENTS,
    MANAGER,
    MANAGER_ELSEWHERE,
    OPENED,
    PERSON_ID,
    REGISTER,
    REGISTERED,
    START,
    SUPERVISOR,
    SUPPORTED,
)
from tests.examples_closing import MOVED, REOPEN
from tests.examples_corrections import RETRACT_CLOSURE
from tests.examples_household import DUPLICATE_CASE, DUPLICATE_PERSON, MERGE, UNDO_MERGE
from tests.examples_support import CONTACT, REFER, SHARE
from tests.examples_units import UNIT_ID
from tests.scenario import Story, given

TAKE = AssignManager(manager_id="im-07")
AGAIN = REGISTER.model_copy(update={"person_id": UUID(DUPLICATE_PERSON), "name": "Amaal Hadad"})
CLOSING = CloseAsDuplicate(effective_on=START, survivor_case=CASE_ID, survivor_person_id=str(PERSON_ID))
BACK = ReinstateDuplicate(survivor_case=CASE_ID)
MERGED = MergedInto(survivor_case=CASE_ID, survivor_person_id=str(PERSON_ID), closed=True)
NOT_OPEN = MergedInto(survivor_case=CASE_ID, survivor_person_id=str(PERSON_ID), closed=False)
CLOSED = CaseClosed(
    closure_reason=ClosureReason.DUPLICATE, closed_on=START, first_tenancy=False, goals_achieved=0, goals_total=0
)


def registered_twice(*life: Command) -> Story:
    """The second registration, lived on as the first."""
    return Story(stream_id=DUPLICATE_CASE).given(AGAIN, *life[1:])


def survivor(*life: Command, other: Story | None = None) -> Story:
    return given(*life).beside(other or registered_twice(*OPENED))


def handed(story: Story) -> list[tuple[Any, ...]]:
    """Of the last event: to whom, what, and to whom what otherwise."""
    last = story.recorded[-1]
    found: list[tuple[Any, ...]] = []
    for each in last.event.tells(story.case, last):
        about = each.about
        found.append(
            tuple((about[way]["stream_id"], about[way]["command"]["kind"]) for way in ("submitted", "otherwise"))
        )
    return found


def test_edge_case_21_the_survivor_names_the_duplicate_and_what_shows_that_it_is_one() -> None:
    survivor(*SUPPORTED).when(MERGE, by=SUPERVISOR).then(EVENTS["PersonsMerged"])


def test_edge_case_21_the_duplicates_case_is_told_and_if_it_refuses_the_merge_is_undone() -> None:
    story = survivor(*SUPPORTED).given(MERGE, by=SUPERVISOR)
    assert handed(story) == [((DUPLICATE_CASE, "CloseAsDuplicate"), (CASE_ID, "UndoMerge"))]
    story.when(UndoMerge(duplicate_case=DUPLICATE_CASE, reason=Reason.OTHER), by=CLOCK).then(EVENTS["MergeUndone"])


def test_edge_case_21_the_duplicates_case_is_closed_as_of_its_start_and_linked() -> None:
    story = registered_twice(*OPENED)
    answer = story.when(CLOSING, by=CLOCK)
    answer.then(CLOSED, MERGED)
    assert [each.effective_on for each in answer.recorded] == [START, START]
    assert Phase.CLOSED is story.given(CLOSING, by=CLOCK).case.phase


@pytest.mark.parametrize("life", [REGISTERED, OPENED], ids=["only registered", "open"])
def test_edge_case_21_the_place_of_the_duplicate_is_given_back(life: tuple[Command, ...]) -> None:
    placed = registered_twice(*life[:2]).given(PlaceTaken(unit_id=UNIT_ID, entry=1), *life[2:])
    merged = placed.given(CLOSING, by=CLOCK)
    told = [each.about["submitted"] for each in merged.follow_ups() if each.kind == "hand_over"]
    assert [(each["stream_id"], each["command"]["kind"]) for each in told] == [(UNIT_ID, "ReleaseSlot")]


def test_edge_case_21_what_ran_in_the_duplicates_case_is_stopped() -> None:
    story = registered_twice(*SUPPORTED, SHARE, REFER).given(CLOSING, by=CLOCK)
    assert "ReferralStopped" in [each.name for each in story.recorded]
    assert story.next_deadline() is None


def test_edge_case_21_the_alias_keeps_its_claim_so_that_no_third_case_is_opened_under_it() -> None:
    story = registered_twice(*OPENED)
    closing, merged = story.when(CLOSING, by=CLOCK).events
    claim = (f"open-case:{DUPLICATE_PERSON}",)
    assert (claim, claim) == (closing.releases(story.case), merged.claims(story.case))


@pytest.mark.parametrize(
    "life", [REGISTERED, (*OPENED, MOVED)], ids=["only registered", "an earlier spell that has ended"]
)
def test_edge_case_21_a_case_that_is_not_open_is_linked_and_stays_as_it_is(life: tuple[Command, ...]) -> None:
    other = registered_twice(*life)
    (merged,) = survivor(*OPENED, other=other).when(MERGE, by=SUPERVISOR).events
    assert isinstance(merged, PersonsMerged)
    assert merged.closes_from is None
    other.when(CLOSING, by=CLOCK).then(NOT_OPEN)


def test_edge_case_21_only_a_supervisor_merges_and_never_a_program_or_a_similar_name() -> None:
    story = survivor(*OPENED)
    for by in (MANAGER, CLOCK):
        story.when(MERGE, by=by).then_refused(Refusal.ROLE_NOT_ALLOWED)
    with pytest.raises(ValidationError, match="evidence"):
        MergePersons.model_validate({"duplicate_case": DUPLICATE_CASE})
    assert "NAME" not in {each.value for each in MergeEvidence}


def test_edge_case_21_a_merge_over_the_border_of_providers_is_refused() -> None:
    foreign = Story(stream_id=DUPLICATE_CASE).given(AGAIN, *OPENED[1:], by=MANAGER_ELSEWHERE)
    survivor(*OPENED, other=foreign).when(MERGE, by=SUPERVISOR).then_refused(Refusal.CROSS_PROVIDER)


def test_edge_case_21_two_cases_of_one_person_are_no_duplicates() -> None:
    same = Story(stream_id=DUPLICATE_CASE).given(*REGISTERED)
    survivor(*OPENED, other=same).when(MERGE, by=SUPERVISOR).then_refused(Refusal.SAME_PERSON)


def test_edge_case_21_an_open_case_does_not_end_in_favour_of_one_that_is_not_open() -> None:
    survivor(*REGISTERED).when(MERGE, by=SUPERVISOR).then_refused(Refusal.OPEN_CASE_SURVIVES)
    survivor(*OPENED, MOVED).when(MERGE, by=SUPERVISOR).then_refused(Refusal.OPEN_CASE_SURVIVES)


def test_edge_case_21_a_case_that_is_not_there_is_no_duplicate() -> None:
    given(*OPENED).when(MERGE, by=SUPERVISOR).then_refused(Refusal.CASE_UNKNOWN)


def test_edge_case_21_nobody_is_merged_twice_nor_in_a_circle() -> None:
    merged = registered_twice(*OPENED).given(CLOSING, by=CLOCK)
    survivor(*OPENED, other=merged).when(MERGE, by=SUPERVISOR).then_refused(Refusal.MERGED_ALREADY)
    first = survivor(*OPENED).given(MERGE, by=SUPERVISOR)
    first.when(MERGE, by=SUPERVISOR).then_refused(Refusal.MERGED_ALREADY)
    backwards = MergePersons(duplicate_case=CASE_ID, evidence=MergeEvidence.AUTHORITY)
    registered_twice(*OPENED).beside(first).when(backwards, by=SUPERVISOR).then_refused(Refusal.MERGED_ALREADY)
    other = CLOSING.model_copy(update={"survivor_case": "case-01621f9c-7a00-7000-8000-000000000009"})
    merged.when(other, by=CLOCK).then_refused(Refusal.MERGED_ALREADY)
    merged.when(CLOSING, by=CLOCK).then_nothing()


@pytest.mark.parametrize("life", [REGISTERED, OPENED, (*OPENED, MOVED)], ids=["registered", "open", "ended before"])
def test_edge_case_21_what_is_told_of_a_duplicate_is_told_in_the_case_that_survived(life: tuple[Command, ...]) -> None:
    merged = registered_twice(*life).given(CLOSING, by=CLOCK)
    consent = RecordConsent(scope=ConsentScope.INTERPRETER, form=ConsentForm.ORAL, language="ar")
    for command in (consent, COMPLETE_INTAKE, CONTACT):
        merged.when(command).then_refused(Refusal.MERGED_ALREADY)


def test_edge_case_21_a_duplicate_is_not_reopened_but_by_undoing_the_merge() -> None:
    for life in (OPENED, (*OPENED, MOVED)):
        merged = registered_twice(*life).given(CLOSING, by=CLOCK)
        merged.when(REOPEN).then_refused(Refusal.MERGED_ALREADY)
        merged.when(RETRACT_CLOSURE, by=SUPERVISOR).then_refused(Refusal.MERGED_ALREADY)


def test_edge_case_11_a_case_closed_as_a_duplicate_by_hand_is_not_reopened_either() -> None:
    by_hand = MOVED.model_copy(update={"closure_reason": ClosureReason.DUPLICATE})
    given(*OPENED, by_hand).when(REOPEN).then_refused(Refusal.REOPENING_EXCLUDED)


def test_edge_case_21_undoing_reinstates_the_other_case_or_only_unlinks_it() -> None:
    story = survivor(*SUPPORTED).given(MERGE, UNDO_MERGE, by=SUPERVISOR)
    assert story.case.duplicates == {}
    assert handed(story) == [((DUPLICATE_CASE, "ReinstateDuplicate"), (DUPLICATE_CASE, "ReinstateDuplicate"))]
    story.when(UNDO_MERGE, by=SUPERVISOR).then_refused(Refusal.NOT_MERGED)


def test_edge_case_21_the_reinstated_case_stands_as_it_stood_and_holds_its_person_again() -> None:
    before = registered_twice(*SUPPORTED)
    merged = before.given(CLOSING, by=CLOCK)
    answer = merged.when(BACK, by=CLOCK)
    answer.then(
        DuplicateReinstated(survivor_case=CASE_ID),
        ClosureRetracted(closed_at_version=10, closure_reason=ClosureReason.DUPLICATE, phase=Phase.SUPPORT),
    )
    claim = (f"open-case:{DUPLICATE_PERSON}",)
    assert (claim, claim) == (answer.events[0].releases(merged.case), answer.events[1].claims(merged.case))
    was, now = before.case, merged.given(BACK, by=CLOCK).case
    was.version, was.bound_version = now.version, now.bound_version
    assert was == now
    assert before.next_deadline() == merged.given(BACK, by=CLOCK).next_deadline()


def test_edge_case_21_the_reinstated_case_has_lost_a_manager_who_left_meanwhile() -> None:
    merged = registered_twice(*OPENED).given(TAKE).given(CLOSING, by=CLOCK)
    left = HIRED.given(EndEmployment(effective_on=date(2018, 4, 30)), by=SUPERVISOR).until(date(2018, 5, 2))
    on = date(2018, 6, 1)
    reinstated = merged.beside(left).when(BACK, by=CLOCK, at=on)
    assert reinstated.events[-1] == ManagerLost(manager_id="im-07", since=on)


def test_edge_case_21_what_the_merge_had_not_closed_is_only_unlinked() -> None:
    for life in (REGISTERED, (*OPENED, MOVED)):
        merged = registered_twice(*life).given(CLOSING, by=CLOCK)
        merged.when(BACK, by=CLOCK).then(DuplicateReinstated(survivor_case=CASE_ID))
    merged = registered_twice(*OPENED).given(CLOSING, by=CLOCK)
    unlinked = BACK.model_copy(update={"reopen": False})
    merged.when(unlinked, by=CLOCK).then(DuplicateReinstated(survivor_case=CASE_ID))


def test_edge_case_21_a_case_that_is_not_merged_into_that_one_is_not_reinstated() -> None:
    registered_twice(*OPENED).when(BACK, by=CLOCK).then_nothing()
    merged = registered_twice(*OPENED).given(CLOSING, by=CLOCK)
    merged.when(ReinstateDuplicate(survivor_case=DUPLICATE_CASE), by=CLOCK).then_nothing()


def test_edge_case_21_a_case_that_begins_only_later_is_closed_as_of_that_day() -> None:
    begins = date(2018, 6, 1)
    opening = OPENED[2].model_copy(update={"effective_on": begins})
    story = registered_twice(*REGISTERED, opening)
    answer = story.when(CLOSING.model_copy(update={"effective_on": begins}), by=CLOCK)
    assert [begins, begins] == [each.effective_on for each in answer.recorded]
