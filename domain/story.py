"""What a story is made of: a command asks, an event answers, on an occasion."""

from abc import abstractmethod
from calendar import isleap
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from domain.envelopes import CASE_PREFIX, Actor, FollowUp, NextDeadline, Recorded
from domain.personal import Personal, birth_day
from domain.policy import Policy, policy_named, policy_on
from domain.refusals import Refusal, Refused
from domain.vocabulary import Phase, Reason, Role

if TYPE_CHECKING:
    from domain.case import Case

SATURDAY = 5
CASEWORK = frozenset({Role.MANAGER, Role.DEPUTY, Role.SUPERVISOR})

Unseal = Callable[[str, str], str]
"""Opens a sealed value for a rule: `(token, label) -> clear text`."""

ReasonText = Annotated[str, Personal("reason")]
PersonName = Annotated[str, Personal("person.name", limit=200)]
BirthDate = Annotated[str, Personal("person.birth_date", birth_date=True)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
StaffId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$", description="a staff id, never a name")]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", description="ISO 639 code")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 code")]


@dataclass(slots=True)
class State:
    """Where a story stands. Each kind of stream has its own; a field stands there only if a rule reads it.

    `bound_version`: the last event that whoever asks for something must have seen.
    """

    stream_id: str = ""
    version: int = 0
    bound_version: int = 0
    provider: str = ""
    policy_version: str | None = None

    @property
    def begun(self) -> bool:
        """Whether anything was recorded."""
        return self.version > 0

    def take(self, recorded: Recorded) -> None:
        """The story goes on by one event."""
        recorded.event.apply_on(self, recorded.effective_on)
        self.come_to(recorded)

    def copy(self) -> Self:
        """To go on with, and leave this one as it is."""
        return deepcopy(self)

    def come_to(self, recorded: Recorded) -> None:
        """The story has come as far as this event."""
        self.stream_id, self.version = recorded.stream_id, recorded.version
        if not recorded.event.commutes:
            self.bound_version = recorded.version


@dataclass(frozen=True)
class Occasion:
    """On what occasion a command is decided. `now` is UTC, `today` the local date; `unseal(token, label)` opens a sealed value for a rule.

    `elsewhere(stream_id)` is where another story stands; what is decided on it is recorded only if that story has not gone on meanwhile.
    `is_holiday(day)` tells the public holidays of Baden-Württemberg.
    """

    actor: Actor
    now: datetime
    today: date
    policies: tuple[Policy, ...]
    unseal: Unseal
    elsewhere: Callable[[str], Any]
    is_holiday: Callable[[date], bool]

    def policy(self, state: State) -> Policy:
        """The version that binds the story; where none does yet, that of today."""
        if state.policy_version is None:
            return policy_on(self.policies, self.today)
        return policy_named(self.policies, state.policy_version)

    def working_days_after(self, day: date, working_days: int) -> date:
        """The last of so many working days after a day; Saturdays, Sundays and holidays do not count."""
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= day.weekday() < SATURDAY and not self.is_holiday(day)
        return day


@dataclass(frozen=True)
class Due:
    """What the clock brings next to a story: `command` at `deadline.at`. `name` tells it from everything else that the clock ever brings there."""

    deadline: NextDeadline
    command: "Command"
    name: str


class Event(BaseModel):
    """Something that happened. The class name is the stored name, chosen once. Personal fields must be sealed.

    `commutes`: the story reads the same whether this or a command that commutes too came first.
    `leads_to`: the phase in which the case stands afterwards, where the event decides it; `may_lead_to`: where its body says which.
    `leads_from`: the phases in which it can happen, where these are fewer than those of its commands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: ClassVar[int] = 1
    commutes: ClassVar[bool] = False
    leads_to: ClassVar[Phase | None] = None
    may_lead_to: ClassVar[tuple[Phase, ...]] = ()
    leads_from: ClassVar[frozenset[Phase]] = frozenset(Phase)

    @classmethod
    def upcast(cls, version: int, body: dict[str, Any]) -> dict[str, Any]:
        """An older stored body in today's shape. Stored bytes are never rewritten."""
        return body

    @classmethod
    def read(cls, version: int, body: dict[str, Any]) -> Self:
        """The event as it was stored with a version of its shape, brought up to date."""
        return cls.model_validate(cls.upcast(version, body) if version < cls.schema_version else body)

    def apply(self, state: Any) -> None:
        """The event's effect on what later rules ask. `state` is that of its kind of stream, e.g. a `Case`."""

    def apply_on(self, state: Any, on: date) -> None:
        """The same, where the effect depends on the day on which the event was true."""
        self.apply(state)

    def claims(self, state: Any) -> tuple[str, ...]:
        """Names that only one stream may hold at a time, taken with this event."""
        return ()

    def releases(self, state: Any) -> tuple[str, ...]:
        """Names that this stream gives back with this event."""
        return ()

    def tells(self, state: Any, recorded: Recorded) -> Iterable[FollowUp]:
        """What now has to be told to whom. `state` is that after everything that was recorded with this event."""
        return ()

    def corrects_version(self) -> int | None:
        """The version of the event, in the same story, that this one corrects or takes back."""
        return None

    def number(self) -> int | None:
        """The number of the goal, measure or plan version that this event made."""
        return None


class Command(BaseModel):
    """Somebody asks for something.

    `effective_on` is the local date when it was or became true in the world (default: today). `reason` says why, `reason_text` tells it in words (sealed).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    effective_on: date | None = None
    reason: Reason | None = None
    reason_text: ReasonText | None = None

    roles: ClassVar[frozenset[Role]] = CASEWORK
    phases: ClassVar[frozenset[Phase]] = frozenset()
    opens: ClassVar[bool] = False
    of_kind: ClassVar[str] = CASE_PREFIX
    plannable: ClassVar[bool] = False
    within_support: ClassVar[bool] = False
    late_allowed: ClassVar[bool] = False
    while_restricted: ClassVar[bool] = False
    commutes: ClassVar[bool] = False

    def check_first(self, state: Any) -> None:
        """A refusal that says more than that the phase is wrong."""

    @abstractmethod
    def decide(self, state: Any, occasion: Occasion) -> list[Event]:
        """The events that answer the command; none where nothing is to be said. Raises Refused. Changes nothing."""

    def on(self, occasion: Occasion) -> date:
        return self.effective_on or occasion.today


def age(birth: date, on: date) -> int:
    """Full years on a date. Born on 29 February: a year older on 1 March (sections 187(2), 188 of the Civil Code)."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def birthday(birth: date, years: int) -> date:
    """The day from which on somebody is so many years old."""
    leaps = (birth.month, birth.day) == (2, 29) and not isleap(birth.year + years)
    return date(birth.year + years, 3, 1) if leaps else birth.replace(year=birth.year + years)


def born(case: "Case", occasion: Occasion) -> date | None:
    return birth_opened(case, occasion.unseal)


def birth_opened(case: "Case", unseal: Unseal) -> date | None:
    if case.birth_date is None:
        return None
    return birth_day(unseal(case.birth_date, "person.birth_date"))


def check_life_span(case: "Case", on: date, occasion: Occasion) -> None:
    birth = born(case, occasion)
    if birth is not None and on < birth:
        raise Refused(Refusal.BEFORE_BIRTH, effective_on=on)
