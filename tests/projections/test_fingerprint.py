"""A fingerprint changes with the code that makes the rows, and with nothing else."""

import subprocess
import sys
from importlib import import_module
from itertools import count
from pathlib import Path

import pytest

from projections.caseload import CASELOAD
from projections.catalogue import READ_MODELS
from projections.fingerprint import _module, _read, fingerprint

_numbers = count(1)

RULES = '''
"""Rules."""
LIMIT = 14


def due(day):
    """When."""
    return day + LIMIT  # days


def unasked(day):
    return day
'''
FOLD = """
from deployed.rules import due
from deployed import rules


def fold(rows, event):
    return _row(event)


def _row(event):
    return (event.name, due(event.day), rules.LIMIT)


def query(rows):
    return sorted(rows)
"""


def of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: str = RULES, fold: str = FOLD) -> str:
    """The fingerprint of a fold that lies in one file and uses a rule of another."""
    folder = tmp_path / f"{next(_numbers)}" / "deployed"
    folder.mkdir(parents=True)
    for name, text in (("__init__", ""), ("rules", rules), ("told", fold)):
        (folder / f"{name}.py").write_text(text)
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(folder.parent))
        _module.cache_clear()
        _read.cache_clear()
        try:
            return fingerprint(import_module("deployed.told").fold)
        finally:
            for name in [name for name in sys.modules if name.partition(".")[0] == "deployed"]:
                del sys.modules[name]


@pytest.mark.parametrize(
    ("old", "new"),
    [("return _row(event)", "return [_row(event)]"), ("event.name, ", "")],
    ids=["the fold", "what it uses in its own file"],
)
def test_it_changes_with_the_fold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    assert of(tmp_path, monkeypatch) != of(tmp_path, monkeypatch, fold=FOLD.replace(old, new))


@pytest.mark.parametrize(("old", "new"), [("day + LIMIT", "day - LIMIT"), ("LIMIT = 14", "LIMIT = 15")])
def test_it_changes_with_the_rules_that_the_fold_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    assert of(tmp_path, monkeypatch) != of(tmp_path, monkeypatch, rules=RULES.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [('    """When."""\n', ""), ("  # days", ""), ("    return day\n", "    return 0\n")],
    ids=["docstring", "comment", "rule that is not used"],
)
def test_it_stays_when_nothing_changes_in_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    assert old in RULES
    assert of(tmp_path, monkeypatch) == of(tmp_path, monkeypatch, rules=RULES.replace(old, new))


def test_it_stays_when_a_query_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = FOLD.replace("sorted(rows)", "list(rows)")
    assert of(tmp_path, monkeypatch) == of(tmp_path, monkeypatch, fold=changed)


def test_every_read_model_has_its_own() -> None:
    assert len({model.fingerprint() for model in READ_MODELS}) == len(READ_MODELS)
    assert CASELOAD.fingerprint() == fingerprint_again()


def fingerprint_again() -> str:
    """As another process reckons it."""
    code = "from projections.caseload import CASELOAD; print(CASELOAD.fingerprint())"
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
