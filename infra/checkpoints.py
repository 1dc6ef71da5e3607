"""Checkpoints: a signed Merkle root over the last event of every stream. What stood under one can't be altered unseen, nor a whole stream be taken away.

The signature is Ed25519 over the checkpoint's canonical JSON. Each checkpoint names the hash of the one before, so none can be taken out.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from psycopg import Connection
from psycopg.rows import DictRow

from infra import merkle
from infra.event_format import GENESIS, canonical, framed, hash_of_row

FIRST = 1
NEWEST = "SELECT * FROM checkpoint ORDER BY number DESC LIMIT 1"
ALL = "SELECT * FROM checkpoint ORDER BY number"
HEADS = """
    SELECT DISTINCT ON (originator_id COLLATE "C") originator_id, originator_version, topic, state
    FROM stored_events WHERE notification_id <= %s ORDER BY originator_id COLLATE "C", originator_version DESC
"""
KEEP = """
    INSERT INTO checkpoint (number, position, streams, root, previous, made_at, key_id, signature)
    VALUES (%(number)s, %(position)s, %(streams)s, %(root)s, %(previous)s, %(made_at)s, %(key_id)s, %(signature)s)
"""
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('lotse checkpoint'))"
FETCHED = 2000


@dataclass(frozen=True)
class Checkpoint:
    """`number` counts from 1 without gaps; `position`: the last event that it covers; `root`, `previous`, `signature` in hex; `made_at` in ISO form, UTC.

    `key_id`: the first 16 hex digits of the hash of the public key with which the signature is checked.
    """

    number: int
    position: int
    streams: int
    root: str
    previous: str
    made_at: str
    key_id: str
    signature: str = ""

    def signed_bytes(self) -> bytes:
        return canonical({name: value for name, value in asdict(self).items() if name != "signature"})

    def hash(self) -> str:
        return sha256(framed(self.signed_bytes(), bytes.fromhex(self.signature))).hexdigest()


@dataclass(frozen=True)
class Head:
    """The last event of a stream as of a checkpoint; `hash` in hex."""

    stream_id: str
    version: int
    hash: str

    def leaf(self) -> bytes:
        return merkle.leaf(framed(self.stream_id.encode(), str(self.version).encode(), bytes.fromhex(self.hash)))


def signing_key_from(seed: bytes) -> Ed25519PrivateKey:
    """The private key of 32 random bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def key_id(public: Ed25519PublicKey) -> str:
    return sha256(public.public_bytes_raw()).hexdigest()[:16]


def make(connection: Connection[DictRow], key: Ed25519PrivateKey, now: datetime) -> Checkpoint:
    """Signs how every stream stands now, and keeps the checkpoint. One at a time. Where nothing was recorded since the newest one, that is returned."""
    with connection.transaction():
        connection.execute(ONE_AT_A_TIME)
        newest = latest(connection)
        position = _last_position(connection)
        if newest is not None and newest.position == position:
            return newest
        leaves = [head.leaf() for head in heads(connection, position)]
        unsigned = Checkpoint(
            number=newest.number + 1 if newest else FIRST,
            position=position,
            streams=len(leaves),
            root=merkle.root(leaves).hex(),
            previous=newest.hash() if newest else GENESIS,
            made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
            key_id=key_id(key.public_key()),
        )
        signed = Checkpoint(**{**asdict(unsigned), "signature": key.sign(unsigned.signed_bytes()).hex()})
        connection.execute(KEEP, asdict(signed))
        return signed


def heads(connection: Connection[DictRow], position: int) -> Iterator[Head]:
    """How each stream stood at a position, in the order of their ids; a few at a time."""
    with connection.cursor(name="heads") as cursor:
        cursor.itersize = FETCHED
        for row in cursor.execute(HEADS, (position,)):
            yield Head(row["originator_id"], row["originator_version"], hash_of_row(row))


def latest(connection: Connection[DictRow]) -> Checkpoint | None:
    row = connection.execute(NEWEST).fetchone()
    return _made(row) if row else None


def every(connection: Connection[DictRow]) -> list[Checkpoint]:
    return [_made(row) for row in connection.execute(ALL)]


def is_signed(checkpoint: Checkpoint, public: Ed25519PublicKey) -> bool:
    """Whether a checkpoint was signed with the key to which this public key belongs, and not altered since."""
    try:
        public.verify(bytes.fromhex(checkpoint.signature), checkpoint.signed_bytes())
    except (InvalidSignature, ValueError):
        return False
    return checkpoint.key_id == key_id(public)


def _made(row: DictRow) -> Checkpoint:
    made_at: Any = row["made_at"]
    return Checkpoint(**{**row, "made_at": made_at.astimezone(UTC).isoformat(timespec="seconds")})


def _last_position(connection: Connection[DictRow]) -> int:
    row = connection.execute("SELECT coalesce(max(notification_id), 0) AS position FROM stored_events").fetchone()
    return int(row["position"]) if row else 0
