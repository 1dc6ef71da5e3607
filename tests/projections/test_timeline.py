"""The timeline: every event of a case in order, with its envelope, sealed as it was recorded."""

import psycopg
from psycopg.rows import dict_row

from domain.personal import is_sealed
from infra.postgres import Pool
from projections import follow
from projections.read_model import retell
from projections.timeline import TIMELINE, of_case
from tests.examples import MANAGER, SUPPORTED
from tests.projections.lives import advance_all, append, life, log_of


async def test_events_are_read_in_order_and_in_parts(connections: Pool, url: str) -> None:
    for stream_id in ("case-1", "case-2"):
        for recorded in life(stream_id, len(SUPPORTED), [], 0):
            append(connections, recorded)
    with follow.connect(url) as connection:
        advance_all(connection)
    told = retell(TIMELINE, log_of(connections))
    expected = [row for (case_id, _), row in sorted(told.items()) if case_id == "case-2"]

    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as reader:
        assert await of_case(reader, "case-2") == expected
        assert await of_case(reader, "case-2", after_version=3, limit=2) == expected[3:5]
        assert await of_case(reader, "case-nobody") == []


def test_a_row_tells_who_did_what_and_keeps_what_is_personal_sealed() -> None:
    registered = retell(TIMELINE, life("case-1", 1, [], 0))[("case-1", 1)]
    assert (registered.name, registered.actor_id, registered.actor_role) == ("PersonRegistered", MANAGER.id, "manager")
    assert is_sealed(registered.body["name"])
    assert registered.body["sex"] == "FEMALE"
    assert None not in registered.body.values()
