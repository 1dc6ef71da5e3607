"""The stored form of an event: its chosen name, its envelope as bytes, and the hash that chains it to the one before.

Stored bytes are never rewritten, so what stands here cannot be changed, only added to.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from eventsourcing.persistence import StoredEvent
from pydantic_core import from_json

from domain.catalogue import event_from
from domain.envelopes import Actor, Recorded
from domain.vocabulary import Reason

GENESIS = "0" * 64


def framed(*parts: bytes) -> bytes:
    """The parts, each behind its length (8 bytes, big-endian): no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def canonical(value: Any) -> bytes:
    """JSON that says the same thing in the same bytes: keys sorted, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def stored_from(recorded: Recorded, previous_hash: str) -> StoredEvent:
    """The event as it is stored behind the one with `previous_hash` (hex; `GENESIS` for the first of a stream)."""
    at = recorded.recorded_at.astimezone(UTC).isoformat(timespec="milliseconds")
    optional = {
        "causation": recorded.causation,
        "reason": recorded.reason,
        "reason_text": recorded.reason_text,
        "corrects": recorded.corrects,
    }
    envelope = {
        "recorded_at": at.replace("+00:00", "Z"),
        "effective_on": recorded.effective_on.isoformat(),
        "actor": recorded.actor.model_dump(mode="json", exclude_none=True),
        "command_id": recorded.command_id,
        "policy_version": recorded.policy_version,
        "schema_version": recorded.event.schema_version,
        "previous_hash": previous_hash,
        "body": recorded.event.model_dump(mode="json"),
        **{name: value for name, value in optional.items() if value is not None},
    }
    return StoredEvent(recorded.stream_id, recorded.version, recorded.name, canonical(envelope))


def recorded_from(stream_id: str, version: int, name: str, state: bytes, position: int) -> Recorded:
    """A stored event read back, older shapes brought up to date. Raises KeyError, ValueError on what we never stored."""
    envelope = from_json(state, cache_strings="keys")
    reason = envelope.get("reason")
    return Recorded(
        stream_id=stream_id,
        version=version,
        event=event_from(name, envelope["schema_version"], envelope["body"]),
        recorded_at=datetime.fromisoformat(envelope["recorded_at"]),
        effective_on=date.fromisoformat(envelope["effective_on"]),
        actor=_actor(*envelope["actor"].items()),
        command_id=envelope["command_id"],
        policy_version=envelope["policy_version"],
        causation=envelope.get("causation"),
        reason=None if reason is None else Reason(reason),
        reason_text=envelope.get("reason_text"),
        corrects=envelope.get("corrects"),
        previous_hash=envelope["previous_hash"],
        position=position,
    )


@lru_cache(maxsize=4096)
def _actor(*said: tuple[str, str]) -> Actor:
    """Few people act often, and an actor never changes: so it is read once."""
    return Actor.model_validate(dict(said))


def hash_of(stored: StoredEvent) -> str:
    """SHA-256 (hex) over stream id, version (decimal), name and stored bytes, each behind its length."""
    return sha256(
        framed(
            str(stored.originator_id).encode(),
            str(stored.originator_version).encode(),
            stored.topic.encode(),
            stored.state,
        )
    ).hexdigest()


def hash_of_row(row: Mapping[str, Any]) -> str:
    """The same over a row of the table of events."""
    return sha256(
        framed(
            row["originator_id"].encode(), str(row["originator_version"]).encode(), row["topic"].encode(), row["state"]
        )
    ).hexdigest()


def first_break(stored_events: Iterable[StoredEvent], head: str | None = None) -> int | None:
    """Where the chain of one stream breaks: the first version that does not follow from what stands before it, else None.

    An altered event shows at the version behind it. For the last event there is none: `head`, its hash as known from elsewhere, stands in.
    """
    stream_id = None
    expected, previous = 1, GENESIS
    for stored in stored_events:
        stream_id = stream_id or stored.originator_id
        in_place = (stored.originator_id, stored.originator_version) == (stream_id, expected)
        if not in_place or previous_hash(stored.state) != previous:
            return expected
        expected, previous = expected + 1, hash_of(stored)
    return None if head is None or head == previous else expected


def previous_hash(state: bytes) -> str | None:
    """The hash of the event before, as a stored event's bytes tell it; None where they tell none."""
    return _told(state, "previous_hash")


def read_command_id(state: bytes) -> str | None:
    """The id of the command that recorded it, as a stored event's bytes tell it; None where they tell none."""
    return _told(state, "command_id")


def _told(state: bytes, name: str) -> str | None:
    try:
        return str(from_json(state)[name])
    except (ValueError, KeyError, TypeError):
        return None
