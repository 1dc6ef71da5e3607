"""Whether a person may be supported at all: the basis is checked, the grounds of a no are kept."""

from datetime import date
from typing import Literal

from domain.case import Case, Eligibility
from domain.statements import Statement
from domain.story import Command, Event, Occasion
from domain.vocabulary import EligibilityBasis, EligibilityGround, Phase, Title


class ConfirmEligibility(Command):
    """The basis of support is checked: allotted to follow-up accommodation (`au_since`), or the decree for Ukraine.

    Recorded as confirmed or, with its grounds, as refused. A title that is missing or has expired does not decide here: opening asks a supervisor.
    """

    kind: Literal["ConfirmEligibility"] = "ConfirmEligibility"
    basis: EligibilityBasis
    title_code: Title
    title_valid_until: date | None = None
    au_since: date
    evidence_seen: bool

    phases = frozenset({Phase.REGISTERED})

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        grounds = tuple(self._grounds(occasion))
        if grounds:
            return [
                EligibilityRefused(
                    basis=self.basis,
                    title_code=self.title_code,
                    title_valid_until=self.title_valid_until,
                    au_since=self.au_since,
                    grounds=grounds,
                )
            ]
        return [
            EligibilityConfirmed(
                basis=self.basis,
                title_code=self.title_code,
                title_valid_until=self.title_valid_until,
                au_since=self.au_since,
                checked_on=self.on(occasion),
            )
        ]

    def _grounds(self, occasion: Occasion) -> list[EligibilityGround]:
        grounds = {
            EligibilityGround.NO_EVIDENCE: not self.evidence_seen,
            EligibilityGround.NOT_YET_ALLOTTED: self.au_since > self.on(occasion),
            EligibilityGround.PROCEDURE_OPEN: self.title_code is Title.ASYLUM_PENDING,
            EligibilityGround.NOT_TEMPORARY_PROTECTION: self.basis is EligibilityBasis.UKRAINE_DECREE
            and self.title_code not in (Title.P24, Title.FICTION),
        }
        return [ground for ground, holds in grounds.items() if holds]


class EligibilityConfirmed(Statement):
    basis: EligibilityBasis
    title_code: Title
    title_valid_until: date | None = None
    au_since: date
    checked_on: date

    def apply_on(self, case: Case, on: date) -> None:
        super().apply_on(case, on)
        case.eligibility = Eligibility(self.basis, self.au_since)

    def tell(self, case: Case, on: date) -> None:
        case.know_title(self.title_code, self.title_valid_until, self.checked_on)


class EligibilityRefused(Event):
    basis: EligibilityBasis
    title_code: Title
    title_valid_until: date | None = None
    au_since: date
    grounds: tuple[EligibilityGround, ...]

    def apply(self, case: Case) -> None:
        case.eligibility = None
