"""The answer of the unit that is asked to take a case over: it reserves a place and takes it, or does not."""

from datetime import date
from typing import ClassVar, Literal

from domain.envelopes import UNIT_PREFIX, FollowUp, Recorded
from domain.handing import hand_over
from domain.household import CaseId
from domain.places import no_capacity
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.transfer import ReturnTransfer, TakeOver
from domain.transfer_unit import WithdrawTransfer
from domain.unit import Incoming, Unit
from domain.vocabulary import Reason, Role


class _Answer(Command):
    kind: str
    case_id: CaseId

    roles = frozenset({Role.SUPERVISOR})
    of_kind: ClassVar[str] = UNIT_PREFIX

    def _incoming(self, unit: Unit) -> Incoming:
        incoming = unit.incoming.get(self.case_id)
        if incoming is None or self.case_id in unit.reservations:
            raise Refused(Refusal.NO_TRANSFER)
        return incoming


class AcceptTransfer(_Answer):
    """The case shall come here: a place is reserved for it, and the case is handed over.

    Without a free place it is refused; with `override` and a `reason` a supervisor takes it all the same. Refused too while the unit counts a place of the
    case that is still to be given back.
    """

    kind: Literal["AcceptTransfer"] = "AcceptTransfer"
    override: bool = False

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        incoming = self._incoming(unit)
        if self.case_id in unit.places:
            raise Refused(Refusal.PLACE_ALREADY)
        over_capacity = unit.free(occasion.today) < 1
        if over_capacity and not (self.override and self.reason is not None):
            raise no_capacity(unit, 1, occasion)
        return [SlotReserved(case_id=self.case_id, transfer=incoming.transfer, over_capacity=over_capacity)]


class SlotReserved(Event):
    """Until the case has come. Where it does not, since it was withdrawn or closed meanwhile, the place is given back."""

    case_id: str
    transfer: int
    over_capacity: bool

    def apply_on(self, unit: Unit, on: date) -> None:
        unit.reservations[self.case_id] = on

    def tells(self, unit: Unit, recorded: Recorded) -> list[FollowUp]:
        taken = TakeOver(transfer=self.transfer, reason=Reason.TRANSFER)
        given_back = WithdrawTransfer(case_id=self.case_id, transfer=self.transfer)
        return [hand_over(recorded, self.case_id, taken, otherwise=(recorded.stream_id, given_back))]


class RejectTransfer(_Answer):
    """The case stays where it is. A `reason` is needed; it comes back with the answer."""

    kind: Literal["RejectTransfer"] = "RejectTransfer"
    reason: Reason

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        return [TransferDeclined(case_id=self.case_id, transfer=self._incoming(unit).transfer)]


class TransferDeclined(Event):
    case_id: str
    transfer: int

    def apply(self, unit: Unit) -> None:
        unit.incoming.pop(self.case_id, None)

    def tells(self, unit: Unit, recorded: Recorded) -> list[FollowUp]:
        returned = ReturnTransfer(transfer=self.transfer, reason=recorded.reason)
        return [hand_over(recorded, self.case_id, returned)]
