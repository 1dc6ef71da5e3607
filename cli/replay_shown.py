"""How a replay looks in a terminal: how far it is, and what it changes."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from projections.difference import CODES_PART, GAVE_NEW_VALUE, LEFT_OLD_VALUE
from projections.plans import Plan, Progress
from workflows.replays import Standing

STEPS = {"ranges": "telling", "indexes": "making indexes", "catch_up": "catching up", "comparison": "comparing"}
HOW = {
    LEFT_OLD_VALUE: "up to before it both agree",
    GAVE_NEW_VALUE: "it gives the new value",
    CODES_PART: "old and new code part there",
}
LONGEST_VALUE = 40


def progress_of(plan: Plan, progress: Progress, standing: Standing) -> RenderableType:
    share = progress.told / progress.events if progress.events else 0.0
    head = Text(f"plan {plan.id}: {', '.join(plan.names)}", style="bold")
    head.append(f"  {'paused' if plan.paused else STEPS[plan.step]}", style="cyan")
    line = f"{share:6.1%}  {progress.told:,} of {progress.events:,} events  {progress.per_s:,.0f}/s"
    if progress.left_s is not None and plan.step == "ranges":
        line += f"  about {progress.left_s:,.0f} s left"
    workers = Table.grid(padding=(0, 3))
    for name, ranges, events, per_s in progress.workers:
        workers.add_row(Text(f"  {name}", style="cyan"), f"{ranges} ranges", f"{events:,} events", f"{per_s:,.0f}/s")
    parts: list[RenderableType] = [head, ProgressBar(total=1.0, completed=share, width=60), Text(line), workers]
    if not progress.workers:
        parts.append(
            Text("No range is done yet. Does a replay worker run (python -m workers.replay_worker)?", style="yellow")
        )
    parts += [Text(f"tried again: {fault}", style="red") for fault in standing.faults]
    return Group(*parts)


def comparison_of(plan: Plan, progress: Progress) -> RenderableType:
    """What changes, per read model and field, with samples."""
    head = Text(f"plan {plan.id} is {plan.state}", style="bold")
    if plan.comparison is None:
        return head
    if progress.told:
        head.append(f"  {progress.told:,} events in {progress.seconds:.1f} s, {progress.per_s:,.0f}/s", style="dim")
    table = Table(box=None, padding=(0, 2), pad_edge=False, header_style="dim")
    for name in ("read model", "rows", "new", "gone", "changed", "cases", "left out", "parked"):
        table.add_column(name, justify="left" if name == "read model" else "right")
    samples: list[RenderableType] = []
    for name, each in plan.comparison["models"].items():
        table.add_row(name, *_figures(each))
        samples += [
            Text(f"{name}.{field}: {rows:,} rows", style="yellow") for field, rows in each.get("fields", {}).items()
        ]
        samples += [_sample(name, sample) for sample in each.get("samples", ())]
    return Group(head, table, *samples)


def _figures(each: dict[str, Any]) -> Iterator[str]:
    yield f"{each['rows']:,}"
    if each["before"] is None:
        yield from ("first version", "", "", "", "")
    else:
        yield from (f"{each.get(name, 0):,}" for name in ("new", "gone", "changed", "cases", "left_out"))
    yield f"{each['parked']:,} (before: {each.get('parked_before', 0):,})" if each["parked"] else "0"


def _sample(name: str, sample: dict[str, Any]) -> Text:
    key = ", ".join(str(value) for value in sample["key"].values())
    line = Text(f"  {key}  ", style="cyan")
    if sample["how"] == "changed":
        line.append(f"{name}.{sample['field']}: {_short(sample['before'])} → {_short(sample['now'])}", style="default")
    else:
        line.append(f"{name}: {sample['how']} row", style="default")
    event = sample["event"]
    if event is None:
        return line.append("  (no event known)", style="dim")
    if event["name"] is None:
        return line.append(f"  told by the old code with event {event['version']}", style="dim")
    said = HOW[event["how"]]
    return line.append(f"  since event {event['version']} {event['name']} ({said})", style="dim")


def _short(value: object) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def outside(plan: Plan, expected: Sequence[str]) -> list[str]:
    """What changes and was not expected: `model.field`, `model rows`, cases that would be parked. Expected are `field=NAME`, `field=MODEL.NAME`, `rows=MODEL`."""
    found = []
    for name, each in (plan.comparison or {"models": {}})["models"].items():
        if each["before"] is None:
            continue
        if (each["new"] or each["gone"]) and f"rows={name}" not in expected:
            found.append(f"{name} rows")
        fields = each.get("fields", {})
        found += [
            f"{name}.{field}" for field in fields if not {f"field={field}", f"field={name}.{field}"} & set(expected)
        ]
        if each["parked"] > each.get("parked_before", 0):
            found.append(f"{name} parked")
    return found
