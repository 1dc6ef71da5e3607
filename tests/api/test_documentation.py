"""The description of the API holds what it promises: whole, with examples, and each example is one that the API would give or take."""

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from api import documentation, examples, examples_reads, examples_shown
from api.cases import CasePage, History
from api.main import create_app
from api.problems import MEDIA_TYPE, Problem
from api.reads import Facts, Referrals, ReviewsPage
from api.views import CaseView
from domain.catalogue import EVENTS
from domain.envelopes import Receipt
from infra.settings import Settings


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return documentation.described(create_app(Settings()))


def answers(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Where and with which status, and the answer's content."""
    return [
        (f"{method} {path}", status, answer.get("content", {}))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
    ]


def test_every_answer_about_cases_has_an_example(document: dict[str, Any]) -> None:
    without = [
        (where, status)
        for where, status, content in answers(document)
        if "/v1/" in where and not all("example" in each for each in content.values())
    ]
    assert without == []


def test_every_problem_has_its_own_media_type_and_the_status_that_it_names(document: dict[str, Any]) -> None:
    for where, status, content in answers(document):
        if int(status) >= 400:
            assert list(content) == [MEDIA_TYPE], where
            assert content[MEDIA_TYPE]["example"]["status"] == int(status), where


def test_every_address_of_the_api_asks_for_a_token(document: dict[str, Any]) -> None:
    closed = {path for path, each in document["paths"].items() if all("security" in method for method in each.values())}
    assert closed == {path for path in document["paths"] if path.startswith("/v1/")}


def test_every_reference_leads_somewhere_and_nothing_of_the_frameworks_own_is_left(document: dict[str, Any]) -> None:
    named = set(_references(document))
    there = document["components"]["schemas"].keys()
    assert named <= there
    assert "HTTPValidationError" not in there


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (Receipt, examples.RECEIPT),
        (CaseView, examples_shown.CASE),
        (CasePage, examples_shown.CASES),
        (History, examples_shown.HISTORY),
        (ReviewsPage, examples_reads.REVIEWS),
        (Referrals, examples_reads.REFERRALS),
        (Facts, examples_reads.FACTS),
        *((Problem, problem) for problem in examples.PROBLEMS.values()),
    ],
    ids=lambda each: each.__name__ if isinstance(each, type) else "",
)
def test_an_example_has_the_form_that_is_described(model: type[BaseModel], example: dict[str, Any]) -> None:
    assert TypeAdapter(model).validate_python(example)


def test_the_events_of_an_example_are_events_that_can_be() -> None:
    for event in examples_shown.HISTORY["events"]:
        assert EVENTS[event["name"]].model_validate(event["body"])


def _references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [name for each in part for name in _references(each)]
    if isinstance(part, dict):
        here = [part["$ref"].rpartition("/")[2]] if isinstance(part.get("$ref"), str) else []
        return here + [name for each in part.values() for name in _references(each)]
    return []
