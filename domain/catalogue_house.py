"""The part of the full list that is about the house: units, staff and the programme's policy. The whole list is `domain.catalogue`."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain import (
    absence,
    capacity,
    employment,
    offers,
    places,
    policy_story,
    posts,
    slots,
    staff_clock,
    transfer_answer,
    transfer_unit,
    waiting,
)
from domain.envelopes import POLICY_STREAM, STAFF_PREFIX, UNIT_PREFIX
from domain.story import Command, Event

COMMANDS: tuple[type[Command], ...] = (
    capacity.EstablishUnit,
    capacity.SetCapacity,
    waiting.WaitlistClient,
    waiting.RemoveFromWaitlist,
    places.AdmitClient,
    offers.DeclineOffer,
    slots.ReleaseSlot,
    slots.TakeBackSlot,
    transfer_unit.AnnounceTransfer,
    transfer_answer.AcceptTransfer,
    transfer_answer.RejectTransfer,
    transfer_unit.WithdrawTransfer,
    transfer_unit.ConfirmPlace,
    offers.ExpireOffer,
    offers.ExpireHold,
    offers.CountPlaces,
    employment.HireManager,
    employment.ChangeFte,
    absence.RecordAbsence,
    absence.ReturnFromAbsence,
    employment.EndEmployment,
    staff_clock.RemindOfAbsence,
    staff_clock.LeaveCases,
    posts.CountPost,
    policy_story.PublishPolicy,
)

EVENTS: tuple[type[Event], ...] = (
    capacity.UnitEstablished,
    capacity.CapacitySet,
    waiting.ClientWaitlisted,
    waiting.WaitlistEntryRemoved,
    offers.NextClientOffered,
    offers.PlacesHeld,
    offers.HoldExpired,
    offers.EntryPassed,
    offers.OfferDeclined,
    offers.OfferExpired,
    offers.PlacesCounted,
    places.ClientAdmitted,
    slots.SlotReleased,
    slots.SlotTakenBack,
    transfer_unit.TransferAnnounced,
    transfer_answer.SlotReserved,
    transfer_answer.TransferDeclined,
    transfer_unit.TransferWithdrawn,
    transfer_unit.PlaceConfirmed,
    employment.ManagerHired,
    employment.FteChanged,
    absence.AbsenceRecorded,
    absence.AbsenceEnded,
    employment.EmploymentEnded,
    staff_clock.AbsenceReminded,
    staff_clock.CasesLeft,
    posts.PostCounted,
    policy_story.PolicyPublished,
)

# What a caller may ask for.
AskedOfUnit = Annotated[
    capacity.EstablishUnit
    | capacity.SetCapacity
    | waiting.WaitlistClient
    | waiting.RemoveFromWaitlist
    | places.AdmitClient
    | offers.DeclineOffer
    | slots.ReleaseSlot
    | transfer_answer.AcceptTransfer
    | transfer_answer.RejectTransfer,
    Field(discriminator="kind"),
]
AskedOfStaff = Annotated[
    employment.HireManager
    | employment.ChangeFte
    | absence.RecordAbsence
    | absence.ReturnFromAbsence
    | employment.EndEmployment,
    Field(discriminator="kind"),
]
AskedOfPolicy = policy_story.PublishPolicy

ASKED_OF: dict[str, TypeAdapter[Command]] = {
    UNIT_PREFIX: TypeAdapter(AskedOfUnit),
    STAFF_PREFIX: TypeAdapter(AskedOfStaff),
    POLICY_STREAM: TypeAdapter(AskedOfPolicy),
}
