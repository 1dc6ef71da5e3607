"""The timeline of a case: narrowed by kind, by who acted and by day; corrections linked both ways; quick for a long story."""

from dataclasses import replace
from time import perf_counter

import httpx
import pytest

from api.access import COOKIE
from api.language import CATALOGUES
from api.narrowed_history import EVENTS_OF, EntryKind
from domain.catalogue import EVENTS
from domain.support import RecordContact
from domain.vocabulary import Attendee, ContactMode
from infra import postgres
from infra.event_store import EventStore
from infra.settings import database_url
from tests import examples
from tests.api.doors import Door, then
from tests.examples_corrections import RETRACT
from tests.infra.story_parts import receipt, submitted
from tests.scenario import Story

LONG = 1000


async def visit(lotse: Door, path: str) -> httpx.Response:
    token = lotse.bearing(examples.SUPERVISOR)["Authorization"].removeprefix("Bearer ")
    return await lotse.http.get(path, headers={"Cookie": f"{COOKIE}={token}", "Accept-Language": "de"})


@pytest.fixture
async def case_id(lotse: Door) -> str:
    made = await lotse.case(*then(*examples.SUPPORTED[1:]))
    told = (await lotse.ask(then(examples.COMMANDS["RecordLanguageLevel"])[0], made)).json()
    answer = await lotse.ask(RETRACT.model_copy(update={"corrects": told["version"]}), made, by=examples.SUPERVISOR)
    await lotse.look("/v1/cases", after=answer.json()["position"])
    return made


def test_every_event_is_of_one_kind_that_has_a_name() -> None:
    assert sorted(name for names in EVENTS_OF.values() for name in names) == sorted(EVENTS)
    assert {f"entry_kind.{kind}" for kind in EntryKind} <= CATALOGUES["de"].keys()


async def test_a_correction_and_what_it_corrects_are_linked_both_ways(lotse: Door, case_id: str) -> None:
    page = (await visit(lotse, f"/cases/{case_id}")).text
    history = (await lotse.look(f"/v1/cases/{case_id}/history")).json()["events"]
    [retracted] = [each for each in history if each["name"] == "FactRetracted"]
    corrected = int(retracted["corrects"].rpartition("/")[2])

    assert f'href="#event-{corrected}">Ändert Eintrag {corrected}' in page
    assert f'href="#event-{retracted["version"]}">Berichtigt oder zurückgenommen' in page


async def test_a_timeline_is_narrowed_by_kind_by_actor_and_by_day(lotse: Door, case_id: str) -> None:
    async def entries(query: str) -> int:
        return (await visit(lotse, f"/cases/{case_id}?{query}")).text.count('class="timeline__event')

    every, corrections = await entries(""), await entries("kind=CORRECTION")
    assert (corrections, await entries("kind=&by=&since=&until=")) == (1, every)
    assert await entries("kind=PLAN") > 1
    assert await entries(f"by={examples.SUPERVISOR.id}") + await entries(f"by={examples.MANAGER.id}") <= every
    assert await entries(f"by={examples.SUPERVISOR.id}&kind=CORRECTION") == 1
    assert (await entries("since=2001-01-01"), await entries("until=2001-01-01")) == (every, 0)
    assert "Kein Eintrag passt dazu." in (await visit(lotse, f"/cases/{case_id}?by=nobody")).text


@pytest.mark.parametrize("query", ["kind=PARTY", "since=gestern", "until=9999-12-31", "before=1", "by=Amal"])
async def test_what_a_timeline_can_not_be_narrowed_to_is_told_so(lotse: Door, case_id: str, query: str) -> None:
    assert (await visit(lotse, f"/cases/{case_id}?{query}")).status_code == 400


async def test_a_thousand_events_are_shown_at_once_and_page_by_page(lotse: Door, case_id: str) -> None:
    with postgres.pool(database_url(lotse.settings), 1) as connections:
        store = EventStore(connections)
        before = store.load(case_id)
        story = Story(stream_id=case_id, recorded=tuple(before), at=before[-1].recorded_at)
        while len(story.recorded) < LONG:
            story = story.given(RecordContact(mode=ContactMode.OFFICE, present=(Attendee.CLIENT,)))
        for each in story.recorded[len(before) :]:
            event = replace(each, command_id=f"{case_id}/{each.version}")
            position = store.append([event], submitted(event), receipt(event), ())
    await lotse.look("/v1/cases", after=position)

    for path, limit_s in ((f"/cases/{case_id}", 0.15), (f"/cases/{case_id}/as-of", 0.15)):
        taken = []
        for _ in range(5):
            begun = perf_counter()
            page = await visit(lotse, path)
            taken.append(perf_counter() - begun)
            assert page.status_code == 200
        assert min(taken) < limit_s

    first = (await visit(lotse, f"/cases/{case_id}?kind=CONTACT")).text
    assert first.count('class="timeline__event') == 200
    assert "?kind=CONTACT&amp;before=801#timeline" in first
