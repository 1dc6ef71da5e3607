"""Chapter two: needs are assessed, and a plan is drafted and agreed by both sides, in writing."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.case import PLANNED, Case
from domain.deadlines import add_months
from domain.goals import in_draft
from domain.personal import Personal
from domain.policy import policy_named
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, LanguageCode, Occasion, age, born
from domain.vocabulary import FieldOfAction, Intensity, Party, Phase

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


class AgreePlan(Command):
    """Both sides agree on the draft, in writing (`written_copy`: where the signed copy is kept).

    A plan holds at least one goal, one measure and one own contribution. A minor's guardian must agree too, and so must a registered guardian where
    the age is unknown. Below 14 the guardian contributes and agrees for the child. Without the client's agreement a reason must be recorded.
    """

    kind: Literal["AgreePlan"] = "AgreePlan"
    client_agreed: bool
    guardian_agreed: bool | None = None
    written_copy: CopyText | None = None
    language_of_copy: LanguageCode = "de"

    phases = PLANNED
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        draft = in_draft(case)
        on = self.on(occasion)
        policy = policy_named(occasion.policies, case.policy_version or occasion.policies[0].version)
        birth = born(case, occasion)
        years = age(birth, on) if birth is not None else None
        child = years is not None and years < policy.own_contribution_from_age
        guarded = case.has_guardian if years is None else years < policy.adult_age
        self._check_content(case, guardian_contributes=child or (years is None and guarded))
        if not self.client_agreed and self.reason is None and not child:
            raise Refused(Refusal.PLAN_NOT_JOINT, missing="client")
        if guarded and not self.guardian_agreed:
            raise Refused(Refusal.PLAN_NOT_JOINT, missing="guardian")
        if self.written_copy is None:
            raise Refused(Refusal.WRITTEN_FORM, plan_version=draft)
        if case.agreed_on is not None and on < case.agreed_on:
            raise Refused(Refusal.DATE_ORDER, first=case.agreed_on, then=on)
        months = policy.review_months[case.intensity or Intensity.MEDIUM]
        return [
            PlanAgreed(
                plan_version=draft,
                agreed_on=on,
                client_agreed=self.client_agreed,
                guardian_agreed=self.guardian_agreed,
                written_copy=self.written_copy,
                language_of_copy=self.language_of_copy,
                next_review_due=add_months(on, months),
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
    """`next_review_due` counts in months from the day of agreement, by the intensity of support."""

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

    def number(self) -> int:
        return self.plan_version
