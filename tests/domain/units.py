"""A unit to test with, and cases beside it."""

from datetime import date
from decimal import Decimal

from domain.offers import NextClientOffered
from domain.posts import CountPost
from domain.vocabulary import PriorityClass
from domain.waiting import WaitlistClient
from tests.examples import CLOCK, REGISTERED
from tests.examples_units import ASKED_ON, COORDINATOR, ESTABLISH, HALF_A_POST, KEPT_FROM, LAST_DAY, UNIT_ID, case_id
from tests.scenario import Story


def registered(n: int) -> Story:
    """The case of somebody who is registered and eligible."""
    return Story(stream_id=case_id(n)).given(*REGISTERED)


CASES = tuple(map(registered, range(1, 31)))
EMPTY = Story(stream_id=UNIT_ID).given(ESTABLISH, by=COORDINATOR).beside(*CASES)
TWO_PLACES = EMPTY.given(HALF_A_POST, by=CLOCK)


def with_places(count: int) -> Story:
    """A unit with so many places; four for a full post."""
    return EMPTY.given(posts(count), by=CLOCK)


def posts(count: int, since: date = KEPT_FROM) -> CountPost:
    """What makes so many places."""
    return CountPost(manager_id="im-07", shares={KEPT_FROM: Decimal(count) / 4} | {since: Decimal(count) / 4})


def household(first: int, size: int = 1, priority: PriorityClass = PriorityClass.NORMAL) -> WaitlistClient:
    """So many cases from a number on."""
    return WaitlistClient(
        case_ids=tuple(map(case_id, range(first, first + size))), priority=priority, requested_on=ASKED_ON
    )


def offered(entry: int, first: int, size: int = 1, until: date = LAST_DAY) -> NextClientOffered:
    return NextClientOffered(
        entry=entry, case_ids=tuple(map(case_id, range(first, first + size))), slots=size, expires_on=until
    )


def balanced(story: Story) -> bool:
    """Conservation: used + reserved + free = capacity."""
    unit, today = story.state, story.at.date()
    return bool(unit.used + unit.reserved + unit.free(today) == unit.capacity(today))
