"""The sprint: it stops where the owner decides, goes on where it was broken off, and tells everything by its ledger."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from apprescue.model.intake import Answer
from apprescue.model.repair import State
from apprescue.model.sprint import Stage, Standing
from apprescue.sprint.bench import READING
from apprescue.sprint.conduct import SprintError, decide, sprint
from apprescue.sprint.days import LAUNCH, PLANS
from apprescue.sprint.ledger import LedgerError, ledger, opened
from apprescue.sprint.standing import standing
from apprescue.sprint.steps.interface import Wish
from tests.lab.test_rescue import app, git, state

CHECKED = "2, evening"
SERVER = """import express from 'express';
const app = express();
app.get('/health', (req, res) => { res.json({ ok: true }); });
app.post('/login', (req, res) => {
  const secret = process.env.JWT_SECRET || 'change-me';
  res.json({ token: sign(req.body.email, secret) });
});
app.get('/me', async (req, res) => {
  try { res.json(await me(req)); } catch (error) { res.status(500).json({ error: error.message }); }
});
app.listen(3000);
"""
PACKAGE = '{"name": "shop", "dependencies": {"express": "5.0.0", "jsonwebtoken": "9.0.0"}}\n'
APP = {"server.js": SERVER, "package.json": PACKAGE}
WISH = Wish(plan=LAUNCH, bench=READING, yes=True, until=CHECKED)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return app(tmp_path, APP)


def ends(stood: Standing) -> dict[str, tuple[State, str]]:
    return {one.finding.key: (one.state, one.reason) for one in stood.findings}


def test_it_goes_through_its_days_and_leaves_the_owners_tree_alone(shop: Path) -> None:
    before = state(shop)
    stood = sprint(shop, WISH)
    assert state(shop) == before
    assert {name: went.stage for name, went in stood.went.items()} == {
        "intake": Stage.LEFT_OUT, "audit": Stage.DONE, "questions": Stage.DONE, "triage": Stage.DONE,
        "harden": Stage.DONE, "approve": Stage.DONE, "regress": Stage.DONE,
    }  # fmt: skip
    repaired = [one for one in stood.findings if one.state is State.REPAIRED]
    assert repaired
    assert {one.commit for one in repaired} <= set(git(shop, "rev-list", stood.branch).split())
    assert all(one.difference and one.after and one.title for one in repaired)
    assert {one.when for one in stood.scores} == {"before", "after"}


def test_what_it_tells_is_in_the_ledger_by_its_row(shop: Path) -> None:
    stood = sprint(shop, WISH)
    with opened(shop) as book:
        rows = {one.number: one for one in book.events()}
    assert all(rows[one.row].key == one.finding.key and rows[one.row].kind == "found" for one in stood.findings)
    assert all(rows[one.told].data["state"] == one.state for one in stood.findings if one.told)
    assert all(rows[one.row].data["risk"] == one.risk for one in stood.scores)
    assert {rows[row].kind for name, row in stood.rows.items() if name.startswith("audit")} == {"audit"}


def test_a_second_call_does_nothing_twice(shop: Path) -> None:
    first = sprint(shop, WISH)
    assert sprint(shop, WISH).last == first.last


def test_it_stops_until_the_owner_took_or_refused_each_repair_that_needs_an_eye(shop: Path) -> None:
    asking = replace(WISH, yes=False)
    stood = sprint(shop, asking)
    assert stood.went["approve"].stage is Stage.ASKING
    assert "regress" not in stood.went
    refused, *taken = stood.asking
    with opened(shop) as book:
        for one in taken:
            decide(book, one.kind, one.key, True, "owner")
        decide(book, refused.kind, refused.key, False, "owner")
    stood = sprint(shop, asking)
    assert stood.went["regress"].stage is Stage.DONE
    ended = ends(stood)
    assert ended[refused.key] == (State.OPEN, "You did not take its repair.")
    built_on = (State.OPEN, "Its repair builds on one that you did not take.")
    assert {ended[one.key] for one in taken} <= {(State.REPAIRED, ""), built_on}
    subjects = git(shop, "log", "--format=%s", stood.branch)
    assert subjects.count("Take back") == 1 + list(ended.values()).count(built_on) > 1


def test_where_a_rescue_does_not_fit_the_owner_decides_first(shop: Path) -> None:
    wish = replace(WISH, yes=False, answers={"no_backend": Answer.YES})
    stood = sprint(shop, wish)
    assert stood.went["intake"].stage is Stage.ASKING
    assert list(stood.went) == ["intake"]
    (asked,) = stood.asking
    with opened(shop) as book:
        decide(book, asked.kind, asked.key, False, "owner")
    stood = sprint(shop, wish)
    assert stood.went["intake"].stage is Stage.FAILED
    assert "audit" not in stood.went


def test_a_step_that_breaks_is_told_and_the_others_go_on(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(work: object) -> object:
        raise RuntimeError("no luck")

    monkeypatch.setattr("apprescue.sprint.steps.repair.step", broken)
    stood = sprint(shop, WISH)
    assert stood.went["harden"].stage is Stage.FAILED
    assert "no luck" in stood.went["harden"].reason
    assert stood.went["regress"].stage is Stage.DONE


def test_another_commit_of_the_owner_is_another_sprint(shop: Path) -> None:
    sprint(shop, WISH)
    git(shop, "commit", "-q", "--allow-empty", "-m", "more")
    with pytest.raises(SprintError, match="--again"):
        sprint(shop, WISH)
    assert sprint(shop, replace(WISH, again=True)).went["regress"].stage is Stage.DONE


def test_a_new_sprint_is_held_against_the_one_before(shop: Path) -> None:
    first = sprint(shop, WISH)
    assert first.since is None
    repaired = {one.finding.key for one in first.findings if one.closed}
    left = {one.finding.key for one in first.open}
    again = sprint(shop, replace(WISH, again=True, until="1"))
    assert again.since is not None
    assert set(again.since.reopened) == repaired  # the owner did not take the branch
    assert set(again.since.unchanged) == left
    (shop / "server.js").write_text(SERVER.replace("|| 'change-me'", "").replace("error.message", "'sorry'"))
    (shop / "late.js").write_text("const app = express();\napp.get('/x', (req, res) => res.json(eval(req.query.x)));\n")
    git(shop, "commit", "-qam", "mended by hand")
    third = sprint(shop, replace(WISH, again=True, until="1"))
    assert third.since is not None
    assert third.since.closed
    assert third.since.new


def test_only_and_until_choose_days_and_steps(shop: Path) -> None:
    assert list(sprint(shop, replace(WISH, until="0")).went) == ["intake"]
    assert list(sprint(shop, replace(WISH, only=("audit",), until="")).went) == ["intake", "audit"]


def test_two_at_once_are_refused(shop: Path) -> None:
    with ledger(shop), pytest.raises(LedgerError, match="Another run"):
        sprint(shop, WISH)


def test_a_sprint_that_is_killed_goes_on_and_ends_as_one_that_is_not(
    shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = sprint(app(tmp_path_factory.mktemp("whole"), APP), WISH)
    command = [sys.executable, "-m", "apprescue", "sprint", str(shop), "--plan", "launch", "--static", "--yes"]
    killed = 0
    for seconds in (0.6, 0.9, 1.2, 1.5, 1.8):
        with subprocess.Popen(
            [*command, "--until", CHECKED], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as run:
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(seconds)
            killed += run.poll() is None
            run.kill()
    assert killed
    stood = sprint(shop, WISH)
    assert [(one.stage, one.reason) for one in stood.went.values() if one.stage is Stage.FAILED] == []
    assert ends(stood) == ends(whole)
    assert [one.risk for one in stood.scores] == [one.risk for one in whole.scores]
    with opened(shop) as book:
        assert standing(book, "shop") == stood


def test_each_step_of_each_plan_has_its_work() -> None:
    from apprescue.shelf import names
    from apprescue.sprint import steps

    wanted = {one.work or one.name for plan in PLANS.values() for one in plan.steps}
    assert wanted == set(names(steps))
