"""Facts on both axes of time: what held on a day, as it was known at an instant."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from domain import facts
from domain.deadlines import local_day
from domain.envelopes import Recorded
from domain.story import Command
from domain.vocabulary import (
    ActivityKind,
    HousingKind,
    LanguageEvidence,
    LanguageLevel,
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
    """The slow way: of all that was said by then, what was said of the latest day counts, and of one day what was said last."""
    told: HELD = {}
    for each in sorted((each for each in recorded if each.recorded_at <= known_at), key=lambda each: each.effective_on):
        if each.effective_on > on:
            continue
        match event := each.event:
            case facts.LanguageLevelRecorded():
                told[(FactKind.LANGUAGE, "")] = event.level
            case facts.HousingRecorded():
                told[(FactKind.HOUSING, "")] = event.housing
            case facts.ActivityStarted():
                told[(FactKind.ACTIVITY, event.activity)] = event.activity
            case facts.ActivityEnded():
                told.pop((FactKind.ACTIVITY, event.activity), None)
            case facts.ResidenceStatusRecorded():
                told.pop((FactKind.RESIDENCE, ""), None)
                if event.valid_until is None or on <= event.valid_until:
                    told[(FactKind.RESIDENCE, "")] = event.title_code
    return told


shifts = st.integers(-8, 0)
commands = st.one_of(
    st.builds(lambda level: LEVEL.model_copy(update={"level": level}), st.sampled_from(LanguageLevel)),
    st.builds(lambda kind: facts.RecordHousing(housing=kind), st.sampled_from(HousingKind)),
    st.builds(
        lambda kind, turn: facts.RecordActivity(activity=kind, turn=turn),
        st.sampled_from([ActivityKind.COURSE, ActivityKind.MINIJOB]),
        st.sampled_from(Turn),
    ),
    st.builds(
        lambda title, days: facts.RecordResidenceStatus(
            title_code=title, valid_until=days and TODAY + timedelta(days=days), source=Source.DOCUMENT
        ),
        st.sampled_from([Title.P24, Title.P25_2]),
        st.none() | st.integers(10, 20),
    ),
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(said=st.lists(st.tuples(commands, shifts, st.integers(0, 2)), max_size=8))
def test_what_held_is_found_as_by_reading_all_that_was_said_by_then(said: list[tuple[Command, int, int]]) -> None:
    story = Story().given(REGISTER)
    for command, shift, days in said:
        story = replace(story, at=story.at + timedelta(days=days))
        on = local_day(story.at) + timedelta(days=shift)
        story = replace(
            story, recorded=(*story.recorded, *story.when(command.model_copy(update={"effective_on": on})).recorded)
        )
    told = rows(story)
    for known in range(-1, 18, 2):
        for day in range(-9, 25, 3):
            on, at = TODAY + timedelta(days=day), NOW + timedelta(days=known)
            assert by_reading_all(list(story.recorded), on, at) == held(told, on, at)


def test_edge_case_22_a_certificate_handed_in_late_counts_from_its_own_day_for_those_who_ask_later() -> None:
    story = Story().given(*SUPPORTED, LEVEL)
    late = LEVEL.model_copy(update={"effective_on": date(2020, 12, 10), "level": LanguageLevel.B1})
    story = story.given(late, at=date(2021, 3, 15))
    new_year, language = date(2021, 1, 1), (FactKind.LANGUAGE, "")
    assert held(rows(story), new_year, datetime(2021, 3, 1, tzinfo=UTC))[language] == "A2"
    assert held(rows(story), new_year, datetime(2021, 3, 16, tzinfo=UTC))[language] == "B1"
    assert held(rows(story), date(2020, 12, 9), datetime(2021, 3, 16, tzinfo=UTC))[language] == "A2"


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
    assert rows(story.given(other)) == rows(story)


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
