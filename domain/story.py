"""What a story is made of: a command asks, an event answers, on an occasion."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from domain.envelopes import Actor
from domain.personal import Personal, birth_day
from domain.policy import Policy, policy_named, policy_on
from domain.refusals import Refusal, Refused
from domain.vocabulary import Phase, Reason, Role

if TYPE_CHECKING:
    from domain.case import Case

CASEWORK = frozenset({Role.MANAGER, Role.DEPUTY, Role.SUPERVISOR})

ReasonText = Annotated[str, Personal("reason")]
PersonName = Annotated[str, Personal("person.name", limit=200)]
BirthDate = Annotated[str, Personal("person.birth_date", birth_date=True)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", description="ISO 639 code")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 code")]


@dataclass(frozen=True)
class Occasion:
    """On what occasion a command is decided. `now` is UTC, `today` the local date; `unseal(token, label)` opens a sealed value for a rule."""

    actor: Actor
    now: datetime
    today: date
    policies: tuple[Policy, ...]
    unseal: Callable[[str, str], str]

    def policy(self, case: "Case") -> Policy:
        """The version that binds the case; before it is opened, that of today."""
        if case.policy_version is None:
            return policy_on(self.policies, self.today)
        return policy_named(self.policies, case.policy_version)


class Event(BaseModel):
    """Something that happened. The class name is the stored name, chosen once. Personal fields must be sealed.

    `leads_to`: the phase in which the case stands afterwards, where the event decides it; `may_lead_to`: where its body says which.
    `leads_from`: the phases in which it can happen, where these are fewer than those of its commands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: ClassVar[int] = 1
    leads_to: ClassVar[Phase | None] = None
    may_lead_to: ClassVar[tuple[Phase, ...]] = ()
    leads_from: ClassVar[frozenset[Phase]] = frozenset(Phase)

    @classmethod
    def upcast(cls, version: int, body: dict[str, Any]) -> dict[str, Any]:
        """An older stored body in today's shape. Stored bytes are never rewritten."""
        return body

    def apply(self, case: "Case") -> None:
        """The event's effect on what later rules ask."""

    def apply_on(self, case: "Case", on: date) -> None:
        """The same, where the effect depends on the day on which the event was true."""
        self.apply(case)

    def claims(self, case: "Case") -> tuple[str, ...]:
        """Names that only one stream may hold at a time, taken with this event."""
        return ()

    def releases(self, case: "Case") -> tuple[str, ...]:
        """Names that this stream gives back with this event."""
        return ()

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
    plannable: ClassVar[bool] = False
    within_support: ClassVar[bool] = False
    late_allowed: ClassVar[bool] = False

    def check_first(self, case: "Case") -> None:
        """A refusal that says more than that the phase is wrong."""

    @abstractmethod
    def decide(self, case: "Case", occasion: Occasion) -> list[Event]:
        """The events that answer the command; none where nothing is to be said. Raises Refused. Changes nothing."""

    def on(self, occasion: Occasion) -> date:
        return self.effective_on or occasion.today


def age(birth: date, on: date) -> int:
    """Full years on a date. Born on 29 February: a year older on 1 March (sections 187(2), 188 of the Civil Code)."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def born(case: "Case", occasion: Occasion) -> date | None:
    if case.birth_date is None:
        return None
    return birth_day(occasion.unseal(case.birth_date, "person.birth_date"))


def check_life_span(case: "Case", on: date, occasion: Occasion) -> None:
    birth = born(case, occasion)
    if birth is not None and on < birth:
        raise Refused(Refusal.BEFORE_BIRTH, effective_on=on)
