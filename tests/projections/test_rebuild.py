"""A replay makes the rows that the plain fold makes, whatever order it is told in and whatever dies on the way."""

from infra.postgres import Pool
from projections import follow
from tests import examples
from tests.projections.lives import advance_all, append, life, log_of
from tests.projections.replaying import rebuilt, rows_of_plan


def test_the_new_version_equals_the_fold_of_the_log(connections: Pool, url: str) -> None:
    for n in range(5):
        for recorded in life(f"case-{n}", len(examples.SUPPORTED), list(examples.COMMANDS.values()), 100):
            append(connections, recorded)
    with follow.connect(url) as connection:
        advance_all(connection)

    plan = rebuilt(url)

    rows_of_plan(connections, plan, log_of(connections))
