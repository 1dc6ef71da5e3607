"""The words that people read: German first, English second, from message catalogues under ids of our own.

An id names a code of the programme (`phase.SUPPORT`), what happened (`event.PlanAgreed`), a rule's no (`refusal.PLAN_EMPTY`), or a place on a page.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from starlette.requests import Request

from domain import vocabulary as v
from domain.deadlines import LOCAL
from projections.facts import FactKind

Language = Literal["de", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("de", "en")
COOKIE: Final = "lotse_language"
LOCALES: Final = {"de": Locale("de", "DE"), "en": Locale("en", "GB")}

CODES: Final[dict[type[Enum], str]] = {
    v.Phase: "phase",
    v.Role: "role",
    v.Sex: "sex",
    v.DataField: "data_field",
    v.EligibilityBasis: "basis",
    v.EligibilityGround: "ground",
    v.Title: "title",
    v.Source: "source",
    v.ConsentScope: "scope",
    v.ConsentForm: "form",
    v.Assignment: "assignment",
    v.ContactMode: "mode",
    v.FieldOfAction: "field",
    v.Intensity: "intensity",
    v.QualificationKind: "qualification",
    v.StaffQualification: "staff_qualification",
    v.Recognition: "recognition",
    v.LanguageLevel: "level",
    v.LanguageEvidence: "evidence",
    v.ActivityKind: "activity",
    v.HousingKind: "housing",
    v.Turn: "turn",
    v.Party: "party",
    v.GoalOutcome: "goal_outcome",
    v.MeasureOutcome: "measure_outcome",
    v.Reason: "reason",
    v.RestrictionBasis: "restriction_basis",
    v.CapacityBase: "capacity_base",
    v.PriorityClass: "priority",
    v.WaitlistEnd: "waitlist_end",
    v.PassReason: "pass_reason",
    v.Attendee: "attendee",
    v.ObstacleKind: "obstacle",
    v.Severity: "severity",
    v.Visibility: "visibility",
    v.ServiceKind: "service",
    v.ReferralOutcome: "referral_outcome",
    v.ReferralState: "referral_state",
    v.DepartureKind: "departure",
    v.Precision: "precision",
    v.GoalStatus: "goal_status",
    v.ReviewDecision: "decision",
    v.ClosureReason: "closure_reason",
    v.ClosureGroup: "closure_group",
    v.ApprovalKind: "approval",
    v.ApprovalState: "approval_state",
    v.DisputeOutcome: "dispute_outcome",
    v.TitleQuestion: "title_question",
    v.TransferEnd: "transfer_end",
    v.TitleDecision: "title_decision",
    v.TitleBasis: "title_basis",
    v.HistoryConflict: "history_conflict",
    v.Relation: "relation",
    v.MergeEvidence: "merge_evidence",
    v.DeadlineKind: "deadline",
    v.DeadlineStage: "stage",
    FactKind: "fact",
}
"""The first part of the id for each code list."""

REFUSED_WITH: Final[dict[str, Callable[[str], object]]] = {
    "closure_reason": v.ClosureReason,
    "conflict": v.HistoryConflict,
    "phase": v.Phase,
    "outcome": v.ReferralOutcome,
    "referral_state": v.ReferralState,
    "role": v.Role,
    "scope": v.ConsentScope,
    "source": v.Source,
    "title": v.Title,
    **dict.fromkeys(
        (
            "answer_by",
            "asked_on",
            "closed_on",
            "died_on",
            "due_on",
            "earliest",
            "effective_on",
            "first",
            "last_contact_on",
            "latest",
            "new_end",
            "next_review_due",
            "since",
            "support_start",
            "then",
            "today",
            "until",
        ),
        date.fromisoformat,
    ),
    "proposal": datetime.fromisoformat,
    "total": Decimal,
}
"""What the parameters of a refusal are, by name."""


def _read(language: Language) -> dict[str, str]:
    with (Path(__file__).parent / "translations" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


CATALOGUES: Final[Mapping[str, Mapping[str, str]]] = {language: _read(language) for language in LANGUAGES}


def translate(language: str, message: str, /, **params: Any) -> str:
    """The text of a message id with its parameters in plain words.

    Parameters may be typed (codes, dates, numbers); those of a refusal may come as JSON gave them. Raises KeyError on an unknown id or a missing parameter.
    """
    if message.startswith("refusal."):
        params = {name: _of_refusal(language, name, value) for name, value in params.items()}
    text = CATALOGUES[language][message]
    return text.format(**{name: said(language, value) for name, value in params.items()})


def counted(language: str, message: str, n: int, /, **params: Any) -> str:
    """The text of `<message>.one` or `<message>.many`, as the number asks."""
    return translate(language, f"{message}.{'one' if n == 1 else 'many'}", n=n, **params)


def said(language: str, value: object) -> str:
    """A value as people say it: codes by their label, days and numbers by locale."""
    match value:
        case None:
            return translate(language, "none")
        case bool():
            return translate(language, "yes" if value else "no")
        case Enum():
            return translate(language, f"{CODES[type(value)]}.{value.value}")
        case datetime():
            return at(language, value)
        case date():
            return day(language, value)
        case Decimal():
            return str(format_decimal(value, locale=LOCALES[language]))
        case tuple() | list():
            return ", ".join(said(language, each) for each in value) or translate(language, "none")
    return str(value)


def day(language: str, value: date) -> str:
    return format_date(value, "d. MMMM y" if language == "de" else "d MMMM y", locale=LOCALES[language])


def at(language: str, value: datetime) -> str:
    """A moment in local time."""
    return translate(language, "at", date=day(language, value.astimezone(LOCAL).date()), time=clock(language, value))


def clock(language: str, value: datetime) -> str:
    """The local time of day of a moment."""
    local = format_time(value.astimezone(LOCAL), "HH:mm", locale=LOCALES[language])
    return translate(language, "clock", time=local)


def language_named(language: str, code: str) -> str:
    """The name of a language (ISO 639)."""
    return str(LOCALES[language].languages.get(code, code))


def country_named(language: str, code: str) -> str:
    """The name of a country (ISO 3166)."""
    return str(LOCALES[language].territories.get(code, code))


def place_named(language: str, slug: str) -> str:
    """The name of a municipality, an area or a provider: as the catalogue has it, else the slug with capitals."""
    return CATALOGUES[language].get(f"name.{slug}") or slug.replace("-", " ").title()


def chosen(request: Request) -> Language:
    """The language of a page: what the visitor switched to, else what the browser asks for, else German."""
    switched = request.cookies.get(COOKIE)
    for language in LANGUAGES:
        if language == switched:
            return language
    return preferred(request.headers.get("accept-language", ""))


def preferred(accept_language: str) -> Language:
    """The language that an Accept-Language header would rather have, German where it names none of ours."""
    wanted: dict[str, float] = {}
    for part in accept_language.split(","):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.split("-")[0].lower()
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if language in LANGUAGES and weight > 0:
            wanted.setdefault(language, weight)
    return "en" if max(wanted, key=lambda each: wanted[each], default="de") == "en" else "de"


def _of_refusal(language: str, name: str, value: Any) -> object:
    """A parameter of a refusal, typed again after its way through JSON."""
    if name == "command":
        return translate(language, f"command.{value}")
    if name == "missing":
        parts = [value] if isinstance(value, str) else value
        return tuple(translate(language, f"missing.{part}") for part in parts)
    kind = REFUSED_WITH.get(name)
    return kind(value) if kind and isinstance(value, str) else value
