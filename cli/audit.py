"""`lotse audit`: whether the stories stand as they were written, and one story as a file that anyone can check."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import psycopg
import typer
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from pydantic import ValidationError

from infra import audit, audit_file, checkpoints
from infra.audit import Break, Fault, Report
from infra.settings import Settings, SettingsError, database_url, load_settings, signing_key

app = typer.Typer(help="Tamper evidence: chains, command log and signed checkpoints.", no_args_is_help=True)

MEANS = {
    Fault.CHAIN_BROKEN: "this event does not follow from what stands before it: it, or the one before, was altered, taken out or moved",
    Fault.ALTERED: "this event is not what was recorded",
    Fault.CUT_OFF: "from this event on, what was recorded is not there any more",
    Fault.NOT_LOGGED: "no command is known that recorded this event",
    Fault.CHECKPOINT_FORGED: "this checkpoint is not signed with the key, was altered, or does not follow from the one before",
    Fault.UNDER_CHECKPOINT: "what stands here is not what this checkpoint covers: a story was taken away, put in, or written anew",
}
DO = "Nothing was changed by this look. Keep the database as it is, and go on as the runbook says under “Tampering found”."

Case = Annotated[str | None, typer.Option("--case", help="Only this story, e.g. case-… or unit-….")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
KeyFile = Annotated[
    Path | None, typer.Option("--public-key", help="A public key as PEM; without it, that of this installation.")
]


@app.command("verify")
def verify(
    *,
    case: Case = None,
    everything: Annotated[bool, typer.Option("--all", help="Every story.")] = False,
    file: Annotated[Path | None, typer.Option(help="An exported story; needs no database.")] = None,
    public_key: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Check chains and checkpoints; name the first event that is altered, missing, moved or put in. Exit 1 when anything is wrong."""
    if [case is not None, everything, file is not None].count(True) != 1:
        raise typer.BadParameter("say one of --case, --all, --file")
    if file is not None:
        report = _of_file(file, public_key)
    else:
        with _database() as (settings, connection):
            report = audit.verify(connection, _public(settings, public_key), case)
        if case is not None and report.streams == 0:
            _stop(f"There is no story {case}.")
    _tell(report, as_json=as_json)
    if not report.whole:
        raise typer.Exit(1)


@app.command("checkpoint")
def checkpoint(as_json: AsJson = False) -> None:
    """Sign how every story stands now. A schedule does this each night; it is refused where anything is wrong."""
    with _database() as (settings, connection):
        key = checkpoints.signing_key_from(signing_key(settings))
        report = audit.verify(connection, key.public_key())
        if not report.whole:
            _tell(report, as_json=as_json)
            raise typer.Exit(1)
        made = checkpoints.make(connection, key, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(asdict(made)))
    else:
        typer.echo(
            f"Checkpoint {made.number}: {made.streams} stories up to position {made.position}, root {made.root}."
        )


@app.command("export")
def export(
    case: Annotated[str, typer.Option("--case", help="Which story, e.g. case-….")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the file.")],
) -> None:
    """Write one story, its proof and the public key into a file that is checked offline. Personal values stay sealed in it."""
    with _database() as (settings, connection):
        content = audit_file.exported(connection, case, _public(settings, None))
    if content is None:
        _stop(f"There is no story {case}.")
    output.write_text(content.model_dump_json(indent=1) + "\n", encoding="utf-8")
    covered = (
        f"{content.proof.version} of them under checkpoint {(content.checkpoint or {})['number']}"
        if content.proof
        else "none of them under a checkpoint yet"
    )
    typer.echo(
        f"{output}: {len(content.events)} events, {covered}. Check it with `lotse audit verify --file {output} --public-key …`."
    )


@app.command("public-key")
def public_key() -> None:
    """Print the public key (PEM) with which others check our checkpoints. Give it to them by another way than the files."""
    try:
        public = _public(load_settings(), None)
    except SettingsError as error:
        _stop(error.message)
    typer.echo(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(), nl=False)


@contextmanager
def _database() -> Iterator[tuple[Settings, Connection[DictRow]]]:
    try:
        settings = load_settings()
        with psycopg.connect(
            database_url(settings), autocommit=True, row_factory=dict_row, connect_timeout=10
        ) as connection:
            yield settings, connection
    except SettingsError as error:
        _stop(error.message)
    except psycopg.OperationalError as error:
        _stop(
            f"The database does not answer ({type(error).__name__}). Check that PostgreSQL runs, and LOTSE_DATABASE_URL."
        )


def _public(settings: Settings, path: Path | None) -> Ed25519PublicKey:
    if path is None:
        return checkpoints.signing_key_from(signing_key(settings)).public_key()
    try:
        loaded = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        loaded = None
    if not isinstance(loaded, Ed25519PublicKey):
        _stop(f"{path} is no public key (Ed25519, PEM). `lotse audit public-key` prints one.")
    return loaded


def _of_file(path: Path, key: Path | None) -> Report:
    """With the given public key; only without one, and only in its own installation, with our own."""
    try:
        content = audit_file.AuditFile.model_validate_json(path.read_bytes())
        return audit_file.verify_file(content, _public(load_settings(), key))
    except OSError:
        _stop(f"{path} can't be read.")
    except (ValidationError, ValueError):
        _stop(f"{path} is no exported story, or one of another version of Lotse.")
    except SettingsError as error:
        _stop(error.message)


def _tell(report: Report, *, as_json: bool) -> None:
    made = report.checkpoint
    if as_json:
        breaks = [asdict(each) | {"means": MEANS[each.fault]} for each in report.breaks]
        typer.echo(
            json.dumps(
                {
                    "whole": report.whole,
                    "streams": report.streams,
                    "events": report.events,
                    "checkpoint": made and made.number,
                    "breaks": breaks,
                }
            )
        )
        return
    under = f"newest checkpoint {made.number} of {made.made_at}" if made else "no checkpoint covers it yet"
    typer.echo(f"{report.streams} stories, {report.events} events; {under}.")
    for each in report.breaks:
        typer.echo(f"✗ {_place(each)}: {MEANS[each.fault]} ({each.fault})")
    typer.echo(DO if report.breaks else "✓ Nothing was altered.")


def _place(found: Break) -> str:
    return f"{found.stream_id}, event {found.version}" if found.stream_id else f"checkpoint {found.version}"


def _stop(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
