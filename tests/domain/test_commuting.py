"""Edge case 12: two who act at once. What does not depend on each other is recorded; what does needs a human."""

from datetime import date

import pytest

from domain.plan import DraftPlan
from domain.refusals import Refusal
from domain.story import Command
from tests.examples import ADD_GOAL, ADD_OWN_STEP, AGREE, DRAFT, EVENTS, MET, READY_TO_AGREE, SUPPORTED
from tests.examples_closing import MOVED
from tests.examples_reviews import COMPLETE_REVIEW, START_REVIEW
from tests.examples_support import CONTACT
from tests.scenario import given


def test_edge_case_12_two_contacts_recorded_at_once_are_both_recorded() -> None:
    story = given(*SUPPORTED)
    seen = story.case.version
    story.given(CONTACT).when(CONTACT, seen=seen).then(EVENTS["ContactRecorded"])
    story.given(CONTACT, CONTACT, CONTACT).when(CONTACT, seen=seen + 1).then(EVENTS["ContactRecorded"])


def test_edge_case_12_the_clock_between_is_no_conflict_for_a_contact() -> None:
    story = given(*SUPPORTED)
    later = story.until(date(2018, 7, 6))
    assert later.case.version > story.case.version
    later.when(CONTACT, seen=story.case.version).then(EVENTS["ContactRecorded"])


@pytest.mark.parametrize(
    ("life", "first", "second"),
    [
        (READY_TO_AGREE, AGREE, AGREE),
        ((*SUPPORTED, START_REVIEW), COMPLETE_REVIEW, MOVED),
        ((*SUPPORTED, START_REVIEW), MOVED, COMPLETE_REVIEW),
        (SUPPORTED, MOVED, CONTACT),
        (SUPPORTED, DRAFT, CONTACT),
        (SUPPORTED, CONTACT, DRAFT),
        ((*MET, DRAFT), ADD_GOAL, ADD_GOAL),
    ],
    ids=[
        "two agreements",
        "close and review",
        "review and close",
        "contact in a closed case",
        "contact after a draft",
        "draft after a contact",
        "two goals",
    ],
)
def test_g29_edge_case_12_what_conflicts_needs_a_human(
    life: tuple[Command, ...], first: Command, second: Command
) -> None:
    story = given(*life)
    seen = story.case.version
    story.given(first).when(second, seen=seen).then_refused(Refusal.CONCURRENCY, expected=seen)


def test_g29_edge_case_12_an_event_in_between_that_does_not_commute_is_a_conflict_whatever_came_last() -> None:
    story = given(*SUPPORTED)
    seen = story.case.version
    story.given(DraftPlan(), CONTACT).when(CONTACT, seen=seen).then_refused(Refusal.CONCURRENCY)


def test_g29_a_version_that_is_not_there_yet_was_never_seen() -> None:
    story = given(*SUPPORTED)
    story.when(CONTACT, seen=story.case.version + 1).then_refused(Refusal.CONCURRENCY)


def test_contacts_alone_commute_and_the_clock_never_conflicts_with_them() -> None:
    assert {name for name, event in EVENTS.items() if event.commutes} == {
        "ContactRecorded",
        "DeadlineReminded",
        "DeadlineRemindedAgain",
        "DeadlineFellDue",
        "DeadlineEscalated",
    }
    assert not ADD_OWN_STEP.commutes
