"""`python -m cli.rules` writes docs/rules-of-a-case.md from the code's own catalogue, in English and German, so that it cannot drift."""

import inspect
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from cli.rules_code import arrows, common_refusals, ends, events_of, refusals_of, refusals_of_kind
from cli.rules_numbers import numbers
from cli.rules_words import DOCS, LISTS, Words
from domain import offers, vocabulary
from domain.catalogue import COMMANDS, EVENTS
from domain.envelopes import CASE_PREFIX, POLICY_STREAM, STAFF_PREFIX, UNIT_PREFIX
from domain.kinds import KINDS
from domain.policy import POLICIES
from domain.refusals import GUARD_NUMBERS, Refusal
from domain.story import Command
from domain.vocabulary import Phase, Role

TARGET = DOCS / "rules-of-a-case.md"

INTRODUCTION = """# Rules of a case · Regeln eines Falls

This page is written by `python -m cli.rules` from the code itself; change the code or its translations, not this page.

Diese Seite schreibt `python -m cli.rules` aus dem Programm selbst; geändert wird das Programm oder seine Übersetzung, nicht diese Seite.

A **command** asks; the rules answer with **events** or with a **refusal**. Fields marked ° are personal data: sealed at the door, never in clear inside.

Ein **Kommando** fragt; die Regeln antworten mit **Ereignissen** oder mit einer **Ablehnung**. Felder mit ° sind personenbezogen: sie werden an der Tür versiegelt.

Every command may say `effective_on` (the day when it was true; today if left out), `reason` (a code) and `reason_text`°.

Jedes Kommando kann `effective_on` (der Tag, an dem es galt; sonst heute), `reason` (ein Code) und `reason_text`° nennen."""

OF_KIND = {
    CASE_PREFIX: ("of a case", "eines Falls"),
    UNIT_PREFIX: ("of a unit", "einer Einheit"),
    STAFF_PREFIX: ("about staff", "zum Personal"),
    POLICY_STREAM: ("about the programme's rules", "zum Regelwerk"),
}

HOW_IT_WORKS = {
    UNIT_PREFIX: (
        " ".join((offers.__doc__ or "").split()),
        "Freie Plätze werden der Reihe nach angeboten, in derselben Entscheidung, die sie frei gemacht hat: zuerst dringende Einträge, dann wer früher angefragt "
        "hat, dann wer früher eingetragen wurde. Ein Haushalt wird gemeinsam aufgenommen. Ist er größer als die freien Plätze, werden diese für ihn "
        "zurückgehalten; dann dürfen kleinere Einträge vor, und jedes Mal ist das festgehalten. Wie lange, und wie oft, sagt das Regelwerk; danach wird gewartet, bis "
        "genug Plätze frei sind. Wer ablehnt oder ein Angebot verfallen lässt, behält den Platz in der Reihe, tritt aber für diese Plätze zurück: Sie gehen an die Nächsten, "
        "und niemand wird für sie zweimal gefragt. Wird anders ein Platz frei, oder wächst die Zahl der Plätze, werden alle wieder gefragt.",
    )
}
"""What is to be known of a kind before its commands, in both languages."""


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
    """Kind by kind."""
    sections = []
    for kind in KINDS:
        english, german = OF_KIND[kind.prefix]
        sections.append(f"## Commands {english} · Kommandos {german}")
        sections += HOW_IT_WORKS.get(kind.prefix, ())
        bound = _codes(refusals_of_kind(kind))
        sections.append(f"Each of them may also meet {bound}. · Jedes kann auch auf {bound} treffen.")
        commands = ((name, command) for name, command in COMMANDS.items() if command.of_kind == kind.prefix)
        sections += [_command(words, name, command) for name, command in commands]
    return "\n\n".join(sections)


def _command(words: Words, name: str, command: type[Command]) -> str:
    first = {"first · zuerst": "begins a story · beginnt eine Geschichte"} if command.opens else {}
    phases = {} if command.opens or not command.phases else {"phases · Phasen": _codes(_in_order(command.phases))}
    facts = {
        **first,
        **phases,
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
    rows = (
        [GUARD_NUMBERS.get(code, ""), f"`{code}`", *words.row("refusal", code), _met_by(code)]
        for code in sorted(Refusal, key=lambda code: GUARD_NUMBERS.get(code, "~"))
    )
    return "## Refusals · Ablehnungen\n\n" + _table(["guard", "code", "English", "Deutsch", "met by · betrifft"], rows)


def _met_by(code: Refusal) -> str:
    if code in common_refusals():
        return "every command · jedes Kommando"
    kinds = [kind.prefix for kind in KINDS if code in refusals_of_kind(kind)]
    whole = [
        f"every command {english} · jedes Kommando {german}" for english, german in map(OF_KIND.__getitem__, kinds)
    ]
    named = [n for n, command in COMMANDS.items() if code in refusals_of(command) and command.of_kind not in kinds]
    return "; ".join([*whole, *([_codes(named)] if named else [])])


def _deadlines(words: Words) -> str:
    heads = ["", "", *(f"policy · Regelwerk {policy.version}" for policy in POLICIES)]
    text = """## Deadlines and policy · Fristen und Regelwerk

The policy in force on the first day of support binds a case. Deadlines are local dates, over at midnight in Berlin through every change of the clocks;
reminder, passing and escalation come once per due date, and only what a deadline waits for clears it. Months count by section 188 of the Civil Code; the first day of support counts.
A review is cleared only by a review that is held; the next counts from that day. While a suspension stops the clock, all of them stand still but the end of a residence title.

Das am ersten Tag der Begleitung geltende Regelwerk bindet den Fall. Fristen sind Tage und enden um Mitternacht Berliner Zeit, auch bei Zeitumstellung;
Erinnerung, Ablauf und Eskalation kommen je Fälligkeit einmal, und nur das Erwartete erledigt die Frist. Monate zählen nach § 188 BGB; der erste Tag der Begleitung zählt mit.
Eine Fortschreibung erledigt nur, wer sie durchführt; die nächste zählt ab diesem Tag. Ruht ein Fall mit angehaltener Uhr, stehen alle Fristen still bis auf das Ende des Aufenthaltstitels.

"""
    return text + _table(
        heads, ([*names, *(str(value) for value in values)] for names, values in numbers(words).items())
    )


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
