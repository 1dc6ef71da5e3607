"""The house stands as it is drawn: who may import whom, nothing forgotten, nothing foreign."""

import importlib
import inspect
import pkgutil
import re
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import get_args

import pytest

import domain
from cli import rules, rules_code
from domain import lifecycle
from domain.catalogue import COMMANDS, EVENTS, AskedFor, AskedOfPolicy, AskedOfStaff, AskedOfUnit
from domain.envelopes import CASE_PREFIX
from domain.kinds import KINDS
from domain.refusals import GUARD_NUMBERS, Refusal
from domain.story import Command, Event
from domain.vocabulary import Phase, Role
from tests import examples, examples_closing, examples_corrections, examples_household
from tests.scenario import given

ROOT = Path(__file__).parent.parent
ROOMS = ("activities", "api", "benchmarks", "cli", "domain", "infra", "projections", "workers", "workflows")
LONGEST_FILE = 300

RULES_ONLY = "The domain knows no library but pydantic"
LAYERS = "The rooms: doors over waiting and retelling, over doing, over rules"
NEEDS_STATED = "Waiting and doing state their needs; they do not fetch them"
RETELLING = "Retelling knows nothing of waiting"


def tree() -> list[Path]:
    """Every file of the project: what git holds, and what it would be given."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def contracts_of(folder: Path) -> subprocess.CompletedProcess[str]:
    """The import contracts as the command `lint-imports` sees them in that folder."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def classes_of(base: type) -> dict[str, type]:
    """Every command or event that a chapter of the domain defines."""
    chapters = [importlib.import_module(f"domain.{module.name}") for module in pkgutil.iter_modules(domain.__path__)]
    return {
        name: each
        for chapter in chapters
        for name, each in inspect.getmembers(chapter, inspect.isclass)
        if issubclass(each, base)
        and each.__module__ == chapter.__name__
        and name[0] != "_"
        and not each.__subclasses__()
    }


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code as it is, to plant something in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("static", "__pycache__"))
    return tmp_path


def test_the_import_contracts_are_kept() -> None:
    result = contracts_of(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "planted", "broken"),
    [
        ("domain/policy.py", "import psycopg", RULES_ONLY),
        ("domain/policy.py", "import temporalio.workflow", RULES_ONLY),
        ("domain/plan.py", "from workflows import story", LAYERS),
        ("workflows/story.py", "from infra import settings", NEEDS_STATED),
        ("activities/record.py", "import eventsourcing.persistence", NEEDS_STATED),
        ("activities/record.py", "from workflows import story", LAYERS),
        ("projections/__init__.py", "import temporalio.client", RETELLING),
        ("projections/__init__.py", "from workflows import story", RETELLING),
        ("infra/settings.py", "import workers.case_worker", LAYERS),
        ("api/__init__.py", "import workers.case_worker", LAYERS),
    ],
)
def test_a_planted_import_breaks_its_contract(copy: Path, file: str, planted: str, broken: str) -> None:
    module = copy / file
    module.write_text(f"{module.read_text()}\n{planted}\n")
    result = contracts_of(copy)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{broken} BROKEN" in " ".join(result.stdout.split())


def test_every_command_and_every_event_is_in_the_catalogue_under_its_name() -> None:
    assert classes_of(Command) == COMMANDS
    assert classes_of(Event) == EVENTS
    assert all(name == command.model_fields["kind"].default for name, command in COMMANDS.items())


def test_every_command_but_the_clocks_may_be_asked_for() -> None:
    clocks = {command for command in COMMANDS.values() if command.roles == {Role.SYSTEM}}
    kinds = (AskedFor, AskedOfUnit, AskedOfStaff, AskedOfPolicy)
    unions = (get_args(each)[0] if get_args(each) else each for each in kinds)
    asked = [command for union in unions for command in get_args(union) or [union]]
    assert len(asked) == len(set(asked))
    assert set(asked) == set(COMMANDS.values()) - clocks


def test_every_command_and_every_event_has_its_example() -> None:
    assert {name: type(command) for name, command in examples.COMMANDS.items()} == COMMANDS
    assert {name: type(event) for name, event in examples.EVENTS.items()} == EVENTS


def test_every_command_event_and_refusal_is_named_in_the_docs() -> None:
    docs = "\n".join(path.read_text() for path in sorted((ROOT / "docs").glob("*.md")))
    names = [*COMMANDS, *EVENTS, *Refusal, *GUARD_NUMBERS.values()]
    assert [name for name in names if not re.search(rf"\b{name}\b", docs)] == []


def test_the_rules_of_a_case_are_written_as_the_code_has_them() -> None:
    assert rules.TARGET.read_text() == rules.document(), "run: python -m cli.rules"


def test_the_phase_diagram_is_walked_by_the_examples() -> None:
    walked: set[tuple[Phase | None, Phase | None, str]] = set()
    supported = given(*examples.SUPPORTED)
    withdrawn = supported.given(examples_closing.START_WITHDRAWAL, by=examples.SUPERVISOR)
    stories = [given(*examples.SUPPORTED[:steps]) for steps in range(len(examples.SUPPORTED))]
    stories += [supported, supported.given(examples.DRAFT), withdrawn]
    in_each_phase = (given(*examples.OPENED), given(*examples.MET), supported, withdrawn)
    stories += [story.given(after) for story in in_each_phase for after in (examples_closing.MOVED, examples.LOST)]
    stories += [story.given(examples_household.CLOSE_DUPLICATE, by=examples.CLOCK) for story in in_each_phase]
    for story in stories:
        for command in (*examples.COMMANDS.values(), examples_closing.MOVED, examples_corrections.DECIDE_TO_CLOSE):
            if command.of_kind == CASE_PREFIX:
                by_system = command.roles == {Role.SYSTEM}
                answer = story.when(command, by=examples.CLOCK if by_system else examples.SUPERVISOR)
                after = lifecycle.replay(answer.recorded, deepcopy(story.case)).phase
                if any(rules_code.ends(type(event)) for event in answer.events):
                    walked.add((story.case.phase, after, command.kind))
    assert walked == set(rules_code.arrows())


def test_what_the_code_says_about_answers_and_refusals_is_what_happens() -> None:
    assert rules_code.events_of(COMMANDS["ChangeGoal"]) == ["GoalAchieved", "GoalDropped", "GoalPostponed"]
    assert rules_code.refusals_of(COMMANDS["AddMeasure"]) == [
        Refusal.NO_DRAFT,
        Refusal.GOAL_UNKNOWN,
        Refusal.DATE_ORDER,
    ]
    answered = [event for command in COMMANDS.values() for event in rules_code.events_of(command)]
    assert set(answered) == set(EVENTS)
    met = {refusal for command in COMMANDS.values() for refusal in rules_code.refusals_of(command)}
    met |= {refusal for kind in KINDS for refusal in rules_code.refusals_of_kind(kind)}
    assert met | set(rules_code.common_refusals()) == set(Refusal)


def test_every_refusal_of_the_rules_is_tested_by_its_number_or_name() -> None:
    tests = "\n".join(path.read_text() for path in sorted((ROOT / "tests").rglob("test_*.py")))
    names = {code: GUARD_NUMBERS.get(code, f"Refusal.{code}").lower() for code in Refusal}
    assert [code for code, name in names.items() if name not in tests.lower()] == []


def test_no_room_bears_a_name_of_the_standard_library() -> None:
    top = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in tree() if path.suffix == ".py"}
    assert top & sys.stdlib_module_names == set()
    assert {*ROOMS, "tests"} == top


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_is_loaded_from_this_repository(room: str) -> None:
    assert [str(ROOT / room)] == list(importlib.import_module(room).__path__)


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in tree() if path.suffix == ".py" and path.is_relative_to(ROOT / "tests")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_no_file_holds_two_ideas() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in tree() if path.suffix == ".py"}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


FOREIGN = {
    "a path of some machine": r"(?<![\w.~/-])/(?:work|home|Users|root)/\w",
    "a place outside the tree": r"\.\./shared|(?:domain|architecture|stack|style|anchors)\.m[d]\b",
    "the host of a package registry": r"pypi\.or[g]|pythonhosted\.or[g]|registry\.npmj[s]",
    "something left for later": r"\bTO[D]O\b|\bFIXM[E]\b|mark\.ski[p]|mark\.xfai[l]|pytest\.ski[p]",
}


@pytest.mark.parametrize("what", FOREIGN)
def test_the_tree_holds_nothing_foreign_and_nothing_unfinished(what: str) -> None:
    found = []
    for path in tree():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match}" for match in re.findall(FOREIGN[what], text)]
    assert found == []
