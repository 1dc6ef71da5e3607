"""Personal data: marked once, sealed at any depth, never in clear inside."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from domain.catalogue import ASKED_FOR, ASKED_OF, command_from, event_from
from domain.catalogue import COMMANDS as COMMAND_CLASSES
from domain.catalogue import EVENTS as EVENT_CLASSES
from domain.intake import RegisterPerson
from domain.personal import Personal, in_clear, is_sealed, map_personal, personal_fields
from domain.vocabulary import Role
from tests.examples import ASSESS, COMMANDS, EVENTS, PERSON_ID, REGISTER, seal, sealed, unseal

MODELS: dict[str, type[BaseModel]] = {**COMMAND_CLASSES, **EVENT_CLASSES}


def marked_anywhere(annotation: Any) -> bool:
    """Whether a mark stands somewhere in an annotation, models inside included."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return any(
            any(isinstance(mark, Personal) for mark in field.metadata) or marked_anywhere(field.annotation)
            for field in annotation.model_fields.values()
        )
    inside = [*getattr(annotation, "__metadata__", ()), *getattr(annotation, "__args__", ())]
    return any(isinstance(each, Personal) or marked_anywhere(each) for each in inside)


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


def test_every_mark_of_every_command_and_event_is_found_at_any_depth() -> None:
    for name, model in MODELS.items():
        example = {**COMMANDS, **EVENTS}[name]
        found = {field for field in model.model_fields if field in personal_fields(model)}
        nested = {
            field for field, of in model.model_fields.items() if field not in found and marked_anywhere(of.annotation)
        }
        assert all(isinstance(getattr(example, field), str | None) for field in found), name
        for field in nested:
            held = getattr(example, field)
            assert all(isinstance(item, BaseModel) for item in (held if isinstance(held, tuple) else [held])), (
                name,
                field,
            )


def test_the_examples_show_every_personal_field_that_people_write() -> None:
    labels: set[str] = set()

    def note(mark: Personal, value: str) -> str:
        labels.add(mark.label)
        return value

    for command in COMMANDS.values():
        map_personal(command, note)
    assert labels == {
        "reason",
        "person.name",
        "person.birth_date",
        "person.contact",
        "qualification",
        "assessment.resource",
        "assessment.family",
        "extension.justification",
        "goal.text",
        "goal.indicator",
        "measure.text",
        "plan.copy",
        "obstacle.text",
        "referral.text",
        "withdrawal.plan",
        "closure.plan",
    }


def test_sealing_leaves_nothing_in_clear_and_opening_gives_it_back() -> None:
    for command in COMMANDS.values():
        inside = sealed(command)
        assert in_clear(inside) == []
        assert command == map_personal(inside, lambda mark, token: unseal(token, mark.label))


def test_what_is_in_clear_is_named_by_its_labels() -> None:
    assert in_clear(REGISTER) == ["person.name", "person.birth_date", "person.contact"]
    assert in_clear(ASSESS) == ["assessment.resource", "assessment.family"]


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_holds_no_clear_text(name: str) -> None:
    assert in_clear(EVENTS[name]) == []
    written = {text for command in COMMANDS.values() for text in texts(command.model_dump(mode="json")) if " " in text}
    assert not written & set(texts(EVENTS[name].model_dump(mode="json")))


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_survives_storage(name: str) -> None:
    event = EVENTS[name]
    assert event == event_from(name, event.schema_version, event.model_dump(mode="json"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_survives_its_way_sealed_and_in_clear(name: str) -> None:
    for command in (COMMANDS[name], sealed(COMMANDS[name])):
        body = command.model_dump(mode="json", exclude_none=True)
        assert command == command_from(body)
        if command.roles != {Role.SYSTEM}:
            assert command == ASKED_OF[command.of_kind].validate_python(body)


def test_the_clocks_command_is_not_to_be_asked_for() -> None:
    with pytest.raises(ValidationError, match="union_tag_invalid"):
        ASKED_FOR.validate_python(COMMANDS["ReachDeadline"].model_dump(mode="json"))


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.__name__)
def test_surplus_fields_are_refused(model: type[BaseModel]) -> None:
    body = {**COMMANDS, **EVENTS}[model.__name__].model_dump(mode="json")
    with pytest.raises(ValidationError, match="extra_forbidden"):
        model.model_validate({**body, "surplus": 1})


@pytest.mark.parametrize("text", ["", "   ", "\n", "x" * 201])
def test_a_personal_text_has_at_least_one_and_at_most_so_many_characters(text: str) -> None:
    with pytest.raises(ValidationError, match="personal_text"):
        RegisterPerson(name=text)


def test_a_personal_text_keeps_what_was_written() -> None:
    name = "O'Brien-Şahin  عبد الله 🙂"
    assert name == RegisterPerson(name=name).name
    assert name == unseal(seal("person.name", name), "person.name")


@pytest.mark.parametrize("birth_date", ["1990-05-17", "1990", "2000-02-29", "1900"])
def test_a_birth_date_is_a_day_or_a_year(birth_date: str) -> None:
    assert birth_date == RegisterPerson(name="Amal", birth_date=birth_date).birth_date


@pytest.mark.parametrize(
    "birth_date",
    [
        "",
        "17.05.1990",
        "1990-05",
        "1990-5-17",
        "90",
        "1990-02-29",
        "1990-13-01",
        "0000",
        "0198",
        "1899-12-31",
        "١٩٩٠",
        "1990-05-17T00:00",
    ],
)
def test_what_is_no_birth_date_is_refused_without_quoting_it(birth_date: str) -> None:
    with pytest.raises(ValidationError) as refused:
        RegisterPerson(name="Amal", birth_date=birth_date)
    messages = [error["msg"] for error in refused.value.errors()]
    assert all(not birth_date or birth_date not in message for message in messages)


def test_a_sealed_value_is_not_measured_as_text() -> None:
    long = seal("person.name", "x" * 200)
    assert is_sealed(RegisterPerson(name=long).name)


def test_the_schema_says_which_fields_are_personal() -> None:
    properties = RegisterPerson.model_json_schema()["properties"]
    assert {"type": "string", "minLength": 1, "maxLength": 200, "x-personal": True}.items() <= properties[
        "name"
    ].items()
    assert properties["birth_date"]["anyOf"][0]["pattern"] == r"^\d{4}(-\d{2}-\d{2})?$"


def test_the_stand_in_for_encryption_opens_only_under_its_label() -> None:
    token = seal("person.name", "Amal Haddad")
    assert token.startswith(f"sealed:1:{PERSON_ID}:")
    assert "Amal" not in token
    with pytest.raises(ValueError, match=r"opened for goal\.text"):
        unseal(token, "goal.text")


@pytest.mark.parametrize("text", ["Amal\x00", "\x1b[31mAmal", "Am\u0085al"])
def test_a_personal_text_has_no_control_characters(text: str) -> None:
    with pytest.raises(ValidationError, match="control characters"):
        RegisterPerson(name=text)


def test_a_personal_text_may_have_lines() -> None:
    assert RegisterPerson(name="Amal", reason_text="first line\nsecond\tline").reason_text is not None
