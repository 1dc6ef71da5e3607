"""What the docs say happens in difficult situations is tested under its number, and so is every guard."""

import re
from pathlib import Path

from domain.refusals import GUARD_NUMBERS

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| (\d{2}) \|", re.MULTILINE)
EDGE_CASE = re.compile(r"def test_edge_case_(\d+)_")
GUARD = re.compile(r"def test_\w*?g(\d{2})_")


def named(pattern: re.Pattern[str]) -> set[str]:
    return {
        number for file in (ROOT / "tests").rglob("test_*.py") for number in pattern.findall(file.read_text("utf-8"))
    }


def test_every_situation_of_the_docs_has_its_tests_and_every_test_its_situation() -> None:
    told = set(ROW.findall((ROOT / "docs" / "situations.md").read_text("utf-8")))
    assert told == named(EDGE_CASE)


def test_every_guard_has_its_tests() -> None:
    assert {number.removeprefix("G") for number in GUARD_NUMBERS.values()} - named(GUARD) == set()
