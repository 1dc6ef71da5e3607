"""A correction on its way through the doors: sealed inside, opened for those who may see it."""

from domain import facts
from domain.corrections import CorrectFact
from domain.vocabulary import QualificationKind, Reason
from tests import examples
from tests.api.doors import Door
from tests.examples_corrections import BORN_LATER, TRADE

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
