"""What an app has to check itself with, and how what it says is read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from apprescue.source.own_checks import OwnCheck, failures, is_missing, own_checks

TYPES = OwnCheck("tsc -p tsconfig.json", "", (), (".ts",), "types")
VITEST, PYTEST = OwnCheck("vitest", "", (), (".ts",)), OwnCheck("pytest", "", (), (".py",))
TSC = "node_modules/typescript/bin/tsc"
RUNNERS = {"vitest": "node_modules/vitest/vitest.mjs", "jest": "node_modules/jest/bin/jest.js"}


def told(files: dict[str, str], *installed: str) -> list[tuple[str, str, str]]:
    return [(one.name, one.folder, " ".join(one.command)) for one in own_checks(files, lambda path: path in installed)]


def test_types_are_checked_where_the_compiler_is_installed() -> None:
    files = {"tsconfig.json": "{}", "src/a.ts": ""}
    assert told(files) == []
    ((name, folder, command),) = told(files, TSC)
    assert (name, folder) == ("tsc -p tsconfig.json", "")
    assert command == f"node {TSC} --noEmit --pretty false --incremental false -p tsconfig.json"


def test_the_settings_that_a_file_refers_to_are_checked() -> None:
    refers = '{"files": [], "references": [{"path": "./tsconfig.app.json"}, {"path": "./gone.json"}, {"path": "api"}]}'
    files = {"tsconfig.json": refers, "tsconfig.app.json": "{}", "api/tsconfig.json": "{}"}
    assert [name for name, _, _ in told(files, TSC)] == [
        "tsc -p api/tsconfig.json",
        "tsc -p tsconfig.app.json",
        "tsc -p api/tsconfig.json",
    ]


def test_a_compiler_above_serves_a_part() -> None:
    ((_, folder, command),) = told({"apps/web/tsconfig.json": "{}"}, TSC)
    assert folder == "apps/web"
    assert command.startswith(f"node ../../{TSC} ")


@pytest.mark.parametrize("runner", RUNNERS)
def test_tests_are_run_by_the_runner_that_is_named_and_installed(runner: str) -> None:
    files = {"package.json": json.dumps({"devDependencies": {runner: "1"}}), "src/a.test.ts": ""}
    ((name, _, command),) = told(files, *RUNNERS.values())
    assert name == runner
    assert command.startswith(f"node {RUNNERS[runner]} ")
    assert told(files) == []
    assert told({**files, "package.json": "{}"}, *RUNNERS.values()) == []
    assert told({"package.json": files["package.json"]}, *RUNNERS.values()) == []


def test_pytest_is_run_from_the_apps_own_environment() -> None:
    ((name, _, command),) = told({"tests/test_a.py": ""}, ".venv/bin/pytest", "venv/bin/pytest")
    assert (name, command.split(" ")[0]) == ("pytest", ".venv/bin/python")
    assert told({"app.py": ""}, ".venv/bin/pytest") == []


def test_errors_of_types_are_the_same_on_another_line() -> None:
    before = failures(TYPES, 2, "src/a.ts(3,1): error TS2304: Cannot find name 'x'.\n")
    after = failures(TYPES, 2, "src/a.ts(9,5): error TS2304: Cannot find name 'x'.\n")
    assert before is not None
    assert before == after
    assert before.total() == 1
    assert failures(TYPES, 0, "") == {}


@pytest.mark.parametrize(("code", "out"), [(1, "error TS5058: The specified path does not exist.\n"), (1, "Killed")])
def test_a_compiler_that_did_not_work_says_nothing(code: int, out: str) -> None:
    assert failures(TYPES, code, out) is None


def test_failed_tests_are_read_from_the_report() -> None:
    bad = {"name": "a.test.ts", "status": "failed", "assertionResults": [{"fullName": "adds", "status": "failed"}]}
    broken = {"name": "b.test.ts", "status": "failed", "assertionResults": []}
    report = json.dumps({"numTotalTestSuites": 2, "testResults": [bad, broken]}, separators=(",", ":"))
    assert failures(VITEST, 1, f"a word of the app\n{report}\n") == {"a.test.ts: adds": 1, "b.test.ts": 1}
    for nothing in ("", '{"numTotal":', '{"numTotalTests":0,"testResults":[]}'):
        assert failures(VITEST, 1, nothing) is None


def test_failed_tests_of_pytest_are_read(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("def test_good():\n    pass\ndef test_bad():\n    assert not 1\n")
    command = (sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", "--rootdir", str(tmp_path))
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert failures(PYTEST, ran.returncode, ran.stdout) == {"test_a.py::test_bad": 1}
    assert failures(PYTEST, 4, "no such option") is None


def test_a_package_that_is_not_installed_is_no_error_of_a_repair() -> None:
    complaint = "src/a.ts: Cannot find module '@sentry/react' or its corresponding type declarations."
    assert is_missing(complaint, lambda path: False)
    assert not is_missing(complaint, lambda path: path == "node_modules/@sentry/react")
    assert not is_missing("src/a.ts: Cannot find module './gone'", lambda path: False)
    assert not is_missing("src/a.ts: Cannot find name 'x'.", lambda path: False)
