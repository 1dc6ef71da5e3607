"""The public holidays of Baden-Württemberg, for deadlines in working days."""

from datetime import date
from functools import cache

from holidays.countries.germany import Germany


@cache
def _of_year(year: int) -> frozenset[date]:
    return frozenset(Germany(subdiv="BW", years=year))


def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday in the whole state."""
    return day in _of_year(day.year)
