"""A case goes to another unit: asked for here, answered there, and until it is accepted all stays as it is."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from domain.case import OPEN_PHASES, Case, PendingTransfer
from domain.coming_of_age import consented
from domain.envelopes import FollowUp, Recorded, unit_id
from domain.facts import ResidenceRuleLifted, ResidenceRuleRecorded
from domain.handing import hand_over, notice
from domain.refusals import Refusal, Refused
from domain.reviews import ReviewCancelled
from domain.slots import place_released
from domain.story import Command, Event, Occasion, Slug
from domain.transfer_unit import AnnounceTransfer, ConfirmPlace, WithdrawTransfer
from domain.vocabulary import ConsentScope, Phase, Reason, Role, TransferEnd


class RequestTransfer(Command):
    """Another unit is asked to take the case over. A `reason` is needed, and the person's consent where the provider changes.

    Nothing else changes until that unit accepts: whoever is responsible stays so, and the place stays used. It is to answer within some working days.
    """

    kind: Literal["RequestTransfer"] = "RequestTransfer"
    to_municipality: Slug
    to_provider: Slug
    reason: Reason

    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        check_no_transfer(case, self.kind)
        if (self.to_municipality, self.to_provider) == (case.municipality, case.provider):
            raise Refused(Refusal.ALREADY_THERE, municipality=self.to_municipality, provider=self.to_provider)
        if self.to_provider != case.provider and not consented(
            case, ConsentScope.SHARE_PROVIDER, occasion.today, occasion
        ):
            raise Refused(Refusal.CONSENT_MISSING, scope=ConsentScope.SHARE_PROVIDER)
        if not occasion.elsewhere(unit_id(self.to_municipality, self.to_provider)).begun:
            raise Refused(Refusal.UNIT_UNKNOWN, municipality=self.to_municipality, provider=self.to_provider)
        working_days = occasion.policy(case).transfer_answer_working_days
        return [
            TransferRequested(
                to_municipality=self.to_municipality,
                to_provider=self.to_provider,
                answer_by=occasion.working_days_after(occasion.today, working_days),
                residence_rules=_residence_rules(case, self.to_municipality, occasion.today),
            )
        ]


class TransferRequested(Event):
    """`answer_by`: the last day for the other unit's answer.

    `residence_rules`: areas in which the person has to live by a rule that still runs (section 12a of the Residence Act): a warning, never a bar.
    """

    to_municipality: Slug
    to_provider: Slug
    answer_by: date
    residence_rules: tuple[Slug, ...] = ()

    def apply(self, case: Case) -> None:
        case.transfer = PendingTransfer(case.version + 1, self.to_municipality, self.to_provider, self.answer_by)

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        announced = AnnounceTransfer(
            case_id=recorded.stream_id,
            transfer=recorded.version,
            from_municipality=case.municipality or "",
            from_provider=case.provider,
            answer_by=self.answer_by,
            reason=recorded.reason,
        )
        return [hand_over(recorded, unit_id(self.to_municipality, self.to_provider), announced)]


class CancelTransfer(Command):
    """The transfer is taken back before it is accepted. A `reason` is needed."""

    kind: Literal["CancelTransfer"] = "CancelTransfer"
    reason: Reason

    phases = OPEN_PHASES

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if case.transfer is None:
            raise Refused(Refusal.NO_TRANSFER)
        return cancelled(case, TransferEnd.CANCELLED)


class _TransferEnded(Event):
    """`transfer`: the version of the request in this story."""

    transfer: int
    to_municipality: Slug
    to_provider: Slug

    def apply(self, case: Case) -> None:
        case.transfer = None


class TransferCancelled(_TransferEnded):
    """The unit that was asked is told, and gives back the place that it may have reserved. Where nobody here took the transfer back, the supervisor is told too."""

    because: TransferEnd

    def tells(self, case: Case, recorded: Recorded) -> Iterable[FollowUp]:
        withdrawn = WithdrawTransfer(case_id=recorded.stream_id, transfer=self.transfer)
        yield hand_over(recorded, unit_id(self.to_municipality, self.to_provider), withdrawn)
        if self.because is TransferEnd.CONSENT_ENDED:
            yield notice(recorded, case.provider, _told(recorded))


class ReturnTransfer(Command):
    """The other unit does not take the case over. Silent where that transfer waits for no answer any more."""

    kind: Literal["ReturnTransfer"] = "ReturnTransfer"
    transfer: int

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        pending = case.transfer
        if pending is None or pending.version != self.transfer:
            return []
        return [TransferRejected.of(pending)]


class TransferRejected(_TransferEnded):
    """All stays as it is. The envelope says for which reason; the supervisor is told."""

    @classmethod
    def of(cls, pending: PendingTransfer) -> "TransferRejected":
        return cls(transfer=pending.version, to_municipality=pending.to_municipality, to_provider=pending.to_provider)

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        return [notice(recorded, case.provider, _told(recorded))]


class TakeOver(Command):
    """The other unit has reserved a place and takes the case over. Refused where that transfer waits for no answer any more."""

    kind: Literal["TakeOver"] = "TakeOver"
    transfer: int

    roles = frozenset({Role.SYSTEM})
    phases = OPEN_PHASES

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        pending, on = case.transfer, self.on(occasion)
        if pending is None or pending.version != self.transfer:
            raise Refused(Refusal.NO_TRANSFER)
        if to_another_provider(case) and not consented(case, ConsentScope.SHARE_PROVIDER, on, occasion):
            return cancelled(case, TransferEnd.CONSENT_ENDED)
        soonest = on + timedelta(days=occasion.policy(case).transfer_review_days)
        accepted = TransferAccepted(
            transfer=pending.version,
            from_municipality=case.municipality or "",
            from_provider=case.provider,
            from_unit=case.unit,
            municipality=pending.to_municipality,
            provider=pending.to_provider,
            next_review_due=case.review_due and min(case.review_due, soonest),
        )
        review = [ReviewCancelled(review=case.review.number)] if case.review else []
        return [*review, accepted]


class TransferAccepted(Event):
    """From this day on the case is the other unit's. Nobody is responsible until somebody is assigned there; the months of support count on.

    `from_unit`: whose place becomes free, if one was held. What waited for a second person lapses. `next_review_due`: none before a plan is agreed.
    """

    transfer: int
    from_municipality: Slug
    from_provider: Slug
    from_unit: str | None = None
    municipality: Slug
    provider: Slug
    next_review_due: date | None = None

    def apply_on(self, case: Case, on: date) -> None:
        case.municipality, case.provider = self.municipality, self.provider
        case.unit = unit_id(self.municipality, self.provider)
        case.hands = case.hands.handed_on(on)
        case.review_due = self.next_review_due
        case.transfer = case.closure = case.extension = None

    def tells(self, case: Case, recorded: Recorded) -> Iterable[FollowUp]:
        """The place there becomes free before one is taken here: nobody ever holds two. A third unit, which had admitted the case, may have to let go first."""
        yield from place_released(recorded, self.from_unit)
        taken = ConfirmPlace(case_id=recorded.stream_id, transfer=self.transfer)
        here = unit_id(self.municipality, self.provider)
        yield hand_over(recorded, here, taken, insists_on=Refusal.PLACE_ALREADY)
        yield notice(recorded, self.from_provider, _told(recorded))


def check_no_transfer(case: Case, command: str) -> None:
    """What would bind whoever takes the case over waits for their answer. Raises Refused."""
    if case.transfer is not None:
        raise Refused(Refusal.TRANSFER_OPEN, command=command, answer_by=case.transfer.answer_by)


def cancelled(case: Case, because: TransferEnd) -> list[Event]:
    """The end of the transfer that is pending, if one is."""
    pending = case.transfer
    if pending is None:
        return []
    return [
        TransferCancelled(
            transfer=pending.version,
            to_municipality=pending.to_municipality,
            to_provider=pending.to_provider,
            because=because,
        )
    ]


def to_another_provider(case: Case) -> bool:
    """Whether a transfer is pending that rests on the person's consent."""
    return case.transfer is not None and case.transfer.to_provider != case.provider


def _residence_rules(case: Case, to_municipality: str, on: date) -> tuple[str, ...]:
    """Areas other than where the person goes to, by the rules that run on a day; none where they stay in the municipality."""
    running: dict[str, date | None] = {}
    for said in sorted(case.statements.values(), key=lambda each: each.on):
        if isinstance(said.event, ResidenceRuleRecorded):
            running[said.event.area] = said.event.until
        elif isinstance(said.event, ResidenceRuleLifted):
            running.pop(said.event.area, None)
    areas = {area for area, until in running.items() if until is None or until >= on}
    return () if to_municipality == case.municipality else tuple(sorted(areas - {to_municipality}))


def _told(recorded: Recorded) -> dict[str, str]:
    reason = {"reason": recorded.reason.value} if recorded.reason else {}
    return {"event": recorded.name, **reason}
