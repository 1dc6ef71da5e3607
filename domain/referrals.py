"""Referrals: a person is sent on to a service, and the handshake with it: what it answers, what came of it."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.case import OPEN_PHASES, Case, Referral
from domain.coming_of_age import consented
from domain.personal import Personal
from domain.plan import require_plan
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion, Slug
from domain.vocabulary import ConsentScope, ReferralOutcome, ReferralState, ServiceKind

ReferralText = Annotated[str, Personal("referral.text", special=True)]

ANSWERS = frozenset({ReferralOutcome.ACCEPTED, ReferralOutcome.WAITING, ReferralOutcome.DECLINED})
MAY_FOLLOW = {
    ReferralState.MADE: ANSWERS,
    ReferralState.WAITING: frozenset({ReferralOutcome.ACCEPTED, ReferralOutcome.DECLINED}),
    ReferralState.ACCEPTED: frozenset({ReferralOutcome.COMPLETED, ReferralOutcome.NO_SHOW, ReferralOutcome.DECLINED}),
    ReferralState.NO_SHOW: ANSWERS,
}
"""The order of the handshake: the service answers first; after a missed appointment it answers anew."""


class ReferToService(Command):
    """`service_id`: the institution, if one is meant. `shares_data`: whether anything about the person is passed on; then it needs their consent.

    `urgent`: it cannot wait for the plan. `danger_to_life`: it cannot wait for consent either; `reason` and `reason_text` say why.
    """

    kind: Literal["ReferToService"] = "ReferToService"
    service: ServiceKind
    service_id: Slug | None = None
    text: ReferralText | None = None
    shares_data: bool = True
    urgent: bool = False
    danger_to_life: bool = False

    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if not (self.urgent or self.danger_to_life):
            require_plan(case, self.kind)
        documented = self.danger_to_life and self.reason is not None and self.reason_text is not None
        unconsented = self.shares_data and not consented(case, ConsentScope.SHARE_SERVICE, self.on(occasion), occasion)
        if unconsented and not documented:
            raise Refused(Refusal.CONSENT_MISSING, scope=ConsentScope.SHARE_SERVICE)
        return [
            ReferralMade(
                referral=len(case.referrals) + 1,
                service=self.service,
                service_id=self.service_id,
                text=self.text,
                shares_data=self.shares_data,
                urgent=self.urgent or self.danger_to_life,
                danger_to_life=unconsented,
            )
        ]


class ReferralMade(Event):
    """`danger_to_life`: data were passed on without consent; the envelope says who did it and why."""

    referral: int
    service: ServiceKind
    service_id: str | None = None
    text: ReferralText | None = None
    shares_data: bool
    urgent: bool = False
    danger_to_life: bool = False

    def apply_on(self, case: Case, on: date) -> None:
        on_consent = self.shares_data and not self.danger_to_life
        case.referrals[self.referral] = Referral(ReferralState.MADE, on, on_consent)

    def number(self) -> int:
        return self.referral


class RecordReferralOutcome(Command):
    """On `effective_on` the service answered (ACCEPTED, WAITING, DECLINED), the person did not come (NO_SHOW), or it was done (COMPLETED)."""

    kind: Literal["RecordReferralOutcome"] = "RecordReferralOutcome"
    referral: int = Field(ge=1)
    outcome: ReferralOutcome

    phases = OPEN_PHASES
    within_support = True
    late_allowed = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        referral, on = _open_referral(case, self.referral), self.on(occasion)
        if self.outcome not in MAY_FOLLOW[referral.state]:
            raise Refused(
                Refusal.REFERRAL_ORDER, referral=self.referral, referral_state=referral.state, outcome=self.outcome
            )
        if on < referral.since:
            raise Refused(Refusal.DATE_ORDER, first=referral.since, then=on)
        return [ReferralOutcomeRecorded(referral=self.referral, outcome=self.outcome)]


class ReferralOutcomeRecorded(Event):
    referral: int
    outcome: ReferralOutcome

    def apply_on(self, case: Case, on: date) -> None:
        referral = case.referrals[self.referral]
        referral.state, referral.since = ReferralState(self.outcome), on


class ReferralStopped(Event):
    """Nothing more is passed on to the service, and no answer is waited for."""

    referral: int

    def apply_on(self, case: Case, on: date) -> None:
        referral = case.referrals[self.referral]
        referral.state, referral.since = ReferralState.STOPPED, on


def stopped(case: Case, *, on_consent_only: bool) -> list[Event]:
    """The end of every referral that is still open, or of those only that rest on consent."""
    return [
        ReferralStopped(referral=number)
        for number, referral in case.referrals.items()
        if referral.open and (referral.on_consent or not on_consent_only)
    ]


def stopped_alone(case: Case, number: int) -> list[Event]:
    """The end of one referral: the person withdraws consent for this service only."""
    if not _open_referral(case, number).on_consent:
        raise Refused(Refusal.CONSENT_MISSING, scope=ConsentScope.SHARE_SERVICE)
    return [ReferralStopped(referral=number)]


def _open_referral(case: Case, number: int) -> Referral:
    referral = case.referrals.get(number)
    if referral is None or not referral.open:
        raise Refused(Refusal.REFERRAL_UNKNOWN, referral=number)
    return referral
