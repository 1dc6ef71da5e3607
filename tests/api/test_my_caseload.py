"""What a line of a manager's own list says on a day: everything that counts from today is computed on reading."""

from datetime import date

import pytest

from api.my_caseload_page import Line, lines
from api.opening import Opened
from domain.intake import RegisterPerson
from domain.suspension import Suspend
from domain.vocabulary import Party, Reason
from projections.case_standing import CaseloadRow, fold
from projections.read_model import Key
from tests import examples, examples_support
from tests.scenario import Story

BORN = "2000-06-01"


def row(story: Story) -> CaseloadRow:
    rows: dict[Key, CaseloadRow] = {}
    for recorded in story.recorded:
        rows.update(fold(rows, recorded))
    (found,) = rows.values()
    return found


def line(story: Story, today: date, birth_date: str | None = BORN) -> Line:
    """The line as somebody sees it who may read this birth date."""
    told = row(story)
    clear = {token: birth_date for token in [told.birth_date] if token is not None}
    (found,) = lines([told], today, Opened("de", clear, "sealed.broken"))
    return found


PLANNED = Story().given(*examples.SUPPORTED)


def test_days_are_counted_to_the_day_of_reading() -> None:
    on_day = line(PLANNED, date(2018, 7, 14))
    assert (on_day.days_in_phase, on_day.plan_age) == (93, 93)
    assert (on_day.review_in, on_day.contact_ago) == (-2, 95)
    assert (on_day.end_in, on_day.title_in) == (628, 444)
    assert on_day.measures == ((Party.CLIENT, 1),)


def test_while_the_clock_stands_still_no_review_is_late() -> None:
    rests = PLANNED.given(Suspend(reason=Reason.ILLNESS))
    assert line(rests, date(2018, 9, 1)).review_in is None
    runs = PLANNED.given(Suspend(reason=Reason.ILLNESS, clock_stops=False))
    assert line(runs, date(2018, 7, 13)).review_in == -1


def test_what_is_not_known_yet_is_left_out() -> None:
    registered = Story().given(RegisterPerson(person_id=examples.PERSON_ID, name="Nour Sabbagh"))
    on_day = line(registered, examples.TODAY)
    assert (on_day.review_in, on_day.plan_age, on_day.contact_ago, on_day.title_in, on_day.end_in) == (None,) * 5
    assert (on_day.measures, on_day.adult_on) == ((), None)


@pytest.mark.parametrize(
    ("birth_date", "today", "expected"),
    [
        (BORN, date(2018, 3, 2), None),
        (BORN, date(2018, 3, 3), date(2018, 6, 1)),
        (BORN, date(2018, 6, 1), date(2018, 6, 1)),
        (BORN, date(2018, 6, 2), None),
        ("2000-02-29", date(2018, 2, 28), date(2018, 3, 1)),
        ("2000", date(2018, 3, 3), None),
        (None, date(2018, 3, 3), None),
    ],
)
def test_edge_case_05_coming_of_age_is_told_for_ninety_days_before(
    birth_date: str | None, today: date, expected: date | None
) -> None:
    assert line(PLANNED, today, birth_date).adult_on == expected


def test_the_last_contact_is_the_one_that_took_place() -> None:
    met = PLANNED.given(examples_support.CONTACT, at=date(2018, 5, 2))
    assert line(met, date(2018, 5, 9)).contact_ago == 7
