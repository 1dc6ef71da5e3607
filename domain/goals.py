"""Goals and the steps towards them: what is to be reached, by whom, until when."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.case import PLAN_KEPT, PLANNED, Case, Goal, Measure
from domain.personal import Personal
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.vocabulary import FieldOfAction, GoalOutcome, MeasureOutcome, Party

GoalText = Annotated[str, Personal("goal.text")]
IndicatorText = Annotated[str, Personal("goal.indicator", limit=500)]
MeasureText = Annotated[str, Personal("measure.text")]


class AddGoal(Command):
    """`priority`: 1 is first. `indicator`: how both will see that it is reached."""

    kind: Literal["AddGoal"] = "AddGoal"
    field: FieldOfAction
    text: GoalText
    indicator: IndicatorText | None = None
    target_date: date | None = None
    priority: int = Field(default=2, ge=1, le=3)

    phases = PLANNED
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        in_draft(case)
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

    phases = PLAN_KEPT
    within_support = True

    @model_validator(mode="after")
    def _new_date_when_postponed(self) -> "ChangeGoal":
        if (self.outcome is GoalOutcome.POSTPONED) != (self.target_date is not None):
            raise ValueError("a postponed goal, and only that, has a new target_date")
        return self

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        _open_goal(case, self.goal)
        if self.outcome is GoalOutcome.ACHIEVED:
            return [GoalAchieved(goal=self.goal)]
        if self.outcome is GoalOutcome.DROPPED:
            return [GoalDropped(goal=self.goal)]
        if self.target_date is None:
            raise ValueError("a postponed goal has a new date")
        if self.target_date < self.on(occasion):
            raise Refused(Refusal.DATE_ORDER, first=self.on(occasion), then=self.target_date)
        return [GoalPostponed(goal=self.goal, target_date=self.target_date)]


class GoalAchieved(Event):
    goal: int

    def apply(self, case: Case) -> None:
        case.goals[self.goal].open = False
        case.goals[self.goal].achieved = True


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
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        in_draft(case)
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

    phases = PLAN_KEPT
    within_support = True

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


def in_draft(case: Case) -> int:
    if case.draft is None:
        raise Refused(Refusal.NO_DRAFT, plan_version=case.plan_version)
    return case.draft


def _open_goal(case: Case, number: int) -> None:
    goal = case.goals.get(number)
    if goal is None or not goal.open:
        raise Refused(Refusal.GOAL_UNKNOWN, goal=number)
