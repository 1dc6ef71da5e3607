"""The description of the API to read in a browser, made of the OpenAPI document. Nothing is fetched from elsewhere."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.problems import MEDIA_TYPE
from api.rendering import PageRoute, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Operation:
    """One method of one address. `parameters` (name, what) and `answers` (status, what, code of the example) are in order; `bodies` are examples by name."""

    method: str
    path: str
    summary: str
    description: str
    parameters: list[tuple[str, str]]
    bodies: list[tuple[str, str]]
    answers: list[tuple[str, str, str]]


@router.get("/docs")
async def docs(request: Request) -> Response:
    document = request.app.openapi()
    paragraphs = document["info"]["description"].replace("`", "").replace("\n  ", " ").splitlines()
    return render(
        request,
        "reference.html",
        opening=[line for line in paragraphs if line and not line.startswith("* ")],
        points=[line.removeprefix("* ") for line in paragraphs if line.startswith("* ")],
        operations=list(_operations(document)),
    )


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            yield Operation(
                method=method.upper(),
                path=path,
                summary=operation["summary"],
                description=operation.get("description", ""),
                parameters=[(each["name"], _about(each)) for each in operation.get("parameters", ())],
                bodies=[
                    (name, json.dumps(example["value"], ensure_ascii=False, indent=2))
                    for name, example in content.get("examples", {}).items()
                ],
                answers=[
                    (status, answer["description"].replace("`", ""), _code(answer))
                    for status, answer in operation["responses"].items()
                ],
            )


def _about(parameter: dict[str, Any]) -> str:
    said = parameter.get("description") or parameter["schema"].get("description") or ""
    return f"{parameter['in']}{', required' if parameter.get('required') else ''}. {said}".strip()


def _code(answer: dict[str, Any]) -> str:
    return str(answer.get("content", {}).get(MEDIA_TYPE, {}).get("example", {}).get("code", ""))
