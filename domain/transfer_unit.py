"""What a unit hears of a case that is to come to it: announced, withdrawn, or its place taken in the end."""

from datetime import date
from typing import ClassVar, Literal

from domain.envelopes import UNIT_PREFIX, FollowUp, Recorded
from domain.handing import notice
from domain.slots import place_of
from domain.story import Command, Event, Occasion, Slug
from domain.unit import Incoming, Unit
from domain.vocabulary import Role


class _Heard(Command):
    """`transfer`: the version of the request in the story of the case, so that what is said of an earlier one touches no later one."""

    kind: str
    case_id: str
    transfer: int

    roles = frozenset({Role.SYSTEM})
    of_kind: ClassVar[str] = UNIT_PREFIX


class AnnounceTransfer(_Heard):
    """A case of another unit shall come here. The answer is due by the end of `answer_by`."""

    kind: Literal["AnnounceTransfer"] = "AnnounceTransfer"
    from_municipality: Slug
    from_provider: Slug
    answer_by: date

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        return [
            TransferAnnounced(
                case_id=self.case_id,
                transfer=self.transfer,
                from_municipality=self.from_municipality,
                from_provider=self.from_provider,
                answer_by=self.answer_by,
            )
        ]


class TransferAnnounced(Event):
    """The supervisor is told, and answers with `AcceptTransfer` or `RejectTransfer`."""

    case_id: str
    transfer: int
    from_municipality: Slug
    from_provider: Slug
    answer_by: date

    def apply_on(self, unit: Unit, on: date) -> None:
        unit.incoming[self.case_id] = Incoming(
            self.transfer, self.from_municipality, self.from_provider, on, self.answer_by
        )

    def tells(self, unit: Unit, recorded: Recorded) -> list[FollowUp]:
        return [notice(recorded, unit.provider, {"event": recorded.name, "answer_by": self.answer_by.isoformat()})]


class WithdrawTransfer(_Heard):
    """The case does not come. Silent where that transfer is none of this unit's any more."""

    kind: Literal["WithdrawTransfer"] = "WithdrawTransfer"

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        return withdrawn(unit, self.case_id, self.transfer)


class TransferWithdrawn(Event):
    """A place that was reserved is free again. The supervisor is told."""

    case_id: str
    transfer: int

    def apply(self, unit: Unit) -> None:
        unit.incoming.pop(self.case_id, None)
        if unit.reservations.pop(self.case_id, None) is not None:
            unit.ask_anew()

    def tells(self, unit: Unit, recorded: Recorded) -> list[FollowUp]:
        return [notice(recorded, unit.provider, {"event": recorded.name})]


class ConfirmPlace(_Heard):
    """The case has come: the place that was reserved is its own. Where it was closed or has gone on meanwhile, the place is given back."""

    kind: Literal["ConfirmPlace"] = "ConfirmPlace"

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        if self.case_id in unit.places:
            return []
        if occasion.elsewhere(self.case_id).unit == unit.stream_id:
            return [PlaceConfirmed(case_id=self.case_id, transfer=self.transfer)]
        return withdrawn(unit, self.case_id, self.transfer)


class PlaceConfirmed(Event):
    """No case has two places in the whole house: the claim to its one place goes with it."""

    case_id: str
    transfer: int

    def apply_on(self, unit: Unit, on: date) -> None:
        unit.incoming.pop(self.case_id, None)
        unit.place(self.case_id, on)

    def claims(self, unit: Unit) -> tuple[str, ...]:
        return (place_of(self.case_id),)


def withdrawn(unit: Unit, case_id: str, transfer: int) -> list[Event]:
    """The end of a transfer that has not come about, if it is still this unit's."""
    incoming = unit.incoming.get(case_id)
    if incoming is None or incoming.transfer != transfer:
        return []
    return [TransferWithdrawn(case_id=case_id, transfer=transfer)]
