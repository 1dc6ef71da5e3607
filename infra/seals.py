"""Seals: personal values under a key per person, each bound to its stream and field. Destroy the key and the person is gone.

A token reads `sealed:1:<person id>:<base64url of nonce, ciphertext, tag>` (AES-256-GCM, 96-bit random nonce). Keys lie in `person_key`, themselves
sealed with a key derived from the master key. No key is kept in memory: what was destroyed opens nowhere from then on.
"""

import base64
import binascii
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg.rows import DictRow

from domain.envelopes import Actor
from domain.personal import TOKEN_PREFIX, Personal, in_clear, is_sealed, map_personal
from domain.story import Command
from infra.event_format import canonical, framed
from infra.postgres import AsyncPool, Pool

CommandT = TypeVar("CommandT", bound=Command)

KEY_BYTES = 32
NONCE_BYTES = 12
FORM = f"{TOKEN_PREFIX}1:"

REASONS = {
    "token_malformed": "A sealed value is not in the form of a token. It was altered; compare the story with its chain of hashes.",
    "token_altered": "A sealed value was altered, or moved from another case, field or person. Compare the story with its chain of hashes.",
    "key_destroyed": "The key of a person is not there: it was destroyed, and what it sealed is gone for good.",
    "key_foreign": "The key of a person was sealed with another master key. Put the original LOTSE_MASTER_KEY back.",
    "token_given": "A personal field came sealed already. Give it in clear: only the door seals.",
}

CREATE = "INSERT INTO person_key (person_id, wrapped) VALUES (%s, %s) ON CONFLICT DO NOTHING"
DESTROY = "DELETE FROM person_key WHERE person_id = %s"
DISCARD = f"""
    {DESTROY} AND NOT EXISTS (
        SELECT FROM stored_events
        WHERE topic = 'PersonRegistered' AND envelope(state) #>> '{{body,person_id}}' = %s
    )
"""
FETCH = "SELECT person_id, wrapped FROM person_key WHERE person_id = ANY(%s)"


class SealBrokenError(ValueError):
    """A value can't be sealed or opened. `code` is stable; the message holds no part of the value."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code}: {REASONS[code]}")
        self.code = code


def seal(key: bytes, person_id: str, stream_id: str, label: str, text: str) -> str:
    """The token for a text. `key`: the person's 32 bytes."""
    return f"{FORM}{UUID(person_id)}:{_text(_encrypted(key, text.encode(), _bound_to(stream_id, label)))}"


def person_of_token(token: str) -> str:
    """The id of the person under whose key a token was sealed."""
    return _parts(token)[0]


def unseal(key: bytes, stream_id: str, label: str, token: str) -> str:
    """The text of a token that was sealed with this key for this stream and label; raises SealBrokenError otherwise."""
    try:
        return _decrypted(key, _parts(token)[1], _bound_to(stream_id, label)).decode()
    except InvalidTag:
        raise SealBrokenError("token_altered") from None


def fingerprint(master_key: bytes, *parts: bytes) -> str:
    """A keyed hash (HMAC-SHA256, hex): equal for equal parts, and without the master key nobody can try out which parts they were."""
    mac = hmac.HMAC(_derived(master_key, b"lotse fingerprint 1"), hashes.SHA256())
    mac.update(framed(*parts))
    return mac.finalize().hex()


def fingerprint_of(master_key: bytes, command: Command, actor: Actor, stream_id: str) -> str:
    """What was asked, by whom, of which case. Take it of the command as it came: in clear, before the door draws a person id.

    A command that opens a case is the same whatever case id the door has drawn for it.
    """
    asked = canonical(command.model_dump(mode="json", exclude_none=True))
    return fingerprint(
        master_key, asked, actor.id.encode(), actor.provider.encode(), b"" if command.opens else stream_id.encode()
    )


class Keyring:
    """The keys of persons, for threads. One query per key that is asked for."""

    def __init__(self, connections: Pool, master_key: bytes) -> None:
        self._connections = connections
        self._wrapping = _derived(master_key, b"lotse person keys 1")

    def opener(self, stream_id: str) -> Callable[[str, str], str]:
        """`(token, label) -> clear text` for values sealed in this stream; raises SealBrokenError."""

        def opened(token: str, label: str) -> str:
            return unseal(self.key(person_of_token(token)), stream_id, label, token)

        return opened

    def create(self, person_id: str) -> None:
        """Draws the person's key; one that is there stays."""
        with self._connections.connection() as connection:
            connection.execute(CREATE, (person_id, _wrapped(self._wrapping, person_id)))

    def key(self, person_id: str) -> bytes:
        """The person's key; raises SealBrokenError when there is none."""
        with self._connections.connection() as connection:
            rows = connection.execute(FETCH, ([person_id],)).fetchall()
        return _only(_unwrapped(self._wrapping, rows), person_id)

    def destroy(self, person_id: str) -> None:
        """From now on nothing opens that was sealed for this person, in no copy. There is no way back."""
        with self._connections.connection() as connection:
            connection.execute(DESTROY, (person_id,))


class AsyncKeyring:
    """The keys of persons, for the doors."""

    def __init__(self, connections: AsyncPool, master_key: bytes) -> None:
        self._connections = connections
        self._wrapping = _derived(master_key, b"lotse person keys 1")

    async def create(self, person_id: str) -> None:
        """Draws the person's key; one that is there stays."""
        async with self._connections.connection() as connection:
            await connection.execute(CREATE, (person_id, _wrapped(self._wrapping, person_id)))

    async def discard(self, person_id: str) -> None:
        """Drops the key that was drawn for an opening which then was refused. It stays when any event names the person."""
        async with self._connections.connection() as connection:
            await connection.execute(DISCARD, (person_id, person_id))

    async def key(self, person_id: str) -> bytes:
        """The person's key; raises SealBrokenError when there is none."""
        return _only(await self._keys([person_id]), person_id)

    async def seal_command(self, command: CommandT, stream_id: str, person_id: str) -> CommandT:
        """The command with its personal values sealed. A value that looks like a token already is refused, code `token_given`."""
        map_personal(command, _given_in_clear)
        if not in_clear(command):
            return command
        key = await self.key(person_id)
        return map_personal(command, lambda mark, value: seal(key, person_id, stream_id, mark.label, value))

    async def open_many(self, sealed: Sequence[tuple[str, str, str]]) -> list[str | None]:
        """Clear texts for `(stream id, label, token)`, in order, with one query for all persons. None where the key was destroyed."""
        persons = [person_of_token(token) for _, _, token in sealed]
        keys = await self._keys(sorted(set(persons))) if persons else {}
        return [
            unseal(keys[person], stream_id, label, token) if person in keys else None
            for person, (stream_id, label, token) in zip(persons, sealed, strict=True)
        ]

    async def _keys(self, person_ids: list[str]) -> dict[str, bytes]:
        async with self._connections.connection() as connection:
            rows = await (await connection.execute(FETCH, (person_ids,))).fetchall()
        return _unwrapped(self._wrapping, rows)


def _given_in_clear(_mark: Personal, value: str) -> str:
    if is_sealed(value):
        raise SealBrokenError("token_given")
    return value


def _only(keys: Mapping[str, bytes], person_id: str) -> bytes:
    if person_id not in keys:
        raise SealBrokenError("key_destroyed")
    return keys[person_id]


def _derived(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose).derive(master_key)


def _wrapped(wrapping: bytes, person_id: str) -> bytes:
    return _encrypted(wrapping, os.urandom(KEY_BYTES), UUID(person_id).bytes)


def _unwrapped(wrapping: bytes, rows: Iterable[DictRow]) -> dict[str, bytes]:
    """Person id -> key, of rows with `person_id` (UUID) and `wrapped`."""
    try:
        return {str(row["person_id"]): _decrypted(wrapping, row["wrapped"], row["person_id"].bytes) for row in rows}
    except InvalidTag:
        raise SealBrokenError("key_foreign") from None


def _bound_to(stream_id: str, label: str) -> bytes:
    return framed(stream_id.encode(), label.encode())


def _encrypted(key: bytes, clear: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, bound_to)


def _decrypted(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _parts(token: str) -> tuple[str, bytes]:
    """Person id and sealed bytes. Only the one spelling that `seal` gives is accepted."""
    try:
        if not token.startswith(FORM):
            raise ValueError
        person_id, _, text = token.removeprefix(FORM).partition(":")
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if str(UUID(person_id)) != person_id or _text(content) != text or len(content) < NONCE_BYTES:
            raise ValueError
    except (ValueError, binascii.Error):
        raise SealBrokenError("token_malformed") from None
    return person_id, content
