"""`python -m cli.rules` writes docs/rules-of-a-case.md from the code's own catalogue, in English and German, so that it cannot drift."""

import inspect
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from cli.rules_code import arrows, common_refusals, events_of, refusals_of
from domain import vocabulary
from domain.catalogue import COMMANDS, EVENTS
from domain.policy import POLICIES
from domain.refusals import GUARD_NUMBERS, Refusal
from domain.story import Command
from domain.vocabulary import DeadlineKind, Phase, Role

DOCS = Path(__file__).parent.parent / "docs"
TARGET = DOCS / "rules-of-a-case.md"

INTRODUCTION = """# Rules of a case · Regeln eines Falls

This page is written by `python -m cli.rules` from the code itself; change the code or the glossary, not this page.
Diese Seite schreibt `python -m cli.rules` aus dem Programm selbst; geändert wird das Programm oder das Glossar, nicht diese Seite.

A **command** asks; the rules answer with **events** or with a **refusal**. Fields marked ° are personal data: sealed at the door, never in clear inside.
Ein **Kommando** fragt; die Regeln antworten mit **Ereignissen** oder mit einer **Ablehnung**. Felder mit ° sind personenbezogen: sie werden an der Tür versiegelt.

Every command may say `effective_on` (the day when it was true; today if left out), `reason` (a code) and `reason_text`°.
Jedes Kommando kann `effective_on` (der Tag, an dem es galt; sonst heute), `reason` (ein Code) und `reason_text`° nennen."""


class Glossary:
    """English and German words by code list and code, from docs/glossary.yaml. Raises KeyError on a code without words."""

    def __init__(self) -> None:
        self.lists: dict[str, dict[str, list[str]]] = yaml.safe_load((DOCS / "glossary.yaml").read_text())

    def both(self, code_list: str, code: str) -> str:
        return " · ".join(dict.fromkeys(self.lists[code_list][code]))

    def row(self, code_list: str, code: str) -> list[str]:
        return self.lists[code_list][code]


WORDS = Glossary()


def document() -> str:
    """The whole page as Markdown."""
    sections = (INTRODUCTION, _phases(), _commands(), _events(), _refusals(), _deadlines(), _roles(), _code_lists())
    return "\n\n".join(sections) + "\n"


def code_lists() -> list[type[StrEnum]]:
    """Every code list of the vocabulary, in its order."""
    return [
        each
        for each in vars(vocabulary).values()
        if inspect.isclass(each) and issubclass(each, StrEnum) and each is not StrEnum
    ]


def _phases() -> str:
    steps = arrows()
    shown = [phase for phase in Phase if any(phase in (start, end) for start, end, _ in steps)]
    diagram = [
        "```mermaid",
        "stateDiagram-v2",
        *(f"    {phase}: {WORDS.both('Phase', phase)}" for phase in shown),
        *(f"    {start or '[*]'} --> {end}: {command}" for start, end, command in steps),
        "```",
    ]
    rows = ([f"`{phase}`", *WORDS.row("Phase", phase), _codes(_allowed(phase))] for phase in Phase)
    table = _table(["phase", "English", "Deutsch", "commands · Kommandos"], rows)
    left = _codes(phase for phase in Phase if phase not in shown)
    unreached = f"No command leads to {left} yet. · Zu {left} führt noch kein Kommando."
    return "\n".join(["## Phases · Phasen", "", *diagram, "", table, *(["", unreached] if left else [])])


def _allowed(phase: Phase) -> list[str]:
    return [name for name, command in COMMANDS.items() if phase in command.phases and not command.opens]


def _commands() -> str:
    return "\n\n".join(["## Commands · Kommandos", *(_command(name, command) for name, command in COMMANDS.items())])


def _command(name: str, command: type[Command]) -> str:
    phases = "the first of a case · das erste eines Falls" if command.opens else _codes(_in_order(command.phases))
    facts = {
        "phases · Phasen": phases,
        "roles · Rollen": _codes(role for role in Role if role in command.roles),
        "fields · Felder": ", ".join(_fields(command)) or "–",
        "events · Ereignisse": _codes(events_of(command)),
        "own refusals · eigene Ablehnungen": _codes(refusals_of(command)) or "–",
    }
    if command.plannable:
        months = POLICIES[-1].plan_ahead_months
        facts["may be planned · planbar"] = f"up to {months} months ahead · bis zu {months} Monate im Voraus"
    doc = " ".join(inspect.cleandoc(command.__doc__ or "").split())
    lines = [f"### {name}", "", f"*{WORDS.both('Command', name)}*"]
    lines += ["", doc] if command.__doc__ else []
    return "\n".join([*lines, "", *(f"* {label}: {text}" for label, text in facts.items())])


def _fields(command: type[Command]) -> Iterator[str]:
    """`name` (type), with ? where it may be left out and ° where it is personal."""
    schema = command.model_json_schema()
    for name, field in schema["properties"].items():
        if name in {"kind", *Command.model_fields}:
            continue
        mark = "°" if "x-personal" in str(field) else ""
        optional = "" if name in schema.get("required", ()) else "?"
        yield f"`{name}`{optional}{mark} ({_type(field, schema)})"


def _type(field: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in field:
        name = str(field["$ref"]).rpartition("/")[2]
        parts = schema["$defs"][name].get("properties", {})
        inside = ", ".join(f"`{part}`{'°' if 'x-personal' in str(of) else ''}" for part, of in parts.items())
        return f"{name}: {inside}" if inside else name
    if "anyOf" in field:
        return " or ".join(_type(each, schema) for each in field["anyOf"] if each.get("type") != "null")
    if field.get("type") == "array":
        return f"list of {_type(field['items'], schema)}"
    return str(field.get("format") or field.get("type"))


def _events() -> str:
    asked_by = {event: name for name, command in COMMANDS.items() for event in events_of(command)}
    rows = (
        [f"`{name}`", *WORDS.row("Event", name), f"`{asked_by[name]}`", f"`{event.leads_to}`" if event.leads_to else ""]
        for name, event in EVENTS.items()
    )
    return "## Events · Ereignisse\n\n" + _table(
        ["event", "English", "Deutsch", "answers · Antwort auf", "leads to · führt zu"], rows
    )


def _refusals() -> str:
    common = common_refusals()
    rows = (
        [GUARD_NUMBERS.get(code, ""), f"`{code}`", *WORDS.row("Refusal", code), _met_by(code, code in common)]
        for code in sorted(Refusal, key=lambda code: GUARD_NUMBERS.get(code, "~"))
    )
    return "## Refusals · Ablehnungen\n\n" + _table(["guard", "code", "English", "Deutsch", "met by · betrifft"], rows)


def _met_by(code: Refusal, common: bool) -> str:
    if common:
        return "every command · jedes Kommando"
    return _codes(name for name, command in COMMANDS.items() if code in refusals_of(command))


def _deadlines() -> str:
    heads = ["", "", *(f"policy · Regelwerk {policy.version}" for policy in POLICIES)]
    numbers: dict[tuple[str, str], list[object]] = {
        ("in force from", "in Kraft ab"): [policy.valid_from for policy in POLICIES],
        ("support, months", "Begleitung, Monate"): [policy.support_months for policy in POLICIES],
        ("at most, months", "höchstens, Monate"): [policy.support_months_at_most for policy in POLICIES],
        ("decree for Ukraine from", "Ukraine-Erlass ab"): [policy.ukraine_from for policy in POLICIES],
        **{
            (f"{WORDS.row('DeadlineKind', kind)[0]}, days", f"{WORDS.row('DeadlineKind', kind)[1]}, Tage"): [
                policy.due_after_days[kind] for policy in POLICIES
            ]
            for kind in DeadlineKind
        },
        ("reminder, days before", "Erinnerung, Tage vorher"): [policy.remind_days_before for policy in POLICIES],
        ("escalation, days after", "Eskalation, Tage danach"): [policy.escalate_days_after for policy in POLICIES],
        **{
            (f"review at {intensity} intensity, months", f"Fortschreibung bei Intensität {intensity}, Monate"): [
                policy.review_months[intensity] for policy in POLICIES
            ]
            for intensity in vocabulary.Intensity
        },
        ("planning ahead, months", "im Voraus planbar, Monate"): [policy.plan_ahead_months for policy in POLICIES],
        ("own contribution from age", "Eigenleistung ab Alter"): [p.own_contribution_from_age for p in POLICIES],
        ("adult from age", "volljährig ab Alter"): [policy.adult_age for policy in POLICIES],
    }
    text = """## Deadlines and policy · Fristen und Regelwerk

The policy in force on the first day of support binds a case. Deadlines are local dates counted from that day, over at midnight in Berlin through every change of the clocks;
reminder, passing and escalation come once per due date, and only what a deadline waits for clears it. Months count by section 188 of the Civil Code; the first day of support counts.
Das am ersten Tag der Begleitung geltende Regelwerk bindet den Fall. Fristen sind Tage, von diesem Tag an gezählt, und enden um Mitternacht Berliner Zeit, auch bei Zeitumstellung;
Erinnerung, Ablauf und Eskalation kommen je Fälligkeit einmal, und nur das Erwartete erledigt die Frist. Monate zählen nach § 188 BGB; der erste Tag der Begleitung zählt mit.

"""
    return text + _table(heads, ([*names, *(str(value) for value in values)] for names, values in numbers.items()))


def _roles() -> str:
    rows = (
        [f"`{role}`", *WORDS.row("Role", role), _codes(n for n, c in COMMANDS.items() if role in c.roles)]
        for role in Role
    )
    return "## Roles · Rollen\n\n" + _table(["role", "English", "Deutsch", "commands · Kommandos"], rows)


def _code_lists() -> str:
    tables = (
        f"### {each.__name__}\n\n"
        + _table(["code", "English", "Deutsch"], ([f"`{code}`", *WORDS.row(each.__name__, code)] for code in each))
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
