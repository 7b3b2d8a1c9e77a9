"""`apprescue fit` from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from apprescue import cli
from apprescue.model.intake import Answer
from apprescue.sprint import run
from apprescue.sprint.intake.answers import blank, read, words_of
from apprescue.sprint.intake.checklist import every
from tests.reports import sample


def call(*arguments: str | Path, **given: Any) -> Result:
    return CliRunner().invoke(cli.program, ["fit", *map(str, arguments)], prog_name="apprescue", **given)


@pytest.fixture(autouse=True)
def audited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "audit_folder", lambda root, **given: sample.audit())


def test_without_a_terminal_nothing_is_asked_and_that_is_said() -> None:
    result = call()
    assert result.exit_code == cli.Exit.CLEAN
    assert result.output.startswith("Not yet: too little is known.")
    assert "Nobody has answered" in result.output


def test_the_questions_are_a_file_that_answers() -> None:
    result = call("--questions")
    assert result.output == blank()
    assert set(read(result.output).values()) == {Answer.UNKNOWN}


def test_answers_and_an_app_stand_beside_each_other(tmp_path: Path) -> None:
    file, paper = tmp_path / "answers.toml", tmp_path / "fit.json"
    file.write_text(blank({"data_without_owner": Answer.NO, "journeys_fail": Answer.YES}))
    assert call(tmp_path, "--answers", file, "--rate", "80", "--output", paper).output == f"Written: {paper}\n"
    told = json.loads(paper.read_text())
    assert told["name"] == "teahouse"
    assert told["risks"] == ["journeys_fail"]
    assert told["estimate"]["cost"]["low"] == told["estimate"]["low"] * 80
    assert told["risk_by_audit"]["score"] > 0


def test_a_file_that_cannot_be_followed_is_said(tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text('no_backends = "yes"')
    result = call("--answers", file)
    assert result.exit_code == cli.Exit.ARGUMENTS
    assert "did you mean 'no_backend'?" in result.output
    assert call("--output", tmp_path / "no" / "fit.md").exit_code == cli.Exit.ARGUMENTS


def test_on_a_terminal_everything_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_at_terminal", lambda: True)
    number = len(every())
    result = call("--format", "json", input="perhaps\nY\n" + "n\n" * 9 + "?\n" * (number - 11) + "no\n")
    told = json.loads(result.output[result.output.index("{") :])
    assert told["closed"] == [every()[0].key]
    assert told["answers"]["budget_tight"] == "no"
    assert len(told["unknown"]) == 10
    assert all(words_of(one) in " ".join(result.output.split()) for one in every())


def test_forms_follow_the_ending(tmp_path: Path) -> None:
    assert call("--output", tmp_path / "fit.md").exit_code == 0
    assert (tmp_path / "fit.md").read_text().startswith("# Does a rescue fit?")
    assert call("--format", "markdown").output.startswith("# Does a rescue fit?")
