"""The rules of the house that no linter knows, held over whole shelves."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from apprescue import checks
from apprescue.checks.interface import HEADINGS
from apprescue.shelf import names
from tests.support import check_named

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "apprescue"
FILES = sorted(SOURCE.rglob("*.py"))
CHECKS = names(checks)

CWE = re.compile(r"CWE-\d+")
OWASP = re.compile(r"A(?:0\d|10):2025|API(?:\d|10):2023|LLM(?:0\d|10):2025")
CLOSED_LICENCES = re.compile(
    r"\b[AL]?GPL|GNU (?:Affero|Lesser|General)|\bSSPL|Server Side Public|\bFSL\b|Functional Source"
    r"|\bBUSL|Business Source|PolyForm|Commons Clause",
    re.I,
)


# Used as they are, installed beside us: decision 9.
LIBRARIES = {"psycopg": "LGPL-3.0-only"}


def short(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_has_its_page(name: str) -> None:
    check = check_named(name)
    first, _, rest = check.page.partition("\n\n")
    assert re.fullmatch(r"[A-Z\"'`].*[.!?]", first), f"the first line is one sentence to the owner, not {first!r}"
    assert "\n" not in first
    assert re.findall(rf"^({'|'.join(HEADINGS)}): ", rest, re.M) == list(HEADINGS)
    for heading in HEADINGS:
        assert len(check.section(heading)) > 20, f"{heading} is empty"


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_is_one_function_named_as_its_file(name: str) -> None:
    check = check_named(name)
    assert check.name == name
    assert check.run.__name__ == name.rpartition("/")[2]
    assert inspect.isgeneratorfunction(check.run)


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_is_filed_under_known_weaknesses(name: str) -> None:
    check = check_named(name)
    assert check.cwe
    assert all(CWE.fullmatch(one) for one in check.cwe)
    assert all(OWASP.fullmatch(one) for one in check.owasp)


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_has_cases_that_it_finds_and_cases_that_it_lets_pass(name: str) -> None:
    risk, _, noun = name.partition("/")
    file = ROOT / "tests" / "checks" / risk / f"test_{noun}.py"
    assert file.exists(), f"{file.relative_to(ROOT)} is missing"
    tests = [n for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.FunctionDef)]
    assert sum(test.name.startswith("test_") for test in tests) >= 2


@pytest.mark.parametrize("path", FILES, ids=short)
def test_a_file_is_small_or_says_why_not(path: Path) -> None:
    text = path.read_text()
    lines = text.count("\n")
    reason = " ".join((ast.get_docstring(ast.parse(text)) or "").split())
    assert lines <= 300 or re.search("It is longer .*because", reason), f"{lines} lines: `It is longer ... because`?"


@pytest.mark.parametrize("path", FILES, ids=short)
def test_a_function_fits_a_screen(path: Path) -> None:
    functions = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)]
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 60] == []


@pytest.mark.parametrize("path", FILES, ids=short)
def test_folders_are_at_most_three_deep(path: Path) -> None:
    assert len(path.relative_to(SOURCE).parts) <= 3


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def called(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", [p for p in FILES if short(p) != "lab/command.py"], ids=short)
def test_only_the_command_of_the_laboratory_starts_processes(path: Path) -> None:
    assert not {"subprocess", "multiprocessing", "pty"} & set(imported(path))
    starts = re.compile(r"os\.(?:system|popen|fork|forkpty|exec\w+|spawn\w+|posix_spawn\w*)")
    assert not [call for call in called(path) if starts.fullmatch(call)]


@pytest.mark.parametrize("path", [p for p in FILES if short(p) not in ("cli.py", "__main__.py")], ids=short)
def test_only_the_command_line_prints_and_exits(path: Path) -> None:
    speaks = re.compile(r"print|exit|quit|sys\.exit|os\._exit|sys\.std(?:out|err)\.write|click\.echo")
    assert not [call for call in called(path) if speaks.fullmatch(call)]
    assert "click" not in set(imported(path))


@pytest.mark.parametrize("path", sorted((SOURCE / "model").glob("*.py")), ids=short)
def test_the_model_needs_python_alone(path: Path) -> None:
    assert set(imported(path)) <= sys.stdlib_module_names | {"apprescue"}


def runtime() -> Iterator[str]:
    """The packages that a user gets: ours, and theirs in turn."""
    waiting = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = re.match(r"[\w.-]+", requirement)
        if name and "extra ==" not in requirement and name[0] not in seen:
            seen.add(name[0])
            try:
                waiting.extend(metadata.requires(name[0]) or ())
            except metadata.PackageNotFoundError:
                continue  # for another system or Python than this one
            yield name[0]


def licence(package: str) -> str:
    """What a package says of its licence, in each of the ways in which packages say it."""
    about = metadata.metadata(package)
    said = [about.get("License-Expression"), about.get("License")]
    said += [c for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    return " | ".join(one.splitlines()[0] for one in said if one)


@pytest.mark.parametrize("package", sorted(runtime()))
def test_a_dependency_has_a_permissive_licence(package: str) -> None:
    said = licence(package)
    assert said, f"{package} does not say its licence"
    assert said == LIBRARIES[package] if package in LIBRARIES else not CLOSED_LICENCES.search(said)


def test_dependencies_are_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [one for group in project["dependency-groups"].values() for one in group if isinstance(one, str)]
    assert [one for one in project["project"]["dependencies"] + groups if "==" not in one] == []
