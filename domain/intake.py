"""Chapter one: a person is registered, found eligible, and taken in."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from domain.case import NOT_CLOSED, Case
from domain.deadlines import last_day_of_support
from domain.personal import Personal, birth_day
from domain.places import check_place
from domain.policy import policy_on
from domain.referrals import stopped, stopped_alone
from domain.refusals import Refusal, Refused
from domain.story import BirthDate, Command, CountryCode, Event, LanguageCode, Occasion, PersonName, Slug
from domain.transfer import cancelled, to_another_provider
from domain.vocabulary import (
    ConsentForm,
    ConsentScope,
    ContactMode,
    DataField,
    EligibilityBasis,
    Phase,
    Role,
    Sex,
    Title,
    TransferEnd,
)

ContactText = Annotated[str, Personal("person.contact", limit=300)]


class RegisterPerson(Command):
    """A person becomes known. Everything but the name may be unknown: giving data is voluntary.

    `person_id`: a person's id from an earlier case, else a new one is drawn at the door. `birth_date`: YYYY-MM-DD, or YYYY.
    """

    kind: Literal["RegisterPerson"] = "RegisterPerson"
    person_id: UUID | None = None
    name: PersonName
    birth_date: BirthDate | None = None
    sex: Sex = Sex.UNKNOWN
    nationality_codes: tuple[CountryCode, ...] = ()
    languages: tuple[LanguageCode, ...] = ()
    needs_interpreter: bool = False
    contact: ContactText | None = None
    guardian_person_id: UUID | None = None

    opens = True

    @model_validator(mode="after")
    def _another_guards(self) -> "RegisterPerson":
        if self.guardian_person_id is not None and self.guardian_person_id == self.person_id:
            raise ValueError("nobody is their own guardian")
        return self

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if case.phase is not None:
            raise Refused(Refusal.ILLEGAL_TRANSITION, command=self.kind, phase=case.phase)
        if self.person_id is None:
            raise ValueError("the door gives every person an id")
        on = self.on(occasion)
        if self.birth_date is not None and on < birth_day(occasion.unseal(self.birth_date, "person.birth_date")):
            raise Refused(Refusal.BEFORE_BIRTH, effective_on=on)
        return [
            PersonRegistered(
                person_id=str(self.person_id),
                provider=occasion.actor.provider,
                name=self.name,
                birth_date=self.birth_date,
                sex=self.sex,
                nationality_codes=self.nationality_codes,
                languages=self.languages,
                needs_interpreter=self.needs_interpreter,
                contact=self.contact,
                guardian_person_id=str(self.guardian_person_id) if self.guardian_person_id else None,
            )
        ]


class PersonRegistered(Event):
    person_id: str
    provider: str
    name: PersonName
    birth_date: BirthDate | None = None
    sex: Sex
    nationality_codes: tuple[CountryCode, ...]
    languages: tuple[LanguageCode, ...]
    needs_interpreter: bool
    contact: ContactText | None = None
    guardian_person_id: str | None = None

    leads_to = Phase.REGISTERED

    def apply(self, case: Case) -> None:
        case.person_id = self.person_id
        case.provider = self.provider
        case.birth_date, case.birth_date_version = self.birth_date, case.version + 1
        case.has_guardian = self.guardian_person_id is not None


class OpenCase(Command):
    """Support begins on `effective_on`. The policy in force on that day binds the case. Without `household_id`, the household stays to which somebody was added.

    For somebody who has died no case is opened, not even as of an earlier day. Where the municipality keeps places, the case needs one first.

    `override`: a supervisor opens, with a reason, although the residence title is missing or has expired.
    """

    kind: Literal["OpenCase"] = "OpenCase"
    municipality: Slug
    household_id: UUID | None = None
    override: bool = False

    phases = frozenset({Phase.REGISTERED})
    plannable = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        start = self.on(occasion)
        if case.died_on is not None:
            raise Refused(Refusal.AFTER_DEATH, effective_on=start, died_on=case.died_on)
        programme_start = min(policy.valid_from for policy in occasion.policies)
        if start < programme_start:
            raise Refused(Refusal.DATE_ORDER, first=programme_start, then=start)
        policy = policy_on(occasion.policies, start)
        eligibility = case.eligibility
        if eligibility is None or eligibility.since > start:
            raise Refused(Refusal.NOT_ELIGIBLE, support_start=start)
        if eligibility.basis is EligibilityBasis.UKRAINE_DECREE and start < policy.ukraine_from:
            raise Refused(Refusal.UKRAINE_BEFORE_DATE, support_start=start, earliest=policy.ukraine_from)
        expired = case.title_until is not None and case.title_until < start
        without_title = case.title is Title.NONE or expired
        may_override = self.override and self.reason is not None and occasion.actor.role is Role.SUPERVISOR
        if without_title and not may_override:
            raise Refused(Refusal.OBLIGED_TO_LEAVE, title=case.title, valid_until=case.title_until)
        household_id = str(self.household_id) if self.household_id else case.household_id
        if case.household_id not in (None, household_id):
            raise Refused(Refusal.HOUSEHOLD_ALREADY)
        return [
            CaseOpened(
                person_id=case.person_id,
                household_id=household_id,
                municipality=self.municipality,
                provider=case.provider,
                policy=policy.version,
                support_start=start,
                support_end=last_day_of_support(start, policy.support_months),
                override=without_title,
            ),
            *check_place(case, self.municipality, occasion),
        ]


class CaseOpened(Event):
    """`support_end` is the last day of support under the policy. Only one open case per person can hold the claim.

    `override`: opened by a supervisor although the title was missing or had expired; the envelope says who and why.
    """

    person_id: str
    household_id: str | None = None
    municipality: str
    provider: str
    policy: str
    support_start: date
    support_end: date
    override: bool = False

    leads_to = Phase.INTAKE

    def apply(self, case: Case) -> None:
        case.policy_version, case.title_decided, case.municipality = self.policy, self.override, self.municipality
        case.support_start, case.support_end = self.support_start, self.support_end
        if self.household_id != case.household_id:
            case.household_id, case.household_changed_on = self.household_id, self.support_start

    def claims(self, case: Case) -> tuple[str, ...]:
        return (f"open-case:{self.person_id}",)


class RecordConsent(Command):
    kind: Literal["RecordConsent"] = "RecordConsent"
    scope: ConsentScope
    form: ConsentForm
    language: LanguageCode
    valid_until: date | None = None

    phases = NOT_CLOSED

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if self.valid_until is not None and self.valid_until < self.on(occasion):
            raise Refused(Refusal.DATE_ORDER, first=self.on(occasion), then=self.valid_until)
        return [ConsentRecorded(scope=self.scope, form=self.form, language=self.language, valid_until=self.valid_until)]


class ConsentRecorded(Event):
    scope: ConsentScope
    form: ConsentForm
    language: LanguageCode
    valid_until: date | None = None

    def apply_on(self, case: Case, on: date) -> None:
        case.consents[self.scope], case.consented_on[self.scope] = self.valid_until, on


class WithdrawConsent(Command):
    """Consent ends, and with it what rests on it: open referrals, a transfer to another provider that is pending.

    `referral`: for the service of this referral only; consent for others stays."""

    kind: Literal["WithdrawConsent"] = "WithdrawConsent"
    scope: ConsentScope
    referral: int | None = Field(default=None, ge=1)

    phases = NOT_CLOSED
    while_restricted = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if self.scope not in case.consents:
            raise Refused(Refusal.CONSENT_MISSING, scope=self.scope)
        if self.referral is not None:
            return stopped_alone(case, self.referral)
        withdrawn = ConsentWithdrawn(scope=self.scope)
        if self.scope is ConsentScope.SHARE_SERVICE:
            return [withdrawn, *stopped(case, on_consent_only=True)]
        if self.scope is ConsentScope.SHARE_PROVIDER and to_another_provider(case):
            return [withdrawn, *cancelled(case, TransferEnd.CONSENT_ENDED)]
        return [withdrawn]

    @model_validator(mode="after")
    def _a_referral_rests_on_sharing(self) -> "WithdrawConsent":
        if self.referral is not None and self.scope is not ConsentScope.SHARE_SERVICE:
            raise ValueError("only consent of the scope SHARE_SERVICE can be withdrawn for one referral")
        return self


class ConsentWithdrawn(Event):
    scope: ConsentScope

    def apply(self, case: Case) -> None:
        case.consents.pop(self.scope, None)
        case.consented_on.pop(self.scope, None)


class RecordRefusalOfData(Command):
    """The person would rather not tell. That is their right and stops nothing."""

    kind: Literal["RecordRefusalOfData"] = "RecordRefusalOfData"
    field: DataField

    phases = NOT_CLOSED
    while_restricted = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        return [DataRefused(field=self.field)]


class DataRefused(Event):
    field: DataField


class CompleteIntake(Command):
    """The first contact has taken place, on `effective_on`."""

    kind: Literal["CompleteIntake"] = "CompleteIntake"
    mode: ContactMode

    phases = frozenset({Phase.INTAKE})
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        return [IntakeCompleted(first_contact_on=self.on(occasion), mode=self.mode)]


class IntakeCompleted(Event):
    first_contact_on: date
    mode: ContactMode

    leads_to = Phase.PLANNING

    def apply(self, case: Case) -> None:
        case.first_contact = True
        case.meet(self.first_contact_on)
