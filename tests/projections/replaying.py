"""A replay done in this process, as the workers do it, and what it has made."""

from collections.abc import Sequence

from domain.envelopes import Recorded
from infra.postgres import Pool
from projections import plans, rebuild
from projections.catalogue import READ_MODELS
from projections.read_model import retell
from projections.tables import Models
from tests.readings import rows_in


def planned(url: str, models: Models = READ_MODELS, names: Sequence[str] = ()) -> int:
    with rebuild.connect(url) as connection:
        return plans.plan(connection, names or [model.name for model in models], "op-1", "a test", models)


def rebuilt(url: str, models: Models = READ_MODELS, names: Sequence[str] = ()) -> int:
    """The number of a plan whose versions are told, indexed and up with the log."""
    plan = planned(url, models, names)
    with rebuild.connect(url) as connection:
        for number in range(rebuild.begin(connection, plan, models)):
            rebuild.tell_range(connection, plan, number, "w", models)
        for model in models:
            rebuild.finish(connection, plan, model.name, models)
        rebuild.catch_up(connection, plan, models)
    return plan


def rows_of_plan(connections: Pool, plan: int, log: Sequence[Recorded], models: Models = READ_MODELS) -> None:
    """The rows that a plan has made equal the fold of the log."""
    with connections.connection() as connection:
        made = connection.execute("SELECT name, table_name FROM read_model WHERE plan = %s AND built", (plan,))
        tables = {row["name"]: row["table_name"] for row in made}
    assert tables
    for model in models:
        if model.name in tables:
            assert rows_in(connections, model, tables[model.name]) == retell(model, log), model.name
