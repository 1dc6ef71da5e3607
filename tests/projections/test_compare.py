"""What a fixed fold changes is named field by field, with the cases and the event that makes the difference."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.envelopes import Recorded
from domain.story import Command
from domain.support import ContactRecorded
from infra.postgres import Pool
from projections import follow, rebuild, tables
from projections.caseload import CASELOAD
from projections.catalogue import READ_MODELS
from projections.compare import compare
from projections.difference import OldBuildError, where_they_part
from projections.read_model import Key
from tests import examples
from tests.examples_support import CONTACT
from tests.projections.lives import append, life
from tests.projections.replaying import rebuilt

LAST_CONTACT = "last_contact_on"
ROOT = Path(__file__).parents[2]


def forgetful(rows: Mapping[Key, Any], recorded: Recorded) -> Mapping[Key, Any]:
    """A bug: contacts do not count."""
    changes = CASELOAD.fold(rows, recorded)
    if not isinstance(recorded.event, ContactRecorded):
        return changes
    return {key: replace(row, last_contact_on=rows[key].last_contact_on) for key, row in changes.items()}


WITH_BUG = tuple(replace(each, fold=forgetful, story=None) if each is CASELOAD else each for each in READ_MODELS)
MET, NEVER_MET = "case-met", "case-never-met"


@pytest.fixture
def told_with_bug(connections: Pool, url: str) -> str:
    """Two cases, one with a contact, told by the code with the bug."""
    stories: dict[str, list[Command]] = {MET: [CONTACT], NEVER_MET: []}
    for stream_id, more in stories.items():
        for recorded in life(stream_id, len(examples.SUPPORTED), more, 0):
            append(connections, recorded)
    with follow.connect(url) as connection:
        tables.prepare(connection, WITH_BUG)
        while follow.advance(connection, models=WITH_BUG):
            pass
    return url


def compared(url: str, plan: int) -> dict[str, Any]:
    with rebuild.connect(url) as connection:
        found: dict[str, Any] = compare(connection, plan)["models"]
    return found


def test_only_the_wrong_field_of_the_wrong_case_is_named_with_its_event(told_with_bug: str) -> None:
    found = compared(told_with_bug, rebuilt(told_with_bug))

    assert {name for name, each in found.items() if each["new"] or each["gone"] or each["changed"]} == {"caseload"}
    caseload = found["caseload"]
    assert (caseload["changed"], caseload["cases"], caseload["fields"]) == (1, 1, {LAST_CONTACT: 1})
    (sample,) = caseload["samples"]
    assert (sample["case"], sample["field"], sample["before"]) == (MET, LAST_CONTACT, "2018-04-10")
    assert sample["now"] == "2018-04-12"
    assert sample["event"] == {"version": 10, "name": "ContactRecorded", "how": "left_old_value"}


def test_the_same_code_again_changes_nothing(told_with_bug: str) -> None:
    plan = rebuilt(told_with_bug, WITH_BUG)

    with rebuild.connect(told_with_bug) as connection:
        again = compare(connection, plan, WITH_BUG)["models"]

    assert all(
        (each["new"], each["gone"], each["changed"], each["samples"]) == (0, 0, 0, []) for each in again.values()
    )
    assert set(again) == {model.name for model in READ_MODELS}


def test_cases_that_have_gone_on_since_are_left_out(told_with_bug: str, connections: Pool) -> None:
    plan = rebuilt(told_with_bug)
    for recorded in life("case-later", 1, [], 0):
        append(connections, recorded)
    with rebuild.connect(told_with_bug) as connection:
        rebuild.catch_up(connection, plan)

    found = compared(told_with_bug, plan)

    assert found["caseload"]["left_out"] == 1
    assert found["caseload"]["new"] == 0
    assert found["timeline"]["new"] == 0


def test_a_new_version_that_is_behind_is_brought_to_the_position_of_the_live_one(
    told_with_bug: str, connections: Pool
) -> None:
    plan = rebuilt(told_with_bug)
    for recorded in life("case-later", 1, [], 0):
        append(connections, recorded)
    with follow.connect(told_with_bug) as connection:
        while follow.advance(connection, models=WITH_BUG):
            pass

    found = compared(told_with_bug, plan)

    assert found["caseload"]["left_out"] == 0
    assert (found["caseload"]["rows"], found["caseload"]["rows_before"]) == (3, 3)
    assert found["caseload"]["fields"] == {LAST_CONTACT: 1}


def test_the_old_build_itself_is_asked_where_the_two_part(told_with_bug: str, tmp_path: Path) -> None:
    """The exact answer, where the old code is still there."""
    for room in ("domain", "infra", "projections"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shown = tmp_path / "projections" / "case_shown.py"
    shown.write_text(shown.read_text().replace("case intake.IntakeCompleted():", "case intake.CaseOpened() if False:"))

    with rebuild.connect(told_with_bug) as connection:
        part = where_they_part(connection, CASELOAD, (MET,), "first_contact_on", 1000, tmp_path)
        same = where_they_part(connection, CASELOAD, (MET,), LAST_CONTACT, 1000, tmp_path)
        with pytest.raises(OldBuildError):
            where_they_part(connection, CASELOAD, (MET,), LAST_CONTACT, 1000, tmp_path / "domain")

    assert part == {"version": 4, "name": "IntakeCompleted", "how": "codes_part"}
    assert same is None
