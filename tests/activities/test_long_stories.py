"""A long story is not folded again from its beginning with each command, and is recorded as a short one is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from activities import record
from domain.envelopes import Recorded
from domain.facts import RecordHousing
from domain.intake import RecordRefusalOfData
from domain.vocabulary import DataField, HousingKind
from infra.event_store import EventStore
from tests.activities.desk import CASE, Desk, names

HOUSED = RecordHousing(housing=HousingKind.AU_FLAT)
NO_HEALTH_DATA = RecordRefusalOfData(field=DataField.HEALTH)


@dataclass
class Counting:
    """The store, and how many events were loaded with each call."""

    store: EventStore
    loaded: list[int] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def load(self, stream_id: str, after: int = 0) -> Sequence[Recorded]:
        events = self.store.load(stream_id, after)
        self.loaded.append(len(events))
        return events


@pytest.fixture
def counting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(record, "LONG", 5)
    return replace(desk, recorder=replace(desk.recorder, stories=Counting(desk.store)))  # type: ignore[arg-type]  # the rest is the store's own


def test_of_a_long_story_only_what_is_new_is_loaded(counting: Desk) -> None:
    counting.open_case(CASE)
    for n in range(6):
        assert "receipt" in counting.ask(CASE, f"k{n}", HOUSED)
    assert counting.recorder.stories.loaded[-6:] == [3, 4, 5, 1, 1, 1]  # type: ignore[attr-defined]
    assert names(counting.store.load(CASE))[3:] == ["HousingRecorded"] * 6


def test_a_repeat_in_a_long_story_gives_the_first_receipt_and_stores_nothing(counting: Desk) -> None:
    counting.open_case(CASE)
    receipts = [counting.ask(CASE, f"k{n}", HOUSED)["receipt"] for n in range(6)]
    before = counting.stored()
    assert [counting.ask(CASE, f"k{n}", HOUSED)["receipt"] for n in range(6)] == receipts
    assert counting.ask(CASE, "k0", NO_HEALTH_DATA)["refusal"]["code"] == "DUPLICATE_COMMAND"
    assert counting.stored() == before


def test_another_writer_of_a_long_story_is_noticed(counting: Desk, desk: Desk) -> None:
    counting.open_case(CASE)
    for n in range(6):
        counting.ask(CASE, f"k{n}", HOUSED)
        assert desk.ask(CASE, f"other{n}", HOUSED)["version"] == 5 + 2 * n
    assert [each.version for each in desk.store.load(CASE)] == list(range(1, 16))
