"""How far the read models are, told to whoever waits and to whoever watches."""

import asyncio

import psycopg
from psycopg.rows import dict_row

from infra.event_store import EventStore
from infra.postgres import Pool, async_pool
from projections import follow
from projections.following import Positions, lag
from tests.projections.lives import advance_all, append, following, life


def catch_up(url: str) -> None:
    with follow.connect(url) as connection:
        advance_all(connection)


async def test_whoever_waits_for_a_position_is_told_when_every_read_model_has_it(connections: Pool, url: str) -> None:
    recorded = life("case-1", 1, [], 0)[0]
    async with async_pool(url, 2) as readers, Positions(readers) as waiting:
        with following(url):
            append(connections, recorded)
            position = EventStore(connections).last_position()

            assert await waiting.reached(position, 10)
        assert not await waiting.reached(position + 1, 0.1)


async def test_who_waits_before_there_are_any_read_models_is_answered_as_well(connections: Pool, url: str) -> None:
    append(connections, life("case-1", 1, [], 0)[0])
    async with async_pool(url, 2) as readers, Positions(readers) as waiting:
        assert not await waiting.reached(1, 0.1)
        catch_up(url)
        assert await waiting.reached(1, 10)


async def test_many_who_wait_look_at_the_database_together(connections: Pool, url: str) -> None:
    story = life("case-1", 9, [], 0)
    async with async_pool(url, 1) as readers, Positions(readers) as waiting:
        with following(url):
            waits = [asyncio.create_task(waiting.reached(position, 10)) for position in range(1, 10) for _ in range(50)]
            for recorded in story:
                append(connections, recorded)

            assert all(await asyncio.gather(*waits))


async def test_a_dead_follower_never_looks_like_no_lag(connections: Pool, url: str) -> None:
    append(connections, life("case-1", 1, [], 0)[0])
    catch_up(url)
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as connection:
        alive = await lag(connection)
        await connection.execute("UPDATE read_model SET seen_at = now() - interval '1 minute'")
        dead = await lag(connection)

    assert (alive.events, alive.alive) == (0, True)
    assert (dead.events, dead.alive) == (0, False)


async def test_lag_counts_events_and_the_age_of_the_oldest(connections: Pool, url: str) -> None:
    catch_up(url)
    story = life("case-1", 3, [], 0)
    for recorded in story:
        append(connections, recorded)

    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as connection:
        behind = await lag(connection)

    assert behind.events == len(story)
    assert behind.seconds > 0
