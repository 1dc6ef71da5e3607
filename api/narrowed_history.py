"""To what the timeline of a case is narrowed: kinds of entries, who acted, and when it was recorded."""

from collections import defaultdict
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, field_validator

from domain.catalogue import EVENTS
from domain.deadlines import start_of
from projections.timeline import Narrowed


class EntryKind(StrEnum):
    """What people look for in a timeline, as they call it."""

    ARRIVAL = "ARRIVAL"
    HANDS = "HANDS"
    PLAN = "PLAN"
    CONTACT = "CONTACT"
    FACTS = "FACTS"
    REVIEW = "REVIEW"
    FAMILY = "FAMILY"
    CORRECTION = "CORRECTION"
    COURSE = "COURSE"
    CLOCK = "CLOCK"


CHAPTERS = {
    "intake": EntryKind.ARRIVAL,
    "eligibility": EntryKind.ARRIVAL,
    "responsibility": EntryKind.HANDS,
    "transfer": EntryKind.HANDS,
    "plan": EntryKind.PLAN,
    "goals": EntryKind.PLAN,
    "support": EntryKind.CONTACT,
    "referrals": EntryKind.CONTACT,
    "facts": EntryKind.FACTS,
    "birth_date": EntryKind.FACTS,
    "title_question": EntryKind.FACTS,
    "reviews": EntryKind.REVIEW,
    "household": EntryKind.FAMILY,
    "bereavement": EntryKind.FAMILY,
    "duplicates": EntryKind.FAMILY,
    "corrections": EntryKind.CORRECTION,
    "hindsight": EntryKind.CORRECTION,
    "closed_in_error": EntryKind.CORRECTION,
    "deadlines": EntryKind.CLOCK,
}
"""By the chapter of the rules that an event stands in. Every other one is about the course of support: its length, rest, end."""


def _by_kind() -> dict[EntryKind, tuple[str, ...]]:
    found: dict[EntryKind, list[str]] = defaultdict(list)
    for name, event in EVENTS.items():
        found[CHAPTERS.get(event.__module__.rpartition(".")[2], EntryKind.COURSE)].append(name)
    return {kind: tuple(names) for kind, names in found.items()}


EVENTS_OF = _by_kind()


class Asked(BaseModel):
    """`before`: only entries older than this one. Days are local, and both are meant with what was recorded on them."""

    model_config = ConfigDict(extra="ignore")

    before: int | None = Field(default=None, ge=2, le=10**9)
    kind: EntryKind | None = None
    by: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")] | None = None
    since: Annotated[date, Field(lt=date.max)] | None = None
    until: Annotated[date, Field(lt=date.max)] | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _nothing_chosen(cls, value: object) -> object:
        return value or None

    @property
    def narrowed(self) -> bool:
        return bool(self.kind or self.by or self.since or self.until)

    def wanted(self) -> Narrowed:
        return Narrowed(
            before=self.before,
            names=EVENTS_OF[self.kind] if self.kind else None,
            actor_id=self.by,
            since=start_of(self.since) if self.since else None,
            until=start_of(self.until + timedelta(days=1)) if self.until else None,
        )

    def older(self, version: int) -> str:
        """The query of the page of what lies before an entry."""
        said = self.model_dump(mode="json", exclude_none=True) | {"before": version}
        return urlencode(said)
