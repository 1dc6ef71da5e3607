"""Whatever the engine can say, people can read, in both languages."""

import ast
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from inspect import getmembers, isclass
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from api.language import CATALOGUES, CODES, LANGUAGES, chosen, counted, said, translate
from api.telling import UNTOLD, tell
from domain import vocabulary
from domain.catalogue import COMMANDS, EVENTS
from domain.refusals import Refusal
from domain.vocabulary import LanguageLevel, Phase, Role, Title
from tests import examples

ROOT = Path(__file__).parent.parent.parent
CODE_LISTS = [each for _, each in getmembers(vocabulary, isclass) if issubclass(each, StrEnum) and each is not StrEnum]
PLAIN = "Nichts davon wird geöffnet."


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def given_with(code: Refusal) -> Iterator[set[str]]:
    """The parameters of every place where a rule says no with this code."""
    for room in ("domain", "activities"):
        for path in sorted((ROOT / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if f"Refusal.{code}" in _without_parameters(node):
                    yield set()
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                    named = node.args[0]
                    if isinstance(named, ast.Attribute) and named.attr == code.name:
                        yield {keyword.arg for keyword in node.keywords if keyword.arg}


def _without_parameters(node: ast.AST) -> list[str]:
    """What is said of a story that is not there, or of a name that another one holds."""
    if isinstance(node, ast.keyword) and node.arg == "unknown":
        return [ast.unparse(node.value)]
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TAKEN" and isinstance(node.value, ast.Dict):
        return [ast.unparse(value) for value in node.value.values]
    return []


def request(**headers: str) -> Request:
    encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": encoded})


def test_both_languages_say_the_same_things_with_the_same_parameters() -> None:
    assert CATALOGUES["de"].keys() == CATALOGUES["en"].keys()
    for message, german in CATALOGUES["de"].items():
        english = CATALOGUES["en"][message]
        assert all((german.strip(), english.strip())), message
        assert placeholders(german) == placeholders(english), message


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code_list", CODE_LISTS, ids=lambda each: each.__name__)
def test_every_code_has_a_label(code_list: type[StrEnum], language: str) -> None:
    for code in code_list:
        assert translate(language, f"{CODES[code_list]}.{code.value}")


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_has_a_sentence_made_of_what_it_always_holds(name: str) -> None:
    always = {field for field, info in EVENTS[name].model_fields.items() if info.is_required()}
    assert placeholders(CATALOGUES["de"][f"event.{name}"]) <= always


@pytest.mark.parametrize("name", EVENTS)
def test_whatever_an_event_holds_has_a_label_or_is_left_out_on_purpose(name: str) -> None:
    held = EVENTS[name].model_fields.keys()
    assert {field for field in held if f"label.{field}" not in CATALOGUES["de"]} <= UNTOLD


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_told_without_a_code_or_a_name_of_the_code(name: str, language: str) -> None:
    told = tell(language, examples.EVENTS[name], lambda _: PLAIN)
    words = " ".join([told.sentence, *(f"{label} {text}" for label, text in told.details)])
    codes = {code.value for codes in CODE_LISTS for code in codes if code.value.isupper() and len(code.value) > 2}
    assert not {word.strip(".,:;()„“") for word in words.split()} & ({name, *EVENTS, *COMMANDS} | codes)
    assert not [mark for mark in ("sealed:", "{") if mark in words]


@pytest.mark.parametrize("code", Refusal)
def test_every_refusal_has_a_message_made_of_what_the_rule_gives(code: Refusal) -> None:
    sites = list(given_with(code))
    assert sites, "no rule says this"
    assert placeholders(CATALOGUES["de"][f"refusal.{code}"]) <= set.intersection(*sites)


@pytest.mark.parametrize("code", Refusal)
def test_every_refusal_says_what_to_do(code: Refusal) -> None:
    assert CATALOGUES["de"][f"refusal.{code}"].count(".") >= 2


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_label(name: str) -> None:
    assert translate("de", f"command.{name}")


@pytest.mark.parametrize(
    ("code", "params", "text"),
    [
        ("PLAN_EMPTY", {"missing": ["goal", "own_contribution"]}, "ein Ziel, eine Eigenleistung der Klientin"),
        ("ILLEGAL_TRANSITION", {"command": "AgreePlan", "phase": "INTAKE"}, "„Plan vereinbaren“ ist in dieser Phase"),
        ("DATE_ORDER", {"first": "2018-04-03", "then": "2018-03-01"}, "Der 1. März 2018 liegt vor dem 3. April 2018"),
        ("OBLIGED_TO_LEAVE", {"title": "NONE", "valid_until": None}, "zuletzt bekannt: kein Aufenthaltstitel"),
    ],
)
def test_parameters_of_a_refusal_may_come_as_json_gave_them(code: str, params: dict[str, Any], text: str) -> None:
    assert text in translate("de", f"refusal.{code}", **params)


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (date(2018, 4, 3), "3. April 2018", "3 April 2018"),
        (datetime(2018, 7, 1, 22, 30, tzinfo=UTC), "2. Juli 2018, 00:30 Uhr", "2 July 2018, 00:30"),
        (Decimal("19.50"), "19,5", "19.5"),
        (Title.P24, "vorübergehender Schutz (§ 24 AufenthG)", "temporary protection (section 24)"),
        ((Phase.INTAKE, Role.DPO), "Aufnahme, Datenschutzbeauftragte/r", "Intake, Data protection officer"),
        (LanguageLevel.B1, "B1", "B1"),
        (True, "ja", "yes"),
        (None, "–", "–"),
    ],
)
def test_a_value_is_said_by_locale_and_label(value: object, german: str, english: str) -> None:
    assert (said("de", value), said("en", value)) == (german, english)


def test_one_and_many_are_told_apart() -> None:
    assert [counted("de", "cases.caption", n) for n in (0, 1, 2)] == ["0 Fälle", "1 Fall", "2 Fälle"]


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "de"),
        ({"accept_language": "en-GB,en;q=0.9,de;q=0.5"}, "en"),
        ({"accept_language": "fr,de;q=0.8,en;q=0.7"}, "de"),
        ({"accept_language": "fr, tlh;q=x"}, "de"),
        ({"accept_language": "de;q=0, en;q=0.1"}, "en"),
        ({"accept_language": "en", "cookie": "lotse_language=de"}, "de"),
        ({"accept_language": "en", "cookie": "lotse_language=tlh"}, "en"),
    ],
)
def test_the_switch_goes_before_the_browser_and_german_before_the_rest(headers: dict[str, str], language: str) -> None:
    assert chosen(request(**headers)) == language
