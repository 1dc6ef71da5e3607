"""What the demo says at its end: what came of the town, where to look, what to try."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli import demo_sights
from cli.demo_play import Tally
from cli.demo_standing import Standing
from cli.town import MANAGERS

LATE = (
    "It is all entered today, years after it happened. So the deadlines of 2018 had passed before anything could meet them, and "
    "the clock brought them at once: late cases show as late, as in life."
)


@dataclass(frozen=True)
class Summary:
    """`persons`: of the town; `there_before`: those whom an earlier run had played. `cast`: those beside them who have a story of their own."""

    console: Console
    persons: int
    cast: int
    there_before: int
    stands: Standing
    tally: Tally
    api_url: str
    ui_url: str | None
    data_dir: str
    token: str
    example: str | None

    @property
    def unexpected(self) -> list[str]:
        return self.tally.unexpected

    def show(self) -> None:
        show(self, self.console)

    def as_json(self) -> dict[str, Any]:
        tally = self.tally
        return {
            "persons": self.persons,
            "cast": self.cast,
            "there_before": self.there_before,
            "cases_by_phase": self.stands.by_phase(),
            "events_stored": self.stands.events,
            "late": self.stands.late,
            "units": self.stands.units,
            "asked": tally.asked,
            "recorded_events": tally.recorded,
            "repeated": tally.repeated,
            "refused": dict(tally.refused),
            "unexpected": tally.unexpected,
            "seconds": round(tally.seconds, 1),
            "api_url": self.api_url,
            "ui_url": self.ui_url,
            "data_dir": self.data_dir,
            "token": self.token,
            "example_case": self.example,
        }


def show(summary: Summary, console: Console) -> None:
    """For a terminal. What is to be copied stands in one line each, however long."""
    tally = summary.tally
    console.print(Text(_headline(summary), style="bold"), "")
    numbers = Table.grid(padding=(0, 3))
    numbers.add_row("cases by phase", _listed(summary.stands.by_phase()))
    for unit in summary.stands.units:
        numbers.add_row(f"{unit['municipality']}, {unit['provider']}", _places(unit))
    numbers.add_row("late", f"{summary.stands.late} cases with a deadline that is over and not met")
    numbers.add_row("events stored", f"{summary.stands.events:,}, those of the clock included")
    if tally.asked:
        rate = tally.asked / tally.seconds if tally.seconds else 0.0
        numbers.add_row("commands", f"{tally.asked:,} in {tally.seconds:.0f} s, {rate:.0f}/s")
        numbers.add_row("asked twice", f"{tally.repeated} with the same key: the first receipt again, nothing stored")
    console.print(numbers)
    if tally.refused:
        console.print(Text("\nRefused by a rule, then put right", style="bold"), _refusals(tally))
    if tally.unexpected:
        console.print(Text("\nNot as the script says", style="bold red"), Text("\n".join(tally.unexpected[:20])))
    console.print(Text(f"\n{LATE}\n", style="italic"))
    _show_next(summary, console)


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in numbers.items())


def _places(unit: Mapping[str, Any]) -> str:
    told = f"{unit['active']} of {unit['capacity']} places used, {unit['reserved']} offered, {unit['free']} free"
    waiting = f"; {unit['waiting']} persons wait" if unit["waiting"] else ""
    return told + waiting + (f"; {unit['incoming']} transfer to answer" if unit["incoming"] else "")


def _headline(summary: Summary) -> str:
    positions = sum(manager.position for manager in MANAGERS)
    town = (
        f"Ravensburg, 2018: {summary.persons} persons, {len(MANAGERS)} integration managers on {positions} positions; "
        f"beside them {summary.cast} persons with a story of their own."
    )
    if not summary.tally.asked:
        return f"{town} All of it is there already; nothing was added."
    if summary.there_before:
        return f"{town} {summary.there_before} were there already and stay as they are; the others were added."
    return town


def _refusals(tally: Tally) -> Table:
    table = Table.grid(padding=(0, 3))
    for code, count in tally.refused.most_common():
        problem = tally.why[code]
        table.add_row(Text(str(count), justify="right"), problem.guard or "", code, problem.detail or problem.title)
    return table


def _show_next(summary: Summary, console: Console) -> None:
    places = {
        "pages": summary.api_url,
        "API": f"{summary.api_url}/docs",
        "Temporal": summary.ui_url,
        "data": summary.data_dir,
    }
    console.print(Text("Look", style="bold"))
    for name, place in places.items():
        if place:
            console.print(f"  {name:<10}{place}", soft_wrap=True)
    console.print(Text("\nSign in as a supervisor with this token; in another terminal:", style="bold"))
    console.print(Text(f"  export LOTSE_TOKEN={summary.token}"), soft_wrap=True)
    console.print(Text("\nWas zu sehen ist / What there is to see", style="bold"))
    for path, german, english in demo_sights.sights(summary.tally.cases):
        console.print(Text(f"  {summary.api_url}{path}"), soft_wrap=True)
        console.print(Text(f"      {german}"), soft_wrap=True)
        console.print(Text(f"      {english}", style="dim"), soft_wrap=True)
    console.print(Text("\nTry", style="bold"))
    case = summary.example or "<case_id>"
    for line in (
        f"lotse cases show {case}",
        f"lotse cases history {case}",
        f"lotse cases submit {case} --kind DraftPlan --key try-1  # again with the same key: the first receipt",
        f"lotse cases submit {case} --kind AgreePlan --body '{{\"client_agreed\": true}}' --key try-2  # refused",
        "lotse doctor",
        "lotse demo  # adds nothing: everything is there",
    ):
        console.print(Text(f"  {line}"), soft_wrap=True)
