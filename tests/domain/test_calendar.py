"""Days and months as the law counts them, and birthdays; local midnight through every change of the clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.deadlines import (
    add_months,
    last_day_of_support,
    local_day,
)
from domain.story import age, birthday
from domain.vocabulary import DeadlineKind

FIRST_CONTACT, ASSESSMENT, PLAN = DeadlineKind.FIRST_CONTACT, DeadlineKind.ASSESSMENT, DeadlineKind.PLAN


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        (date(2017, 8, 31), 6, date(2018, 2, 28)),
        (date(2017, 8, 31), 7, date(2018, 3, 31)),
        (date(2019, 8, 31), 6, date(2020, 2, 29)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2020, 2, 29), 48, date(2024, 2, 29)),
        (date(2018, 1, 31), 1, date(2018, 2, 28)),
        (date(2018, 12, 15), 1, date(2019, 1, 15)),
        (date(2018, 4, 12), 0, date(2018, 4, 12)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(anchor: date, months: int, expected: date) -> None:
    assert expected == add_months(anchor, months)


@pytest.mark.parametrize(
    ("start", "months", "last_day"),
    [
        (date(2018, 1, 31), 24, date(2020, 1, 30)),
        (date(2016, 10, 16), 36, date(2019, 10, 15)),
        (date(2018, 3, 1), 24, date(2020, 2, 29)),
        (date(2020, 2, 29), 24, date(2022, 2, 27)),
    ],
)
def test_the_first_day_of_support_counts(start: date, months: int, last_day: date) -> None:
    assert last_day == last_day_of_support(start, months)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2018, 12, 31, 22, 59, tzinfo=UTC), date(2018, 12, 31)),
        (datetime(2018, 12, 31, 23, 0, tzinfo=UTC), date(2019, 1, 1)),
        (datetime(2018, 6, 30, 22, 0, tzinfo=UTC), date(2018, 7, 1)),
    ],
)
def test_the_day_is_the_local_one(instant: datetime, day: date) -> None:
    assert day == local_day(instant)


@pytest.mark.parametrize(
    ("on", "years"),
    [(date(2026, 2, 28), 17), (date(2026, 3, 1), 18), (date(2028, 2, 28), 19), (date(2028, 2, 29), 20)],
)
def test_born_on_a_leap_day_one_is_a_year_older_on_the_first_of_march(on: date, years: int) -> None:
    assert years == age(date(2008, 2, 29), on)


@pytest.mark.parametrize(
    ("birth", "on"),
    [
        (date(2000, 4, 12), date(2018, 4, 12)),
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2004, 2, 29), date(2022, 3, 1)),
    ],
)
def test_edge_case_05_one_comes_of_age_on_the_day_on_which_one_is_so_old(birth: date, on: date) -> None:
    assert birthday(birth, 18) == on
    assert (age(birth, on - timedelta(days=1)), age(birth, on)) == (17, 18)


def test_one_is_a_year_older_on_the_birthday() -> None:
    assert (age(date(2000, 4, 12), date(2018, 4, 11)), age(date(2000, 4, 12), date(2018, 4, 12))) == (17, 18)
