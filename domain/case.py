"""The slim state of a case: a field stands here only if a rule reads it."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from domain.envelopes import Recorded
from domain.hands import Hands
from domain.story import State
from domain.vocabulary import (
    ActivityKind,
    ClosureReason,
    ConsentScope,
    DeadlineKind,
    DeadlineStage,
    EligibilityBasis,
    HistoryConflict,
    HousingKind,
    Intensity,
    LanguageLevel,
    Party,
    Phase,
    ReferralState,
    Relation,
    Severity,
    Title,
)

if TYPE_CHECKING:
    from domain.statements import Statement


@dataclass(slots=True)
class Goal:
    open: bool = True
    achieved: bool = False


@dataclass(slots=True)
class Measure:
    goal: int
    party: Party
    open: bool = True


@dataclass(slots=True)
class Obstacle:
    severity: Severity
    open: bool = True


@dataclass(slots=True)
class Referral:
    """`since`: the day on which it came into its state. `on_consent`: what was passed on rests on the person's consent."""

    state: ReferralState
    since: date
    on_consent: bool

    @property
    def open(self) -> bool:
        return self.state not in REFERRAL_OVER


@dataclass(frozen=True, slots=True)
class Said:
    """A statement that stands, as it was recorded with a `version`, true from the day `on` on."""

    version: int
    event: "Statement"
    on: date
    disputed: bool = False


@dataclass(slots=True)
class Eligibility:
    basis: EligibilityBasis
    since: date


@dataclass(slots=True)
class Review:
    """Planned or, from `started` on, under way; `plan_version` is the one that is looked at then."""

    number: int
    started: date | None = None
    plan_version: int = 0


@dataclass(slots=True)
class ProposedExtension:
    """`by`: the staff id of who proposed it. Another person approves."""

    new_end: date
    by: str


@dataclass(slots=True)
class Suspension:
    since: date
    clock_stops: bool
    expected_until: date | None = None


@dataclass(slots=True)
class ProposedClosure:
    """`by`: the staff id of who proposed it. Another person approves."""

    reason: ClosureReason
    by: str
    on: date
    approved: bool = False


@dataclass(frozen=True, slots=True)
class PendingTransfer:
    """Asked of another unit, by the event with this `version` in the story of the case; until it is accepted all stays as it is."""

    version: int
    to_municipality: str
    to_provider: str
    answer_by: date


@dataclass(frozen=True, slots=True)
class BeforeClosing:
    """How the case stood, in case it was closed in error. What waited for a second person is not taken up again."""

    phase: Phase
    review: Review | None
    review_due: date | None
    suspension: Suspension | None
    withdrawal_stage: int
    withdrawal_since: date | None
    withdrawal_began: date | None
    withdrawal_stopped_days: int
    unit: str | None


@dataclass(slots=True)
class Case(State):
    phase: Phase | None = None
    person_id: str = ""
    birth_date: str | None = None
    birth_date_version: int = 0
    has_guardian: bool = False
    restricted_since: date | None = None
    eligibility: Eligibility | None = None
    title: Title = Title.UNKNOWN
    title_until: date | None = None
    title_since: date | None = None
    title_decided: bool = False
    statements: dict[int, Said] = field(default_factory=dict)
    conflicts: frozenset[HistoryConflict] = frozenset()
    hands: Hands = field(default_factory=Hands)
    municipality: str | None = None
    unit: str | None = None
    admission: tuple[str, int] | None = None
    transfer: PendingTransfer | None = None
    support_start: date | None = None
    support_end: date | None = None
    extension: ProposedExtension | None = None
    suspension: Suspension | None = None
    stopped_days: int = 0
    resumed_on: date | None = None
    consents: dict[ConsentScope, date | None] = field(default_factory=dict)
    consented_on: dict[ConsentScope, date] = field(default_factory=dict)
    first_contact: bool = False
    intensity: Intensity | None = None
    had_own_tenancy: bool = False
    plan_version: int = 0
    agreed_on: date | None = None
    draft: int | None = None
    goals: dict[int, Goal] = field(default_factory=dict)
    measures: dict[int, Measure] = field(default_factory=dict)
    obstacles: dict[int, Obstacle] = field(default_factory=dict)
    referrals: dict[int, Referral] = field(default_factory=dict)
    last_contact_on: date | None = None
    missed_contacts: list[date] = field(default_factory=list)
    died_on: date | None = None
    died_version: int = 0
    household_id: str | None = None
    household_changed_on: date | None = None
    relation: Relation | None = None
    protected_from: frozenset[str] = frozenset()
    deaths_in_household: int = 0
    duplicates: dict[str, str] = field(default_factory=dict)
    merged_into: str | None = None
    closed_by_merge: bool = False
    stages: dict[tuple[DeadlineKind, date], DeadlineStage] = field(default_factory=dict)
    language_level: LanguageLevel | None = None
    language_since: date | None = None
    housing: HousingKind | None = None
    housing_since: date | None = None
    activities: dict[ActivityKind, tuple[date, bool]] = field(default_factory=dict)
    reviews: int = 0
    review: Review | None = None
    review_due: date | None = None
    postponed: int = 0
    last_review_on: date | None = None
    independence: int | None = None
    withdrawal_stage: int = 0
    withdrawal_since: date | None = None
    withdrawal_began: date | None = None
    withdrawal_stopped_days: int = 0
    closure: ProposedClosure | None = None
    closed_on: date | None = None
    closed_at_version: int | None = None
    closure_reason: ClosureReason | None = None
    before_closing: BeforeClosing | None = None

    def take(self, recorded: Recorded) -> None:
        recorded.event.apply_on(self, recorded.effective_on)
        self.phase = recorded.event.leads_to or self.phase
        self.come_to(recorded)

    @property
    def begun(self) -> bool:
        return self.phase is not None

    @property
    def open(self) -> bool:
        return self.phase in OPEN_PHASES

    def meet(self, on: date, *, missed: bool = False) -> None:
        """A contact took place, or was missed. `missed_contacts` are the days since the last one, in order, whichever was handed in first."""
        if not missed:
            self.last_contact_on = max(on, self.last_contact_on or on)
        since = self.last_contact_on
        days = sorted([*self.missed_contacts, on] if missed else self.missed_contacts)
        self.missed_contacts = [day for day in days if since is None or day > since]

    def close(self) -> None:
        """What runs in an open case runs no more, and is kept for the case that the closing is taken back."""
        if self.phase is not None:
            self.before_closing = BeforeClosing(
                phase=self.phase,
                review=self.review,
                review_due=self.review_due,
                suspension=self.suspension,
                withdrawal_stage=self.withdrawal_stage,
                withdrawal_since=self.withdrawal_since,
                withdrawal_began=self.withdrawal_began,
                withdrawal_stopped_days=self.withdrawal_stopped_days,
                unit=self.unit,
            )
        self.end_withdrawal()
        self.closure = self.review = self.review_due = self.suspension = self.extension = self.unit = None

    def take_back_closing(self) -> None:
        """The case stands as it stood before it was closed."""
        if before := self.before_closing:
            self.review, self.review_due, self.suspension = before.review, before.review_due, before.suspension
            self.withdrawal_stage, self.withdrawal_since = before.withdrawal_stage, before.withdrawal_since
            self.withdrawal_began = before.withdrawal_began
            self.withdrawal_stopped_days = before.withdrawal_stopped_days
            self.unit = self.unit or before.unit
        self.end_closing()

    def end_closing(self) -> None:
        self.closed_on = self.closed_at_version = self.closure_reason = self.before_closing = None

    def end_withdrawal(self) -> None:
        self.withdrawal_stage, self.withdrawal_stopped_days = 0, 0
        self.withdrawal_since = self.withdrawal_began = None

    def consented(self, scope: ConsentScope, on: date) -> bool:
        """Whether there is a consent, not withdrawn, that is valid on a day."""
        until = self.consents.get(scope, date.min)
        return until is None or until >= on

    def know_title(self, title: Title, until: date | None, since: date) -> None:
        """What is known of a later day stands; a title of earlier times that is handed in late is history only."""
        if self.title_since is None or since >= self.title_since:
            news = (title, until, since) != (self.title, self.title_until, self.title_since)
            self.title, self.title_until, self.title_since = title, until, since
            self.title_decided = self.title_decided and not news

    def know_activity(self, activity: ActivityKind, on: date, *, runs: bool) -> None:
        """Of two statements about one activity that of the later day stands."""
        known = self.activities.get(activity)
        if known is None or on >= known[0]:
            self.activities[activity] = (on, runs)


REFERRAL_OVER = frozenset({ReferralState.DECLINED, ReferralState.COMPLETED, ReferralState.STOPPED})
OPEN_PHASES = frozenset({Phase.INTAKE, Phase.PLANNING, Phase.SUPPORT, Phase.WITHDRAWAL})
PLAN_KEPT = frozenset({Phase.PLANNING, Phase.SUPPORT, Phase.WITHDRAWAL})
PLANNED = frozenset({Phase.PLANNING, Phase.SUPPORT})
NOT_CLOSED = frozenset({Phase.REGISTERED, *OPEN_PHASES})
