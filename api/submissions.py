"""The way of a command from the door to its case: asked before? whose case? sealed, handed in, answered."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request
from uuid_utils import uuid7

from api.access import Action, may
from api.house import AWAY, House
from api.parsing import CASE_ID
from api.patience import within
from api.problems import Between, Fault, ProblemError, malformed, outcome_unknown, refused
from domain.envelopes import CASE_PREFIX, Actor, Receipt, Submitted
from domain.intake import RegisterPerson
from domain.personal import Personal, is_sealed, map_personal
from domain.refusals import Refusal
from domain.story import Command
from infra import event_store
from infra.seals import SealBrokenError, fingerprint_of
from workflows.client import OutcomeUnknownError, Refusing

WITHIN_S = 9.0
BETWEEN_AT_MOST = 100


@dataclass(frozen=True)
class Asking:
    """One request that asks for something. `key` is the command id; `seen` the version that the caller has seen, if it matters."""

    request: Request
    house: House
    actor: Actor
    key: str
    seen: int | None = None


async def register(asking: Asking, command: RegisterPerson) -> Receipt:
    """Makes a person's case, or gives the first receipt again. Raises ProblemError.

    The ids of case and person are drawn here. The key of a drawn person whom no event names is dropped again; a person id that was given may
    be in use by another opening at this very moment, so its key stays.
    """
    if asking.seen is not None:
        raise malformed([Fault(field="If-Match", problem="there is no version before the first command")])
    _check_clear(command)
    return await _bounded(_registered(asking, command, f"{CASE_PREFIX}{uuid7()}"))


async def submit(asking: Asking, case_id: str, command: Command) -> Receipt:
    """Hands a command to a case that exists and is the caller's provider's. Raises ProblemError."""
    _check_clear(command)
    return await _bounded(_asked_of(asking, command, case_id))


async def submit_to_house(asking: Asking, stream_id: str, command: Command) -> Receipt:
    """Hands a command to a stream in which nothing personal stands: a unit, a member of staff, the policy. Raises ProblemError."""
    return await _bounded(_asked_of_house(asking, command, stream_id))


async def person_in_own_case(request: Request, house: House, actor: Actor, action: Action, case_id: str) -> str:
    """Whom a case is about. By the story itself: a read model may not know the case yet. Raises ProblemError (404, 403)."""
    found = await event_store.person_of(house.connections, case_id) if CASE_ID.fullmatch(case_id) else None
    if found is None:
        raise refused(request, Refusal.CASE_UNKNOWN)
    person_id, provider = found
    if not may(actor, action, provider):
        raise refused(request, Refusal.CROSS_PROVIDER)
    return person_id


async def _bounded(asked: Coroutine[Any, Any, Receipt]) -> Receipt:
    try:
        return await within(WITHIN_S, asked)
    except (OutcomeUnknownError, TimeoutError, *AWAY):
        raise outcome_unknown() from None


async def _registered(asking: Asking, command: RegisterPerson, case_id: str) -> Receipt:
    house = asking.house
    fingerprint = fingerprint_of(house.master_key, command, asking.actor, case_id)
    if first := await _first(asking, fingerprint):
        return first
    person_id = str(command.person_id or uuid7())
    await house.keyring.create(person_id)
    named = command.model_copy(update={"person_id": UUID(person_id)})
    answer = await _submitted(asking, named, case_id, person_id, fingerprint)
    told = isinstance(answer, Receipt) and answer.stream_id == case_id
    if command.person_id is None and not told:
        await house.keyring.discard(person_id)
    return await _receipt(asking, answer, case_id)


async def _asked_of(asking: Asking, command: Command, case_id: str) -> Receipt:
    fingerprint = fingerprint_of(asking.house.master_key, command, asking.actor, case_id)
    person_id = await person_in_own_case(asking.request, asking.house, asking.actor, Action.SUBMIT, case_id)
    if first := await _first(asking, fingerprint):
        return first
    answer = await _submitted(asking, command, case_id, person_id, fingerprint)
    return await _receipt(asking, answer, case_id)


async def _asked_of_house(asking: Asking, command: Command, stream_id: str) -> Receipt:
    fingerprint = fingerprint_of(asking.house.master_key, command, asking.actor, stream_id)
    if first := await _first(asking, fingerprint):
        return first
    return await _receipt(asking, await _handed_in(asking, command, stream_id, fingerprint), stream_id)


def _check_clear(command: Command) -> None:
    def check(mark: Personal, value: str) -> str:
        if is_sealed(value):
            raise malformed([Fault(field=mark.label, problem="came sealed already: give it in clear")])
        return value

    map_personal(command, check)


async def _first(asking: Asking, fingerprint: str) -> Receipt | None:
    """The receipt that was given under this key, if any. Raises ProblemError (409) where other content stands under it."""
    logged = await event_store.logged(asking.house.connections, asking.key)
    if logged is None:
        return None
    if logged.fingerprint != fingerprint:
        raise refused(asking.request, Refusal.DUPLICATE_COMMAND)
    return logged.receipt


async def _submitted(
    asking: Asking, command: Command, case_id: str, person_id: str, fingerprint: str
) -> Receipt | Refusing:
    try:
        sealed = await asking.house.keyring.seal_command(command, case_id, person_id)
    except SealBrokenError as error:
        if error.code != "key_destroyed":
            raise
        raise ProblemError(
            409, "PERSON_ERASED", "The data of this person were erased. Nothing about them can be recorded any more."
        ) from None
    return await _handed_in(asking, sealed, case_id, fingerprint)


async def _handed_in(asking: Asking, command: Command, stream_id: str, fingerprint: str) -> Receipt | Refusing:
    submitted = Submitted(
        command_id=asking.key,
        stream_id=stream_id,
        actor=asking.actor,
        command=command.model_dump(mode="json", exclude_none=True),
        fingerprint=fingerprint,
        expected_version=asking.seen,
    )
    return await asking.house.front.submit(submitted)


async def _receipt(asking: Asking, answer: Receipt | Refusing, case_id: str) -> Receipt:
    if isinstance(answer, Receipt):
        return answer
    since = None
    if answer.code is Refusal.CONCURRENCY:
        recorded = await event_store.events_between(asking.house.connections, case_id, int(answer.params["expected"]))
        since = [
            Between(
                version=each.version,
                name=each.name,
                by={"id": each.actor.id, "role": each.actor.role.value},
                recorded_at=each.recorded_at.isoformat(),
            )
            for each in recorded[:BETWEEN_AT_MOST]
        ]
    raise refused(asking.request, answer.code, answer.params, since)
