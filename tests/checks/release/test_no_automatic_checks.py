"""Changes that nothing checks."""

from __future__ import annotations

from tests.support import audit_files

NAME = "release/no_automatic_checks"


def found(files: dict[str, str]) -> list[str]:
    return [f.detail for f in audit_files({"package.json": '{"name": "boats"}', **files}, only=NAME)]


TEST = {"src/boats.test.ts": "test('a boat', () => {});"}
WORKFLOW = {".github/workflows/check.yml": "on: push\n"}


def test_neither_tests_nor_a_workflow() -> None:
    assert found({}) == ["The repository holds no tests and no workflow that runs them."]


def test_tests_that_nothing_runs() -> None:
    assert found(TEST) == ["The repository holds no workflow that runs them."]


def test_both() -> None:
    assert found({**TEST, **WORKFLOW}) == []
