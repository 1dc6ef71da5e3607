"""A story told at once is told as the fold tells it, event by event; and what a fold passes over, it need not be shown."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json

from domain.envelopes import CASE_PREFIX
from domain.story import Command
from projections.case_story import SPOKEN_OF
from projections.catalogue import READ_MODELS
from projections.read_model import ReadModel, retell
from projections.spoken import spoken_of
from projections.timeline import TIMELINE
from tests import examples
from tests.projections.lives import life

TOLD_AT_ONCE = [model for model in READ_MODELS if model.story and model.streams == CASE_PREFIX]
SELECTIVE = [model for model in READ_MODELS if model.about and model.streams == CASE_PREFIX]

steps = st.integers(1, len(examples.SUPPORTED))
more = st.lists(st.sampled_from(list(examples.COMMANDS.values())), max_size=30)
days = st.sampled_from([0, 10, 100, 700])


def by_fold(model: ReadModel[Any], events: Any) -> list[dict[str, Any]]:
    return [dict(zip(model.columns, model.values(row), strict=True)) for row in retell(model, events).values()]


def at_once(model: ReadModel[Any], events: Any) -> list[dict[str, Any]]:
    rows = [dict(zip(model.columns, values, strict=True)) for values in model.told(events)]
    return [{name: from_json(each) if isinstance(each, bytes) else each for name, each in row.items()} for row in rows]


@pytest.mark.parametrize("model", TOLD_AT_ONCE, ids=lambda model: model.name)
@settings(max_examples=150, deadline=None, derandomize=True)
@given(steps=steps, more=more, days=days)
def test_a_story_told_at_once_gives_the_rows_of_the_fold(
    model: ReadModel[Any], steps: int, more: list[Command], days: int
) -> None:
    events = life("case-1", steps, more, days)

    assert at_once(model, events) == by_fold(model, events)


@pytest.mark.parametrize("model", SELECTIVE, ids=lambda model: model.name)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(steps=steps, more=more, days=days)
def test_events_that_a_fold_does_not_speak_of_change_nothing(
    model: ReadModel[Any], steps: int, more: list[Command], days: int
) -> None:
    events = life("case-1", steps, more, days)

    assert at_once(model, events) == by_fold(model, events)


def test_what_a_fold_speaks_of_is_read_from_its_patterns() -> None:
    names = {event.__name__ for event in SPOKEN_OF}
    assert {"IntakeCompleted", "ReviewCompleted", "HouseholdSplit"} <= names
    assert "ContactRecorded" not in names
    assert spoken_of(TIMELINE.fold) == frozenset()
