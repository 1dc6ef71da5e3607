"""The description of the API (OpenAPI), whole: commands are read from raw bytes, so their schema is put in by hand."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Query
from fastapi.openapi.utils import get_openapi

from api import examples, examples_house
from api.problems import MEDIA_TYPE, Problem
from domain.catalogue import ASKED_OF
from domain.envelopes import CASE_PREFIX, POLICY_STREAM, STAFF_PREFIX, UNIT_PREFIX

REF = "#/components/schemas/{model}"
FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")  # of its 422, which is never given here
QUERY: Any = Query()

TITLE = "Lotse"
DESCRIPTION = """Lifecycles of integration cases: every change is a command, every answer a receipt or a reason.

* Who asks is told by a signed token: `Authorization: Bearer …`. No token, no data.
* Every command has an `Idempotency-Key`. Asked again with the same key, it is recorded once, and the first receipt is given again.
  After 503 the outcome is unknown: ask again with the same key.
* Read models follow the story. Put the `position` of a receipt into `?after=` to see what you have done.
* A no is `application/problem+json` with a stable `code`. Messages are German or English, by `Accept-Language`.
"""

SAYS = {
    400: "Malformed: which fields, and what about them. Nothing was recorded",
    401: "No token, or one that is not valid",
    403: "The role does not permit it, or the case is another provider's",
    404: "There is none",
    406: "Answers are JSON",
    409: "Refused by a rule: its code, its number, and what it looked at",
    412: "The case has another version than the caller has seen; `since` tells what came between",
    413: "More than 64 KiB",
    415: "Commands are JSON",
    500: "An error on our side; its id is in our log",
    503: "A service does not answer: ask again, a command with the same key",
}

HEADERS = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "The id of the command: a new UUID for each, kept when asking again.",
        "schema": {"type": "string", "pattern": "^(?!timer:|notice:|follow:|otherwise:)[A-Za-z0-9._:-]{1,200}$"},
        "example": "0b0f4c3e-8f0e-4a52-9d0b-3f0a4f7f5c11",
    },
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The version that the caller has seen, in quotes.",
        "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,17}"$'},
        "example": '"3"',
    },
]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {
        status: {
            "model": Problem,
            "description": SAYS[status],
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": REF.format(model="Problem")},
                    "example": examples.PROBLEMS[status],
                }
            },
        }
        for status in statuses
    }


def reads(*more: int, example: Any) -> dict[int | str, dict[str, Any]]:
    """What whoever looks is shown, and the problems there may be."""
    return {200: _shown(example), **problems(*sorted({400, 401, 403, 406, 500, 503, *more}))}


def health(example: Any) -> dict[int | str, dict[str, Any]]:
    not_ready = problems(503)
    not_ready[503]["content"][MEDIA_TYPE]["example"] = examples.NOT_READY
    return {200: _shown(example), **not_ready}


def _shown(example: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"example": example}}}


def _command(
    schema: str, bodies: Mapping[str, Any], success: int, headers: list[dict[str, Any]], *more: int
) -> dict[str, Any]:
    shown = {kind: {"summary": kind, "value": body} for kind, body in bodies.items()}
    content = {"application/json": {"schema": {"$ref": REF.format(model=schema)}, "examples": shown}}
    recorded = {
        **_shown(examples.RECEIPT),
        "description": "Recorded, now or before",
        "headers": {
            "ETag": {"description": "The version of the case, for If-Match", "schema": {"type": "string"}},
            "Location": {"description": "The address of the case", "schema": {"type": "string"}},
        },
    }
    return {
        "responses": {success: recorded, **problems(*sorted({400, 401, 403, 406, 409, 413, 415, 500, 503, *more}))},
        "openapi_extra": {"requestBody": {"required": True, "content": content}, "parameters": headers},
    }


OPENING = "RegisterPerson"
REGISTER = _command(OPENING, {OPENING: examples.COMMANDS[OPENING]}, 201, HEADERS[:1])
SUBMIT = _command(
    "Command", {kind: body for kind, body in examples.COMMANDS.items() if kind != OPENING}, 200, HEADERS, 404, 412
)
OF_UNIT = _command("UnitCommand", examples_house.OF_UNIT, 200, HEADERS, 404, 412)
OF_STAFF = _command("StaffCommand", examples_house.OF_STAFF, 200, HEADERS, 404, 412)
OF_POLICY = _command("PolicyCommand", examples_house.OF_POLICY, 200, HEADERS, 412)

COMMANDS = {
    CASE_PREFIX: ("Command", "Any command that can be asked for in a case."),
    UNIT_PREFIX: ("UnitCommand", "Any command that can be asked of a unit."),
    STAFF_PREFIX: ("StaffCommand", "Any command about a member of staff."),
    POLICY_STREAM: ("PolicyCommand", "Any command about the programme's numbers."),
}
"""By the kind of stream: the name of the schema, and what it describes."""


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(title=TITLE, version=app.version, description=DESCRIPTION, routes=app.routes)
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for kind, (name, description) in COMMANDS.items():
            asked_for = ASKED_OF[kind].json_schema(ref_template=REF)
            schemas |= asked_for.pop("$defs", {})
            schemas[name] = {**_without(asked_for, OPENING), "description": description}
        for unused in FRAMEWORKS_OWN:
            schemas.pop(unused, None)
        schemas["RegisterPerson"] = {**schemas["RegisterPerson"], "required": ["name"]}
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
        for path, operations in document["paths"].items():
            for operation in operations.values():
                _tidy(operation)
                if path.startswith("/v1/"):
                    operation["security"] = [{"token": []}]
        app.openapi_schema = document
    return app.openapi_schema


def _without(union: dict[str, Any], kind: str) -> dict[str, Any]:
    if "discriminator" not in union:
        return union
    ref = REF.format(model=kind)
    mapping = {name: target for name, target in union["discriminator"]["mapping"].items() if target != ref}
    return {
        "oneOf": [each for each in union["oneOf"] if each["$ref"] != ref],
        "discriminator": {**union["discriminator"], "mapping": mapping},
    }


def _tidy(operation: dict[str, Any]) -> None:
    """The framework's own 422 is never given here, and problems have one media type."""
    operation["responses"].pop("422", None)
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            response["content"] = {kind: each for kind, each in response["content"].items() if kind == MEDIA_TYPE}
