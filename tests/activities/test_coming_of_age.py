"""The writer knows a sealed birth date, and keeps a timer that tells the month of coming of age at most."""

from dataclasses import replace
from datetime import date

from domain.birth_date import CorrectBirthDate
from domain.deadlines import start_of
from domain.vocabulary import Reason, Source
from tests.activities.desk import CASE, PERSON, Desk, asked, names

BORN = "2000-06-23"
MONTH = "2018-06-01"
MINOR = CorrectBirthDate(birth_date=BORN, source=Source.DOCUMENT, reason=Reason.MISTAKE)


def test_edge_case_05_the_timer_of_a_minor_is_set_by_the_month_and_its_warning_is_recorded(desk: Desk) -> None:
    desk.open_case(CASE)
    timer = desk.ask(CASE, "k1", MINOR)["timer"]
    command = timer["submitted"]["command"]
    assert (command["deadline"], command["due_on"]) == ("COMING_OF_AGE", MONTH)
    assert start_of(date(2018, 3, 3)).isoformat() == timer["at"]
    recorded = replace(desk.recorder, clock=lambda: start_of(date(2018, 3, 3))).record(asked(timer["submitted"]))
    assert names(desk.store.load(CASE))[-1] == "DeadlineReminded"
    assert recorded["timer"]["submitted"]["command"]["deadline"] == "FIRST_CONTACT"
    for stored in (timer, recorded):
        assert BORN[5:] not in str(stored).replace(MONTH, "")


def test_edge_case_19_without_the_key_the_clock_goes_on(desk: Desk) -> None:
    desk.open_case(CASE)
    desk.ask(CASE, "k1", MINOR)
    desk.keyring.destroy(PERSON)
    timer = desk.recorder.look({"what": CASE, "at": start_of(date(2018, 3, 2)).isoformat()})["timer"]
    assert timer["submitted"]["command"]["deadline"] == "FIRST_CONTACT"
