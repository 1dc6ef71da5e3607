"""A case was closed in error: the closing is taken back."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.closed_in_error import ClosureRetracted, DeathRetracted, RetractClosure
from domain.departure import RecordDeath
from domain.refusals import Refusal
from domain.story import Command
from domain.suspension import Suspend
from domain.vocabulary import ClosureReason, HistoryConflict, Phase, Reason, Source
from tests.examples import CASE_ID, EVENTS, MET, OPENED, PERSON_ID, SUPERVISOR, SUPPORTED, TODAY
from tests.examples_closing import MOVED, REOPEN, START_WITHDRAWAL
from tests.examples_corrections import RETRACT_CLOSURE
from tests.examples_reviews import START_REVIEW
from tests.scenario import Story, given

RESTS = Suspend(reason=Reason.ILLNESS)


def closed(*life: Command) -> Story:
    return given(*life, by=SUPERVISOR).given(MOVED)


@pytest.mark.parametrize(
    ("life", "phase"),
    [
        (OPENED, Phase.INTAKE),
        (MET, Phase.PLANNING),
        (SUPPORTED, Phase.SUPPORT),
        ((*SUPPORTED, START_WITHDRAWAL), Phase.WITHDRAWAL),
        ((*SUPPORTED, RESTS), Phase.SUPPORT),
        ((*SUPPORTED, START_REVIEW), Phase.SUPPORT),
    ],
    ids=["intake", "planning", "support", "withdrawal", "resting", "under review"],
)
def test_edge_case_23_a_case_closed_in_error_stands_as_it_stood_before(life: tuple[Command, ...], phase: Phase) -> None:
    before, after = given(*life, by=SUPERVISOR).case, closed(*life).given(RETRACT_CLOSURE, by=SUPERVISOR).case
    assert phase is after.phase
    before.version, before.bound_version = after.version, after.bound_version
    assert before == after


def test_edge_case_23_a_closing_is_taken_back_by_an_event_that_names_it() -> None:
    story = closed(*SUPPORTED)
    answer = story.when(RETRACT_CLOSURE, by=SUPERVISOR)
    answer.then(EVENTS["ClosureRetracted"])
    assert f"{CASE_ID}/10" == answer.recorded[0].corrects
    assert (f"open-case:{PERSON_ID}",) == answer.events[0].claims(story.case)


def test_edge_case_23_however_long_ago_a_closing_in_error_is_taken_back() -> None:
    story = closed(*SUPPORTED)
    assert story.when(RETRACT_CLOSURE, by=SUPERVISOR, at=date(2020, 1, 15)).refusal is None
    story.when(REOPEN, at=date(2020, 1, 15)).then_refused(Refusal.REOPENING_TOO_LATE)


def test_edge_case_23_a_death_recorded_in_error_is_taken_back_with_its_closing() -> None:
    story = given(*SUPPORTED, RecordDeath())
    retracted = ClosureRetracted(closed_at_version=11, closure_reason=ClosureReason.DECEASED, phase=Phase.SUPPORT)
    story.when(RETRACT_CLOSURE, by=SUPERVISOR).then(DeathRetracted(corrects=10), retracted)
    assert story.given(RETRACT_CLOSURE, by=SUPERVISOR).case.died_on is None


def test_edge_case_23_what_the_death_had_brought_into_conflict_is_settled_with_it() -> None:
    story = given(*SUPPORTED, RecordDeath(effective_on=date(2018, 4, 11)))
    assert {HistoryConflict.RECORDED_AFTER_DEATH} == story.case.conflicts
    assert not story.given(RETRACT_CLOSURE, by=SUPERVISOR).case.conflicts


def test_a_case_of_somebody_who_has_died_is_not_opened_again() -> None:
    story = closed(*SUPPORTED).given(RecordDeath(effective_on=TODAY))
    story.when(RETRACT_CLOSURE, by=SUPERVISOR).then_refused(
        Refusal.REOPENING_EXCLUDED, closure_reason=ClosureReason.DECEASED
    )


def test_a_closing_is_not_taken_back_before_it_was() -> None:
    early = RETRACT_CLOSURE.model_copy(update={"effective_on": date(2018, 4, 11)})
    closed(*SUPPORTED).when(early, by=SUPERVISOR).then_refused(Refusal.DATE_ORDER, first=TODAY)


def test_a_case_that_is_open_has_no_closing_to_take_back() -> None:
    given(*SUPPORTED).when(RETRACT_CLOSURE, by=SUPERVISOR).then_refused(Refusal.ILLEGAL_TRANSITION)
    reopened = closed(*SUPPORTED).given(REOPEN)
    reopened.when(RETRACT_CLOSURE, by=SUPERVISOR).then_refused(Refusal.ILLEGAL_TRANSITION)


def test_taking_back_a_closing_has_its_reason() -> None:
    with pytest.raises(ValidationError, match="reason"):
        RetractClosure.model_validate({"reason_text": "by mistake", "source": Source.DOCUMENT})
