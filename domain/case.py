"""The slim state of a case: a field stands here only if a rule reads it."""

from dataclasses import dataclass, field
from datetime import date

from domain.vocabulary import (
    ConsentScope,
    DeadlineKind,
    DeadlineStage,
    EligibilityBasis,
    Intensity,
    Party,
    Phase,
    Title,
)


@dataclass(slots=True)
class Goal:
    open: bool = True


@dataclass(slots=True)
class Measure:
    goal: int
    party: Party
    open: bool = True


@dataclass(slots=True)
class Eligibility:
    basis: EligibilityBasis
    since: date


@dataclass(slots=True)
class Case:
    version: int = 0
    phase: Phase | None = None
    provider: str = ""
    person_id: str = ""
    birth_date: str | None = None
    has_guardian: bool = False
    eligibility: Eligibility | None = None
    title: Title = Title.UNKNOWN
    title_until: date | None = None
    title_since: date | None = None
    policy_version: str | None = None
    support_start: date | None = None
    consents: set[ConsentScope] = field(default_factory=set)
    first_contact: bool = False
    intensity: Intensity | None = None
    had_own_tenancy: bool = False
    plan_version: int = 0
    agreed_on: date | None = None
    draft: int | None = None
    goals: dict[int, Goal] = field(default_factory=dict)
    measures: dict[int, Measure] = field(default_factory=dict)
    stages: dict[DeadlineKind, tuple[date, DeadlineStage]] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.phase in OPEN_PHASES

    def know_title(self, title: Title, until: date | None, since: date) -> None:
        """What is known of a later day stands; a title of earlier times that is handed in late is history only."""
        if self.title_since is None or since >= self.title_since:
            self.title, self.title_until, self.title_since = title, until, since


OPEN_PHASES = frozenset({Phase.INTAKE, Phase.PLANNING, Phase.SUPPORT, Phase.WITHDRAWAL})
PLANNED = frozenset({Phase.PLANNING, Phase.SUPPORT})
NOT_CLOSED = frozenset({Phase.REGISTERED, *OPEN_PHASES})
