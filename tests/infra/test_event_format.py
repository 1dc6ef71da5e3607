"""What is stored cannot be changed later: the bytes, the hash, and every break of the chain."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from domain.envelopes import Actor
from domain.facts import ActivityStarted
from domain.story import Event
from domain.vocabulary import ActivityKind, Reason, Role
from infra.event_format import GENESIS, first_break, framed, hash_of, recorded_from, stored_from
from tests import examples
from tests.infra.story_parts import recorded

CASE = "case-018f0000-0000-7000-8000-000000000001"
OTHER = "case-018f0000-0000-7000-8000-000000000002"

FIRST_BYTES = (
    b'{"actor":{"id":"im-07","provider":"drk","role":"manager"},"body":{"field":"HEALTH"},'
    b'"command_id":"k1","effective_on":"2018-03-01","policy_version":"2017",'
    b'"previous_hash":"' + b"0" * 64 + b'","recorded_at":"2018-03-01T11:00:00.250Z","schema_version":1}'
)


def chain(stream_id: str, length: int) -> list[StoredEvent]:
    stored: list[StoredEvent] = []
    for version in range(1, length + 1):
        stored.append(stored_from(recorded(stream_id, version), hash_of(stored[-1]) if stored else GENESIS))
    return stored


STORY = chain(CASE, 5)
HEAD = hash_of(STORY[-1])


def test_an_event_is_stored_under_its_chosen_name_in_exactly_these_bytes() -> None:
    expected = StoredEvent(CASE, 1, "DataRefused", FIRST_BYTES)
    assert expected == stored_from(recorded(CASE, 1, "k1"), GENESIS)


def test_the_hash_covers_stream_version_name_and_bytes_each_behind_its_length() -> None:
    length = len(FIRST_BYTES).to_bytes(8, "big")
    content = (
        bytes([0] * 7 + [41]) + CASE.encode() + bytes([0] * 7 + [1]) + b"1" + bytes([0] * 7 + [11]) + b"DataRefused"
    )
    expected = sha256(content + length + FIRST_BYTES).hexdigest()
    assert expected == hash_of(StoredEvent(CASE, 1, "DataRefused", FIRST_BYTES))


@given(st.lists(st.binary(max_size=3), max_size=4), st.lists(st.binary(max_size=3), max_size=4))
def test_different_parts_never_give_the_same_framed_bytes(some: list[bytes], others: list[bytes]) -> None:
    assert (some == others) == (framed(*some) == framed(*others))


def test_an_event_with_a_full_envelope_comes_back_as_it_was() -> None:
    event = recorded(
        CASE,
        3,
        event=ActivityStarted(activity=ActivityKind.MINIJOB, hours_per_week=Decimal("9.50")),
        actor=Actor(id="im-08", role=Role.DEPUTY, provider="drk", deputy_for="im-07"),
        causation="timer:PLAN:2018-04-12:FELL_DUE",
        reason=Reason.ILLNESS,
        reason_text="sealed:1:ä",
        corrects=f"{CASE}/2",
        effective_on=date(2018, 2, 28),
    )
    stored = stored_from(event, "ab" * 32)
    back = recorded_from(CASE, 3, stored.topic, stored.state, 17)
    assert replace(event, previous_hash="ab" * 32, position=17) == back


@pytest.mark.parametrize("event", examples.EVENTS.values(), ids=examples.EVENTS)
def test_every_event_comes_back_as_it_was(event: Event) -> None:
    stored = stored_from(recorded(CASE, 1, event=event), GENESIS)
    assert recorded_from(CASE, 1, stored.topic, stored.state, 1).event == event


def test_an_untouched_story_verifies() -> None:
    assert first_break(STORY, HEAD) is None
    assert first_break([]) is None


def test_an_altered_event_shows_at_the_version_behind_it() -> None:
    altered = [
        replace_state(event, b"HEALTH", b"FAMILY") if event.originator_version == 2 else event for event in STORY
    ]
    assert first_break(altered) == 3


def test_an_altered_last_event_shows_against_a_known_head() -> None:
    altered = [*STORY[:-1], replace_state(STORY[-1], b"HEALTH", b"FAMILY")]
    assert first_break(altered) is None
    assert first_break(altered, HEAD) == 6


def test_a_missing_event_shows_where_it_should_stand() -> None:
    assert [first_break(STORY[:n] + STORY[n + 1 :], HEAD) for n in range(5)] == [1, 2, 3, 4, 5]


def test_an_event_of_another_stream_shows_even_where_version_and_chain_would_fit() -> None:
    foreign = chain(OTHER, 5)
    assert first_break([*STORY[:2], foreign[2], *STORY[3:]]) == 3
    moved = [StoredEvent(CASE, e.originator_version, e.topic, e.state) for e in foreign]
    assert first_break(moved) == 2


def replace_state(event: StoredEvent, old: bytes, new: bytes) -> StoredEvent:
    return StoredEvent(event.originator_id, event.originator_version, event.topic, event.state.replace(old, new))


@st.composite
def mutated_stories(draw: st.DrawFn) -> list[StoredEvent]:
    """The story with one small thing changed."""
    story = list(STORY)
    n = draw(st.integers(0, len(story) - 1))
    event = story[n]
    kind = draw(st.sampled_from(["byte", "cut", "name", "version", "stream", "drop", "swap", "twice"]))
    stream, version, name, state = event.originator_id, event.originator_version, event.topic, event.state
    if kind == "byte":
        at = draw(st.integers(0, len(state) - 1))
        state = state[:at] + bytes([state[at] ^ draw(st.integers(1, 255))]) + state[at + 1 :]
    elif kind == "cut":
        state = state[: draw(st.integers(0, len(state) - 1))]
    elif kind == "name":
        name = draw(st.sampled_from(["ConsentWithdrawn", "DataRefused ", ""]))
    elif kind == "version":
        version = draw(st.integers(0, 9).filter(lambda other: other != version))
    elif kind == "stream":
        stream = OTHER
    elif kind == "drop":
        return story[:n] + story[n + 1 :]
    elif kind == "swap":
        other = draw(st.integers(0, len(story) - 1).filter(lambda other: other != n))
        story[n], story[other] = story[other], story[n]
        return story
    else:
        return [*story[:n], event, *story[n:]]
    story[n] = StoredEvent(stream, version, name, state)
    return story


@given(mutated_stories())
def test_no_change_of_a_story_goes_unseen(story: list[StoredEvent]) -> None:
    assert first_break(story, HEAD) is not None
