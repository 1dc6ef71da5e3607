"""What a build makes of one story, event by event: `python -m projections.retold caseload`, asked by another build that wants to know where the two part.

Reads stored events from stdin, one JSON object a line, and writes one line after each: the rows of the stream by their key, as JSON. Ends where the build cannot tell the story.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from psycopg.rows import DictRow
from pydantic_core import to_json

from domain.envelopes import Recorded
from infra.event_format import recorded_from
from projections.catalogue import READ_MODELS
from projections.park import Unreadable
from projections.read_model import Key, ReadModel

Rows = dict[str, dict[str, Any]]
"""By their key as JSON; of each the columns, as JSON has them."""


def key_text(key: Key) -> str:
    return to_json(list(key)).decode()


def after_each(model: ReadModel[Any], events: Iterable[Recorded | Unreadable]) -> Iterator[Rows]:
    """The rows after each event, as far as it goes."""
    rows: dict[Key, Any] = {}
    told: Rows = {}
    for each in events:
        try:
            changes = model.fold(rows, each) if not isinstance(each, Unreadable) and model.concerns(each) else {}
        except Exception:  # noqa: BLE001 - there the case is parked
            return
        if isinstance(each, Unreadable):
            return
        rows.update(changes)
        for key, row in changes.items():
            values = dict(zip(model.columns, model.values(row), strict=True))
            told[key_text(key)] = json.loads(to_json(values))
        yield dict(told)


def line_of(row: DictRow) -> str:
    """A stored event as this module reads it."""
    names = ("originator_id", "originator_version", "topic", "notification_id")
    return json.dumps({**{name: row[name] for name in names}, "state": bytes(row["state"]).decode()})


def main() -> None:
    (model,) = (each for each in READ_MODELS if each.name == sys.argv[1])
    for rows in after_each(model, map(_recorded, sys.stdin)):
        sys.stdout.write(json.dumps(rows) + "\n")


def _recorded(line: str) -> Recorded | Unreadable:
    found = json.loads(line)
    place = found["originator_id"], found["originator_version"], found["topic"]
    try:
        return recorded_from(*place, found["state"].encode(), found["notification_id"])
    except Exception as fault:  # noqa: BLE001 - there the case is parked
        return Unreadable(*place, found["notification_id"], fault)


if __name__ == "__main__":
    main()
