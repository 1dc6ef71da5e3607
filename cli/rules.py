"""`python -m cli.rules` writes docs/rules-of-a-case.md from the code's own catalogue, in English and German, so that it cannot drift."""

import inspect
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from cli.rules_code import arrows, common_refusals, ends, events_of, refusals_of
from cli.rules_words import DOCS, LISTS, Words
from domain import vocabulary
from domain.catalogue import COMMANDS, EVENTS
from domain.policy import POLICIES
from domain.refusals import GUARD_NUMBERS, Refusal
from domain.story import Command
from domain.vocabulary import DeadlineKind, Phase, Role

TARGET = DOCS / "rules-of-a-case.md"

INTRODUCTION = """# Rules of a case · Regeln eines Falls

This page is written by `python -m cli.rules` from the code itself; change the code or its translations, not this page.

Diese Seite schreibt `python -m cli.rules` aus dem Programm selbst; geändert wird das Programm oder seine Übersetzung, nicht diese Seite.

A **command** asks; the rules answer with **events** or with a **refusal**. Fields marked ° are personal data: sealed at the door, never in clear inside.

Ein **Kommando** fragt; die Regeln antworten mit **Ereignissen** oder mit einer **Ablehnung**. Felder mit ° sind personenbezogen: sie werden an der Tür versiegelt.

Every command may say `effective_on` (the day when it was true; today if left out), `reason` (a code) and `reason_text`°.

Jedes Kommando kann `effective_on` (der Tag, an dem es galt; sonst heute), `reason` (ein Code) und `reason_text`° nennen."""


def document() -> str:
    """The whole page as Markdown."""
    words = Words()
    parts = (_phases, _commands, _events, _refusals, _deadlines, _roles, _code_lists)
    sections = (INTRODUCTION, *(part(words) for part in parts))
    return "\n\n".join(sections) + "\n"


def code_lists() -> list[type[StrEnum]]:
    """Every code list of the vocabulary, in its order."""
    return [
        each
        for each in vars(vocabulary).values()
        if inspect.isclass(each) and issubclass(each, StrEnum) and each is not StrEnum
    ]


def _phases(words: Words) -> str:
    steps = arrows()
    shown = [phase for phase in Phase if any(phase in (start, end) for start, end, _ in steps)]
    diagram = [
        "```mermaid",
        "stateDiagram-v2",
        *(f"    {phase}: {words.both('phase', phase)}" for phase in shown),
        *(f"    {start or '[*]'} --> {end}: {command}" for start, end, command in steps),
        "```",
    ]
    rows = ([f"`{phase}`", *words.row("phase", phase), _codes(_allowed(phase))] for phase in Phase)
    table = _table(["phase", "English", "Deutsch", "commands · Kommandos"], rows)
    left = _codes(phase for phase in Phase if phase not in shown)
    unreached = f"No command leads to {left} yet. · Zu {left} führt noch kein Kommando."
    return "\n".join(["## Phases · Phasen", "", *diagram, "", table, *(["", unreached] if left else [])])


def _allowed(phase: Phase) -> list[str]:
    return [name for name, command in COMMANDS.items() if phase in command.phases and not command.opens]


def _commands(words: Words) -> str:
    return "\n\n".join(
        ["## Commands · Kommandos", *(_command(words, name, command) for name, command in COMMANDS.items())]
    )


def _command(words: Words, name: str, command: type[Command]) -> str:
    phases = "the first of a case · das erste eines Falls" if command.opens else _codes(_in_order(command.phases))
    facts = {
        "phases · Phasen": phases,
        "roles · Rollen": _codes(role for role in Role if role in command.roles),
        "events · Ereignisse": _codes(events_of(command)),
        "own refusals · eigene Ablehnungen": _codes(refusals_of(command)) or "–",
    }
    if command.plannable:
        months = POLICIES[-1].plan_ahead_months
        facts["may be planned · planbar"] = f"up to {months} months ahead · bis zu {months} Monate im Voraus"
    doc = " ".join(inspect.cleandoc(command.__doc__ or "").split())
    lines = [f"### {name}", "", f"*{words.both('command', name)}*"]
    lines += ["", doc] if command.__doc__ else []
    lines += ["", *(f"* {label}: {text}" for label, text in facts.items())]
    fields = list(_fields(words, command))
    lines += ["", _table(["field · Feld", "type · Typ", "English", "Deutsch"], fields)] if fields else []
    return "\n".join(lines)


def _fields(words: Words, command: type[Command]) -> Iterator[list[str]]:
    """A line per field: name, with ? where it may be left out and ° where it is personal."""
    schema = command.model_json_schema()
    for name, field in schema["properties"].items():
        if name in {"kind", *Command.model_fields}:
            continue
        mark = "°" if "x-personal" in str(field) else ""
        optional = "" if name in schema.get("required", ()) else "?"
        yield [f"`{name}`{optional}{mark}", _type(field, schema), *words.label(name)]


def _type(field: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in field:
        name = str(field["$ref"]).rpartition("/")[2]
        parts = schema["$defs"][name].get("properties", {})
        inside = ", ".join(f"`{part}`{'°' if 'x-personal' in str(of) else ''}" for part, of in parts.items())
        return f"{name}: {inside}" if inside else name
    if "oneOf" in field:
        return " or ".join(f"`{str(each['$ref']).rpartition('/')[2]}`" for each in field["oneOf"])
    if "anyOf" in field:
        return " or ".join(_type(each, schema) for each in field["anyOf"] if each.get("type") != "null")
    if field.get("type") == "array":
        return f"list of {_type(field['items'], schema)}"
    return str(field.get("format") or field.get("type"))


def _events(words: Words) -> str:
    asked_by = {
        event: _codes(name for name, command in COMMANDS.items() if event in events_of(command)) for event in EVENTS
    }
    rows = (
        [f"`{name}`", *words.row("event", name), asked_by[name], _codes(ends(event))] for name, event in EVENTS.items()
    )
    return "## Events · Ereignisse\n\n" + _table(
        ["event", "English", "Deutsch", "answers · Antwort auf", "leads to · führt zu"], rows
    )


def _refusals(words: Words) -> str:
    common = common_refusals()
    rows = (
        [GUARD_NUMBERS.get(code, ""), f"`{code}`", *words.row("refusal", code), _met_by(code, code in common)]
        for code in sorted(Refusal, key=lambda code: GUARD_NUMBERS.get(code, "~"))
    )
    return "## Refusals · Ablehnungen\n\n" + _table(["guard", "code", "English", "Deutsch", "met by · betrifft"], rows)


def _met_by(code: Refusal, common: bool) -> str:
    if common:
        return "every command · jedes Kommando"
    return _codes(name for name, command in COMMANDS.items() if code in refusals_of(command))


def _deadlines(words: Words) -> str:
    heads = ["", "", *(f"policy · Regelwerk {policy.version}" for policy in POLICIES)]
    numbers: dict[tuple[str, str], list[object]] = {
        ("in force from", "in Kraft ab"): [policy.valid_from for policy in POLICIES],
        ("support, months", "Begleitung, Monate"): [policy.support_months for policy in POLICIES],
        ("at most, months", "höchstens, Monate"): [policy.support_months_at_most for policy in POLICIES],
        ("decree for Ukraine from", "Ukraine-Erlass ab"): [policy.ukraine_from for policy in POLICIES],
        **{
            (f"{words.row('deadline', kind)[0]}, days", f"{words.row('deadline', kind)[1]}, Tage"): [
                policy.due_after_days[kind] for policy in POLICIES
            ]
            for kind in POLICIES[-1].due_after_days
        },
        **{
            (
                f"{words.row('deadline', kind)[0]}: {words.row('stage', stage)[0]}, days from the due day",
                f"{words.row('deadline', kind)[1]}: {words.row('stage', stage)[1]}, Tage ab Fälligkeit",
            ): [policy.stage_days[kind].get(stage, "–") for policy in POLICIES]
            for kind in DeadlineKind
            for stage in POLICIES[-1].stage_days[kind]
        },
        **{
            (
                f"review at intensity {words.row('intensity', intensity)[0]}, months",
                f"Fortschreibung bei Intensität {words.row('intensity', intensity)[1]}, Monate",
            ): [policy.review_months[intensity] for policy in POLICIES]
            for intensity in vocabulary.Intensity
        },
        **{
            (
                f"longest interval later, intensity {words.row('intensity', intensity)[0]}, months",
                f"längster Abstand später, Intensität {words.row('intensity', intensity)[1]}, Monate",
            ): [policy.review_months_later[intensity] for policy in POLICIES]
            for intensity in vocabulary.Intensity
        },
        ("later means after months of support", "später heißt nach Monaten der Begleitung"): [
            policy.review_later_after_months for policy in POLICIES
        ],
        ("postponed reviews stay within, months", "verschobene Fortschreibung innerhalb von, Monate"): [
            policy.review_months_at_most for policy in POLICIES
        ],
        ("postponements in a row without a supervisor", "Verschiebungen in Folge ohne Fachleitung"): [
            policy.review_postponements for policy in POLICIES
        ],
        ("planning ahead, months", "im Voraus planbar, Monate"): [policy.plan_ahead_months for policy in POLICIES],
        ("own contribution from age", "Eigenleistung ab Alter"): [p.own_contribution_from_age for p in POLICIES],
        ("adult from age", "volljährig ab Alter"): [policy.adult_age for policy in POLICIES],
        ("withdrawal, contact every … weeks by stage", "Rückzug, Kontakt alle … Wochen je Stufe"): [
            " / ".join(str(weeks) for weeks in policy.withdrawal_contact_weeks) for policy in POLICIES
        ],
        ("withdrawal from independence", "Rückzug ab Selbstständigkeit"): [
            policy.withdrawal_from_independence for policy in POLICIES
        ],
        ("withdrawal at most, months", "Rückzug höchstens, Monate"): [
            policy.withdrawal_months_at_most for policy in POLICIES
        ],
        ("planned closing, last contact within days", "geplantes Ende, letzter Kontakt innerhalb von Tagen"): [
            policy.closure_last_contact_days for policy in POLICIES
        ],
        ("contact lost, attempts", "Kontakt abgebrochen, Versuche"): [
            policy.contact_lost_attempts for policy in POLICIES
        ],
        ("contact lost, over weeks", "Kontakt abgebrochen, über Wochen"): [
            policy.contact_lost_weeks for policy in POLICIES
        ],
        ("reopening within months", "Wiederaufnahme innerhalb von Monaten"): [
            policy.reopen_months for policy in POLICIES
        ],
    }
    text = """## Deadlines and policy · Fristen und Regelwerk

The policy in force on the first day of support binds a case. Deadlines are local dates, over at midnight in Berlin through every change of the clocks;
reminder, passing and escalation come once per due date, and only what a deadline waits for clears it. Months count by section 188 of the Civil Code; the first day of support counts.
A review is cleared only by a review that is held; the next counts from that day. While a suspension stops the clock, all of them stand still but the end of a residence title.

Das am ersten Tag der Begleitung geltende Regelwerk bindet den Fall. Fristen sind Tage und enden um Mitternacht Berliner Zeit, auch bei Zeitumstellung;
Erinnerung, Ablauf und Eskalation kommen je Fälligkeit einmal, und nur das Erwartete erledigt die Frist. Monate zählen nach § 188 BGB; der erste Tag der Begleitung zählt mit.
Eine Fortschreibung erledigt nur, wer sie durchführt; die nächste zählt ab diesem Tag. Ruht ein Fall mit angehaltener Uhr, stehen alle Fristen still bis auf das Ende des Aufenthaltstitels.

"""
    return text + _table(heads, ([*names, *(str(value) for value in values)] for names, values in numbers.items()))


def _roles(words: Words) -> str:
    rows = (
        [f"`{role}`", *words.row("role", role), _codes(n for n, c in COMMANDS.items() if role in c.roles)]
        for role in Role
    )
    return "## Roles · Rollen\n\n" + _table(["role", "English", "Deutsch", "commands · Kommandos"], rows)


def _code_lists(words: Words) -> str:
    tables = (
        f"### {each.__name__}\n\n"
        + _table(
            ["code", "English", "Deutsch"],
            ([f"`{code}`", *words.row(LISTS.get(each.__name__, each.__name__.lower()), code)] for code in each),
        )
        for each in code_lists()
        if each not in (Phase, Role)
    )
    return "\n\n".join(["## Code lists · Codelisten", *tables])


def _in_order(phases: Iterable[Phase]) -> list[Phase]:
    return [phase for phase in Phase if phase in phases]


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows))


if __name__ == "__main__":
    TARGET.write_text(document())
    sys.stdout.write(f"{TARGET.relative_to(DOCS.parent)}\n")
