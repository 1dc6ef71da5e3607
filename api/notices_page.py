"""What stands on the page of notices: what the clock told the supervisors of a provider, and others did for them to know."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from api.house import House, house_of
from api.language import CATALOGUES, Language, chosen, counted, day, said, translate
from api.opening import opened
from api.problems import ProblemError
from domain.deadlines import DeadlineEscalated
from domain.envelopes import CASE_PREFIX, Actor
from domain.vocabulary import DeadlineKind
from infra import notice_board
from infra.notice_board import Notice
from projections import caseload

PAGE = 50
BETWEEN = "_"
DAYS = ("since", "expires_on")
TOLD = (*DAYS, "manager_id", "entry", "slots")


class Asked(BaseModel):
    """`before`: the notice at which the page before ended."""

    model_config = ConfigDict(extra="ignore")

    before: str | None = Field(default=None, max_length=300)


@dataclass(frozen=True)
class Line:
    """`case_id`: the case that it is about, if it is one; `name` is a sealed token."""

    notice: Notice
    case_id: str | None
    name: str | None
    text: str


async def content(request: Request, actor: Actor, asked: Asked) -> dict[str, Any]:
    """The values of `notices.html`. Notices to the supervisors of the visitor's provider, the newest first."""
    house, language = house_of(request), chosen(request)
    found = await notice_board.latest(house.connections, actor.provider, _place(asked.before), PAGE + 1)
    notices = found[:PAGE]
    names = await _names(house, actor, notices)
    sealed = [(case_id, "person.name", name) for case_id, name in names.items()]
    last = notices[-1] if len(found) > PAGE else None
    return {
        "lines": [_line(language, each, names) for each in notices],
        "opened": await opened(house, language, actor, actor.provider, sealed),
        "first": asked.before is None,
        "following": last and f"{last.told_at.isoformat()}{BETWEEN}{last.id}",
    }


async def _names(house: House, actor: Actor, notices: list[Notice]) -> dict[str, str]:
    """Of the cases that still lie with the visitor's provider."""
    async with house.connections.connection() as connection:
        cases = await caseload.several(connection, [each.stream_id for each in notices])
    return {case_id: row.name for case_id, row in cases.items() if row.provider == actor.provider}


def _line(language: Language, notice: Notice, names: dict[str, str]) -> Line:
    case_id = notice.stream_id if notice.stream_id.startswith(CASE_PREFIX) else None
    return Line(notice, case_id, names.get(notice.stream_id), told(language, notice.about))


def told(language: Language, about: dict[str, Any]) -> str:
    """In words, as far as there are words for it."""
    if about.get("event") == DeadlineEscalated.__name__:
        due_on, deadline = date.fromisoformat(about["due_on"]), said(language, DeadlineKind(about["deadline"]))
        return counted(language, "notices.escalated", about["days_late"], deadline=deadline, date=day(language, due_on))
    message = f"notices.{about.get('event')}"
    words = {name: date.fromisoformat(about[name]) if name in DAYS else about[name] for name in TOLD if name in about}
    return translate(language, message if message in CATALOGUES[language] else "notices.other", **words)


def _place(before: str | None) -> tuple[datetime, str] | None:
    if before is None:
        return None
    told_at, _, id_ = before.partition(BETWEEN)
    try:
        return datetime.fromisoformat(told_at), id_
    except ValueError:
        raise ProblemError(400, "MALFORMED", "There is no such page of the list.") from None
