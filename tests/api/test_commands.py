"""Commands over HTTP: what is recorded, what is repeated, what is refused."""

import asyncio
from uuid import uuid4

from api.examples import COMMANDS
from domain.catalogue import ASKED_FOR
from domain.refusals import Refusal
from domain.vocabulary import Role
from tests import examples
from tests.api.doors import Door, person, then


async def test_a_registration_makes_a_case_and_gives_a_receipt(lotse: Door) -> None:
    answer = await lotse.ask(person())

    receipt = answer.json()
    assert answer.status_code == 201
    assert [event["name"] for event in receipt["events"]] == ["PersonRegistered"]
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/v1/cases/{receipt['stream_id']}"


async def test_the_kind_may_be_left_out_in_a_registration(lotse: Door) -> None:
    said = person()
    del said["kind"]

    assert (await lotse.ask(said)).status_code == 201


async def test_a_whole_life_up_to_the_agreed_plan_goes_through_the_door(lotse: Door) -> None:
    case_id = await lotse.case(*then(*examples.READY_TO_AGREE[1:]))

    agreed = await lotse.ask(then(examples.AGREE)[0], case_id)

    assert agreed.status_code == 200
    assert [(event["name"], event["number"]) for event in agreed.json()["events"]] == [("PlanAgreed", 1)]


async def test_a_repeat_gives_the_same_receipt_and_records_nothing(lotse: Door) -> None:
    key, said = str(uuid4()), person()
    first = await lotse.ask(said, key=key)
    before = lotse.stored()

    again = await lotse.ask(said, key=key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert lotse.stored() == before


async def test_a_repeat_of_a_later_command_gives_the_same_receipt(lotse: Door) -> None:
    case_id, key = await lotse.case(), str(uuid4())
    first = await lotse.ask(examples.CONFIRM, case_id, key=key)
    before = lotse.stored()

    again = await lotse.ask(examples.CONFIRM, case_id, key=key)

    assert (again.status_code, again.json()) == (200, first.json())
    assert lotse.stored() == before


async def test_registrations_under_one_key_at_the_same_time_make_one_case(lotse: Door) -> None:
    key, said = str(uuid4()), person()
    events, logged, keys = lotse.stored()

    answers = await asyncio.gather(*(lotse.ask(said, key=key) for _ in range(6)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert lotse.stored() == (events + 1, logged + 1, keys + 1)


async def test_other_content_under_a_known_key_is_refused(lotse: Door) -> None:
    key = str(uuid4())
    await lotse.ask(person(), key=key)
    before = lotse.stored()

    other = await lotse.ask(person(name="Somebody Else"), key=key)

    assert (other.status_code, other.json()["code"], other.json()["guard"]) == (409, "DUPLICATE_COMMAND", "G30")
    assert lotse.stored() == before


async def test_other_content_under_a_key_of_the_same_case_is_refused(lotse: Door) -> None:
    case_id, key = await lotse.case(), str(uuid4())
    await lotse.ask(examples.CONFIRM, case_id, key=key)
    before = lotse.stored()

    other = await lotse.ask(examples.OPEN, case_id, key=key)

    assert (other.status_code, other.json()["code"]) == (409, "DUPLICATE_COMMAND")
    assert lotse.stored() == before


async def test_a_rule_says_no_with_its_code_its_number_and_what_it_looked_at(lotse: Door) -> None:
    case_id = await lotse.case(*then(*examples.MET[1:], examples.ASSESS, examples.DRAFT))
    before = lotse.stored()

    answer = await lotse.ask(examples.AGREE, case_id, headers={"Accept-Language": "en"})

    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problem["code"], problem["guard"]) == (409, "PLAN_EMPTY", "G06")
    assert problem["params"] == {"missing": ["goal", "measure", "own_contribution"]}
    assert problem["detail"].startswith("The plan cannot be agreed yet.")
    assert lotse.stored() == before


async def test_a_refusal_speaks_german_where_nothing_else_is_asked_for(lotse: Door) -> None:
    answer = await lotse.ask(examples.OPEN, await lotse.case())

    assert answer.headers["Content-Language"] == "de"
    assert answer.json()["code"] == "NOT_ELIGIBLE"
    assert answer.json()["detail"] != "NOT_ELIGIBLE"


async def test_a_refused_registration_leaves_no_key_behind(lotse: Door) -> None:
    before = lotse.stored()

    answer = await lotse.ask(person(effective_on="1985-01-01"))

    assert (answer.status_code, answer.json()["code"]) == (409, "BEFORE_BIRTH")
    assert lotse.stored() == before


async def test_a_stale_version_is_told_what_came_between(lotse: Door) -> None:
    case_id = await lotse.case(examples.CONFIRM)
    before = lotse.stored()

    answer = await lotse.ask(examples.OPEN, case_id, headers={"If-Match": '"1"'})

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["guard"]) == (412, "CONCURRENCY", "G29")
    assert problem["params"] == {"expected": 1, "actual": 2}
    assert [(each["version"], each["name"]) for each in problem["since"]] == [(2, "EligibilityConfirmed")]
    assert problem["since"][0]["by"] == {"id": examples.MANAGER.id, "role": "manager"}
    assert lotse.stored() == before


async def test_the_version_that_was_seen_lets_a_command_pass(lotse: Door) -> None:
    answer = await lotse.ask(examples.CONFIRM, await lotse.case(), headers={"If-Match": '"1"'})

    assert answer.status_code == 200


async def test_an_unknown_case_is_not_found(lotse: Door) -> None:
    before = lotse.stored()

    for case_id in (f"case-{uuid4()}", "case-1", "%00", "Amal"):
        answer = await lotse.ask(examples.CONFIRM, case_id)
        assert (answer.status_code, answer.json()["code"]) == (404, Refusal.CASE_UNKNOWN)

    assert lotse.stored() == before


async def test_the_case_of_another_provider_is_closed(lotse: Door) -> None:
    case_id = await lotse.case()
    before = lotse.stored()

    answer = await lotse.ask(examples.CONFIRM, case_id, by=examples.MANAGER_ELSEWHERE)

    assert (answer.status_code, answer.json()["code"], answer.json()["guard"]) == (403, "CROSS_PROVIDER", "G23")
    assert lotse.stored() == before


async def test_who_has_no_casework_may_ask_for_nothing(lotse: Door) -> None:
    case_id = await lotse.case()
    before = lotse.stored()

    for role in (Role.COORDINATOR, Role.MUNICIPALITY, Role.MINISTRY, Role.DPO, Role.OPERATOR):
        by = examples.MANAGER.model_copy(update={"role": role})
        assert (await lotse.ask(person(), by=by)).status_code == 403
        assert (await lotse.ask(examples.CONFIRM, case_id, by=by)).status_code == 403

    assert lotse.stored() == before


async def test_the_receipt_is_shown_under_its_key_to_its_own_provider_only(lotse: Door) -> None:
    key = str(uuid4())
    receipt = (await lotse.ask(person(), key=key)).json()

    assert (await lotse.look(f"/v1/commands/{key}")).json() == receipt
    assert (await lotse.look(f"/v1/commands/{key}", by=examples.MANAGER_ELSEWHERE)).status_code == 404
    unknown = await lotse.look(f"/v1/commands/{uuid4()}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "NOT_RECORDED")


async def test_the_first_command_is_not_taken_in_a_case_that_is_there(lotse: Door) -> None:
    case_id = await lotse.case()
    before = lotse.stored()

    answer = await lotse.ask(person(), case_id)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "kind"
    assert lotse.stored() == before


def test_every_command_that_can_be_asked_for_has_an_example_that_is_valid() -> None:
    kinds = ASKED_FOR.json_schema()["discriminator"]["mapping"]

    assert set(COMMANDS) == set(kinds)
    for kind, example in COMMANDS.items():
        assert ASKED_FOR.validate_python(example).kind == kind
