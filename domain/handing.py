"""What an event sends on its way: a notice to people, or a command to another stream. Ids are derived from the cause, so that telling it twice is silence."""

from typing import Any

from domain.envelopes import Actor, FollowUp, Recorded, Submitted
from domain.refusals import Refusal
from domain.story import Command
from domain.vocabulary import Role


def notice(cause: Recorded, provider: str, about: dict[str, Any]) -> FollowUp:
    """`about`: the event's name and what tells it, as JSON; nothing personal."""
    return FollowUp(
        id=f"notice:{cause.stream_id}:{cause.version}",
        kind="notice",
        stream_id=cause.stream_id,
        provider=provider,
        about=about,
    )


def hand_over(
    cause: Recorded,
    to: str,
    command: Command,
    otherwise: tuple[str, Command] | None = None,
    insists_on: Refusal | None = None,
) -> FollowUp:
    """A command to another stream; where the rules there refuse it, `otherwise` (stream, command) is submitted instead, to take back what was begun.

    `insists_on`: a refusal that only says "not yet", because a third stream has still to let go. Then it is asked again until it is recorded.
    """
    name = f"{cause.stream_id}:{cause.version}:{command.kind}:{to}"
    about: dict[str, Any] = {"submitted": _submitted(cause, f"follow:{name}", to, command)}
    if otherwise is not None:
        about["otherwise"] = _submitted(cause, f"otherwise:{name}", *otherwise)
    if insists_on is not None:
        about["insists_on"] = insists_on.value
    return _handing(cause, f"follow:{name}", about)


def hand_to_cases(cause: Recorded, field: str, value: str, command: Command) -> FollowUp:
    """A command to every other case that names a household or a member of staff: `field` is `household_id` or `manager_id`."""
    name = f"follow:{cause.stream_id}:{cause.version}:{command.kind}:{field}"
    about = {"cases_naming": {"field": field, "value": value}, "submitted": _submitted(cause, name, "", command)}
    return _handing(cause, name, about)


def _handing(cause: Recorded, id: str, about: dict[str, Any]) -> FollowUp:  # noqa: A002 - the envelope's name for it
    return FollowUp(id=id, kind="hand_over", stream_id=cause.stream_id, provider=cause.actor.provider, about=about)


def _submitted(cause: Recorded, command_id: str, to: str, command: Command) -> dict[str, Any]:
    """Asked by the system, with the causing event as its cause."""
    return Submitted(
        command_id=command_id,
        stream_id=to,
        actor=Actor(id="lotse", role=Role.SYSTEM, provider=cause.actor.provider),
        command=command.model_dump(mode="json", exclude_none=True),
        fingerprint="",
        causation=f"{cause.stream_id}/{cause.version}",
    ).model_dump(mode="json")
