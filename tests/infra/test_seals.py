"""Seals: a token opens in its own stream and field, with its person's key, untouched - and nowhere else."""

import os
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.envelopes import Actor
from domain.facts import RecordQualification
from domain.intake import PersonRegistered, RegisterPerson
from domain.personal import in_clear
from domain.vocabulary import QualificationKind, Role, Sex
from infra.event_store import EventStore
from infra.postgres import async_pool, migrate, pool
from infra.seals import (
    AsyncKeyring,
    Keyring,
    SealBrokenError,
    fingerprint,
    fingerprint_of,
    person_of_token,
    seal,
    unseal,
)
from tests.infra.story_parts import receipt, recorded, submitted

MASTER = bytes(range(32))
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
PERSON, OTHER_PERSON = "018f0000-0000-7000-8000-00000000000a", "018f0000-0000-7000-8000-00000000000b"
CASE, OTHER_CASE = "case-1", "case-2"
NAME, CONTACT = "person.name", "person.contact"
TEXT = "Amal Ähmed"
TOKEN = seal(KEY, PERSON, CASE, NAME, TEXT)


@pytest.fixture
def migrated(database_url: str) -> str:
    migrate(database_url)
    return database_url


@pytest.fixture
def keyring(migrated: str) -> Iterator[Keyring]:
    with pool(migrated, 2) as connections:
        keyring = Keyring(connections, MASTER)
        keyring.create(PERSON)
        yield keyring


@pytest.fixture
async def door(migrated: str, keyring: Keyring) -> AsyncIterator[AsyncKeyring]:
    async with async_pool(migrated, 2) as connections:
        yield AsyncKeyring(connections, MASTER)


def refusal(key: bytes, stream_id: str, label: str, token: str) -> str:
    """The code with which a token does not open."""
    with pytest.raises(SealBrokenError) as broken:
        unseal(key, stream_id, label, token)
    assert TEXT not in str(broken.value)
    return broken.value.code


@given(st.text())
def test_a_sealed_text_opens_in_its_own_place(text: str) -> None:
    token = seal(KEY, PERSON, CASE, NAME, text)
    assert unseal(KEY, CASE, NAME, token) == text
    assert person_of_token(token) == PERSON


def test_a_token_shows_neither_the_text_nor_that_another_says_the_same() -> None:
    assert TEXT.split(maxsplit=1)[0] not in TOKEN
    assert seal(KEY, PERSON, CASE, NAME, TEXT) != TOKEN


def test_a_token_moved_to_another_stream_field_or_person_does_not_open() -> None:
    assert refusal(KEY, OTHER_CASE, NAME, TOKEN) == "token_altered"
    assert refusal(KEY, CASE, CONTACT, TOKEN) == "token_altered"
    assert refusal(OTHER_KEY, CASE, NAME, TOKEN) == "token_altered"


def test_stream_and_field_are_told_apart_where_their_letters_run_together() -> None:
    assert refusal(KEY, "case-1p", "erson.name", TOKEN) == "token_altered"


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="ascii"))
def test_no_other_letter_in_a_token_goes_unseen(at: int, letter: str) -> None:
    altered = TOKEN[:at] + letter + TOKEN[at + 1 :]
    assert altered == TOKEN or person_differs(altered) or refusal(KEY, CASE, NAME, altered)


def person_differs(token: str) -> bool:
    """Then another key is looked up, which does not open it."""
    try:
        return person_of_token(token) != PERSON
    except SealBrokenError:
        return False


@pytest.mark.parametrize(
    "token",
    [
        "",
        "sealed:",
        "sealed:1:",
        TOKEN[:-1],
        TOKEN + "=",
        TOKEN + "\n",
        TOKEN.replace("sealed:1:", "sealed:2:"),
        "Amal",
    ],
)
def test_what_is_no_whole_token_is_refused(token: str) -> None:
    assert refusal(KEY, CASE, NAME, token) in ("token_malformed", "token_altered")


def test_a_token_given_the_id_of_another_person_does_not_open(keyring: Keyring) -> None:
    keyring.create(OTHER_PERSON)
    token = seal(keyring.key(PERSON), PERSON, CASE, NAME, TEXT)
    with pytest.raises(SealBrokenError, match="token_altered"):
        keyring.opener(CASE)(token.replace(PERSON, OTHER_PERSON), NAME)


def test_the_keyring_opens_what_was_sealed_until_the_key_is_destroyed(keyring: Keyring) -> None:
    token = seal(keyring.key(PERSON), PERSON, CASE, NAME, TEXT)
    opened = keyring.opener(CASE)
    assert opened(token, NAME) == TEXT
    keyring.destroy(PERSON)
    with pytest.raises(SealBrokenError, match="key_destroyed"):
        opened(token, NAME)
    keyring.create(PERSON)
    with pytest.raises(SealBrokenError, match="token_altered"):
        opened(token, NAME)


def test_a_key_is_drawn_once_per_person(keyring: Keyring) -> None:
    key = keyring.key(PERSON)
    keyring.create(PERSON)
    keyring.create(OTHER_PERSON)
    assert keyring.key(PERSON) == key != keyring.key(OTHER_PERSON)


def test_keys_open_with_their_master_key_and_for_their_person_only(migrated: str, keyring: Keyring) -> None:
    keyring.create(OTHER_PERSON)
    with pool(migrated, 1) as connections:
        with pytest.raises(SealBrokenError, match="key_foreign"):
            Keyring(connections, os.urandom(32)).key(PERSON)
        with connections.connection() as connection:
            connection.execute(
                "UPDATE person_key SET wrapped = (SELECT wrapped FROM person_key WHERE person_id = %s) WHERE person_id = %s",
                (PERSON, OTHER_PERSON),
            )
        with pytest.raises(SealBrokenError, match="key_foreign"):
            keyring.key(OTHER_PERSON)


def test_no_key_lies_open_in_the_database(migrated: str, keyring: Keyring) -> None:
    key = keyring.key(PERSON)
    with pool(migrated, 1) as connections, connections.connection() as connection:
        (row,) = connection.execute("SELECT * FROM person_key").fetchall()
    assert row["person_id"] == UUID(PERSON)
    assert key not in row["wrapped"]


async def test_a_command_is_sealed_field_by_field_for_its_stream(door: AsyncKeyring, keyring: Keyring) -> None:
    command = RegisterPerson(name=TEXT, birth_date="1984", contact="0751 12345", sex=Sex.FEMALE)
    sealed = await door.seal_command(command, CASE, PERSON)
    assert in_clear(sealed) == []
    assert sealed.birth_date is not None
    opened = keyring.opener(CASE)
    assert (opened(sealed.name, NAME), opened(sealed.birth_date, "person.birth_date")) == (TEXT, "1984")
    assert sealed.sex is Sex.FEMALE


async def test_a_command_without_personal_values_needs_no_key(door: AsyncKeyring) -> None:
    command = RecordQualification(qualification=QualificationKind.DEGREE, country="SY", recognition="NONE")
    assert await door.seal_command(command, CASE, OTHER_PERSON) == command


async def test_a_value_that_came_as_a_token_is_refused(door: AsyncKeyring) -> None:
    with pytest.raises(SealBrokenError, match="token_given"):
        await door.seal_command(RegisterPerson(name=TOKEN), CASE, PERSON)


async def test_many_values_open_at_once_and_those_of_destroyed_keys_are_none(
    door: AsyncKeyring, keyring: Keyring
) -> None:
    await door.create(OTHER_PERSON)
    token = seal(await door.key(PERSON), PERSON, CASE, NAME, TEXT)
    other = seal(await door.key(OTHER_PERSON), OTHER_PERSON, OTHER_CASE, CONTACT, "0751")
    sealed = [(CASE, NAME, token), (OTHER_CASE, CONTACT, other), (CASE, NAME, token)]
    assert await door.open_many(sealed) == [TEXT, "0751", TEXT]
    assert await door.open_many([]) == []
    keyring.destroy(PERSON)
    assert await door.open_many(sealed) == [None, "0751", None]
    with pytest.raises(SealBrokenError, match="token_altered"):
        await door.open_many([(CASE, CONTACT, other)])


async def test_the_key_of_a_refused_opening_is_dropped_but_never_that_of_a_person_in_a_story(
    door: AsyncKeyring, migrated: str
) -> None:
    await door.create(OTHER_PERSON)
    registered = PersonRegistered(
        person_id=PERSON,
        provider="drk",
        name=TOKEN,
        sex=Sex.UNKNOWN,
        nationality_codes=(),
        languages=(),
        needs_interpreter=False,
    )
    first = recorded(CASE, 1, event=registered)
    with pool(migrated, 1) as connections:
        EventStore(connections).append([first], submitted(first), receipt(first), [])
    await door.discard(PERSON)
    await door.discard(OTHER_PERSON)
    assert len(await door.key(PERSON)) == 32
    with pytest.raises(SealBrokenError, match="key_destroyed"):
        await door.key(OTHER_PERSON)


@given(st.lists(st.binary(max_size=3), max_size=3), st.lists(st.binary(max_size=3), max_size=3))
def test_a_fingerprint_tells_parts_and_masters_apart(some: list[bytes], others: list[bytes]) -> None:
    assert (some == others) == (fingerprint(MASTER, *some) == fingerprint(MASTER, *others))
    assert fingerprint(MASTER, *some) != fingerprint(OTHER_KEY, *some)


def test_the_fingerprint_of_a_command_says_what_was_asked_by_whom_and_where() -> None:
    actor = Actor(id="im-07", role=Role.MANAGER, provider="drk")
    opening = RegisterPerson(name=TEXT)
    asked = fingerprint_of(MASTER, opening, actor, CASE)
    assert asked == fingerprint_of(MASTER, RegisterPerson(name=TEXT), actor, OTHER_CASE)
    assert asked != fingerprint_of(MASTER, RegisterPerson(name="Amal Ahmed"), actor, CASE)
    assert asked != fingerprint_of(MASTER, opening, actor.model_copy(update={"id": "im-08"}), CASE)
    assert asked != fingerprint_of(MASTER, opening, actor.model_copy(update={"provider": "dw"}), CASE)


def test_the_fingerprint_of_a_command_to_a_case_names_the_case() -> None:
    actor = Actor(id="im-07", role=Role.MANAGER, provider="drk")
    command = RecordQualification(qualification=QualificationKind.DEGREE, country="SY", recognition="NONE")
    assert fingerprint_of(MASTER, command, actor, CASE) != fingerprint_of(MASTER, command, actor, OTHER_CASE)
