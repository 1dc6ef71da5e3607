"""What stands on an integration manager's own list: today's work, what is late first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request

from api import house_reads, now
from api.house import house_of
from api.language import chosen
from api.narrowing import Narrowing, with_chosen
from api.opening import Opened, opened
from api.problems import ProblemError
from domain.envelopes import Actor
from domain.story import Slug, birthday
from domain.vocabulary import Party
from projections import caseload, closing_standing, reviews_due, units
from projections.case_standing import CaseloadRow
from projections.caseload import Filter
from projections.numbers import numbers_of

PAGE = 50


class Asked(Narrowing):
    """Whose cases; one's own where nobody is named."""

    path = "/my-caseload"

    manager: Slug | None = None


@dataclass(frozen=True)
class Line:
    """A case as its manager needs it today. Days count to the day of reading; those to come are negative once they are over."""

    row: CaseloadRow
    days_in_phase: int
    review_in: int | None
    plan_age: int | None
    measures: tuple[tuple[Party, int], ...]
    contact_ago: int | None
    title_in: int | None
    end_in: int | None
    adult_on: date | None


async def content(request: Request, actor: Actor, asked: Asked) -> dict[str, Any]:
    """The values of `my_caseload.html`. Open cases at the visitor's provider."""
    house, today = house_of(request), now.today()
    whose = asked.manager or actor.deputy_for or actor.id
    wanted = Filter(provider=actor.provider, in_hands_of=(whose, today), open_only=True)
    own = Filter(provider=actor.provider, manager_id=whose, open_only=True)
    async with house.connections.connection() as connection:
        try:
            rows, following = await caseload.page(connection, wanted, asked.after, PAGE)
        except ValueError:
            raise ProblemError(400, "MALFORMED", "There is no such page of the list.") from None
        found = sum((await caseload.counts_by_phase(connection, wanted)).values())
        active = sum((await caseload.counts_by_phase(connection, own)).values())
        reviews = await reviews_due.counts(connection, reviews_due.Filter(today, actor.provider, whose))
        managers, _ = await caseload.choices(connection, actor.provider)
    sealed = [
        (row.case_id, label, token)
        for row in rows
        for label, token in (("person.name", row.name), ("person.birth_date", row.birth_date))
        if token
    ]
    texts = await opened(house, chosen(request), actor, actor.provider, sealed)
    return {
        "asked": asked,
        "whose": whose,
        "own": whose == actor.id,
        "lines": lines(rows, today, texts),
        "today": today,
        "opened": texts,
        "found": found,
        "active": active,
        "load_at_most": units.persons_for(await house_reads.visible(house, actor), actor.provider, whose, today),
        "reviews": reviews,
        "contact_weeks": closing_standing.contact_weeks,
        "managers": with_chosen(managers, whose),
        "following": following and asked.address(after=following),
    }


def lines(rows: Sequence[CaseloadRow], today: date, texts: Opened) -> list[Line]:
    return [_line(row, today, texts.text(row.birth_date)) for row in rows]


def _line(row: CaseloadRow, today: date, birth_date: str | None) -> Line:
    parties = Counter(Party(each.partition(":")[2]) for each in row.measures_open)
    resting = row.suspended_since is not None and row.clock_stopped
    return Line(
        row=row,
        days_in_phase=max(0, (today - row.phase_since).days),
        review_in=None if row.next_review_due is None or resting else (row.next_review_due - today).days,
        plan_age=None if row.plan_agreed_on is None else max(0, (today - row.plan_agreed_on).days),
        measures=tuple((party, parties[party]) for party in Party if parties[party]),
        contact_ago=None if row.last_contact_on is None else max(0, (today - row.last_contact_on).days),
        title_in=None if row.title_valid_until is None else (row.title_valid_until - today).days,
        end_in=None if row.support_end is None else (row.support_end - today).days,
        adult_on=_adult_on(row, birth_date, today),
    )


def _adult_on(row: CaseloadRow, birth_date: str | None, today: date) -> date | None:
    """The day on which somebody comes of age, where it is near. A year alone tells no day."""
    if birth_date is None or row.policy_version is None:
        return None
    try:
        birth = date.fromisoformat(birth_date)
    except ValueError:
        return None
    policy = numbers_of(row.policy_version)
    on = birthday(birth, policy.adult_age)
    return on if today <= on <= today + timedelta(days=policy.adult_ahead_days) else None
