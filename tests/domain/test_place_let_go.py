"""A place that another unit has still to let go of is waited for: in the end case and units agree, and no place is lost."""

from domain.envelopes import unit_id
from domain.transfer import RequestTransfer
from domain.transfer_answer import AcceptTransfer
from domain.vocabulary import Reason
from domain.waiting import WaitlistClient
from tests.domain.house_people import CASES, COORDINATOR, NO_UNIT
from tests.domain.test_house import People

ADMITTED_AT, GOES_TO = unit_id("ravensburg", "drk"), unit_id("weingarten", "drk")
CASE = CASES[0]


def test_a_place_is_confirmed_once_the_unit_that_had_admitted_the_case_has_let_go() -> None:
    """Admitted in Ravensburg, and before the case hears of it, it opens in a town without a unit and goes on to Weingarten."""
    people = People()
    people.settle((8, 8, 8), late=False, at_home=0)
    house = people.house
    house.ask(ADMITTED_AT, WaitlistClient(case_ids=(CASE,)), COORDINATOR)
    people.admit(ADMITTED_AT, 1, override=True)
    people.open_case(CASE, NO_UNIT)
    people.ask_case(CASE, RequestTransfer(to_municipality="weingarten", to_provider="drk", reason=Reason.RELOCATION))
    house.tell(CASE)
    accepted = house.ask(
        GOES_TO, AcceptTransfer(case_id=CASE, override=True, reason=Reason.HARDSHIP), people.supervisor_of(GOES_TO)
    )
    assert accepted is None
    while house.outbox[GOES_TO]:
        house.tell(GOES_TO)
    for _ in range(3):  # the case tells the new unit again and again, while the old one has not spoken yet
        if house.outbox[CASE]:
            house.tell(CASE)
    assert people.case(CASE).unit == GOES_TO
    assert CASE not in people.unit(GOES_TO).places

    house.rest()

    assert CASE in people.unit(GOES_TO).places
    assert CASE not in people.unit(ADMITTED_AT).places
    assert people.unit(GOES_TO).reservations == {}
    house.is_at_rest()
