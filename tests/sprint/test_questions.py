"""What the owner says is meant counts from then on: in what is wrong, and in what is repaired."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from apprescue import cli
from apprescue.model.repair import State
from apprescue.model.sprint import Stage, Standing
from apprescue.sprint.bench import TRYING
from apprescue.sprint.conduct import decide, sprint
from apprescue.sprint.ledger import opened
from apprescue.sprint.suppressions import FILE
from tests.lab.test_rescue import app, git
from tests.sprint.test_sprint import WISH
from tests.test_ask import SQL

ASKING = replace(WISH, yes=False, bench=TRYING, until="1")
APP = {"supabase/migrations/001_start.sql": SQL, "package.json": '{"dependencies": {"@supabase/supabase-js": "2"}}\n'}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return app(tmp_path, APP)


def said(root: Path, answer: bool) -> Standing:
    asked = sprint(root, ASKING).asking
    with opened(root) as book:
        for one in asked:
            decide(book, one.kind, one.key, answer, "owner")
    return sprint(root, ASKING)


def about(stood: Standing, table: str) -> set[State]:
    return {one.state for one in stood.by("access") if table in str(one.finding.place)}


def test_it_waits_for_the_answers(shop: Path) -> None:
    stood = sprint(shop, ASKING)
    assert stood.went["questions"].stage is Stage.ASKING
    assert "triage" not in stood.went
    assert {one.kind for one in stood.asking} == {"intent"}
    assert all(one.evidence for one in stood.asking)


def test_what_is_meant_is_no_problem_any_more(shop: Path) -> None:
    stood = said(shop, answer=True)
    assert stood.went["triage"].stage is Stage.DONE
    assert about(stood, "public.gadgets") <= {State.CLEARED}
    assert "public = true" in git(shop, "show", f"{stood.branch}:{FILE}")
    assert not (shop / FILE).exists()


def test_what_is_not_meant_is_one_and_is_repaired(shop: Path) -> None:
    said(shop, answer=False)
    stood = sprint(shop, replace(ASKING, until="2", yes=True))
    assert about(stood, "public.gadgets") & {State.REPAIRED, State.ALONG}


def test_at_a_terminal_the_questions_are_asked_right_there(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_at_terminal", lambda: True)
    asked = len(sprint(shop, ASKING).asking)
    command = ["sprint", str(shop), "--plan", "launch", "--until", "1"]
    ran = CliRunner().invoke(cli.program, command, input="n\n" * asked)
    assert ran.exit_code == 0
    assert f"{asked}/{asked}" in ran.output
    assert "WAITS FOR YOU" not in ran.output
