"""Examples of a transfer: she moves from Ravensburg to Ulm, where another provider takes her case over."""

from datetime import date

from domain import transfer, transfer_answer, transfer_unit
from domain.envelopes import Actor, unit_id
from domain.intake import RecordConsent
from domain.story import Command, Event
from domain.vocabulary import ConsentForm, ConsentScope, Reason, Role, TransferEnd

SUPERVISOR_THERE = Actor(id="sv-51", role=Role.SUPERVISOR, provider="diakonie")
MANAGER_THERE = Actor(id="im-51", role=Role.MANAGER, provider="diakonie")

CASE_ID = "case-01621f9c-7a00-7000-8000-000000000001"
UNIT_HERE = unit_id("ravensburg", "drk")
UNIT_THERE = unit_id("ulm", "diakonie")
ANSWER_BY = date(2018, 4, 26)

SHARE_PROVIDER = RecordConsent(scope=ConsentScope.SHARE_PROVIDER, form=ConsentForm.WRITTEN, language="ar")
REQUEST = transfer.RequestTransfer(
    to_municipality="ulm",
    to_provider="diakonie",
    reason=Reason.RELOCATION,
    reason_text="She has found a flat near her brother in Ulm",
)
CANCEL = transfer.CancelTransfer(reason=Reason.CIRCUMSTANCES_CHANGED, reason_text="The flat went to somebody else")
TAKE_OVER = transfer.TakeOver(transfer=5, reason=Reason.TRANSFER)
RETURN = transfer.ReturnTransfer(transfer=5, reason=Reason.NO_PLACE)

ANNOUNCE = transfer_unit.AnnounceTransfer(
    case_id=CASE_ID,
    transfer=5,
    from_municipality="ravensburg",
    from_provider="drk",
    answer_by=ANSWER_BY,
    reason=Reason.RELOCATION,
)
ACCEPT = transfer_answer.AcceptTransfer(case_id=CASE_ID)
REJECT = transfer_answer.RejectTransfer(case_id=CASE_ID, reason=Reason.NO_PLACE)
WITHDRAW = transfer_unit.WithdrawTransfer(case_id=CASE_ID, transfer=5)
CONFIRM = transfer_unit.ConfirmPlace(case_id=CASE_ID, transfer=5)

COMMANDS: tuple[Command, ...] = (REQUEST, CANCEL, RETURN, TAKE_OVER, ANNOUNCE, ACCEPT, REJECT, WITHDRAW, CONFIRM)

EVENTS: tuple[Event, ...] = (
    transfer.TransferRequested(to_municipality="ulm", to_provider="diakonie", answer_by=ANSWER_BY),
    transfer.TransferCancelled(
        transfer=5, to_municipality="ulm", to_provider="diakonie", because=TransferEnd.CANCELLED
    ),
    transfer.TransferRejected(transfer=5, to_municipality="ulm", to_provider="diakonie"),
    transfer.TransferAccepted(
        transfer=5,
        from_municipality="ravensburg",
        from_provider="drk",
        from_unit=UNIT_HERE,
        municipality="ulm",
        provider="diakonie",
        next_review_due=date(2018, 5, 10),
    ),
    transfer_unit.TransferAnnounced(
        case_id=CASE_ID, transfer=5, from_municipality="ravensburg", from_provider="drk", answer_by=ANSWER_BY
    ),
    transfer_answer.SlotReserved(case_id=CASE_ID, transfer=5, over_capacity=False),
    transfer_answer.TransferDeclined(case_id=CASE_ID, transfer=5),
    transfer_unit.TransferWithdrawn(case_id=CASE_ID, transfer=5),
    transfer_unit.PlaceConfirmed(case_id=CASE_ID, transfer=5),
)
