"""Chapter two: needs are assessed, and a plan is drafted and agreed by both sides, in writing."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.case import PLANNED, Case
from domain.coming_of_age import came_of_age
from domain.deadlines import add_months
from domain.goals import in_draft
from domain.personal import Personal
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, LanguageCode, Occasion, age, born
from domain.suspension import check_not_suspended
from domain.vocabulary import FieldOfAction, Intensity, Party, Phase, Reason

ResourceText = Annotated[str, Personal("assessment.resource")]
FamilyText = Annotated[str, Personal("assessment.family")]
CopyText = Annotated[str, Personal("plan.copy", limit=300)]


class Need(BaseModel):
    """How much support a field of action needs (0 none, 3 much), and what the person brings along."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    field: FieldOfAction
    need: int = Field(ge=0, le=3)
    resource: ResourceText | None = None


class RecordAssessment(Command):
    kind: Literal["RecordAssessment"] = "RecordAssessment"
    needs: tuple[Need, ...] = Field(min_length=1, max_length=len(FieldOfAction))
    family_situation: FamilyText | None = None
    intensity: Intensity

    phases = PLANNED
    within_support = True

    @model_validator(mode="after")
    def _each_field_once(self) -> "RecordAssessment":
        if len({need.field for need in self.needs}) < len(self.needs):
            raise ValueError("each field of action at most once")
        return self

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        return [AssessmentRecorded(needs=self.needs, family_situation=self.family_situation, intensity=self.intensity)]


class AssessmentRecorded(Event):
    needs: tuple[Need, ...]
    family_situation: FamilyText | None = None
    intensity: Intensity

    def apply(self, case: Case) -> None:
        case.intensity = self.intensity


class DraftPlan(Command):
    """A new version of the plan is begun; the agreed one stays in force until the draft is agreed."""

    kind: Literal["DraftPlan"] = "DraftPlan"

    phases = PLANNED
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if case.draft is not None:
            raise Refused(Refusal.DRAFT_OPEN, plan_version=case.draft)
        return [PlanDrafted(plan_version=case.plan_version + 1)]


class PlanDrafted(Event):
    plan_version: int

    def apply(self, case: Case) -> None:
        case.draft = self.plan_version

    def number(self) -> int:
        return self.plan_version


def require_plan(case: Case, command: str) -> None:
    if case.plan_version == 0:
        raise Refused(Refusal.NO_PLAN, command=command)


@dataclass(frozen=True)
class Guardianship:
    """Whether a guardian agrees for a child who need not; must agree beside the person; may make the own contribution.

    `outgrown`: the plan in force was agreed for a minor, who has come of age since. An adult's own agreement takes its place.
    """

    for_child: bool
    must_agree: bool
    may_contribute: bool
    outgrown: bool = False


def guardianship(case: Case, on: date, occasion: Occasion) -> Guardianship:
    policy, birth = occasion.policy(case), born(case, occasion)
    if birth is None:
        return Guardianship(False, case.has_guardian, case.has_guardian)
    years = age(birth, on)
    child = years < policy.own_contribution_from_age
    outgrown = came_of_age(case, case.agreed_on, on, occasion)
    return Guardianship(child, years < policy.adult_age, child, outgrown)


def check_joint(
    guarded: Guardianship, client_agreed: bool, guardian_agreed: bool | None, reason: Reason | None
) -> None:
    if not client_agreed and (reason is None or guarded.outgrown) and not guarded.for_child:
        raise Refused(Refusal.PLAN_NOT_JOINT, missing="client")
    if guarded.must_agree and not guardian_agreed:
        raise Refused(Refusal.PLAN_NOT_JOINT, missing="guardian")


class AgreePlan(Command):
    """Both sides agree on the draft, in writing (`written_copy`: where the signed copy is kept).

    A plan holds at least one goal, one measure and one own contribution. A minor's guardian must agree too, and so must a registered guardian where
    the age is unknown. Below 14 the guardian contributes and agrees for the child. Without the client's agreement a reason must be recorded;
    whoever has come of age since the last agreement agrees themselves, for no reason otherwise.
    """

    kind: Literal["AgreePlan"] = "AgreePlan"
    client_agreed: bool
    guardian_agreed: bool | None = None
    written_copy: CopyText | None = None
    language_of_copy: LanguageCode = "de"

    phases = PLANNED
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        check_not_suspended(case)
        if case.transfer is not None:
            raise Refused(Refusal.TRANSFER_OPEN, command=self.kind, answer_by=case.transfer.answer_by)
        draft = in_draft(case)
        on = self.on(occasion)
        guarded = guardianship(case, on, occasion)
        self._check_content(case, guardian_contributes=guarded.may_contribute)
        check_joint(guarded, self.client_agreed, self.guardian_agreed, self.reason)
        if self.written_copy is None:
            raise Refused(Refusal.WRITTEN_FORM, plan_version=draft)
        if case.agreed_on is not None and on < case.agreed_on:
            raise Refused(Refusal.DATE_ORDER, first=case.agreed_on, then=on)
        months = occasion.policy(case).review_months[case.intensity or Intensity.MEDIUM]
        return [
            PlanAgreed(
                plan_version=draft,
                agreed_on=on,
                client_agreed=self.client_agreed,
                guardian_agreed=self.guardian_agreed,
                written_copy=self.written_copy,
                language_of_copy=self.language_of_copy,
                next_review_due=case.review_due or add_months(on, months),
            )
        ]

    def _check_content(self, case: Case, *, guardian_contributes: bool) -> None:
        goals = {number for number, goal in case.goals.items() if goal.open}
        parties = {measure.party for measure in case.measures.values() if measure.open and measure.goal in goals}
        contributors = {Party.CLIENT, Party.GUARDIAN} if guardian_contributes else {Party.CLIENT}
        missing = [
            part
            for part, there in (
                ("goal", bool(goals)),
                ("measure", bool(parties)),
                ("own_contribution", bool(parties & contributors)),
            )
            if not there
        ]
        if missing:
            raise Refused(Refusal.PLAN_EMPTY, missing=missing)


class PlanAgreed(Event):
    """`next_review_due` counts in months from the first day of agreement, by the intensity of support. Only a review moves it from then on."""

    plan_version: int
    agreed_on: date
    client_agreed: bool
    guardian_agreed: bool | None = None
    written_copy: CopyText
    language_of_copy: LanguageCode
    next_review_due: date

    leads_to = Phase.SUPPORT

    def apply(self, case: Case) -> None:
        case.plan_version, case.draft = self.plan_version, None
        case.agreed_on = self.agreed_on
        case.review_due = case.review_due or self.next_review_due

    def number(self) -> int:
        return self.plan_version
