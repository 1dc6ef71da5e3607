"""After which event the rows of two codes differ, as far as it can be known: the old code is not there any more.

The new code is asked after every event of the case. It left the value that the old row holds with some event, for the last time: up to there both agree, and the
old code has not followed that event in the same way. Where the new code never had that value, the event is named that gives the value of now.

Where the old build is still there, it is asked itself, and the answer is exact: `where_they_part`.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from domain.envelopes import Recorded
from projections.park import Unreadable, read
from projections.read_model import Key, ReadModel
from projections.retold import Rows, after_each, key_text, line_of

LEFT_OLD_VALUE, GAVE_NEW_VALUE, CODES_PART = "left_old_value", "gave_new_value", "codes_part"
ANSWERED_WITHIN_S = 60
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


class OldBuildError(Exception):
    """The old build does not answer; the text says what it said last."""


def where_they_part(
    connection: Connection[DictRow], model: ReadModel[Any], key: Key, field: str | None, position: int, old_build: Path
) -> dict[str, Any] | None:
    """The first event after which old and new code have another value, or only one of them the row: {version, name, how}. Raises OldBuildError."""
    found = connection.execute(STORY, (key[0], position), binary=True).fetchall()
    ours = list(after_each(model, map(read, found)))
    theirs = _asked(model.name, found, old_build)
    name = key_text(key)
    for row, here, there in zip_longest(found, ours, theirs):
        new, old = (None if rows is None else rows.get(name) for rows in (here, there))
        if (new is None) != (old is None) or (new and old and field and new.get(field) != old.get(field)):
            return {"version": row["originator_version"], "name": row["topic"], "how": CODES_PART}
    return None


def _asked(name: str, story: Sequence[DictRow], old_build: Path) -> list[Rows]:
    if not (old_build / "projections" / "retold.py").exists():  # else an installed build would answer in its place
        raise OldBuildError("no build stands there that can be asked")
    own = old_build / ".venv" / "bin" / "python"
    done = subprocess.run(  # noqa: S603 - what the operator has named
        [str(own if own.exists() else sys.executable), "-m", "projections.retold", name],
        cwd=old_build,
        input="".join(f"{line_of(row)}\n" for row in story),
        capture_output=True,
        text=True,
        timeout=ANSWERED_WITHIN_S,
        check=False,
    )
    if done.returncode:
        raise OldBuildError(done.stderr.strip().rpartition("\n")[2])
    return [json.loads(line) for line in done.stdout.splitlines()]
