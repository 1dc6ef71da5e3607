"""Where a history and the code of this build part: which event, and what the code wanted there instead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

EVENT = re.compile(r"HistoryEvent\(id: (\d+), (\w+)\)")
MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
MACHINE = re.compile(r"^(\w[\w ]*?) machine does not handle this event")
NOTHING = re.compile(r"^No command scheduled for event")
PREFIX = re.compile(r"^\[\w+\] Nondeterminism error: ")
QUOTED = 300


@dataclass(frozen=True)
class Divergence:
    """`event_id` and `event` name the first event that the code does not lead to; `wanted`: what it does there instead, as far as the SDK tells."""

    event_id: int | None
    event: str | None
    wanted: str


def said(failure: str, bug: str | None) -> Divergence:
    """What a failure of the SDK says. `bug`: the exception that the workflow's code raised meanwhile, if any, as type and place."""
    message = MESSAGE.search(failure)
    text = PREFIX.sub("", message.group(1) if message else failure)
    place = EVENT.search(text)
    event_id, event = (int(place.group(1)), place.group(2)) if place else (None, None)
    return Divergence(event_id, event, _wanted(text, None if "Nondeterminism" in failure else bug))


def _wanted(text: str, bug: str | None) -> str:
    if bug is not None:
        return f"a bug: {bug}"
    if machine := MACHINE.match(text):
        return machine.group(1)
    return "nothing" if NOTHING.match(text) else text[:QUOTED]


def cuts(events: Sequence[HistoryEvent]) -> list[int]:
    """How long the beginnings of a history are that end behind a task and what it led to, the shortest first; the whole is the last."""
    scheduled = [n for n, each in enumerate(events) if each.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED]
    return [*scheduled[1:], len(events)]
