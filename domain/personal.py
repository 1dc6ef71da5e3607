"""Personal data: marked in commands and events, sealed at the door, never in clear inside."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

TOKEN_PREFIX = "sealed:"  # noqa: S105 - the mark of a ciphertext, not a secret

ModelT = TypeVar("ModelT", bound=BaseModel)

EARLIEST_BIRTH_YEAR = 1900
"""Nobody alive was born before; a year below is a slip of the keyboard."""

_BIRTH_DATE = re.compile(r"\d{4}(-\d{2}-\d{2})?")


@dataclass(frozen=True)
class Personal:
    """Marks a text field as personal data of the person a case is about.

    `label` names the field across command, event and read model; the ciphertext is bound to it and to the stream.
    `limit` bounds the clear text in characters. `special` marks special categories (health, origin; Art. 9 GDPR).
    A value is either clear text (at the door) or a sealed token (everywhere else).
    """

    label: str
    limit: int = 2000
    special: bool = False
    birth_date: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        shape: dict[str, Any] = dict(handler(schema))
        shape |= {"maxLength": self.limit, "minLength": 1, "x-personal": True}
        if self.birth_date:
            shape["pattern"] = f"^{_BIRTH_DATE.pattern}$"
        return shape

    def _checked(self, value: str) -> str:
        if is_sealed(value):
            return value
        if not value.strip() or len(value) > self.limit:
            raise PydanticCustomError("personal_text", "must have 1 to {limit} characters", {"limit": self.limit})
        if any(unicodedata.category(character) == "Cc" and character not in "\n\r\t" for character in value):
            raise PydanticCustomError("personal_text", "must not have control characters")
        if self.birth_date:
            _check_birth_date(value)
        return value


def _check_birth_date(value: str) -> None:
    if not _BIRTH_DATE.fullmatch(value):
        raise PydanticCustomError("birth_date", "must be YYYY-MM-DD, or YYYY where only the year is known")
    try:
        year = birth_day(value).year
    except ValueError:
        raise PydanticCustomError("birth_date", "is not a date of the calendar") from None
    if year < EARLIEST_BIRTH_YEAR:
        raise PydanticCustomError("birth_date", "lies before {year}", {"year": EARLIEST_BIRTH_YEAR})


def birth_day(value: str) -> date:
    """The day a person counts as born: a year alone stands for 1 January (the authorities' own convention)."""
    return date.fromisoformat(value if len(value) > 4 else f"{value}-01-01")


def is_sealed(value: object) -> bool:
    return isinstance(value, str) and value.startswith(TOKEN_PREFIX)


@cache
def personal_fields(model: type[BaseModel]) -> Mapping[str, Personal]:
    """The directly marked fields of a model: field name -> mark."""
    found = {}
    for name, field in model.model_fields.items():
        marks = [mark for mark in (*field.metadata, *_marks(field.annotation)) if isinstance(mark, Personal)]
        if marks:
            found[name] = marks[0]
    return found


def _marks(annotation: Any) -> Iterator[object]:
    """Marks below an optional: `Annotated[str, Personal(...)] | None`."""
    yield from getattr(annotation, "__metadata__", ())
    for part in getattr(annotation, "__args__", ()):
        yield from _marks(part)


def map_personal(model: ModelT, change: Callable[[Personal, str], str]) -> ModelT:
    """The model with every personal value, at any depth, replaced by `change(mark, value)`."""
    marks = personal_fields(type(model))
    updates: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if value is None:
            continue
        if name in marks:
            updates[name] = change(marks[name], value)
        elif isinstance(value, BaseModel):
            updates[name] = map_personal(value, change)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            updates[name] = tuple(map_personal(item, change) for item in value)
    return model.model_copy(update=updates)


def in_clear(model: BaseModel) -> list[str]:
    """Labels of personal values that are not sealed: must be empty for everything that is stored."""
    found: list[str] = []

    def look(mark: Personal, value: str) -> str:
        if not is_sealed(value):
            found.append(mark.label)
        return value

    map_personal(model, look)
    return found
