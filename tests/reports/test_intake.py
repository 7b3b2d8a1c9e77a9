"""The papers about the intake, against what is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from types import ModuleType

import pytest

from apprescue.model.finding import Evidence, Severity
from apprescue.model.intake import Answer, Intake
from apprescue.model.outcome import Found, NotExamined, Quiet
from apprescue.model.place import PolicyPlace
from apprescue.reports.intake import json as as_json
from apprescue.reports.intake import markdown, terminal
from apprescue.reports.interface import Screen
from apprescue.sprint.intake.gates import GATES
from apprescue.sprint.intake.whole import intake
from tests.reports import sample
from tests.reports.test_papers import same_as_kept
from tests.sprint.intake.findings import SHELF, finding

SCREEN = Screen(width=96)
HOSTILE = "Anyone <b>may</b>\x1b[2J read | write `it`"
RULE = finding(
    "access/policy_for_everyone", Severity.CRITICAL, title=HOSTILE, place=PolicyPlace("public.tips", "Anyone <b>")
)
LOOP = finding("speed/query_in_loop", Severity.MEDIUM, title="A list asks once per row", evidence=Evidence.OBSERVED)
MILD = finding("cors/localhost_origin", Severity.LOW, title="Your own machine is trusted")
FOUND = [RULE, LOOP, replace(LOOP, key="2"), MILD]
QUIET = [Quiet(name) for name in SHELF if name not in {one.check for one in FOUND} | {"speed/slow_read"}]
AUDIT = sample.audit(
    outcomes=(*map(Found, FOUND), *QUIET, NotExamined("speed/slow_read", "an audit measures no times"))
)
ANSWERS = {gate.key: Answer.NO for gate in GATES} | {
    "data_without_owner": Answer.NO,
    "slow_dashboard": Answer.YES,
    "journeys_fail": Answer.YES,
    "cors_tested": Answer.YES,
    "budget_tight": Answer.YES,
}
DONE = intake(ANSWERS, AUDIT, {"access/policy_for_everyone"}, 90)


@pytest.mark.parametrize(("paper", "ending"), [(terminal, "txt"), (markdown, "md"), (as_json, "json")])
def test_the_whole_paper(paper: ModuleType, ending: str) -> None:
    same_as_kept(f"fit.{ending}", paper.render(DONE, SCREEN))


@pytest.mark.parametrize(("paper", "ending"), [(terminal, "txt"), (markdown, "md")])
def test_nothing_is_known(paper: ModuleType, ending: str) -> None:
    same_as_kept(f"fit-unknown.{ending}", paper.render(intake({}), SCREEN))


def test_a_situation_that_holds_is_told_with_what_helps_instead() -> None:
    done = intake({"unwilling": Answer.YES, "budget_tight": Answer.NO}, AUDIT)
    for paper in (terminal, markdown):
        told = " ".join(paper.render(done, SCREEN).split())
        assert "Not yet." in told
        assert "Plan an hour in which each key is changed" in told
        assert "BUDGET" not in told.upper()


def test_without_a_rate_there_is_no_price() -> None:
    done = replace(DONE, rate=0.0)
    assert "an hour that is" in terminal.render(DONE, SCREEN)
    assert "an hour that is" not in terminal.render(done, SCREEN) + markdown.render(done, SCREEN)
    assert json.loads(as_json.render(done, SCREEN))["estimate"]["cost"] is None


def test_a_clean_app_needs_nothing_and_what_no_audit_sees_is_still_said() -> None:
    clean = intake(ANSWERS, sample.audit(outcomes=tuple(map(Quiet, SHELF))))
    told = terminal.render(clean, SCREEN)
    assert "Nothing is to be done about what was examined." in told
    assert "not examined: backups" in told
    assert "0 of 100 (low)" in told


@pytest.mark.parametrize("paper", [terminal, markdown, as_json])
def test_what_the_app_writes_is_never_markup(paper: ModuleType) -> None:
    told = paper.render(DONE, SCREEN)
    assert "\x1b" not in told
    assert paper is not markdown or "<b>" not in told


def test_each_row_of_the_json_says_what_it_stands_on() -> None:
    told = json.loads(as_json.render(DONE, SCREEN))
    marks = {row["key"]: (row["mark"], len(row["findings"])) for row in told["readiness"]}
    assert (marks["ownership"], marks["speed"], marks["cors"]) == (("fail", 1), ("fail", 2), ("pass", 1))
    assert [one["key"] for one in told["answers_beside_audit"] if one["refuted"]] == [
        "data_without_owner",
        "cors_tested",
    ]


def test_a_narrow_screen_cuts_nothing_off() -> None:
    assert max(map(len, terminal.render(DONE, Screen(width=40)).splitlines())) <= 60


def test_nothing_is_rendered_of_an_empty_intake_but_words() -> None:
    empty: Intake = intake({})
    assert json.loads(as_json.render(empty, SCREEN))["risk_by_audit"] is None
