"""The command line from outside: what goes where, and which exit code says what."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from apprescue import checks, cli
from apprescue.model.audit import Audit, NoAppError
from apprescue.model.finding import Severity
from apprescue.model.outcome import Found, Quiet
from apprescue.shelf import names
from apprescue.sprint import run
from tests.reports import sample

SERVER = """\
import express from "express"
const app = express()
app.get("/tea", (req, res) => res.json({ tea: "green" }))
app.listen(3000)
"""


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.program, [str(a) for a in arguments], prog_name="apprescue")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "teahouse"
    folder.mkdir()
    (folder / "package.json").write_text('{"name": "teahouse", "dependencies": {"express": "^5.0.0"}}')
    (folder / "server.js").write_text(SERVER)
    return folder


@pytest.fixture
def audits(monkeypatch: pytest.MonkeyPatch) -> Callable[[Audit | Exception], dict[str, Any]]:
    """Have every audit come to a given end; returns what it was asked."""

    def come_to(end: Audit | Exception) -> dict[str, Any]:
        asked: dict[str, Any] = {}

        def audit_folder(root: Path, **given: Any) -> Audit:
            asked.update(given, root=root)
            if isinstance(end, Exception):
                raise end
            return end

        monkeypatch.setattr(run, "audit_folder", audit_folder)
        return asked

    return come_to


def of_level(level: Severity, suppressed: str = "") -> Audit:
    found = sample.finding(
        1, "speed/query_in_loop", sample.Code("src/api/orders.ts", 2), "Here.", severity=level, suppressed=suppressed
    )
    return sample.audit(outcomes=(Found(found), Quiet("cors/any_origin")))


@pytest.mark.parametrize(
    ("worst", "fail_on", "code"),
    [
        ("critical", (), 10),
        ("high", (), 10),
        ("medium", (), 0),
        ("medium", ("--fail-on", "medium"), 10),
        ("high", ("--fail-on", "critical"), 0),
        ("low", ("--fail-on", "low"), 10),
        ("critical", ("--fail-on", "never"), 0),
    ],
)
def test_findings_at_or_above_the_level_are_exit_10(
    audits: Any, tmp_path: Path, worst: str, fail_on: tuple[str, ...], code: int
) -> None:
    audits(of_level(Severity(worst)))
    assert call("audit", tmp_path, *fail_on).exit_code == code


def test_a_suppressed_finding_does_not_count(audits: Any, tmp_path: Path) -> None:
    audits(of_level(Severity.CRITICAL, suppressed="A public list. (Ana, until 2026-12-31)"))
    assert call("audit", tmp_path).exit_code == cli.Exit.CLEAN


def test_a_failure_is_one_line_and_exit_1(audits: Any, tmp_path: Path) -> None:
    audits(RuntimeError("the tree\x1b[2J fell"))
    result = call("audit", tmp_path)
    assert result.exit_code == cli.Exit.FAILED
    assert result.stderr == "apprescue failed: RuntimeError: the tree fell (APPRESCUE_DEBUG=1 shows where)\n"
    assert not result.stdout


def test_no_app_is_exit_3(audits: Any, tmp_path: Path) -> None:
    assert call("audit", tmp_path).exit_code == cli.Exit.NO_APP
    assert call("show", tmp_path, "routes").exit_code == cli.Exit.NO_APP
    audits(NoAppError("Nothing here."))
    result = call("audit", tmp_path)
    assert (result.exit_code, result.stderr) == (3, "Nothing here.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "does/not/exist"),
        ("audit", ".", "--only", "access/no_such_check"),
        ("audit", ".", "--format", "papyrus"),
        ("audit", ".", "--fail-on", "sometimes"),
        ("audit", ".", "--output", "no/such/folder/report.html"),
        ("explain", "access/no_such_check"),
        ("show", ".", "nothing"),
        ("nonsense",),
    ],
)
def test_wrong_arguments_are_exit_2(arguments: tuple[str, ...]) -> None:
    assert call(*arguments).exit_code == cli.Exit.ARGUMENTS


def test_a_suppression_without_owner_is_exit_2(app: Path) -> None:
    (app / ".apprescue.toml").write_text('[[suppress]]\nkey = "abc"\nreason = "public"\nexpires = 2099-01-01\n')
    result = call("audit", app)
    assert result.exit_code == cli.Exit.ARGUMENTS
    assert "suppression 1 (abc) has no owner" in result.stderr


def test_the_format_follows_the_ending_of_the_file(audits: Any, tmp_path: Path) -> None:
    audits(of_level(Severity.HIGH))
    begin = {"html": "<!doctype html>", "json": "{", "sarif": "{", "xml": "<?xml", "md": "# Prompts", "txt": "teahouse"}
    for ending, begins in begin.items():
        written = tmp_path / f"report.{ending}"
        result = call("audit", tmp_path, "--output", written)
        assert written.read_text("utf-8").startswith(begins)
        assert "Repair this first:" in result.stdout
        assert str(written) in result.stdout


def test_a_paper_on_standard_output_is_nothing_but_the_paper(audits: Any, tmp_path: Path) -> None:
    audits(sample.audit(notes=("The suppression of x ended.",)))
    result = call("audit", tmp_path, "--format", "json")
    assert json.loads(result.stdout)["tool"]["name"] == "apprescue"
    assert result.stderr == "The suppression of x ended.\n"


def test_only_takes_a_check_or_a_whole_risk(audits: Any, tmp_path: Path) -> None:
    asked = audits(of_level(Severity.LOW))
    access = {name for name in names(checks) if name.startswith("access/")}
    one = min(access)
    assert call("audit", tmp_path, "--only", "access").exit_code == 0
    assert asked["only"] == access
    call("audit", tmp_path, "--only", one)
    assert asked["only"] == {one}


def test_a_real_folder_from_end_to_end(app: Path) -> None:
    before = {path: path.read_bytes() for path in app.rglob("*")}
    result = call("audit", app, "--format", "json", "--fail-on", "never")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["app"]["name"] == "teahouse"
    assert {path: path.read_bytes() for path in app.rglob("*")} == before


@pytest.mark.parametrize("inventory", cli.INVENTORIES)
def test_every_inventory_of_a_real_folder(app: Path, inventory: str) -> None:
    rows = json.loads(call("show", app, inventory, "--format", "json").stdout)
    table = call("show", app, inventory).stdout
    assert len(table.splitlines()) == (len(rows) + 1 if rows else 1)


def test_every_check_explains_itself() -> None:
    listed = call("checks").stdout
    for name in names(checks):
        assert name in listed
    result = call("explain", names(checks)[0])
    assert result.exit_code == 0
    assert "How to repair" in result.stdout


def test_the_help_shows_every_exit_code() -> None:
    for help_text in (call("--help").stdout, call("audit", "--help").stdout):
        for code in cli.Exit:
            assert f"{code.value:>2}  {code.meaning}" in help_text


def test_help_opens_no_check_and_no_parser() -> None:
    script = (
        "import sys\nfrom apprescue.cli import program\nprogram(['audit', '--help'], standalone_mode=False)\n"
        "print([m for m in sys.modules if m.startswith(('apprescue.checks.', 'rich', 'tree_sitter'))], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stderr.strip() == "[]"
