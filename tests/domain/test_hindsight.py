"""What a fact handed in late would have refused: it is not undone, but noticed."""

from datetime import date

import pytest

from domain.birth_date import CorrectBirthDate
from domain.corrections import CorrectFact
from domain.departure import RecordDeath
from domain.facts import RecordResidenceStatus, ResidenceStatusLost
from domain.hindsight import HistoryConflictNoticed, HistoryConflictSettled
from domain.refusals import Refusal
from domain.story import Command
from domain.vocabulary import HistoryConflict, Precision, Reason, Source, Title, Turn
from tests.examples import COMMANDS, EVENTS, OPENED, SUPERVISOR, SUPPORTED, TODAY
from tests.examples_closing import MOVED
from tests.examples_corrections import RETRACT, SETTLE, TOLD_AT
from tests.scenario import Story, given

BEFORE_OPENING = date(2018, 4, 2)
LOST_BEFORE = RecordResidenceStatus(
    effective_on=BEFORE_OPENING, title_code=Title.P25_2, turn=Turn.ENDS, source=Source.AUTHORITY
)
LOST_LATER = LOST_BEFORE.model_copy(update={"effective_on": date(2018, 4, 4)})
NOTICED, SETTLED = EVENTS["HistoryConflictNoticed"], EVENTS["HistoryConflictSettled"]


def checked_before(*life: Command) -> Story:
    """The title was seen on 1 April, the case opened on 3 April."""
    seen = {"effective_on": date(2018, 4, 1)}
    return given(*(each.model_copy(update=seen) if each.kind == "ConfirmEligibility" else each for each in life))


def noticed(*conflicts: HistoryConflict) -> list[HistoryConflictNoticed]:
    return [HistoryConflictNoticed(conflict=each) for each in conflicts]


def test_edge_case_22_a_title_that_was_missing_on_the_day_of_opening_is_noticed_and_nothing_undone() -> None:
    story = checked_before(*SUPPORTED)
    lost = ResidenceStatusLost(title_code=Title.P25_2, lost_on=BEFORE_OPENING, source=Source.AUTHORITY)
    story.when(LOST_BEFORE).then(lost, NOTICED)
    after = story.given(LOST_BEFORE).case
    assert (story.case.phase, frozenset({HistoryConflict.OPENED_WITHOUT_TITLE})) == (after.phase, after.conflicts)


def test_edge_case_22_a_title_that_had_run_out_before_the_opening_is_noticed() -> None:
    over = RecordResidenceStatus(
        effective_on=date(2018, 4, 1), title_code=Title.P24, valid_until=BEFORE_OPENING, source=Source.DOCUMENT
    )
    assert checked_before(*SUPPORTED).when(over).events[1:] == [NOTICED]
    until_then = over.model_copy(update={"valid_until": date(2018, 4, 3)})
    assert checked_before(*SUPPORTED).when(until_then).events[1:] == []


def test_edge_case_22_a_title_that_is_lost_after_the_opening_is_no_conflict() -> None:
    assert len(checked_before(*SUPPORTED).when(LOST_LATER).events) == 1


def test_edge_case_22_a_title_that_a_supervisor_knew_to_be_missing_is_no_news() -> None:
    *registered, opens = OPENED
    without = opens.model_copy(update={"override": True, "reason": Reason.APPEAL_PENDING})
    story = checked_before(*registered).given(LOST_BEFORE).given(without, by=SUPERVISOR)
    again = LOST_BEFORE.model_copy(update={"effective_on": date(2018, 4, 3), "title_code": Title.P25_2})
    assert len(story.when(again).events) == 1


def test_edge_case_22_a_conflict_is_noticed_once_and_gone_with_its_cause() -> None:
    story = checked_before(*SUPPORTED).given(LOST_BEFORE)
    assert len(story.when(LOST_BEFORE).events) == 1
    story.when(RETRACT).then(EVENTS["FactRetracted"], SETTLED)
    assert not story.given(RETRACT).case.conflicts


def test_edge_case_22_a_correction_may_bring_a_conflict_to_light() -> None:
    story = checked_before(*SUPPORTED).given(LOST_LATER)
    correction = CorrectFact(corrects=TOLD_AT, fact=LOST_BEFORE, reason=Reason.MISTAKE)
    assert story.when(correction).events[1:] == [NOTICED]


def test_edge_case_22_a_supervisor_looks_at_it_and_it_stays_as_it_is() -> None:
    story = checked_before(*SUPPORTED).given(LOST_BEFORE)
    story.when(SETTLE, by=SUPERVISOR).then(SETTLED)
    story = story.given(SETTLE, by=SUPERVISOR)
    story.when(SETTLE, by=SUPERVISOR).then_refused(
        Refusal.NO_HISTORY_CONFLICT, conflict=HistoryConflict.OPENED_WITHOUT_TITLE
    )
    assert story.when(RETRACT).events == [EVENTS["FactRetracted"]]


def test_edge_case_22_a_death_before_the_closing_is_noticed() -> None:
    story = given(*SUPPORTED, MOVED)
    died = RecordDeath(effective_on=date(2018, 4, 11))
    found = story.when(died).events[1:]
    assert noticed(HistoryConflict.CLOSED_AFTER_DEATH, HistoryConflict.RECORDED_AFTER_DEATH) == found
    in_april = died.model_copy(update={"precision": Precision.MONTH})
    assert story.when(in_april).events[1:] == []


def test_edge_case_22_what_is_recorded_of_days_after_death_is_noticed() -> None:
    story = given(*SUPPORTED)
    died = RecordDeath(effective_on=date(2018, 4, 11))
    assert noticed(HistoryConflict.RECORDED_AFTER_DEATH) == story.when(died).events[-1:]
    assert HistoryConflictNoticed not in {type(each) for each in story.when(RecordDeath()).events}


@pytest.mark.parametrize(("born", "conflict"), [("2017", False), ("2018-04-01", True)])
def test_edge_case_22_what_lies_before_a_corrected_birth_is_noticed(born: str, conflict: bool) -> None:
    told = COMMANDS["RecordLanguageLevel"]
    later = CorrectBirthDate(birth_date=born, source=Source.DOCUMENT, reason=Reason.MISTAKE)
    story = given(*SUPPORTED, told)
    found = story.when(later).events[1:]
    assert (noticed(HistoryConflict.RECORDED_BEFORE_BIRTH) if conflict else []) == found
    back = later.model_copy(update={"birth_date": "1990"})
    settled = HistoryConflictSettled(conflict=HistoryConflict.RECORDED_BEFORE_BIRTH)
    assert ([settled] if conflict else []) == story.given(later).when(back).events[1:]
    assert date(2018, 4, 1) < TODAY
