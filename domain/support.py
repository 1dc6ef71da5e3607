"""Support day by day: contacts, kept or missed, and the obstacles that stand in the way."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.case import OPEN_PHASES, Case, Obstacle
from domain.personal import Personal
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion
from domain.vocabulary import Attendee, ContactMode, FieldOfAction, ObstacleKind, Severity, Visibility

ObstacleText = Annotated[str, Personal("obstacle.text")]
SpecialText = Annotated[str, Personal("obstacle.special", special=True)]

HEALTH_RELATED = frozenset({ObstacleKind.HEALTH, ObstacleKind.TRAUMA})
"""What is said of these is data of a special category (Art. 9 GDPR), whoever says it."""

FAMILY = frozenset({Attendee.CLIENT, Attendee.GUARDIAN})


class RecordContact(Command):
    """A contact on `effective_on`: `minutes` long, about `topics`, with those `present`; or a no-show: agreed, and nobody came or answered."""

    kind: Literal["RecordContact"] = "RecordContact"
    mode: ContactMode
    minutes: int = Field(default=0, ge=0, le=720)
    topics: tuple[FieldOfAction, ...] = Field(default=(), max_length=len(FieldOfAction))
    present: tuple[Attendee, ...] = Field(default=(), max_length=len(Attendee))
    no_show: bool = False

    phases = OPEN_PHASES
    within_support = True
    late_allowed = True
    commutes = True

    @model_validator(mode="after")
    def _somebody_came_or_nobody(self) -> "RecordContact":
        if self.no_show and (self.minutes or FAMILY & {*self.present}):
            raise ValueError("a no-show has no minutes, and neither client nor guardian is present")
        if not self.no_show and not self.present:
            raise ValueError("name who was present, or record a no-show")
        return self

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        return [
            ContactRecorded(
                mode=self.mode,
                minutes=self.minutes,
                topics=tuple(dict.fromkeys(self.topics)),
                present=tuple(dict.fromkeys(self.present)),
                no_show=self.no_show,
            )
        ]


class ContactRecorded(Event):
    mode: ContactMode
    minutes: int
    topics: tuple[FieldOfAction, ...]
    present: tuple[Attendee, ...]
    no_show: bool

    commutes = True

    def apply_on(self, case: Case, on: date) -> None:
        case.meet(on, missed=self.no_show)


class RecordObstacle(Command):
    """Something stands in the way of the goals. What concerns health, and whatever else is SPECIAL, is told in `special_text`, the rest in `text`."""

    kind: Literal["RecordObstacle"] = "RecordObstacle"
    code: ObstacleKind
    severity: Severity
    visibility: Visibility = Visibility.TEAM
    text: ObstacleText | None = None
    special_text: SpecialText | None = None

    phases = OPEN_PHASES
    within_support = True

    @model_validator(mode="after")
    def _told_in_its_place(self) -> "RecordObstacle":
        if self._special and self.text is not None:
            raise ValueError("tell what concerns health, or is SPECIAL, in special_text")
        if not self._special and self.special_text is not None:
            raise ValueError("special_text is for what concerns health, or is SPECIAL")
        return self

    @property
    def _special(self) -> bool:
        return self.code in HEALTH_RELATED or self.visibility is Visibility.SPECIAL

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        return [
            ObstacleRecorded(
                obstacle=len(case.obstacles) + 1,
                code=self.code,
                severity=self.severity,
                visibility=Visibility.SPECIAL if self._special else Visibility.TEAM,
                text=self.text,
                special_text=self.special_text,
            )
        ]


class ObstacleRecorded(Event):
    obstacle: int
    code: ObstacleKind
    severity: Severity
    visibility: Visibility
    text: ObstacleText | None = None
    special_text: SpecialText | None = None

    def apply(self, case: Case) -> None:
        case.obstacles[self.obstacle] = Obstacle(self.severity)

    def number(self) -> int:
        return self.obstacle


class ResolveObstacle(Command):
    """An obstacle is out of the way; `reason_text` may tell how."""

    kind: Literal["ResolveObstacle"] = "ResolveObstacle"
    obstacle: int = Field(ge=1)

    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        obstacle = case.obstacles.get(self.obstacle)
        if obstacle is None or not obstacle.open:
            raise Refused(Refusal.OBSTACLE_UNKNOWN, obstacle=self.obstacle)
        return [ObstacleResolved(obstacle=self.obstacle)]


class ObstacleResolved(Event):
    obstacle: int

    def apply(self, case: Case) -> None:
        case.obstacles[self.obstacle].open = False
