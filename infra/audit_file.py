"""One story as a file of its own, which anyone can check offline: its events as they are stored, the newest checkpoint, and the way from the one to the other.

Personal values stay sealed in it.
"""

import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from eventsourcing.persistence import StoredEvent
from psycopg import Connection
from psycopg.rows import DictRow
from pydantic import BaseModel, ConfigDict

from infra import merkle
from infra.audit import Break, Fault, Report
from infra.checkpoints import Checkpoint, Head, heads, is_signed, latest
from infra.event_format import first_break, hash_of

FORMAT = "lotse-story/1"
STORY = """
    SELECT originator_version AS version, topic AS name, notification_id AS position, state FROM stored_events
    WHERE originator_id = %s ORDER BY originator_version
"""


class Line(BaseModel):
    """One event. `state`: its stored bytes, which are UTF-8 text."""

    model_config = ConfigDict(extra="forbid")

    version: int
    name: str
    position: int
    state: str


class Proof(BaseModel):
    """That the event `version` was this stream's last under the checkpoint: the way from its leaf to the checkpoint's root."""

    model_config = ConfigDict(extra="forbid")

    version: int
    path: list[tuple[str, str]]


class AuditFile(BaseModel):
    """`checkpoint`, `proof` are null where the story began after the newest checkpoint. `public_key`: base64 of its 32 bytes."""

    model_config = ConfigDict(extra="forbid")

    format: str = FORMAT
    stream_id: str
    events: list[Line]
    checkpoint: dict[str, Any] | None = None
    proof: Proof | None = None
    public_key: str


def exported(connection: Connection[DictRow], stream_id: str, public: Ed25519PublicKey) -> AuditFile | None:
    """The story as a file, over a connection in autocommit; None where there is no such story."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        rows = connection.execute(STORY, (stream_id,)).fetchall()
        checkpoint = latest(connection)
        covered = [row["version"] for row in rows if checkpoint and row["position"] <= checkpoint.position]
        proof = None
        if checkpoint and covered:
            standing = list(heads(connection, checkpoint.position))
            index = [head.stream_id for head in standing].index(stream_id)
            proof = Proof(version=covered[-1], path=merkle.path([head.leaf() for head in standing], index))
    if not rows:
        return None
    return AuditFile(
        stream_id=stream_id,
        events=[Line(**{**row, "state": row["state"].decode()}) for row in rows],
        checkpoint=asdict(checkpoint) if checkpoint and proof else None,
        proof=proof,
        public_key=base64.b64encode(public.public_bytes_raw()).decode(),
    )


def verify_file(content: AuditFile, public: Ed25519PublicKey) -> Report:
    """Checks the chain, the signature, and that the one stands under the other. Raises ValueError where the file is of another format."""
    if content.format != FORMAT:
        raise ValueError(f"a file of another format than {FORMAT}")
    stored = [StoredEvent(content.stream_id, each.version, each.name, each.state.encode()) for each in content.events]
    report = Report(streams=1, events=len(stored))
    if (version := first_break(stored)) is not None:
        report.breaks.append(Break(Fault.CHAIN_BROKEN, content.stream_id, version))
    if content.checkpoint is not None and content.proof is not None:
        report.checkpoint = _checkpoint(content.checkpoint)
        report.breaks += _under(content.stream_id, stored, report.checkpoint, content.proof, public)
    return report


def _checkpoint(said: Mapping[str, Any]) -> Checkpoint:
    try:
        return Checkpoint(**said)
    except TypeError as error:
        raise ValueError("the checkpoint lacks something, or says something of another format") from error


def _under(
    stream_id: str, stored: list[StoredEvent], checkpoint: Checkpoint, proof: Proof, public: Ed25519PublicKey
) -> list[Break]:
    if not is_signed(checkpoint, public):
        return [Break(Fault.CHECKPOINT_FORGED, "", checkpoint.number)]
    if not 1 <= proof.version <= len(stored):
        return [Break(Fault.CUT_OFF, stream_id, len(stored) + 1)]
    head = Head(stream_id, proof.version, hash_of(stored[proof.version - 1]))
    if merkle.root_from(head.leaf(), proof.path).hex() != checkpoint.root:
        return [Break(Fault.UNDER_CHECKPOINT, stream_id, proof.version)]
    return []
