"""What the clock brings to a unit: the end of an offer, the end of a hold, the day of a planned capacity."""

from collections.abc import Iterator
from datetime import date

from domain.deadlines import start_of
from domain.envelopes import NextDeadline
from domain.offers import CountPlaces, ExpireHold, ExpireOffer
from domain.story import Command, Due
from domain.unit import DAY, Unit
from domain.vocabulary import DeadlineKind, DeadlineStage


def due(unit: Unit) -> Due | None:
    """The next of them."""
    return min(_ahead(unit), key=lambda each: (each.deadline.at, each.name), default=None)


def _ahead(unit: Unit) -> Iterator[Due]:
    for entry, expires_on in unit.offers.items():
        yield _over(DeadlineKind.OFFER, expires_on, ExpireOffer(entry=entry, expires_on=expires_on), entry)
    if unit.hold is not None and unit.hold.until is not None and not unit.hold.over:
        entry, until = unit.hold.entry, unit.hold.until
        yield _over(DeadlineKind.HELD_PLACE, until, ExpireHold(entry=entry, until=until), entry)
    for day in unit.changes_after(unit.counted_on)[:1]:
        deadline = NextDeadline(kind=DeadlineKind.CAPACITY, stage=DeadlineStage.FELL_DUE, due_on=day, at=start_of(day))
        yield Due(deadline, CountPlaces(day=day), f"{DeadlineKind.CAPACITY}:{day}")


def _over(kind: DeadlineKind, last_day: date, command: Command, entry: int) -> Due:
    """When the last day is over."""
    deadline = NextDeadline(kind=kind, stage=DeadlineStage.FELL_DUE, due_on=last_day, at=start_of(last_day + DAY))
    return Due(deadline, command, f"{kind}:{entry}:{last_day}")
