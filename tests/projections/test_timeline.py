"""The timeline: every event of a case in order, with its envelope, sealed as it was recorded."""

from dataclasses import replace

import psycopg
from psycopg.rows import dict_row

from domain.personal import is_sealed
from infra.postgres import Pool
from projections import follow
from projections.read_model import retell
from projections.timeline import TIMELINE, Marks, marks, of_case
from tests.examples import COMMANDS, MANAGER, SUPPORTED
from tests.examples_corrections import CORRECT, DISPUTE, RESOLVE, RETRACT, TOLD_AT, TOLD_WRONG
from tests.projections.lives import advance_all, append, life, log_of
from tests.scenario import Story


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


async def test_edge_case_23_what_became_of_an_entry_is_found(connections: Pool, url: str) -> None:
    story = Story().given(*SUPPORTED, TOLD_WRONG, DISPUTE, RESOLVE)
    story = story.given(COMMANDS["RecordHousing"], DISPUTE.model_copy(update={"disputes": TOLD_AT + 3}), CORRECT)
    story = story.given(RETRACT.model_copy(update={"corrects": TOLD_AT + 5}))
    for recorded in story.recorded:
        append(connections, replace(recorded, stream_id="case-1", command_id=f"case-1/{recorded.version}"))
    with follow.connect(url) as connection:
        advance_all(connection)
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as reader:
        found = await marks(reader, "case-1")
    assert found == Marks({TOLD_AT: TOLD_AT + 5, TOLD_AT + 5: TOLD_AT + 6}, frozenset({TOLD_AT + 3}))
