"""A case is handed from one unit to another on real services: whatever dies or comes at once, each step is recorded once, and nobody is without owner or has two places."""

import asyncio
from uuid import uuid4

import pytest

from domain.departure import RecordDeath
from domain.envelopes import Receipt
from domain.refusals import Refusal
from domain.support import RecordContact
from domain.transfer import CancelTransfer
from domain.transfer_answer import AcceptTransfer, RejectTransfer
from domain.vocabulary import Attendee, ContactMode, Phase, Reason
from infra.settings import Settings
from tests.e2e.stack import MANAGER, SUPERVISOR, stack
from tests.e2e.two_units import MANAGER_THERE, SUPERVISOR_THERE, TwoUnits, death_at
from workflows.client import Refusing

CANCEL = CancelTransfer(reason=Reason.CIRCUMSTANCES_CHANGED)
CONTACT = RecordContact(mode=ContactMode.PHONE, minutes=10, present=(Attendee.CLIENT,))
STEPS = ("AnnounceTransfer", "TakeOver", "ReleaseSlot", "ConfirmPlace")
HERE_IN_THE_END = ["TransferRequested", "TransferAccepted"]
THERE_IN_THE_END = ["TransferAnnounced", "SlotReserved", "PlaceConfirmed"]


async def test_edge_case_01_a_case_goes_from_unit_to_unit_and_its_place_with_it(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as services:
        units = TwoUnits(services)
        await units.establish()
        case_id, person = await units.case_with_a_place()
        await units.asked_for(case_id)
        assert isinstance(await services.submit(case_id, person, CONTACT), Receipt)
        await units.done(units.there, AcceptTransfer(case_id=case_id), SUPERVISOR_THERE)
        await units.until(lambda: units.settled(case_id))

        case = units.case(case_id)
        assert (case.provider, case.municipality, case.unit) == ("diakonie", units.town_there, units.there)
        assert units.names(units.here)[-1] == "SlotReleased"
        assert units.names(units.there)[-3:] == THERE_IN_THE_END
        assert [each for each in units.names(case_id) if each.startswith("Transfer")] == HERE_IN_THE_END
        old = await services.submit(case_id, person, CONTACT, by=MANAGER)
        assert isinstance(old, Refusing)
        assert old.code is Refusal.CROSS_PROVIDER
        assert isinstance(await services.submit(case_id, person, CONTACT, by=MANAGER_THERE), Receipt)
        units.check()


async def test_edge_case_01_at_whatever_step_the_worker_dies_each_is_recorded_once(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as services:
        units = TwoUnits(services)
        await units.establish()
        for kind in STEPS:
            for after in (False, True):
                case_id, _ = await units.case_with_a_place()
                with death_at(kind, after=after) as death:
                    await units.done(case_id, units.request, SUPERVISOR)
                    if kind != "AnnounceTransfer":
                        await units.until(lambda case_id=case_id: case_id in units.unit(units.there).incoming)
                        await units.done(units.there, AcceptTransfer(case_id=case_id), SUPERVISOR_THERE)
                    async with asyncio.timeout(60):
                        await death.met.wait()
                    assert units.case(case_id).provider in ("drk", "diakonie")
                    units.check()
                    await services.stop_worker()
                    death.over = True
                    await services.start_worker()
                    if kind == "AnnounceTransfer":
                        await units.until(lambda case_id=case_id: case_id in units.unit(units.there).incoming)
                        await units.done(units.there, AcceptTransfer(case_id=case_id), SUPERVISOR_THERE)
                    await units.until(lambda case_id=case_id: units.settled(case_id))
                assert [each for each in units.names(case_id) if each.startswith("Transfer")] == HERE_IN_THE_END
                told = [
                    each.name for each in services.story(units.there) if getattr(each.event, "case_id", "") == case_id
                ]
                assert told == THERE_IN_THE_END
                released = [each.event for each in services.story(units.here) if each.name == "SlotReleased"]
                assert [getattr(each, "case_id", "") for each in released].count(case_id) == 1
        units.check()
        assert len(units.unit(units.there).places) == 2 * len(STEPS)
        assert units.unit(units.here).places == {}


async def test_edge_case_02_a_rejection_leaves_all_as_it_was(temporal_address: str, settings: Settings) -> None:
    async with stack(temporal_address, settings) as services:
        units = TwoUnits(services)
        await units.establish()
        case_id, _ = await units.case_with_a_place()
        await units.asked_for(case_id)
        rejected = RejectTransfer(case_id=case_id, reason=Reason.NO_PLACE)
        await units.done(units.there, rejected, SUPERVISOR_THERE)
        await units.until(lambda: units.settled(case_id))
        case = units.case(case_id)
        assert (case.provider, case.unit) == ("drk", units.here)
        assert services.story(case_id)[-1].reason is Reason.NO_PLACE
        units.check()


async def test_where_no_unit_is_kept_here_a_case_is_handed_on_all_the_same(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as services:
        units = TwoUnits(services)
        await units.establish(here=False)
        case_id, _ = await units.case_without_places()
        await units.asked_for(case_id)
        await units.done(units.there, AcceptTransfer(case_id=case_id), SUPERVISOR_THERE)
        await units.until(lambda: case_id in units.unit(units.there).places)
        assert units.case(case_id).unit == units.there
        assert services.story(units.here) == []


@pytest.mark.parametrize("turn", range(2))
async def test_of_cancelling_and_accepting_at_once_one_holds_and_no_place_is_lost(
    temporal_address: str, settings: Settings, turn: int
) -> None:
    async with stack(temporal_address, settings) as services:
        units = TwoUnits(services)
        await units.establish()
        cases = [await units.case_with_a_place() for _ in range(3)]
        for case_id, _ in cases:
            await units.asked_for(case_id)
            await asyncio.gather(
                units.ask(case_id, CANCEL, SUPERVISOR),
                units.ask(units.there, AcceptTransfer(case_id=case_id), SUPERVISOR_THERE),
            )
        for case_id, _ in cases:
            await units.until(lambda case_id=case_id: units.settled(case_id))
            case = units.case(case_id)
            assert (case.provider, case.unit) in (("drk", units.here), ("diakonie", units.there))
            ended = [each for each in units.names(case_id) if each in ("TransferCancelled", "TransferAccepted")]
            assert len(ended) == 1
        units.check()


async def test_edge_case_07_of_a_death_and_an_acceptance_at_once_no_place_stays_behind(
    temporal_address: str, settings: Settings
) -> None:
    async with stack(temporal_address, settings) as services:
        units = TwoUnits(services)
        await units.establish()
        cases = [await units.case_with_a_place() for _ in range(4)]
        for case_id, _ in cases:
            await units.asked_for(case_id)
            death, _ = await asyncio.gather(
                units.ask(case_id, RecordDeath(), SUPERVISOR),
                units.ask(units.there, AcceptTransfer(case_id=case_id), SUPERVISOR_THERE),
            )
            if isinstance(death, Refusing):
                assert death.code is Refusal.CROSS_PROVIDER, "the others were faster, and tell of it now"
                await units.done(case_id, RecordDeath(), SUPERVISOR_THERE)
        for case_id, _ in cases:
            await units.until(lambda case_id=case_id: units.settled(case_id))
            assert (units.case(case_id).phase, units.case(case_id).unit) == (Phase.CLOSED, None)
        for unit in (units.here, units.there):
            state = units.unit(unit)
            assert (state.used, state.reserved, state.incoming) == (0, 0, {})
        units.check()


async def test_of_two_who_accept_at_once_one_does(temporal_address: str, settings: Settings) -> None:
    async with stack(temporal_address, settings) as services:
        units = TwoUnits(services)
        await units.establish()
        case_id, _ = await units.case_with_a_place()
        await units.asked_for(case_id)
        accept = AcceptTransfer(case_id=case_id)
        same = str(uuid4())
        answers = await asyncio.gather(
            units.ask(units.there, accept, SUPERVISOR_THERE, same),
            units.ask(units.there, accept, SUPERVISOR_THERE, same),
            units.ask(units.there, accept, SUPERVISOR_THERE),
        )
        accepted = {each.version for each in answers if isinstance(each, Receipt)}
        refused = [each.code for each in answers if isinstance(each, Refusing)]
        assert len(accepted) == 1
        assert set(refused) == {Refusal.NO_TRANSFER}
        await units.until(lambda: units.settled(case_id))
        assert units.names(units.there).count("SlotReserved") == 1
        units.check()


async def test_a_place_that_was_reserved_for_a_case_that_does_not_come_is_given_back(
    temporal_address: str, settings: Settings
) -> None:
    """It was cancelled, and the unit that accepts has not heard of it yet."""
    async with stack(temporal_address, settings) as services:
        units = TwoUnits(services)
        await units.establish()
        case_id, _ = await units.case_with_a_place()
        await units.asked_for(case_id)
        with death_at("WithdrawTransfer", after=False) as death:
            await units.done(case_id, CANCEL, SUPERVISOR)
            async with asyncio.timeout(60):
                await death.met.wait()
            await units.done(units.there, AcceptTransfer(case_id=case_id), SUPERVISOR_THERE)
            assert units.unit(units.there).reserved == 1
            death.over = True
            await units.until(lambda: units.settled(case_id))
        assert units.names(units.there).count("TransferWithdrawn") == 1
        assert "TransferAccepted" not in units.names(case_id)
        assert units.case(case_id).unit == units.here
        units.check()
