"""What the caseload shows after corrections, decisions on titles and closings taken back."""

from dataclasses import replace
from datetime import date

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain import corrections, facts
from domain.case import Case
from domain.departure import RecordDeath
from domain.story import Command
from domain.vocabulary import (
    HistoryConflict,
    LanguageEvidence,
    LanguageLevel,
    Phase,
    Reason,
    Source,
    Title,
    TitleQuestion,
    Turn,
)
from infra.postgres import Pool
from projections import follow, tables
from projections.case_standing import CaseloadRow
from projections.caseload import CASELOAD
from projections.read_model import retell
from tests.examples import LOST, SUPERVISOR, SUPPORTED
from tests.examples_closing import MOVED, START_WITHDRAWAL
from tests.examples_corrections import (
    ACHIEVED,
    BORN_LATER,
    CORRECT,
    DECIDE,
    DISPUTE,
    RETRACT,
    RETRACT_CLOSURE,
    SETTLE,
    TOLD_WRONG,
    TRADE,
)
from tests.projections.lives import append, log_of
from tests.readings import rows_equal_the_fold
from tests.scenario import Story, given


def row(story: Story) -> CaseloadRow:
    (told,) = retell(CASELOAD, story.recorded).values()
    return told


def known(row_or_case: CaseloadRow | Case) -> tuple[object, ...]:
    language = (row_or_case.language_level, row_or_case.language_since)
    if isinstance(row_or_case, Case):
        return (
            *language,
            row_or_case.title,
            row_or_case.title_until,
            row_or_case.title_since,
            row_or_case.title_decided,
        )
    row_ = row_or_case
    return (*language, row_.title_code, row_.title_valid_until, row_.title_since, row_.title_decided)


def test_edge_case_23_a_corrected_level_is_shown_and_a_retracted_one_is_not() -> None:
    story = given(*SUPPORTED, TOLD_WRONG)
    assert known(row(story.given(CORRECT)))[:2] == (LanguageLevel.A1, ACHIEVED)
    assert known(row(story.given(RETRACT)))[:2] == (None, None)


def test_edge_case_23_disputed_facts_are_counted() -> None:
    story = given(*SUPPORTED, TOLD_WRONG, DISPUTE)
    assert row(story).disputed_facts == 1
    assert row(story.given(CORRECT)).disputed_facts == 0


def test_edge_case_23_a_case_whose_closing_is_taken_back_stands_as_before() -> None:
    before = given(*SUPPORTED, START_WITHDRAWAL, by=SUPERVISOR)
    after = row(before.given(MOVED).given(RETRACT_CLOSURE, by=SUPERVISOR))
    assert after.phase is Phase.WITHDRAWAL
    unchanged = {name: getattr(after, name) for name in ("version", "phase_since", "last_event_at")}
    assert replace(row(before), **unchanged) == after


def test_edge_case_09_the_question_is_shown_until_it_is_decided() -> None:
    lost = given(*SUPPORTED, LOST)
    assert TitleQuestion.LOST is row(lost).title_question
    assert row(lost.given(DECIDE, by=SUPERVISOR)).title_question is None
    assert TitleQuestion.UNCLEAR is row(given(*SUPPORTED).until(date(2019, 10, 3))).title_question


def test_edge_case_22_a_conflict_with_the_history_is_flagged_until_it_is_settled() -> None:
    lost = LOST.model_copy(update={"effective_on": date(2018, 4, 2)})
    story = given(*SUPPORTED, lost)
    assert row(story).history_conflicts == (HistoryConflict.OPENED_WITHOUT_TITLE,)
    assert row(story.given(SETTLE, by=SUPERVISOR)).history_conflicts == ()
    assert row(given(*SUPPORTED, MOVED, RecordDeath(effective_on=date(2018, 4, 11)))).history_conflicts == (
        HistoryConflict.CLOSED_AFTER_DEATH,
        HistoryConflict.RECORDED_AFTER_DEATH,
    )


def test_edge_case_06_the_corrected_birth_date_is_shown() -> None:
    story = given(*SUPPORTED, BORN_LATER)
    assert story.case.birth_date == row(story).birth_date


days = st.dates(date(2018, 4, 1), date(2018, 4, 12))
targets = st.integers(10, 22)
told = st.one_of(
    st.builds(
        facts.RecordLanguageLevel,
        effective_on=days,
        level=st.sampled_from(LanguageLevel),
        evidence=st.just(LanguageEvidence.CERT_DTZ),
    ),
    st.builds(
        facts.RecordResidenceStatus,
        effective_on=days,
        title_code=st.sampled_from([Title.P24, Title.P25_2]),
        turn=st.sampled_from(Turn),
        valid_until=st.none() | st.dates(date(2019, 1, 1), date(2019, 1, 9)),
        source=st.just(Source.AUTHORITY),
    ),
)
asked = st.one_of(
    told,
    st.builds(corrections.CorrectFact, corrects=targets, fact=told, reason=st.just(Reason.MISTAKE)),
    st.builds(corrections.RetractFact, corrects=targets, reason=st.just(Reason.MISTAKE)),
    st.just(DECIDE),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@for_all(life=st.lists(asked, max_size=10))
def test_whatever_is_corrected_the_row_knows_what_the_rules_know(life: list[Command]) -> None:
    story = given(*SUPPORTED)
    for command in life:
        story = replace(story, recorded=(*story.recorded, *story.when(command, by=SUPERVISOR).recorded))
        assert known(story.case) == known(row(story))
        assert tuple(sorted(story.case.conflicts)) == row(story).history_conflicts


def test_what_is_corrected_lies_in_the_tables_as_the_fold_has_it(connections: Pool, url: str) -> None:
    lost_before = LOST.model_copy(update={"effective_on": date(2018, 4, 2)})
    story = given(*SUPPORTED, TOLD_WRONG, DISPUTE, CORRECT, TRADE, lost_before, LOST)
    story = story.given(DECIDE, SETTLE, BORN_LATER, MOVED, by=SUPERVISOR)
    story = story.given(RETRACT.model_copy(update={"corrects": 13})).given(RETRACT_CLOSURE, by=SUPERVISOR)
    with follow.connect(url) as connection:
        tables.prepare(connection)
        for recorded in story.recorded:
            append(connections, replace(recorded, command_id=f"case/{recorded.version}"))
            while follow.advance(connection, 1):
                pass
    rows_equal_the_fold(connections, log_of(connections))
