"""Chapter two: needs are assessed, goals and measures agreed by both sides, in writing."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.case import Case, Goal, Measure
from domain.deadlines import add_months
from domain.personal import Personal
from domain.policy import Policy, policy_named
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, LanguageCode, Occasion, age, born
from domain.vocabulary import FieldOfAction, GoalOutcome, Intensity, MeasureOutcome, Party, Phase

PLANNED = frozenset({Phase.PLANNING, Phase.SUPPORT})

ResourceText = Annotated[str, Personal("assessment.resource")]
FamilyText = Annotated[str, Personal("assessment.family")]
GoalText = Annotated[str, Personal("goal.text")]
IndicatorText = Annotated[str, Personal("goal.indicator", limit=500)]
MeasureText = Annotated[str, Personal("measure.text")]
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


class AddGoal(Command):
    """`priority`: 1 is first. `indicator`: how both will see that it is reached."""

    kind: Literal["AddGoal"] = "AddGoal"
    field: FieldOfAction
    text: GoalText
    indicator: IndicatorText | None = None
    target_date: date | None = None
    priority: int = Field(default=2, ge=1, le=3)

    phases = PLANNED

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        _in_draft(case)
        if self.target_date is not None and self.target_date < self.on(occasion):
            raise Refused(Refusal.DATE_ORDER, first=self.on(occasion), then=self.target_date)
        return [
            GoalAdded(
                goal=len(case.goals) + 1,
                field=self.field,
                text=self.text,
                indicator=self.indicator,
                target_date=self.target_date,
                priority=self.priority,
            )
        ]


class GoalAdded(Event):
    goal: int
    field: FieldOfAction
    text: GoalText
    indicator: IndicatorText | None = None
    target_date: date | None = None
    priority: int

    def apply(self, case: Case) -> None:
        case.goals[self.goal] = Goal()

    def number(self) -> int:
        return self.goal


class ChangeGoal(Command):
    """A goal is achieved, dropped, or postponed to `target_date`."""

    kind: Literal["ChangeGoal"] = "ChangeGoal"
    goal: int = Field(ge=1)
    outcome: GoalOutcome
    target_date: date | None = None

    phases = PLANNED

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        _open_goal(case, self.goal)
        if self.outcome is GoalOutcome.ACHIEVED:
            return [GoalAchieved(goal=self.goal)]
        if self.outcome is GoalOutcome.DROPPED:
            return [GoalDropped(goal=self.goal)]
        if self.target_date is None or self.target_date < self.on(occasion):
            raise Refused(Refusal.DATE_ORDER, first=self.on(occasion), then=self.target_date)
        return [GoalPostponed(goal=self.goal, target_date=self.target_date)]


class GoalAchieved(Event):
    goal: int

    def apply(self, case: Case) -> None:
        case.goals[self.goal].open = False


class GoalDropped(Event):
    goal: int

    def apply(self, case: Case) -> None:
        case.goals[self.goal].open = False


class GoalPostponed(Event):
    goal: int
    target_date: date


class AddMeasure(Command):
    """A step towards a goal: what, by whom, until when. The client's own step is the own contribution."""

    kind: Literal["AddMeasure"] = "AddMeasure"
    goal: int = Field(ge=1)
    text: MeasureText
    party: Party
    due_on: date | None = None

    phases = PLANNED

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        _in_draft(case)
        _open_goal(case, self.goal)
        if self.due_on is not None and self.due_on < self.on(occasion):
            raise Refused(Refusal.DATE_ORDER, first=self.on(occasion), then=self.due_on)
        return [
            MeasureAgreed(
                measure=len(case.measures) + 1, goal=self.goal, text=self.text, party=self.party, due_on=self.due_on
            )
        ]


class MeasureAgreed(Event):
    measure: int
    goal: int
    text: MeasureText
    party: Party
    due_on: date | None = None

    def apply(self, case: Case) -> None:
        case.measures[self.measure] = Measure(self.goal, self.party)

    def number(self) -> int:
        return self.measure


class CompleteMeasure(Command):
    kind: Literal["CompleteMeasure"] = "CompleteMeasure"
    measure: int = Field(ge=1)
    outcome: MeasureOutcome

    phases = PLANNED

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        measure = case.measures.get(self.measure)
        if measure is None or not measure.open:
            raise Refused(Refusal.MEASURE_UNKNOWN, measure=self.measure)
        if self.outcome is MeasureOutcome.DONE:
            return [MeasureDone(measure=self.measure)]
        return [MeasureMissed(measure=self.measure)]


class MeasureDone(Event):
    measure: int

    def apply(self, case: Case) -> None:
        case.measures[self.measure].open = False


class MeasureMissed(Event):
    measure: int

    def apply(self, case: Case) -> None:
        case.measures[self.measure].open = False


class AgreePlan(Command):
    """Both sides agree on the draft, in writing (`written_copy`: where the signed copy is kept).

    A plan holds at least one goal, one measure and one own contribution; for children under 14 the guardian's. Minors need their guardian's consent
    beside their own. Without the client's agreement a reason must be recorded.
    """

    kind: Literal["AgreePlan"] = "AgreePlan"
    client_agreed: bool
    guardian_agreed: bool | None = None
    written_copy: CopyText | None = None
    language_of_copy: LanguageCode = "de"

    phases = PLANNED

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        draft = _in_draft(case)
        on = self.on(occasion)
        policy = policy_named(occasion.policies, case.policy_version or occasion.policies[0].version)
        birth = born(case, occasion)
        years = age(birth, on) if birth is not None else None
        self._check_content(case, years, policy)
        if not self.client_agreed and self.reason is None:
            raise Refused(Refusal.PLAN_NOT_JOINT, missing="client")
        if years is not None and years < policy.adult_age and not self.guardian_agreed:
            raise Refused(Refusal.PLAN_NOT_JOINT, missing="guardian")
        if self.written_copy is None:
            raise Refused(Refusal.WRITTEN_FORM, plan_version=draft)
        months = policy.review_months[case.intensity or Intensity.MEDIUM]
        return [
            PlanAgreed(
                plan_version=draft,
                client_agreed=self.client_agreed,
                guardian_agreed=self.guardian_agreed,
                written_copy=self.written_copy,
                language_of_copy=self.language_of_copy,
                next_review_due=add_months(on, months),
            )
        ]

    def _check_content(self, case: Case, years: int | None, policy: Policy) -> None:
        goals = {number for number, goal in case.goals.items() if goal.open}
        parties = {measure.party for measure in case.measures.values() if measure.open and measure.goal in goals}
        contributors = {Party.CLIENT}
        if years is not None and years < policy.own_contribution_from_age:
            contributors.add(Party.GUARDIAN)
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
    client_agreed: bool
    guardian_agreed: bool | None = None
    written_copy: CopyText
    language_of_copy: LanguageCode
    next_review_due: date

    def apply(self, case: Case) -> None:
        case.plan_version, case.draft = self.plan_version, None
        if case.phase is Phase.PLANNING:
            case.phase = Phase.SUPPORT

    def number(self) -> int:
        return self.plan_version


def _in_draft(case: Case) -> int:
    if case.draft is None:
        raise Refused(Refusal.NO_DRAFT, plan_version=case.plan_version)
    return case.draft


def _open_goal(case: Case, number: int) -> None:
    goal = case.goals.get(number)
    if goal is None or not goal.open:
        raise Refused(Refusal.GOAL_UNKNOWN, goal=number)
