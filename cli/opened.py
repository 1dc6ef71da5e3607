"""The database for the operators' commands: opened with what it needs, and every fault said in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import typer
from psycopg import Connection
from psycopg.rows import DictRow

from infra.settings import Settings, SettingsError, database_url, load_settings
from infra.temporal import TemporalUnreachableError
from projections import rebuild
from projections.plans import PlanRefusedError
from projections.tables import prepare

REFUSED = 1
"""Exit code: it cannot be done now."""


@contextmanager
def opened() -> Iterator[tuple[Connection[DictRow], Settings]]:
    """The database, with the tables of the engine; says what is wrong, and ends."""
    try:
        settings = load_settings()
        with rebuild.connect(database_url(settings)) as connection:
            prepare(connection)
            yield connection, settings
    except (SettingsError, PlanRefusedError) as refused:
        raise _ended(refused.code, str(refused)) from None
    except TemporalUnreachableError as unreachable:
        raise _ended(unreachable.code, str(unreachable)) from None
    except psycopg.OperationalError as fault:
        raise _ended(
            "database_unreachable", f"The database does not answer ({type(fault).__name__}). Check LOTSE_DATABASE_URL."
        ) from None


def _ended(code: str, message: str) -> typer.Exit:
    typer.echo(f"{code}: {message}", err=True)
    return typer.Exit(REFUSED)
