"""Events told to people: one sentence in plain words, and beside it whatever else the event holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from string import Formatter

from api.language import CATALOGUES, country_named, day, language_named, place_named, said, translate
from domain.corrections import StatedFact
from domain.personal import Personal, is_sealed, map_personal
from domain.plan import Need
from domain.policy import Parameters
from domain.reviews import GoalFound
from domain.story import Event
from domain.vocabulary import Role

OF_OTHERS = {"from_household_id", "to_household_id", "leaving", "duplicate_person_id", "survivor_person_id"}
OF_UNITS = {"case_ids", "from_unit", "unit_id"}
UNTOLD = frozenset({"absence", "person_id", "household_id", "guardian_person_id", *OF_OTHERS, *OF_UNITS})
"""Left out: ids that mean nothing to a reader."""

NAMED: dict[str, Callable[[str, str], str]] = {
    "area": place_named,
    "from_municipality": place_named,
    "from_provider": place_named,
    "residence_rules": place_named,
    "to_municipality": place_named,
    "to_provider": place_named,
    "country": country_named,
    "language": language_named,
    "language_of_copy": language_named,
    "languages": language_named,
    "municipality": place_named,
    "nationality_codes": country_named,
    "provider": place_named,
    "service_id": place_named,
}
"""Fields that hold codes of the world's standards or of places."""


@dataclass(frozen=True)
class Told:
    """`details`: label and text of what the sentence does not say."""

    sentence: str
    details: tuple[tuple[str, str], ...]


def tell(language: str, event: Event, opened: Callable[[str], str]) -> Told:
    """An event in a language. `opened` gives the text to show for a sealed token."""
    message = f"event.{type(event).__name__}"
    texts = {
        field: _text(language, field, value, opened)
        for field, info in type(event).model_fields.items()
        if field not in UNTOLD and (value := getattr(event, field)) not in (None, ()) and value is not info.default
    }
    spoken = {field for _, field, _, _ in Formatter().parse(CATALOGUES[language][message])}
    details = ((label(language, field), text) for field, text in texts.items() if field not in spoken)
    return Told(translate(language, message, **texts), tuple(details))


def label(language: str, field: str) -> str:
    return translate(language, f"label.{field}")


def sealed_in(event: Event) -> list[tuple[str, str]]:
    """The (label, token) of every sealed value that an event holds."""
    found: list[tuple[str, str]] = []

    def look(mark: Personal, value: str) -> str:
        if is_sealed(value):
            found.append((mark.label, value))
        return value

    map_personal(event, look)
    return found


def acted(language: str, actor_id: str, role: str, deputy_for: str | None) -> str:
    """Who acted: role and staff id, and for whom a deputy stood in."""
    if role == Role.SYSTEM:
        return translate(language, "actor.system")
    kind = "actor.deputy" if deputy_for else "actor.person"
    return translate(language, kind, role=Role(role), id=actor_id, deputy_for=deputy_for)


def brought_about(language: str, causation: str | None) -> str:
    """Whether a person, the clock or another event asked for it."""
    if causation is None:
        return translate(language, "origin.person")
    return translate(language, "origin.timer" if causation.startswith("timer:") else "origin.follow_up")


def born(language: str, text: str) -> str:
    """A birth date as people say it: a day, or a year where only that is known. Any other text as it is."""
    try:
        return day(language, date.fromisoformat(text))
    except ValueError:
        return text


def _text(language: str, field: str, value: object, opened: Callable[[str], str]) -> str:
    if isinstance(value, tuple):
        between = "; " if isinstance(value[0], Need | GoalFound) else ", "
        return between.join(_text(language, field, each, opened) for each in value)
    if isinstance(value, Need):
        resource = opened(value.resource) if value.resource else None
        kind = "need.line_with_resource" if resource else "need.line"
        need = translate(language, f"need.{value.need}")
        return translate(language, kind, field=value.field, need=need, resource=resource)
    if isinstance(value, StatedFact):
        told = tell(language, value.event, opened)
        line = translate(language, "told_fact.line", sentence=told.sentence, on=value.effective_on)
        return " ".join([line, *(f"{name}: {text}." for name, text in told.details)])
    if isinstance(value, GoalFound):
        return translate(language, "goal_found.line", goal=value.goal, status=value.status)
    if isinstance(value, dict):
        return ", ".join(_share(language, of, share) for of, share in value.items())
    if isinstance(value, Parameters):
        at_most = value.support_months_at_most
        return translate(language, "parameters.line", months=value.support_months, at_most=at_most)
    if isinstance(value, Enum):  # before the texts: most codes are texts too
        return said(language, value)
    if isinstance(value, str):
        if is_sealed(value):
            return born(language, opened(value)) if field == "birth_date" else opened(value)
        if field in NAMED:
            return NAMED[field](language, value)
    return said(language, value)


def _share(language: str, of: str | date, share: Decimal) -> str:
    """A share of a post, in a municipality or from a day on."""
    if isinstance(of, date):
        return translate(language, "share.line", share=share, since=of)
    return translate(language, "post.line", share=share, place=place_named(language, of))
