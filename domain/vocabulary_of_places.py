"""The code lists of units and their waiting lists. All code lists are taken from `domain.vocabulary`."""

from enum import StrEnum


class CapacityBase(StrEnum):
    """What the caseload key counts: heads, or full-time posts."""

    HEAD = "HEAD"
    FULL_TIME = "FULL_TIME"


class PriorityClass(StrEnum):
    """In the order in which places are offered."""

    URGENT = "URGENT"
    NORMAL = "NORMAL"


class WaitlistEnd(StrEnum):
    """Why a household is taken off the waiting list without a place."""

    MOVED = "MOVED"
    DECLINED = "DECLINED"
    INELIGIBLE = "INELIGIBLE"
    DUPLICATE = "DUPLICATE"
    DECEASED = "DECEASED"


class PassReason(StrEnum):
    """Why somebody behind went first. HELD_LONG_ENOUGH: too few places were free, and had been kept for some time. ADMITTED_FIRST: somebody decided so, with a reason."""

    HELD_LONG_ENOUGH = "HELD_LONG_ENOUGH"
    ADMITTED_FIRST = "ADMITTED_FIRST"
