"""What travels: who asks for what (Submitted), what was recorded (Recorded), and what the caller gets (Receipt)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from domain.vocabulary import DeadlineKind, DeadlineStage, Reason, Role

if TYPE_CHECKING:
    from domain.story import Event

CASE_PREFIX = "case-"
UNIT_PREFIX = "unit-"
STAFF_PREFIX = "staff-"
POLICY_STREAM = "policy"


def unit_id(municipality: str, provider: str) -> str:
    """The stream of an allocation unit. Neither part holds a full stop, so no two units share a name."""
    return f"{UNIT_PREFIX}{municipality}.{provider}"


def staff_id(manager_id: str) -> str:
    """The stream of a member of staff."""
    return f"{STAFF_PREFIX}{manager_id}"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Actor(_Value):
    """Who acts: an id of the provider's staff (never a name), in which role, for which provider, standing in for whom."""

    id: str
    role: Role
    provider: str
    deputy_for: str | None = None


class Submitted(_Value):
    """A command on its way: personal fields sealed, everything else as the caller said it.

    `command` is the command's JSON with its `kind`. `fingerprint` (hex) is a keyed hash of what was asked, in clear, by whom:
    the same `command_id` with another fingerprint is refused. `expected_version` is the version the caller has seen, if it matters.
    """

    command_id: str
    stream_id: str
    actor: Actor
    command: dict[str, Any]
    fingerprint: str
    expected_version: int | None = None
    causation: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event of a story with its envelope. Versions count from 1 without gaps within a stream.

    `recorded_at` is UTC, set when stored; `effective_on` is the local date when it was true in the world. `previous_hash` (hex) is the hash of the
    event before it in the stream. `position` is the place in the order of all events, 0 before it is stored.
    """

    stream_id: str
    version: int
    event: "Event"
    recorded_at: datetime
    effective_on: date
    actor: Actor
    command_id: str
    policy_version: str
    causation: str | None = None
    reason: Reason | None = None
    reason_text: str | None = None
    corrects: str | None = None
    previous_hash: str = ""
    position: int = 0

    @property
    def name(self) -> str:
        return type(self.event).__name__


class RecordedEvent(_Value):
    """A line of a receipt. `number` is that of the goal, measure or plan version which the event made, if any."""

    version: int
    name: str
    number: int | None = None


class NextDeadline(_Value):
    """`due_on` is a local date, over at its midnight; `at` is the instant (UTC) when `stage` will be reached."""

    kind: DeadlineKind
    stage: DeadlineStage
    due_on: date
    at: datetime


class Receipt(_Value):
    """What the caller gets for a recorded command. `position` is the place of its last event in the order of all events."""

    stream_id: str = Field(validation_alias=AliasChoices("stream_id", "case_id"))  # stored as `case_id` at first
    version: int
    position: int
    events: tuple[RecordedEvent, ...]
    next_deadline: NextDeadline | None = None


class FollowUp(_Value):
    """What now has to be told to whom; `id` is derived from its cause, so that telling it twice is silence.

    `kind` is the activity that does it: `notice` tells people, `hand_over` submits commands to other streams. `stream_id` is where it comes from.
    """

    id: str
    kind: str
    stream_id: str
    provider: str
    about: dict[str, Any]
