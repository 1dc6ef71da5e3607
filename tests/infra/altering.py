"""Single alterations of what is stored, as somebody with the database's password could make them."""

from collections.abc import Callable
from random import Random

from psycopg import Connection
from psycopg.rows import DictRow

STREAMS = [f"case-{n}" for n in range(1, 8)]
Alter = Callable[[Connection[DictRow], Random], None]


def any_event(connection: Connection[DictRow], chance: Random) -> DictRow:
    rows = connection.execute("SELECT * FROM stored_events ORDER BY notification_id").fetchall()
    return chance.choice(rows)


AT = "WHERE originator_id = %(originator_id)s AND originator_version = %(originator_version)s"


def change_a_byte(connection: Connection[DictRow], chance: Random) -> None:
    event = any_event(connection, chance)
    place = chance.randrange(len(event["state"]))
    state = bytearray(event["state"])
    state[place] ^= 1 << chance.randrange(7)
    connection.execute(f"UPDATE stored_events SET state = %(new)s {AT}", {**event, "new": bytes(state)})


def change_the_name(connection: Connection[DictRow], chance: Random) -> None:
    connection.execute(f"UPDATE stored_events SET topic = 'CaseClosed' {AT}", any_event(connection, chance))


def delete_an_event(connection: Connection[DictRow], chance: Random) -> None:
    connection.execute(f"DELETE FROM stored_events {AT}", any_event(connection, chance))


def cut_a_story_off(connection: Connection[DictRow], chance: Random) -> None:
    after = AT.replace("originator_version =", "originator_version >=")
    connection.execute(f"DELETE FROM stored_events {after}", any_event(connection, chance))


def take_a_story_away(connection: Connection[DictRow], chance: Random) -> None:
    stream = any_event(connection, chance)
    connection.execute("DELETE FROM stored_events WHERE originator_id = %(originator_id)s", stream)


def move_up_within_a_story(connection: Connection[DictRow], chance: Random) -> None:
    """Two neighbours change places, versions and positions staying where they were."""
    stream_id = chance.choice(STREAMS)
    rows = connection.execute(
        "SELECT * FROM stored_events WHERE originator_id = %s ORDER BY originator_version", (stream_id,)
    ).fetchall()
    n = chance.randrange(len(rows) - 1)
    swap_contents(connection, rows[n], rows[n + 1])


def swap_between_stories(connection: Connection[DictRow], chance: Random) -> None:
    first = any_event(connection, chance)
    others = connection.execute(
        "SELECT * FROM stored_events WHERE originator_id <> %s ORDER BY notification_id", (first["originator_id"],)
    ).fetchall()
    swap_contents(connection, first, chance.choice(others))


def swap_contents(connection: Connection[DictRow], one: DictRow, other: DictRow) -> None:
    for here, there in ((one, other), (other, one)):
        put = {**here, "new_topic": there["topic"], "new_state": there["state"]}
        connection.execute(f"UPDATE stored_events SET topic = %(new_topic)s, state = %(new_state)s {AT}", put)


def put_one_in_at_the_end(connection: Connection[DictRow], chance: Random) -> None:
    """A well-chained event that no command has asked for."""
    stream_id = chance.choice(STREAMS)
    connection.execute(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
        " SELECT originator_id, originator_version + 1, topic, state FROM stored_events"
        " WHERE originator_id = %s ORDER BY originator_version DESC LIMIT 1",
        (stream_id,),
    )


def put_a_story_in(connection: Connection[DictRow], chance: Random) -> None:
    connection.execute(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
        " SELECT 'case-9', 1, topic, state FROM stored_events WHERE originator_version = 1 LIMIT 1"
    )


def rewrite_the_log(connection: Connection[DictRow], chance: Random) -> None:
    lines = connection.execute("SELECT command_id FROM command_log ORDER BY command_id").fetchall()
    at = chance.choice(lines)
    alterations = (
        "DELETE FROM command_log WHERE command_id = %(command_id)s",
        "UPDATE command_log SET last_hash = repeat('0', 64) WHERE command_id = %(command_id)s",
        "UPDATE command_log SET command_id = command_id || 'x' WHERE command_id = %(command_id)s",
        "UPDATE command_log SET last_version = last_version + 1 WHERE command_id = %(command_id)s",
    )
    connection.execute(chance.choice(alterations).encode(), at)


def take_a_story_away_with_its_log(connection: Connection[DictRow], chance: Random) -> None:
    """Of those under a checkpoint: of what was not yet, nothing else would tell."""
    stream_id = chance.choice(STREAMS[:-1])
    connection.execute("DELETE FROM stored_events WHERE originator_id = %s", (stream_id,))
    connection.execute("DELETE FROM command_log WHERE stream_id = %s", (stream_id,))


def forge_the_checkpoint(connection: Connection[DictRow], chance: Random) -> None:
    alterations = (
        "UPDATE checkpoint SET root = repeat('0', 64)",
        "UPDATE checkpoint SET position = position - 1",
        "UPDATE checkpoint SET made_at = made_at + interval '1 day'",
        "UPDATE checkpoint SET signature = repeat('0', 128)",
        "UPDATE checkpoint SET number = 2",
        "UPDATE checkpoint SET streams = streams + 1",
    )
    connection.execute(chance.choice(alterations).encode())


ALTERATIONS: tuple[Alter, ...] = (
    change_a_byte,
    change_the_name,
    delete_an_event,
    cut_a_story_off,
    take_a_story_away,
    move_up_within_a_story,
    swap_between_stories,
    put_one_in_at_the_end,
    put_a_story_in,
    rewrite_the_log,
    take_a_story_away_with_its_log,
    forge_the_checkpoint,
)
