"""After which event the rows of two codes differ, as far as it can be known: the old code is not there any more.

The new code is asked after every event of the case. It left the value that the old row holds with some event, for the last time: up to there both agree, and the
old code has not followed that event in the same way. Where the new code never had that value, the event is named that gives the value of now.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from domain.envelopes import Recorded
from projections.park import Unreadable, read
from projections.read_model import Key, ReadModel

LEFT_OLD_VALUE, GAVE_NEW_VALUE = "left_old_value", "gave_new_value"
STORY = """
    SELECT originator_id, originator_version, topic, state, notification_id FROM stored_events
    WHERE originator_id = %s AND notification_id <= %s ORDER BY originator_version
"""


class _Nothing:
    """There is no such row, or none yet."""


NOTHING = _Nothing()


def first_event(
    connection: Connection[DictRow], model: ReadModel[Any], key: Key, field: str | None, before: Any, position: int
) -> dict[str, Any] | None:
    """{version, name, how}, or None where the new code never had such a row. Without `field` it is about the row as a whole, which the old version lacks."""
    events = [read(row) for row in connection.execute(STORY, (key[0], position), binary=True)]
    values = _values(model, key, field, events)
    old = NOTHING if field is None else _made(model, field, before)
    if not values or values[-1] is NOTHING:
        return None
    kept = max((nth for nth, value in enumerate(values) if value == old), default=None)
    if kept is not None and field is not None:
        nth, how = kept + 1, LEFT_OLD_VALUE
    else:
        nth = 1 + max((nth for nth, value in enumerate(values) if value != values[-1]), default=-1)
        how = GAVE_NEW_VALUE
    if nth >= len(events):
        return None
    return {"version": events[nth].version, "name": events[nth].name, "how": how}


def _values(model: ReadModel[Any], key: Key, field: str | None, events: Sequence[Recorded | Unreadable]) -> list[Any]:
    """What the new code holds after each event; of a row as a whole only that it is there. Ends where the case is parked."""
    rows: dict[Key, Any] = {}
    values: list[Any] = []
    for each in events:
        if isinstance(each, Unreadable):
            break
        if model.concerns(each):
            try:
                rows.update(model.fold(rows, each))
            except Exception:  # noqa: BLE001 - there the case is parked
                break
        row = rows.get(key, NOTHING)
        values.append(row if row is NOTHING else True if field is None else getattr(row, field, NOTHING))
    return values


def _made(model: ReadModel[Any], field: str, value: Any) -> Any:
    """As the fold has it; a code that the new code does not know stays as it is."""
    try:
        return model.made_value(field, value)
    except ValueError:
        return value
