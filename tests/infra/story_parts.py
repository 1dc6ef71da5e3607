"""Events in their envelopes, for tests of how they are kept."""

from datetime import UTC, date, datetime
from typing import Any

from domain.envelopes import Actor, Receipt, Recorded, Submitted
from domain.intake import DataRefused
from domain.vocabulary import DataField, Role

MANAGER = Actor(id="im-07", role=Role.MANAGER, provider="drk")
NOON = datetime(2018, 3, 1, 11, 0, 0, 250_000, UTC)


def recorded(stream_id: str, version: int, command_id: str = "", **changes: Any) -> Recorded:
    """A small event of a story; its command id is its own unless given."""
    return Recorded(
        **{
            "stream_id": stream_id,
            "version": version,
            "event": DataRefused(field=DataField.HEALTH),
            "recorded_at": NOON,
            "effective_on": date(2018, 3, 1),
            "actor": MANAGER,
            "command_id": command_id or f"{stream_id}/{version}",
            "policy_version": "2017",
            **changes,
        }
    )


def submitted(event: Recorded, fingerprint: str = "f1") -> Submitted:
    return Submitted(
        command_id=event.command_id,
        stream_id=event.stream_id,
        actor=event.actor,
        command={"kind": "RecordRefusalOfData", "field": "HEALTH"},
        fingerprint=fingerprint,
    )


def receipt(event: Recorded) -> Receipt:
    return Receipt(stream_id=event.stream_id, version=event.version, position=0, events=())
