"""Support lasts longer than usual: proposed with its justification, approved by another person."""

from datetime import date, timedelta
from typing import Annotated, Literal

from domain.case import OPEN_PHASES, Case, ProposedExtension
from domain.deadlines import last_day_of_support
from domain.personal import Personal
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.suspension import check_not_suspended
from domain.vocabulary import Reason, Role

JustificationText = Annotated[str, Personal("extension.justification")]


class ProposeExtension(Command):
    """Support shall go on until `new_end`, its last day. Beyond the regular period a `justification` is needed; a supervisor decides."""

    kind: Literal["ProposeExtension"] = "ProposeExtension"
    new_end: date
    justification: JustificationText | None = None

    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        _check_end(case, self.new_end, occasion)
        if self.justification is None:
            raise Refused(Refusal.EXTENSION_NEEDS_REASON, new_end=self.new_end)
        return [
            ExtensionProposed(new_end=self.new_end, justification=self.justification, proposed_by=occasion.actor.id)
        ]


class ExtensionProposed(Event):
    """`proposed_by`: a staff id. Whoever that is may not approve."""

    new_end: date
    justification: JustificationText
    proposed_by: str

    def apply(self, case: Case) -> None:
        case.extension = ProposedExtension(self.new_end, self.proposed_by)


class ExtendSupport(Command):
    """A supervisor, not the one who proposed it, approves the extension."""

    kind: Literal["ExtendSupport"] = "ExtendSupport"

    roles = frozenset({Role.SUPERVISOR})
    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        proposed, approver = _proposed(case), occasion.actor.id
        if proposed.by == approver:
            raise Refused(Refusal.SELF_APPROVAL, by=proposed.by)
        _check_end(case, proposed.new_end, occasion)
        return [SupportExtended(new_end=proposed.new_end, proposed_by=proposed.by, approved_by=approver)]


class SupportExtended(Event):
    """`new_end`: the last day of support from now on."""

    new_end: date
    proposed_by: str
    approved_by: str

    def apply(self, case: Case) -> None:
        case.support_end, case.extension = self.new_end, None


class RejectExtension(Command):
    """A supervisor says no: support ends when it was to end. A `reason` is needed."""

    kind: Literal["RejectExtension"] = "RejectExtension"
    reason: Reason

    roles = frozenset({Role.SUPERVISOR})
    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        return [ExtensionRejected(new_end=_proposed(case).new_end)]


class ExtensionRejected(Event):
    new_end: date

    def apply(self, case: Case) -> None:
        case.extension = None


def _proposed(case: Case) -> ProposedExtension:
    if case.extension is None:
        raise Refused(Refusal.EXTENSION_NOT_PROPOSED)
    return case.extension


def _check_end(case: Case, new_end: date, occasion: Occasion) -> None:
    """Later than now agreed, and within the longest support. Days on which the clock stood still do not count."""
    check_not_suspended(case)
    if case.support_start is None or case.support_end is None:
        raise ValueError("an open case has its period of support")
    if new_end <= case.support_end:
        raise Refused(Refusal.DATE_ORDER, first=case.support_end, then=new_end)
    months = occasion.policy(case).support_months_at_most
    latest = last_day_of_support(case.support_start, months) + timedelta(days=case.stopped_days)
    if new_end > latest:
        raise Refused(Refusal.PERIOD_EXCEEDED, new_end=new_end, latest=latest, months=months)
