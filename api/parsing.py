"""Reads commands from raw bytes: strictly, and without ever quoting them."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from api.problems import Fault, ProblemError, malformed
from domain.catalogue import ASKED_FOR, COMMANDS
from domain.intake import RegisterPerson
from domain.story import Command

CommandT = TypeVar("CommandT", bound=Command)

CASE_ID = re.compile(r"case-[0-9a-f-]{36}")
CURSOR = r"^[0-9a-z_-]{1,100}$"
KEY = re.compile(r"[A-Za-z0-9._:-]{1,200}")
OURS = ("timer:", "notice:", "follow:", "otherwise:")
VERSION = re.compile(r'"([1-9][0-9]{0,17})"')
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
PLAIN_NAME = re.compile(r"[a-z_]{1,40}")

NOT_A_DATE = "must be a date of the calendar, YYYY-MM-DD"
OWN_WORDS = {
    "union_tag_invalid": "is not a kind of command that can be asked for",
    "union_tag_not_found": "is missing",
    "extra_forbidden": "is not a field of this",
    "missing": "is missing",
    "json_invalid": "is not JSON",
    "uuid_parsing": "must be a UUID",
    "date_from_datetime_parsing": NOT_A_DATE,
    "date_parsing": NOT_A_DATE,
    "date_from_datetime_inexact": "must be a date without a time",
    "date_type": "must be a date, YYYY-MM-DD",
    "decimal_parsing": "must be a decimal number",
    "dict_type": "must be an object",
    "model_type": "must be an object",
}

QUOTES_ONLY_THE_RULE = frozenset(
    {
        "birth_date",
        "bool_parsing",
        "bool_type",
        "decimal_max_digits",
        "decimal_max_places",
        "decimal_type",
        "decimal_whole_digits",
        "enum",
        "finite_number",
        "greater_than_equal",
        "int_from_float",
        "int_parsing",
        "int_type",
        "less_than_equal",
        "literal_error",
        "personal_text",
        "string_pattern_mismatch",
        "string_too_long",
        "string_too_short",
        "string_type",
        "too_long",
        "too_short",
        "tuple_type",
        "uuid_type",
        "value_error",  # the domain's own sentences
    }
)


def opening(raw: bytes) -> RegisterPerson:
    """A person's first command; its `kind` may be left out. Raises ProblemError (400)."""
    text = _text(raw)
    try:
        return _with_plain_dates(RegisterPerson.model_validate_json(text, strict=True), text)
    except ValidationError as error:
        raise malformed(faults(error.errors())) from None


def command(raw: bytes) -> Command:
    """Any command but the first. Raises ProblemError (400)."""
    found = _read(raw, ASKED_FOR)
    if found.opens:
        raise malformed([Fault(field="kind", problem="makes a new case: send it to POST /v1/cases")])
    return found


def house_command(raw: bytes, asked_for: TypeAdapter[Command]) -> Command:
    """A command to a stream of the house: a unit, a member of staff, the policy. Nothing is said there in words of one's own. Raises ProblemError (400)."""
    found = _read(raw, asked_for)
    if found.reason_text is not None:
        raise malformed([Fault(field="reason_text", problem="can't be given here: say the reason's code")])
    return found


def _read(raw: bytes, asked_for: TypeAdapter[Command]) -> Command:
    text = _text(raw)
    try:
        return _with_plain_dates(asked_for.validate_json(text, strict=True), text)
    except ValidationError as error:
        raise malformed(faults(error.errors())) from None


def _with_plain_dates(found: CommandT, text: str) -> CommandT:
    """Digits alone would be read as seconds since 1970: somebody who means a day would be recorded with another one."""
    if odd := list(_odd_dates(found, json.loads(text))):
        raise malformed([Fault(field=name, problem=NOT_A_DATE) for name in odd])
    return found


def _odd_dates(found: BaseModel, said: dict[str, Any]) -> Iterator[str]:
    """The fields, those of what is inside too, where something else than a plain date was taken for one."""
    for name, value in found:
        if isinstance(value, BaseModel):
            yield from (f"{name}.{inside}" for inside in _odd_dates(value, said[name]))
        elif type(value) is date and not DATE.fullmatch(str(said[name])):
            yield name


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise malformed([Fault(field="body", problem="is not UTF-8")]) from None


def idempotency_key(given: str | None) -> str:
    """The command id. Raises ProblemError (400)."""
    if given is None:
        raise _header("Idempotency-Key", "is missing: draw a new UUID for each command, and keep it when asking again")
    if not KEY.fullmatch(given) or given.startswith(OURS):
        raise _header(
            "Idempotency-Key",
            "must be 1 to 200 of A-Z a-z 0-9 . _ : - and not begin with timer:, notice:, follow: or otherwise:",
        )
    return given


def seen_version(given: str | None) -> int | None:
    """The version the caller has seen. Raises ProblemError (400)."""
    if given is None:
        return None
    found = VERSION.fullmatch(given.strip())
    if not found:
        raise _header("If-Match", 'must be the version of the case in quotes, e.g. "3"')
    return int(found[1])


def _header(name: str, problem: str) -> ProblemError:
    return malformed([Fault(field=name, problem=problem)])


def faults(errors: Sequence[ErrorDetails]) -> list[Fault]:
    """What pydantic found, in words that hold nothing of what was sent."""
    return [Fault(field=_field(each), problem=_problem(each)) for each in errors]


def _field(error: ErrorDetails) -> str:
    if error["type"].startswith("union_tag"):
        return "kind"
    parts = [str(part) for part in error["loc"] if part not in COMMANDS]
    if error["type"] == "extra_forbidden" and not PLAIN_NAME.fullmatch(parts[-1]):
        parts[-1] = "?"  # whoever names a field after a person must not find it here
    return ".".join(parts) or "body"


def _problem(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind in QUOTES_ONLY_THE_RULE:
        return error["msg"].removeprefix("Value error, ")
    return OWN_WORDS.get(kind, "is not valid here")
