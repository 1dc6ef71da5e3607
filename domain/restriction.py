"""Processing is restricted: what is recorded stays, and nothing more is done with it until the restriction is lifted (Article 18 of the GDPR)."""

from datetime import date
from typing import Literal

from domain.case import NOT_CLOSED, Case
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.vocabulary import Phase, RestrictionBasis, Role

AT_ANY_TIME = frozenset({*NOT_CLOSED, Phase.CLOSED})


class RestrictProcessing(Command):
    """The data-protection officer restricts what may be done with the data of a case, from `effective_on` on."""

    kind: Literal["RestrictProcessing"] = "RestrictProcessing"
    basis: RestrictionBasis

    roles = frozenset({Role.DPO})
    phases = AT_ANY_TIME

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        return [ProcessingRestricted(basis=self.basis, since=self.on(occasion))]


class ProcessingRestricted(Event):
    basis: RestrictionBasis
    since: date

    def apply(self, case: Case) -> None:
        case.restricted_since = self.since


class LiftRestriction(Command):
    """The data-protection officer lets work go on. The person is told before, outside of Lotse (Article 18(3))."""

    kind: Literal["LiftRestriction"] = "LiftRestriction"

    roles = frozenset({Role.DPO})
    phases = AT_ANY_TIME
    while_restricted = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if case.restricted_since is None:
            raise Refused(Refusal.NOT_RESTRICTED)
        if self.on(occasion) < case.restricted_since:
            raise Refused(Refusal.DATE_ORDER, first=case.restricted_since, then=self.on(occasion))
        return [RestrictionLifted(since=case.restricted_since)]


class RestrictionLifted(Event):
    """`since`: the day from which on processing was restricted."""

    since: date

    def apply(self, case: Case) -> None:
        case.restricted_since = None
