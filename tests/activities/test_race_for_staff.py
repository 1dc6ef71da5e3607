"""A case is assigned to somebody whose employment ends, or absence begins, at the same moment: never to one who is known to be gone."""

from dataclasses import replace
from datetime import date
from threading import Thread
from typing import Any

import pytest

from activities.record import Outcome
from domain.absence import RecordAbsence
from domain.employment import EndEmployment, ManagerHired
from domain.envelopes import Actor, Receipt, Recorded, Submitted, staff_id
from domain.responsibility import AssignManager
from domain.story import Command
from domain.vocabulary import Role, StaffQualification
from tests.activities.desk import CASE, MANAGER, NOON, Desk, code, names

STAFF = staff_id(MANAGER.id)
SUPERVISOR = Actor(id="sv-01", role=Role.SUPERVISOR, provider="drk")
TAKE = AssignManager(manager_id=MANAGER.id)
HIRED_ON, YESTERDAY = date(2018, 1, 2), date(2018, 2, 28)


@pytest.fixture
def hired(desk: Desk) -> Desk:
    """A case is open, and its manager-to-be employed."""
    desk.open_case(CASE)
    event = ManagerHired(
        manager_id=MANAGER.id, provider="drk", qualification=StaffQualification.DEGREE, posts={"ravensburg": "1.00"}
    )
    began = Recorded(STAFF, 1, event, NOON, HIRED_ON, SUPERVISOR, "hired", "2017")
    submitted = Submitted(command_id="hired", stream_id=STAFF, actor=SUPERVISOR, command={}, fingerprint="f")
    receipt = Receipt(stream_id=STAFF, version=1, position=0, events=())
    desk.store.append([began], submitted, receipt, ())
    return desk


class Between:
    """The store, that lets somebody come in between the reading of a staff story and the writing of the case."""

    def __init__(self, desk: Desk, comes_in: Any) -> None:
        self._desk, self._comes_in = desk, [comes_in]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk.store, name)

    def append(self, events: Any, submitted: Submitted, *rest: Any) -> int:
        if submitted.stream_id == CASE and self._comes_in:
            other = Thread(target=self._comes_in.pop())
            other.start()
            other.join(10)
        return self._desk.store.append(events, submitted, *rest)


def assigned_while(desk: Desk, command: Command) -> Outcome:
    """What becomes of an assignment when the staff story goes on after it was looked at."""

    def other() -> None:
        assert "receipt" in desk.ask(STAFF, "other", command, actor=SUPERVISOR)

    recorder = replace(desk.recorder, stories=Between(desk, other))
    outcome = replace(desk, recorder=recorder).ask(CASE, "take", TAKE)
    assert desk.store.logged("other") is not None
    return outcome


def test_g22_an_assignment_that_races_with_the_end_of_the_employment_is_refused(hired: Desk) -> None:
    outcome = assigned_while(hired, EndEmployment(effective_on=YESTERDAY))
    assert code(outcome) == "MANAGER_INACTIVE"
    assert names(hired.store.load(STAFF)) == ["ManagerHired", "EmploymentEnded"]
    assert "ManagerAssigned" not in names(hired.store.load(CASE))


def test_g22_an_assignment_that_races_with_an_absence_is_refused(hired: Desk) -> None:
    assert code(assigned_while(hired, RecordAbsence())) == "MANAGER_INACTIVE"
    assert "ManagerAssigned" not in names(hired.store.load(CASE))


def test_whoever_is_there_to_the_end_of_the_day_gets_the_case_all_the_same(hired: Desk) -> None:
    assert "receipt" in assigned_while(hired, EndEmployment())
    assert names(hired.store.load(CASE))[-1] == "ManagerAssigned"
