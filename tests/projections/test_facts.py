"""Facts on both axes of time: what held on a day, as it was known at an instant."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from domain import corrections, facts
from domain.deadlines import local_day
from domain.envelopes import Recorded
from domain.statements import Fact, Statement
from domain.story import Command, Event
from domain.vocabulary import (
    ActivityKind,
    DisputeOutcome,
    HousingKind,
    LanguageEvidence,
    LanguageLevel,
    QualificationKind,
    Reason,
    Source,
    Title,
    Turn,
)
from infra.postgres import Pool
from projections import follow
from projections.facts import FACTS, FactKind, FactRow, as_of
from projections.read_model import retell
from tests.examples import CONFIRM, NOW, REGISTER, SUPPORTED, TODAY
from tests.projections.lives import advance_all, append
from tests.scenario import Story

LEVEL = facts.RecordLanguageLevel(level=LanguageLevel.A2, evidence=LanguageEvidence.CERT_DTZ)
HELD = dict[tuple[FactKind, str], str]


def rows(story: Story) -> list[FactRow]:
    return list(retell(FACTS, story.recorded).values())


def held(told: list[FactRow], on: date, known_at: datetime) -> HELD:
    found = [(row.kind, row.subject, str(row.value)) for row in told if row.holds(on, known_at)]
    assert len({each[:2] for each in found}) == len(found), "two values at once"
    return {(kind, subject): value for kind, subject, value in found}


def by_reading_all(recorded: list[Recorded], on: date, known_at: datetime) -> HELD:
    """The slow way: of all that stands by then, what was said of the latest day counts, and of one day what was said last."""
    standing = effective([each for each in recorded if each.recorded_at <= known_at])
    told: HELD = {}
    for day, event in sorted(without_losses_of_others(standing), key=lambda each: each[0]):
        if day > on:
            continue
        match event:
            case facts.LanguageLevelRecorded():
                told[(FactKind.LANGUAGE, "")] = event.level
            case facts.HousingRecorded():
                told[(FactKind.HOUSING, "")] = event.housing
            case facts.ActivityStarted():
                told[(FactKind.ACTIVITY, event.activity)] = event.activity
            case facts.ActivityEnded():
                told.pop((FactKind.ACTIVITY, event.activity), None)
            case facts.ResidenceStatusLost():
                told[(FactKind.RESIDENCE, "")] = Title.NONE
            case facts.ResidenceStatusRecorded():
                told.pop((FactKind.RESIDENCE, ""), None)
                if event.valid_until is None or on <= event.valid_until:
                    told[(FactKind.RESIDENCE, "")] = event.title_code
    return told


def effective(recorded: list[Recorded]) -> list[tuple[date, Event]]:
    """What stands, in the order in which it was told: each correction in the place of what it corrects."""
    standing: dict[int, tuple[date, Event]] = {}
    places: dict[int, int] = {}
    for each in recorded:
        match event := each.event:
            case corrections.FactCorrected():
                places[each.version] = places[event.corrects]
                standing[places[event.corrects]] = (event.fact.effective_on, event.fact.event)
            case corrections.FactRetracted():
                del standing[places[event.corrects]]
            case Statement():
                places[each.version] = each.version
                standing[each.version] = (each.effective_on, event)
    return [standing[place] for place in sorted(standing)]


def without_losses_of_others(standing: list[tuple[date, Event]]) -> list[tuple[date, Event]]:
    """A title is lost only where, of its day, it is the last that was told of, or none was."""
    told: list[tuple[date, Event]] = []
    for day, event in standing:
        titles = [each for each in told if isinstance(each[1], OF_TITLES) and each[0] <= day]
        if isinstance(event, facts.ResidenceStatusLost) and titles:
            last = max(reversed(titles), key=lambda each: each[0])[1]
            if not isinstance(last, facts.ResidenceStatusRecorded) or last.title_code is not event.title_code:
                continue
        told.append((day, event))
    return told


OF_TITLES = (facts.ResidenceStatusRecorded, facts.ResidenceStatusLost)
shifts = st.integers(-8, 0)
told_facts = st.one_of(
    st.builds(lambda level: LEVEL.model_copy(update={"level": level}), st.sampled_from(LanguageLevel)),
    st.builds(lambda kind: facts.RecordHousing(housing=kind), st.sampled_from(HousingKind)),
    st.builds(
        lambda kind, turn: facts.RecordActivity(activity=kind, turn=turn),
        st.sampled_from([ActivityKind.COURSE, ActivityKind.MINIJOB]),
        st.sampled_from(Turn),
    ),
    st.builds(
        lambda title, turn, days: facts.RecordResidenceStatus(
            title_code=title,
            turn=turn,
            valid_until=days and TODAY + timedelta(days=days),
            source=Source.DOCUMENT,
        ),
        st.sampled_from([Title.P24, Title.P25_2]),
        st.sampled_from(Turn),
        st.none() | st.integers(10, 20),
    ),
)
said = st.tuples(told_facts, shifts, st.integers(0, 2))
targets = st.integers(0, 7)
"""Which of the facts that stand, counted from the last."""

AboutFact = tuple[str, int, int, Command | None, int]
mistakes = st.one_of(
    st.tuples(st.just("correct"), targets, st.integers(0, 2), told_facts, shifts),
    st.tuples(st.sampled_from(["retract", "dispute", "resolve"]), targets, st.integers(0, 2), st.none(), shifts),
)


def correct(version: int, fact: Command) -> corrections.CorrectFact:
    return corrections.CorrectFact.model_validate({"corrects": version, "fact": fact, "reason": Reason.MISTAKE})


def about(story: Story, asked: AboutFact) -> Command | None:
    """What is asked about one of the facts that stand; none where there is none."""
    what, nth, _, fact, shift = asked
    standing = [
        each.version
        for each in story.case.statements.values()
        if isinstance(each.event, Fact) and (fact is None or each.event.asked_by == fact.kind)
    ]
    if not standing:
        return None
    version = standing[-1 - nth % len(standing)]
    if fact is not None:
        on = local_day(story.at) + timedelta(days=shift)
        return correct(version, fact.model_copy(update={"effective_on": on}))
    if what == "retract":
        return corrections.RetractFact(corrects=version, reason=Reason.MISTAKE)
    if what == "dispute":
        return corrections.MarkDisputed(disputes=version)
    return corrections.ResolveDispute(disputes=version, outcome=DisputeOutcome.UPHELD)


def lived(steps: list[tuple[Command, int, int] | AboutFact]) -> Story:
    story = Story().given(REGISTER)
    for step in steps:
        story = replace(story, at=story.at + timedelta(days=step[2]))
        if isinstance(step[0], str):
            command = about(story, step)
        else:
            on = local_day(story.at) + timedelta(days=step[1])
            command = step[0].model_copy(update={"effective_on": on})
        if command is not None:
            story = replace(story, recorded=(*story.recorded, *story.when(command).recorded))
    return story


@settings(max_examples=200, deadline=None, derandomize=True)
@given(steps=st.lists(said, max_size=8))
def test_what_held_is_found_as_by_reading_all_that_was_said_by_then(steps: list[tuple[Command, int, int]]) -> None:
    everything_is_found(lived([*steps]))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(steps=st.lists(said | mistakes, max_size=10))
def test_edge_case_23_so_it_is_whatever_was_corrected_and_retracted(
    steps: list[tuple[Command, int, int] | AboutFact],
) -> None:
    everything_is_found(lived(steps))


def everything_is_found(story: Story) -> None:
    told = rows(story)
    for known in range(-1, 22, 2):
        for day in range(-9, 25, 3):
            on, at = TODAY + timedelta(days=day), NOW + timedelta(days=known)
            assert by_reading_all(list(story.recorded), on, at) == held(told, on, at)
    noted = {said.version for said in story.case.statements.values() if said.disputed}
    last = {row.stated_in: row.disputed for row in sorted(told, key=lambda row: (row.version, row.part))}
    standing = {said.version for said in story.case.statements.values()}
    assert noted == {version for version, disputed in last.items() if disputed and version in standing}


def test_edge_case_22_a_certificate_handed_in_late_counts_from_its_own_day_for_those_who_ask_later() -> None:
    story = Story().given(*SUPPORTED, LEVEL)
    late = LEVEL.model_copy(update={"effective_on": date(2020, 12, 10), "level": LanguageLevel.B1})
    story = story.given(late, at=date(2021, 3, 15))
    new_year, language = date(2021, 1, 1), (FactKind.LANGUAGE, "")
    assert held(rows(story), new_year, datetime(2021, 3, 1, tzinfo=UTC))[language] == "A2"
    assert held(rows(story), new_year, datetime(2021, 3, 16, tzinfo=UTC))[language] == "B1"
    assert held(rows(story), date(2020, 12, 9), datetime(2021, 3, 16, tzinfo=UTC))[language] == "A2"


def test_edge_case_23_a_retracted_level_vanishes_from_what_is_known_now_and_stays_in_what_was_known() -> None:
    story = Story().given(*SUPPORTED, LEVEL)
    later = story.given(
        corrections.RetractFact(corrects=len(story.recorded), reason=Reason.MISTAKE), at=date(2018, 5, 2)
    )
    told, language = rows(later), (FactKind.LANGUAGE, "")
    assert held(told, TODAY, NOW)[language] == "A2"
    assert language not in held(told, TODAY, datetime(2018, 5, 3, tzinfo=UTC))
    (row,) = [row for row in told if row.kind is FactKind.LANGUAGE]
    assert (len(story.recorded), len(later.recorded)) == (row.stated_in, row.superseded_by)


def test_edge_case_23_what_was_said_later_of_the_same_day_still_comes_after_a_correction() -> None:
    story = Story().given(REGISTER, LEVEL, LEVEL.model_copy(update={"level": LanguageLevel.B1}))
    told = rows(story.given(correct(2, LEVEL.model_copy(update={"level": LanguageLevel.A1}))))
    assert held(told, TODAY, NOW) == {(FactKind.LANGUAGE, ""): "B1"}


def test_edge_case_23_a_dispute_is_noted_beside_the_fact_from_then_on() -> None:
    story = Story().given(*SUPPORTED, LEVEL)
    version = len(story.recorded)
    disputed = story.given(corrections.MarkDisputed(disputes=version), at=date(2018, 5, 2))
    over = corrections.ResolveDispute(disputes=version, outcome=DisputeOutcome.UPHELD)
    told = rows(disputed.given(over, at=date(2018, 6, 1)))
    notes = [
        [row.disputed for row in told if row.kind is FactKind.LANGUAGE and row.holds(TODAY, at)]
        for at in (NOW, datetime(2018, 5, 3, tzinfo=UTC), datetime(2018, 6, 2, tzinfo=UTC))
    ]
    assert notes == [[False], [True], [False]]


def test_qualifications_hold_side_by_side_and_a_correction_stands_in_the_place_of_its_mistake() -> None:
    school = facts.RecordQualification(qualification=QualificationKind.SCHOOL, country="SY")
    degree = school.model_copy(update={"qualification": QualificationKind.DEGREE})
    story = Story().given(REGISTER, school, school)
    told = rows(story.given(correct(2, degree)))
    assert held(told, TODAY, NOW) == {(FactKind.QUALIFICATION, "2"): "DEGREE", (FactKind.QUALIFICATION, "3"): "SCHOOL"}


def test_of_a_title_whose_last_day_is_over_nothing_is_known() -> None:
    told, residence = rows(Story().given(REGISTER, CONFIRM)), (FactKind.RESIDENCE, "")
    later = datetime(2020, 1, 1, tzinfo=UTC)
    assert held(told, date(2019, 10, 1), later)[residence] == "P25_2"
    assert residence not in held(told, date(2019, 10, 2), later)


def test_the_loss_of_a_title_leaves_without_one_and_the_loss_of_another_changes_nothing() -> None:
    story, residence = Story().given(REGISTER, CONFIRM), (FactKind.RESIDENCE, "")
    lost = facts.RecordResidenceStatus(title_code=Title.P25_2, turn=Turn.ENDS, source=Source.AUTHORITY)
    other = lost.model_copy(update={"title_code": Title.FICTION})
    assert held(rows(story.given(lost)), TODAY, NOW)[residence] == "NONE"
    for day in (date(2018, 4, 1), TODAY, date(2020, 1, 1)):
        assert held(rows(story.given(other)), day, NOW) == held(rows(story), day, NOW)


def test_a_residence_rule_holds_in_its_area_until_it_is_lifted() -> None:
    rule = facts.RecordResidenceRule(area="ravensburg", until=date(2020, 9, 30))
    story = Story().given(REGISTER, rule)
    expected = {(FactKind.RESIDENCE_RULE, "ravensburg"): "ravensburg"}
    later = datetime(2022, 1, 1, tzinfo=UTC)
    assert held(rows(story), date(2020, 9, 30), later) == expected
    assert held(rows(story), date(2020, 10, 1), later) == {}
    lifted = story.given(rule.model_copy(update={"turn": Turn.ENDS, "until": None}), at=date(2019, 5, 2))
    assert held(rows(lifted), date(2019, 5, 1), later) == expected
    assert held(rows(lifted), date(2019, 5, 2), later) == {}


async def test_the_query_finds_what_the_rows_tell(connections: Pool, url: str) -> None:
    story = Story().given(*SUPPORTED, LEVEL)
    story = story.given(
        LEVEL.model_copy(update={"effective_on": date(2018, 4, 5), "level": LanguageLevel.A1}),
        facts.RecordActivity(activity=ActivityKind.COURSE, effective_on=date(2018, 4, 9)),
        at=date(2018, 5, 2),
    )
    for recorded in story.recorded:
        append(connections, replace(recorded, stream_id="case-1", command_id=f"case-1/{recorded.version}"))
    with follow.connect(url) as connection:
        advance_all(connection)
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as reader:
        for on in (date(2018, 4, 4), date(2018, 4, 6), TODAY, date(2020, 1, 1)):
            for known_at in (NOW - timedelta(days=1), NOW, datetime(2018, 6, 1, tzinfo=UTC)):
                found = await as_of(reader, on, known_at)
                assert held(rows(story), on, known_at) == {(row.kind, row.subject): row.value for row in found}
        after = datetime(2018, 6, 1, tzinfo=UTC)
        of_language = await as_of(reader, TODAY, after, case_id="case-1", kind=FactKind.LANGUAGE)
        assert [row.value for row in of_language] == ["A2"]
        assert await as_of(reader, TODAY, after, case_id="case-2") == []
