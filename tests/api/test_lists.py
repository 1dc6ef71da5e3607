"""What spans cases, and what was true when, over HTTP: reviews due, referrals, facts."""

from datetime import date
from typing import Any

import pytest

from domain.envelopes import Actor
from domain.vocabulary import LanguageLevel, Role
from tests import examples, examples_support
from tests.api.doors import Door, person, then

DPO = examples.MANAGER.model_copy(update={"id": "dpo-1", "role": Role.DPO})
LISTS = ("/v1/reviews-due", "/v1/referrals")


async def life(lotse: Door, *commands: Any, by: Actor) -> tuple[str, int]:
    """A case in which these are recorded, and the position after the last."""
    case_id = str((await lotse.ask(person(), by=by)).json()["stream_id"])
    for command in then(*commands):
        answer = await lotse.ask(command, case_id, by=by)
        assert answer.status_code == 200, answer.text
    return case_id, int(answer.json()["position"])


async def test_reviews_that_lie_ahead_are_listed_with_their_lateness(lotse: Door) -> None:
    by = examples.MANAGER.model_copy(update={"provider": "caritas"})
    case_id, position = await life(lotse, *examples.SUPPORTED[1:], by=by)
    other, position = await life(lotse, *examples.SUPPORTED[1:], by=by)

    answer = (await lotse.look("/v1/reviews-due", by=by, after=position, limit=1)).json()
    following = (await lotse.look("/v1/reviews-due", by=by, limit=1, cursor=answer["next"])).json()

    (first,), (second,) = answer["reviews"], following["reviews"]
    assert {first["case_id"], second["case_id"]} == {case_id, other}
    assert (first["name"], first["due_on"], first["provider"]) == ("Amal Haddad", "2018-07-12", "caritas")
    assert first["days_overdue"] == (date.fromisoformat(answer["today"]) - date(2018, 7, 12)).days
    assert following["next"] is None
    for narrowed in ({"manager": "im-99"}, {"municipality": "weingarten"}):
        assert (await lotse.look("/v1/reviews-due", by=by, **narrowed)).json()["reviews"] == []
    assert len((await lotse.look("/v1/reviews-due", by=by, overdue=True)).json()["reviews"]) == 2


async def test_referrals_are_listed_with_how_long_they_wait(lotse: Door) -> None:
    by = examples.MANAGER.model_copy(update={"provider": "awo"})
    steps = (*examples.SUPPORTED[1:], examples_support.SHARE, examples_support.REFER)
    case_id, position = await life(lotse, *steps, by=by)

    answer = (await lotse.look("/v1/referrals", by=by, after=position, awaited=True)).json()

    (found,) = answer["referrals"]
    assert (found["case_id"], found["service"], found["name"]) == (case_id, "PSYCHOLOGICAL", "Amal Haddad")
    assert found["days_waited"] == (date.fromisoformat(answer["today"]) - examples.TODAY).days
    assert (await lotse.look("/v1/referrals", by=by, service="JMD")).json()["referrals"] == []
    assert (await lotse.look("/v1/referrals", by=by, state="DECLINED")).json()["referrals"] == []


async def test_a_fact_is_told_as_it_was_true_and_as_it_was_known(lotse: Door) -> None:
    level = examples.COMMANDS["RecordLanguageLevel"].model_copy(
        update={"effective_on": date(2018, 4, 5), "level": LanguageLevel.A2}
    )
    case_id, position = await life(lotse, *examples.OPENED[1:], level, by=examples.MANAGER)
    path = f"/v1/cases/{case_id}/facts"

    async def levels(**query: Any) -> list[str]:
        answer = (await lotse.look(path, kind="LANGUAGE", **query)).json()
        return [each["value"] for each in answer["facts"]]

    assert await levels(after=position) == ["A2"]
    assert await levels(on="2018-04-05") == ["A2"]
    assert await levels(on="2018-04-04") == []
    assert await levels(known_at="2018-05-01T00:00:00+02:00") == []
    (fact,) = (await lotse.look(path, kind="LANGUAGE")).json()["facts"]
    assert (fact["valid_from"], fact["valid_to"], fact["known_to"]) == ("2018-04-05", None, None)
    foreign = await lotse.look(path, by=examples.MANAGER_ELSEWHERE)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "CROSS_PROVIDER")


async def test_lists_hold_ones_own_provider_only(lotse: Door) -> None:
    by = examples.MANAGER.model_copy(update={"provider": "johanniter"})
    steps = (*examples.SUPPORTED[1:], examples_support.SHARE, examples_support.REFER)
    case_id, position = await life(lotse, *steps, by=by)
    elsewhere = by.model_copy(update={"provider": "malteser"})
    for path in LISTS:
        assert case_id in (await lotse.look(path, by=by, after=position)).text
        assert case_id not in (await lotse.look(path, by=elsewhere, after=position)).text


async def test_the_data_protection_officer_sees_lists_without_names(lotse: Door) -> None:
    by = examples.MANAGER.model_copy(update={"provider": "asb"})
    steps = (*examples.SUPPORTED[1:], examples_support.SHARE, examples_support.REFER)
    case_id, position = await life(lotse, *steps, by=by)
    for path in LISTS:
        text = (await lotse.look(path, by=DPO.model_copy(update={"provider": "asb"}), after=position)).text
        assert case_id in text
        assert not [shown for shown in ("Amal", "sealed:") if shown in text]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/reviews-due", {"cursor": "nonsense"}),
        ("/v1/reviews-due", {"cursor": "0_2018-02-30_x"}),
        ("/v1/reviews-due", {"overdue": "perhaps"}),
        ("/v1/reviews-due", {"colour": "blue"}),
        ("/v1/referrals", {"service": "MAGIC"}),
        ("/v1/referrals", {"limit": "0"}),
        ("/v1/cases/case-1/facts", {"on": "2018-02-30"}),
        ("/v1/cases/case-1/facts", {"known_at": "2018-02-01T00:00:00"}),
        ("/v1/cases/case-1/facts", {"kind": "MOOD"}),
    ],
    ids=str,
)
async def test_a_question_that_is_malformed_is_told(lotse: Door, path: str, query: dict[str, Any]) -> None:
    answer = await lotse.look(path, **query)

    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED")
