"""Both sides compared: what counts as a disagreement, what is mended, and what is left for somebody to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.reconcile import Reconciliation, Retold, Should, SilentError, Stands

SOON, LATER = "2026-03-01T23:00:00+00:00", "2026-04-01T22:00:00+00:00"
WELL = Retold(0, 0.0, follower_alive=True, parked=0)


@dataclass
class Sides:
    """Stands in for store and Temporal. `catches_up`: what is under way, and known at the next look."""

    stories: dict[str, Should]
    workflows: dict[str, Stands | None]
    eyes: Retold = WELL
    catches_up: dict[str, Stands] = field(default_factory=dict)
    kept: list[dict[str, Any]] = field(default_factory=list)

    async def should(self, only: Sequence[str] | None) -> Mapping[str, Should]:
        if only is not None:
            self.workflows |= self.catches_up
        return {each: self.stories[each] for each in (self.stories if only is None else only)}

    async def running(self) -> set[str]:
        return set(self.workflows)

    async def known(self, stream_id: str) -> Stands | None:
        if stream_id in self.workflows and self.workflows[stream_id] is None:
            raise SilentError
        return self.workflows.get(stream_id)

    async def start(self, stream_ids: Sequence[str]) -> None:
        for each in stream_ids:
            await self.refresh(each)

    async def refresh(self, stream_id: str) -> None:
        self.workflows[stream_id] = Stands(self.stories[stream_id].version, self.stories[stream_id].at)

    async def retold(self) -> Retold:
        return self.eyes

    async def keep(self, report: dict[str, Any]) -> None:
        self.kept.append(report)


async def reconciled(sides: Sides, *, repair: bool = True) -> dict[str, Any]:
    report: dict[str, Any] = await ActivityEnvironment().run(Reconciliation(sides, 0).reconcile, {"repair": repair})
    assert sides.kept[-1] == report
    return report


def counts(report: dict[str, Any]) -> dict[str, int]:
    return {fault: count for fault, count in report["counts"].items() if count}


LIVE = Should(3, SOON, runs=True)


async def test_where_all_agree_nothing_is_found() -> None:
    at_rest = Should(9, None, runs=False)
    report = await reconciled(Sides({"case-1": LIVE, "case-2": at_rest}, {"case-1": Stands(3, SOON)}))
    assert (report["well"], report["stories"], report["workflows"], report["repaired"]) == (True, 2, 1, 0)


@pytest.mark.parametrize(
    ("known", "fault"),
    [({}, "missing"), ({"case-1": Stands(2, SOON)}, "behind"), ({"case-1": Stands(3, LATER)}, "clock")],
)
async def test_what_is_safe_is_mended_and_a_second_look_finds_nothing(
    known: dict[str, Stands | None], fault: str
) -> None:
    sides = Sides({"case-1": LIVE}, known)
    first = await reconciled(sides)
    assert (counts(first), first["repaired"], first["well"]) == ({fault: 1}, 1, False)
    second = await reconciled(sides)
    assert (counts(second), second["repaired"], second["well"]) == ({}, 0, True)


@pytest.mark.parametrize(("known", "fault"), [(Stands(4, SOON), "ahead"), (None, "silent")])
async def test_what_somebody_has_to_look_at_is_left_alone(known: Stands | None, fault: str) -> None:
    sides = Sides({"case-1": LIVE}, {"case-1": known})
    report = await reconciled(sides)
    assert (counts(report), report["repaired"]) == ({fault: 1}, 0)
    assert sides.workflows == {"case-1": known}


async def test_whoever_only_looks_mends_nothing() -> None:
    sides = Sides({"case-1": LIVE}, {})
    report = await reconciled(sides, repair=False)
    assert (counts(report), report["repaired"], sides.workflows) == ({"missing": 1}, 0, {})


async def test_what_was_only_under_way_is_no_disagreement() -> None:
    sides = Sides({"case-1": LIVE}, {"case-1": Stands(2, SOON)}, catches_up={"case-1": Stands(3, SOON)})
    assert (await reconciled(sides))["well"] is True


@pytest.mark.parametrize(
    "eyes",
    [
        Retold(0, 0.0, follower_alive=False, parked=0),
        Retold(0, 0.0, follower_alive=True, parked=1),
        Retold(5000, 90.0, follower_alive=True, parked=0),
    ],
)
async def test_read_models_that_do_not_tell_all_are_reported(eyes: Retold) -> None:
    report = await reconciled(Sides({}, {}, eyes))
    assert report["well"] is False
    assert report["read_models"]["parked"] == eyes.parked
