"""One person was registered twice: a supervisor merges the two, and can undo it. Nobody is ever merged because of a similar name, or by a program."""

from datetime import date
from typing import Literal

from domain.case import Case
from domain.closed_in_error import ClosureRetracted
from domain.closure import ending
from domain.envelopes import FollowUp, Recorded
from domain.handing import hand_over
from domain.household import CaseId
from domain.referrals import stopped
from domain.refusals import Refusal, Refused
from domain.responsibility import lost_meanwhile
from domain.slots import place_given_up
from domain.story import Command, Event, Occasion
from domain.vocabulary import ClosureReason, MergeEvidence, Phase, Reason, Role


class MergePersons(Command):
    """Asked in the case that survives: the person of `duplicate_case` is the same. That case is closed as a duplicate from its very beginning.

    An open case survives one that is not. A case that had ended before stays as it ended, as an earlier spell of the same person. Both cases lie
    with one provider: across providers the duplicate is transferred first, so that both supervisors have agreed.
    """

    kind: Literal["MergePersons"] = "MergePersons"
    duplicate_case: CaseId
    evidence: MergeEvidence

    roles = frozenset({Role.SUPERVISOR})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        other: Case = occasion.elsewhere(self.duplicate_case)
        if not other.begun:
            raise Refused(Refusal.CASE_UNKNOWN)
        if other.provider != case.provider:
            raise Refused(Refusal.CROSS_PROVIDER)
        if other.person_id == case.person_id:
            raise Refused(Refusal.SAME_PERSON)
        already = self.duplicate_case in case.duplicates or case.person_id in other.duplicates.values()
        if already or case.merged_into or other.merged_into:
            raise Refused(Refusal.MERGED_ALREADY)
        if other.open and not case.open:
            raise Refused(Refusal.OPEN_CASE_SURVIVES, phase=case.phase)
        return [
            PersonsMerged(
                duplicate_case=self.duplicate_case,
                duplicate_person_id=other.person_id,
                evidence=self.evidence,
                closes_from=other.support_start if other.open else None,
            )
        ]


class PersonsMerged(Event):
    """`closes_from`: the day from which the duplicate's case is closed, its first; None where it was not open."""

    duplicate_case: str
    duplicate_person_id: str
    evidence: MergeEvidence
    closes_from: date | None = None

    def apply(self, case: Case) -> None:
        case.duplicates[self.duplicate_case] = self.duplicate_person_id

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        closing = CloseAsDuplicate(
            effective_on=self.closes_from or recorded.effective_on,
            survivor_case=recorded.stream_id,
            survivor_person_id=case.person_id,
        )
        undoing = UndoMerge(duplicate_case=self.duplicate_case, reason=Reason.OTHER)
        return [hand_over(recorded, self.duplicate_case, closing, otherwise=(recorded.stream_id, undoing))]


class UndoMerge(Command):
    """They are two people after all. A `reason` is needed. The other case is reinstated where the merge had closed it."""

    kind: Literal["UndoMerge"] = "UndoMerge"
    duplicate_case: CaseId
    reason: Reason

    roles = frozenset({Role.SUPERVISOR, Role.SYSTEM})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if self.duplicate_case not in case.duplicates:
            raise Refused(Refusal.NOT_MERGED)
        return [MergeUndone(duplicate_case=self.duplicate_case)]


class MergeUndone(Event):
    duplicate_case: str

    def apply(self, case: Case) -> None:
        del case.duplicates[self.duplicate_case]

    def tells(self, case: Case, recorded: Recorded) -> list[FollowUp]:
        """Where the person has another open case by now, theirs stays closed, and only the link goes."""
        reinstating = ReinstateDuplicate(survivor_case=recorded.stream_id)
        unlinking = ReinstateDuplicate(survivor_case=recorded.stream_id, reopen=False)
        return [hand_over(recorded, self.duplicate_case, reinstating, otherwise=(self.duplicate_case, unlinking))]


class CloseAsDuplicate(Command):
    """Handed over by the case that survives. `effective_on`: the first day of support here. Refused where it is merged with another case already."""

    kind: Literal["CloseAsDuplicate"] = "CloseAsDuplicate"
    survivor_case: str
    survivor_person_id: str

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)
    plannable = True
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if case.merged_into == self.survivor_case:
            return []
        if case.merged_into or self.survivor_person_id in case.duplicates.values():
            raise Refused(Refusal.MERGED_ALREADY)
        closing = place_given_up(case)
        if case.open:
            closing = [
                *stopped(case, on_consent_only=False),
                *ending(case, ClosureReason.DUPLICATE, self.on(occasion)),
            ]
        return [
            *closing,
            MergedInto(survivor_case=self.survivor_case, survivor_person_id=self.survivor_person_id, closed=case.open),
        ]


class MergedInto(Event):
    """`closed`: whether the case was closed with it. It keeps the claim on its person: under that alias no other case is opened."""

    survivor_case: str
    survivor_person_id: str
    closed: bool

    def apply(self, case: Case) -> None:
        case.merged_into, case.closed_by_merge = self.survivor_case, self.closed

    def claims(self, case: Case) -> tuple[str, ...]:
        return (f"open-case:{case.person_id}",)


class ReinstateDuplicate(Command):
    """Handed over by the case that had survived. Silent where this one is not merged into it. `reopen`: whether it stands again as before its closing."""

    kind: Literal["ReinstateDuplicate"] = "ReinstateDuplicate"
    survivor_case: str
    reopen: bool = True

    roles = frozenset({Role.SYSTEM})
    phases = frozenset(Phase)

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if case.merged_into != self.survivor_case:
            return []
        reinstated = DuplicateReinstated(survivor_case=self.survivor_case)
        before = case.before_closing
        if not (self.reopen and case.closed_by_merge and before and case.closed_at_version and case.closure_reason):
            return [reinstated]
        reopened = ClosureRetracted(
            closed_at_version=case.closed_at_version, closure_reason=case.closure_reason, phase=before.phase
        )
        return [reinstated, reopened, *lost_meanwhile(case, occasion, self.on(occasion))]


class DuplicateReinstated(Event):
    survivor_case: str

    def apply(self, case: Case) -> None:
        case.merged_into, case.closed_by_merge = None, False

    def releases(self, case: Case) -> tuple[str, ...]:
        return (f"open-case:{case.person_id}",)
