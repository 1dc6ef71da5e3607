"""A correction on its way through the doors: sealed inside, opened for those who may see it."""

from uuid import uuid4

from api.access import COOKIE
from domain import facts
from domain.corrections import CorrectFact
from domain.vocabulary import QualificationKind, Reason
from tests import examples
from tests.api.doors import Door, person, then
from tests.examples import SUPERVISOR
from tests.examples_closing import MOVED
from tests.examples_corrections import BORN_LATER, DISPUTE, RETRACT_CLOSURE, TRADE

TOLD = facts.RecordQualification(qualification=QualificationKind.VOCATIONAL, title="Seamstress", country="SY")
CORRECT = CorrectFact(corrects=2, fact=TRADE, reason=Reason.MISTAKE)


async def test_edge_case_23_what_is_personal_in_a_correction_is_sealed_at_the_door_and_opened_at_the_window(
    lotse: Door,
) -> None:
    case_id = await lotse.case(TOLD)
    position = (await lotse.ask(CORRECT, case_id)).json()["position"]
    answer = await lotse.look(f"/v1/cases/{case_id}/history", after=position)
    corrected = answer.json()["events"][-1]
    assert ("FactCorrected", f"{case_id}/2") == (corrected["name"], corrected["corrects"])
    assert corrected["body"]["fact"]["body"]["title"] == "Tailor"
    assert "sealed:" not in answer.text


async def test_g31_a_correction_of_what_no_longer_stands_says_so(lotse: Door) -> None:
    case_id = await lotse.case(TOLD, CORRECT)
    answer = await lotse.ask(CORRECT, case_id)
    refused = answer.json()
    assert (answer.status_code, refused["code"], refused["guard"]) == (409, "CORRECTION_TARGET", "G31")
    assert refused["params"] == {"version": 2}


async def test_edge_case_06_a_corrected_birth_date_is_shown_from_now_on(lotse: Door) -> None:
    case_id = await lotse.case(BORN_LATER)
    position = (await lotse.ask(examples.COMMANDS["RecordHousing"], case_id)).json()["position"]
    shown = await lotse.look(f"/v1/cases/{case_id}", after=position)
    assert shown.json()["birth_date"] == "1991"


async def opened(lotse: Door, person_id: str) -> str:
    case_id = str((await lotse.ask(person(person_id=person_id))).json()["stream_id"])
    for command in then(*examples.OPENED[1:]):
        assert (await lotse.ask(command, case_id)).status_code == 200
    return case_id


async def test_edge_case_23_a_closing_is_taken_back_unless_the_person_has_another_case_by_then(lotse: Door) -> None:
    person_id = str(uuid4())
    closed = await opened(lotse, person_id)
    assert (await lotse.ask(MOVED, closed)).status_code == 200
    other = await opened(lotse, person_id)
    refused = await lotse.ask(RETRACT_CLOSURE, closed, by=SUPERVISOR)
    assert (refused.status_code, refused.json()["code"]) == (409, "CASE_ALREADY_OPEN")
    assert (await lotse.ask(MOVED, other)).status_code == 200
    back = await lotse.ask(RETRACT_CLOSURE, closed, by=SUPERVISOR)
    assert [event["name"] for event in back.json()["events"]] == ["ClosureRetracted"]
    assert back.json()["next_deadline"] is not None
    again = await lotse.ask(MOVED, other)
    assert again.json()["code"] == "CLOSED_IMMUTABLE"


async def test_edge_case_23_the_page_tells_what_became_of_an_entry(lotse: Door) -> None:
    case_id = await lotse.case(TOLD, CORRECT, DISPUTE.model_copy(update={"disputes": 3}))
    position = (await lotse.ask(examples.COMMANDS["RecordHousing"], case_id)).json()["position"]
    assert (await lotse.look(f"/v1/cases/{case_id}", after=position)).status_code == 200
    lotse.http.cookies.set(COOKIE, lotse.bearing()["Authorization"].removeprefix("Bearer "))
    page = (await lotse.http.get(f"/cases/{case_id}")).text
    lotse.http.cookies.clear()
    assert "Eintrag Nr. 2 wurde berichtigt. Richtig ist: " in page
    assert "Berichtigt oder zurückgenommen: siehe Eintrag Nr. 3" in page
    assert page.count("umstritten") >= 1
