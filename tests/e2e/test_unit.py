"""Places on real services: many come and go at once, and whatever dies on the way, each step is recorded once and no place is lost."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from temporalio.client import Client

from domain.deadlines import local_day
from domain.envelopes import Recorded
from domain.offers import NextClientOffered
from domain.places import ClientAdmitted
from domain.slots import SlotReleased
from domain.unit import Unit
from infra import postgres
from infra.dev_servers import dev_services
from infra.event_store import EventStore
from infra.follow_ups import FollowUpLedger
from infra.seals import AsyncKeyring
from infra.settings import Settings, database_url, master_key
from tests.e2e.stack import Stack, stack
from tests.e2e.unit_desk import Desk
from workflows.client import CaseClient

PERSONS, PLACES, AT_ONCE = 50, 8, 8
CHAIN = ("CloseCase", "ReleaseSlot", "AdmitClient", "TakePlace")
"""A closing, the release of its place with the offer to the next one, the admission, and the place in the new case."""


def watched(story: list[Recorded]) -> Unit:
    """Where the unit stands after a story in which everybody waits alone: never too many, nobody twice, no place lost, and all in order."""
    unit, holders = Unit(), set[str]()
    for recorded, following in zip(story, [*story[1:], None], strict=True):
        event, day = recorded.event, local_day(recorded.recorded_at)
        if isinstance(event, NextClientOffered):
            assert unit.asked()[0][0] == event.entry, "not the first of the queue"
        if isinstance(event, ClientAdmitted):
            assert not holders & set(event.case_ids), "admitted twice"
            assert event.entry in unit.offers
            assert not event.over_capacity
            holders |= set(event.case_ids)
        if isinstance(event, SlotReleased):
            holders.remove(event.case_id)
        unit.take(recorded)
        assert set(unit.places) == holders
        assert unit.used + unit.reserved <= unit.capacity(day)
        assert unit.used + unit.reserved + unit.free(day) == unit.capacity(day)
        if following is None or following.command_id != recorded.command_id:
            assert unit.free(day) == 0 or not unit.asked(), "a place is free and somebody waits"
    return unit


@pytest.mark.timeout(300)
async def test_a_hundred_intakes_and_closures_at_once_go_through_eight_places(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as each:
        desk, at_once = Desk(each, "ravensburg"), asyncio.Semaphore(AT_ONCE)
        admitted: dict[int, asyncio.Event] = {n: asyncio.Event() for n in range(1, PERSONS + 1)}
        await desk.establish(PLACES)

        async def comes_and_goes() -> None:
            async with at_once:
                case_id, entry = await desk.put_down()
            await admitted[entry].wait()
            await desk.open(case_id)
            await desk.close(case_id)

        async with asyncio.TaskGroup() as town:
            for _ in range(PERSONS):
                town.create_task(comes_and_goes())
            town.create_task(desk.admit_all(lambda entry: admitted[entry].set(), PERSONS))
        await desk.until(lambda: not desk.state().places)

        unit = watched(desk.story())
        assert (unit.entries, unit.waiting, unit.offers) == (PERSONS, {}, {})
        counts = Counter(recorded.name for recorded in desk.story())
        once = {"ClientWaitlisted", "NextClientOffered", "ClientAdmitted", "SlotReleased"}
        assert {name: counts[name] for name in once} == dict.fromkeys(once, PERSONS)
        for case_id in desk.people:
            assert sorted(desk.names(case_id)[2:]) == ["CaseClosed", "CaseOpened", "PlaceTaken"]


async def lives_on(desk: Desk) -> tuple[str, str, int]:
    """One place: a case that is open with it, and another that waits for it with the number of its entry."""
    await desk.establish(1)
    first, entry = await desk.put_down()
    await desk.admit(entry)
    await desk.open(first)
    second, waiting = await desk.put_down()
    assert desk.state().offers == {}
    return first, second, waiting


def told_once(desk: Desk, first: str, second: str) -> None:
    unit = watched(desk.story())
    assert set(unit.places) == {second}
    after = [recorded.name for recorded in desk.story()][-3:]
    assert after == ["SlotReleased", "NextClientOffered", "ClientAdmitted"]
    assert desk.names(first)[-1] == "CaseClosed"
    assert Counter(desk.names(first))["CaseClosed"] == 1
    assert desk.names(second)[2:] == ["PlaceTaken"]


async def test_the_place_of_a_closed_case_is_offered_on_and_the_next_one_opens_with_it(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as each:
        desk = Desk(each, "weingarten")
        first, second, waiting = await lives_on(desk)
        await desk.close(first)
        await desk.until(lambda: waiting in desk.state().offers)
        await desk.admit(waiting)
        await desk.until(lambda: "PlaceTaken" in desk.names(second))
        told_once(desk, first, second)
        await desk.open(second)


async def test_whatever_breaks_before_and_after_each_step_each_is_recorded_once(
    temporal_address: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks = {(kind, when) for kind in CHAIN for when in ("before", "after", "told", "noted")}

    def broken(kind: str, when: str) -> None:
        if (kind, when) in breaks:
            breaks.remove((kind, when))
            raise psycopg.OperationalError("the connection is lost")

    append, note = EventStore.append, FollowUpLedger.note

    def breaking_append(self: EventStore, events: Any, submitted: Any, *more: Any, **named: Any) -> int:
        kind = submitted.command["kind"]
        broken(kind, "before")
        position = append(self, events, submitted, *more, **named)
        broken(kind, "after")
        return position

    async def breaking_note(self: FollowUpLedger, follow_up_id: str) -> None:
        kind = next((kind for kind in CHAIN if f":{kind}:" in follow_up_id), "")
        broken(kind, "told")
        await note(self, follow_up_id)
        broken(kind, "noted")

    async with stack(temporal_address, settings) as each:
        desk = Desk(each, "aulendorf")
        first, second, waiting = await lives_on(desk)
        monkeypatch.setattr(EventStore, "append", breaking_append)
        monkeypatch.setattr(FollowUpLedger, "note", breaking_note)
        await desk.close(first)
        await desk.until(lambda: waiting in desk.state().offers)
        await desk.admit(waiting)
        await desk.until(lambda: "PlaceTaken" in desk.names(second))
        await desk.until(
            lambda: breaks == {(kind, each) for kind in ("CloseCase", "AdmitClient") for each in ("told", "noted")}
        )
        told_once(desk, first, second)


@pytest.mark.timeout(300)
async def test_a_worker_that_is_killed_at_each_step_leaves_each_step_recorded_once(tmp_path: Path) -> None:
    async with dev_services(Settings(data_dir=tmp_path / "data"), free_ports=True) as running:
        settings = running.settings
        client = await Client.connect(running.temporal_address)
        async with postgres.async_pool(database_url(settings), 4) as connections:
            keyring = AsyncKeyring(connections, master_key(settings))
            front = CaseClient(client, settings.task_queue)
            desk = Desk(Stack(client, settings, connections, keyring, front, cached=0), "bad-waldsee")
            first, second, waiting = await lives_on(desk)
            closing = asyncio.create_task(desk.close(first))
            await asyncio.sleep(0)
            running.kill("case-worker")
            await closing
            running.kill("case-worker")
            await desk.until(lambda: waiting in desk.state().offers)
            admission = asyncio.create_task(desk.admit(waiting))
            await asyncio.sleep(0)
            running.kill("case-worker")
            await admission
            running.kill("case-worker")
            await desk.until(lambda: "PlaceTaken" in desk.names(second))
            told_once(desk, first, second)
