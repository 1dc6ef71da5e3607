"""What a unit hears of a case that is to come to it: announced, withdrawn, or its place taken in the end."""

from datetime import date
from typing import ClassVar, Literal

from domain.envelopes import UNIT_PREFIX
from domain.story import Command, Event, Occasion, Slug
from domain.vocabulary import Role


class _OfTransfer(Command):
    """`transfer`: the version of the request in the story of the case, so that what was meant for an earlier one touches no later one."""

    kind: str
    case_id: str
    transfer: int

    roles = frozenset({Role.SYSTEM})
    of_kind: ClassVar[str] = UNIT_PREFIX


class AnnounceTransfer(_OfTransfer):
    """A case of another unit shall come here; an answer is due by `answer_by`."""

    kind: Literal["AnnounceTransfer"] = "AnnounceTransfer"
    from_municipality: Slug
    from_provider: Slug
    answer_by: date

    def decide(self, unit: object, occasion: Occasion) -> list[Event]:
        raise NotImplementedError


class WithdrawTransfer(_OfTransfer):
    """The case does not come. Silent where that transfer is none of this unit's any more."""

    kind: Literal["WithdrawTransfer"] = "WithdrawTransfer"

    def decide(self, unit: object, occasion: Occasion) -> list[Event]:
        raise NotImplementedError


class ConfirmPlace(_OfTransfer):
    """The case has come: the place that was reserved for it is its own."""

    kind: Literal["ConfirmPlace"] = "ConfirmPlace"

    def decide(self, unit: object, occasion: Occasion) -> list[Event]:
        raise NotImplementedError
