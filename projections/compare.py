"""What a new version changes, before anybody sees it: rows and fields that differ from the live one at the same position, and the event that makes the difference.

Both are read in one snapshot. The new version is brought to where the live one stands in that very transaction; where it is ahead, cases that have gone on since are left out.
"""

import time
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.rows import DictRow
from pydantic_core import to_jsonable_python

from projections import follow
from projections.catalogue import READ_MODELS
from projections.difference import first_event
from projections.numbers import learn
from projections.read_model import ReadModel
from projections.tables import Models, Version, fed

SAMPLES = 5
TRIES = 20
LIVE = "SELECT version, table_name, position FROM read_model WHERE name = %s AND live"
COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
MOVED = """
    CREATE TEMP TABLE moved_on ON COMMIT DROP AS
    SELECT DISTINCT originator_id FROM stored_events WHERE notification_id > %s AND notification_id <= %s
"""
PARKED = "SELECT count(*) AS cases FROM parked WHERE name = %s AND version = %s"

Comparison = dict[str, Any]


class Unsettled(Exception):  # noqa: N818 - to be tried again
    """Somebody else has moved the new version meanwhile."""


def compare(
    connection: Connection[DictRow], plan: int, models: Models = READ_MODELS, samples: int = SAMPLES
) -> Comparison:
    """Plain JSON: per read model what is new, gone, changed, per field how many rows, and `samples` of each at most. See `_compared`."""
    begun = time.perf_counter()
    learn(connection)
    versions = fed(connection, models, plan)
    found = {version.model.name: _tried(connection, version, plan, models, samples) for version in versions}
    return {"models": found, "seconds": round(time.perf_counter() - begun, 2)}


def _tried(connection: Connection[DictRow], version: Version, plan: int, models: Models, samples: int) -> Comparison:
    model = version.model
    only = [each for each in models if each.name == model.name]
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        for _ in range(TRIES):
            try:
                with connection.transaction():
                    return _compared(connection, only, plan, samples)
            except (psycopg.errors.SerializationFailure, follow.PositionMovedError, Unsettled):
                continue
        raise Unsettled
    finally:
        connection.isolation_level = None


def _compared(connection: Connection[DictRow], only: Models, plan: int, samples: int) -> Comparison:
    """`rows`, `rows_before`; `new`, `gone`, `changed` rows; `cases` concerned; `fields` {name: rows}; `left_out` cases; `parked`, `parked_before`; `samples`."""
    model = only[0]
    old = connection.execute(LIVE, (model.name,)).fetchone()
    if old is not None:
        while follow.advance(connection, models=only, plan=plan, until=old["position"]):
            pass
    (new,) = fed(connection, only, plan)
    outcome: Comparison = {
        "version": new.version,
        "position": new.position,
        "rows": _count(connection, new.table),
        "parked": _parked(connection, model.name, new.version),
    }
    if old is None:
        return outcome | {"before": None}
    if new.position < old["position"]:
        raise Unsettled
    if not set(model.key) <= set(_columns(connection, old["table_name"])):
        return outcome | {
            "before": old["version"],
            "other_key": True,
            "new": outcome["rows"],
            "gone": _count(connection, old["table_name"]),
        }
    connection.execute("DROP TABLE IF EXISTS moved_on, differing")
    moved = connection.execute(MOVED.replace("%s", "{}").format(old["position"], new.position).encode()).rowcount
    _differing(connection, model, new.table, old["table_name"])
    return outcome | {
        "before": old["version"],
        "position": old["position"],
        "rows_before": _count(connection, old["table_name"]),
        "parked_before": _parked(connection, model.name, old["version"]),
        "left_out": max(moved, 0),
        **_counted(connection, model),
        "samples": _samples(connection, model, new.table, old, samples),
    }


def _count(connection: Connection[DictRow], table: str) -> int:
    return int(connection.execute(f"SELECT count(*) AS rows FROM {table}".encode()).fetchall()[0]["rows"])  # noqa: S608 - ours


def _parked(connection: Connection[DictRow], name: str, version: int) -> int:
    return int(connection.execute(PARKED, (name, version)).fetchall()[0]["cases"])


def _columns(connection: Connection[DictRow], table: str) -> dict[str, str]:
    return {row["attname"]: row["type"] for row in connection.execute(COLUMNS, (table,))}


def _differing(connection: Connection[DictRow], model: ReadModel[Any], new: str, old: str) -> None:
    """The keys of rows that are not the same, with the fields. A field that one side does not have is as empty there."""
    here, there = _columns(connection, new), _columns(connection, old)
    differs = []
    for name in dict.fromkeys([*here, *there]):
        if name in model.key:
            continue
        cast = "" if here.get(name, there.get(name)) == there.get(name, here.get(name)) else "::text"
        ours, theirs = (f"{side}.{name}{cast}" if name in has else "NULL" for side, has in (("n", here), ("o", there)))
        differs.append(f"CASE WHEN {ours} IS DISTINCT FROM {theirs} THEN '{name}' END")
    owner, keys = model.columns[0], ", ".join(model.key)
    connection.execute(
        f"CREATE TEMP TABLE differing ON COMMIT DROP AS SELECT * FROM ("  # noqa: S608 - names of our tables
        f" SELECT {keys}, n.{owner} IS NULL AS gone, o.{owner} IS NULL AS new,"
        f" array_remove(ARRAY[{', '.join(differs) or 'NULL'}]::text[], NULL) AS fields"
        f" FROM {new} AS n FULL JOIN {old} AS o USING ({keys})) AS compared"
        f" WHERE (gone OR new OR fields <> '{{}}') AND NOT EXISTS (SELECT FROM moved_on WHERE originator_id = {owner})".encode()
    )


def _counted(connection: Connection[DictRow], model: ReadModel[Any]) -> Comparison:
    rows = connection.execute(
        "SELECT count(*) FILTER (WHERE new) AS new, count(*) FILTER (WHERE gone) AS gone,"  # noqa: S608 - ours
        f" count(*) FILTER (WHERE NOT new AND NOT gone) AS changed, count(DISTINCT {model.columns[0]}) AS cases FROM differing".encode()
    ).fetchall()
    fields = connection.execute(
        "SELECT field, count(*) AS rows FROM differing, unnest(fields) AS field WHERE NOT new AND NOT gone GROUP BY field ORDER BY rows DESC, field"
    )
    return {**rows[0], "fields": {row["field"]: row["rows"] for row in fields}}


def _samples(
    connection: Connection[DictRow], model: ReadModel[Any], new: str, old: DictRow, samples: int
) -> list[Comparison]:
    found = []
    wanted: list[tuple[str | None, str]] = [(None, "new"), (None, "gone")]
    fields = connection.execute(
        "SELECT DISTINCT field FROM differing, unnest(fields) AS field WHERE NOT new AND NOT gone ORDER BY field"
    )
    wanted += [(row["field"], "changed") for row in fields]
    there = _columns(connection, old["table_name"])
    for field, how in wanted:
        where = (
            "new" if how == "new" else "gone" if how == "gone" else "NOT new AND NOT gone AND %(field)s = ANY(fields)"
        )
        ours = f"n.{field}" if field in model.columns else "NULL"
        theirs = f"o.{field}" if field in there else "NULL"
        said = "o.version" if how == "gone" and "version" in there and "version" not in model.key else "NULL"
        keys = ", ".join(model.key)
        rows = connection.execute(
            f"SELECT {keys}, {ours} AS now, {theirs} AS before, {said} AS told_with FROM"  # noqa: S608 - names of our tables
            f" (SELECT {keys} FROM differing WHERE {where} ORDER BY {keys} LIMIT %(samples)s) AS sampled"
            f" LEFT JOIN {new} AS n USING ({keys}) LEFT JOIN {old['table_name']} AS o USING ({keys}) ORDER BY {keys}".encode(),
            {"field": field, "samples": samples},
        ).fetchall()
        found += [_sample(connection, model, field, how, row, old["position"]) for row in rows]
    return found


def _sample(
    connection: Connection[DictRow], model: ReadModel[Any], field: str | None, how: str, row: DictRow, position: int
) -> Comparison:
    key = tuple(row[name] for name in model.key)
    sample: Comparison = {
        "how": how,
        "field": field,
        "case": row[model.columns[0]],
        "key": to_jsonable_python(dict(zip(model.key, key, strict=True))),
    }
    if how == "gone":
        said = row["version"] if "version" in model.key else row["told_with"]
        return sample | {"event": said and {"version": said, "name": None, "how": "old_row_says"}}
    sample["event"] = first_event(connection, model, key, field, row["before"], position)
    if how == "changed":
        sample |= {"before": to_jsonable_python(row["before"]), "now": to_jsonable_python(row["now"])}
    return sample
