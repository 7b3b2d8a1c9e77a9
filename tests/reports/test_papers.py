"""Whole papers against what is kept beside this test. `UPDATE_SNAPSHOTS=1 pytest` writes them anew: read the change."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from apprescue import __version__, reports
from apprescue.model.audit import Audit
from apprescue.reports import sarif, terminal
from apprescue.reports.interface import Screen
from apprescue.shelf import module, names
from tests.reports import sample

SNAPSHOTS = Path(__file__).parent / "snapshots"
ROOT = Path(__file__).parents[2]
PAPERS = {"html": "html", "json": "json", "junit": "xml", "prompts": "md", "sarif": "sarif", "terminal": "txt"}
NOTE = "The suppression of 00000000000000aa (cors/any_origin) by Ana ended on 2026-01-31: the finding counts again."


def rendered(paper: str, audit: Audit, **screen: Any) -> str:
    text: str = module(reports, paper).render(audit, Screen(**screen))
    return text


def same_as_kept(name: str, text: str) -> None:
    kept = SNAPSHOTS / name
    text = text.replace(f'"{__version__}"', '"VERSION"').replace(f"App Rescue {__version__}", "App Rescue VERSION")
    if os.environ.get("UPDATE_SNAPSHOTS"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(text, "utf-8")
    assert text == kept.read_text("utf-8")


def test_every_paper_is_kept_here() -> None:
    assert [name for name in names(reports) if "/" not in name] == sorted(PAPERS)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_whole_paper(paper: str) -> None:
    same_as_kept(f"audit.{PAPERS[paper]}", rendered(paper, sample.audit(notes=(NOTE,))))


@pytest.mark.parametrize("paper", PAPERS)
def test_a_clean_app(paper: str) -> None:
    clean = sample.audit(outcomes=tuple(o for o in sample.OUTCOMES if type(o).__name__ == "Quiet"))
    same_as_kept(f"clean.{PAPERS[paper]}", rendered(paper, clean))


def test_the_terminal_says_more_on_request() -> None:
    pages = sorted(sample.PAGES.values(), key=lambda p: p.check)
    same_as_kept("summary.txt", terminal.summary(sample.audit(), Screen()))
    same_as_kept("page.txt", terminal.page(pages[0], Screen()))
    same_as_kept("shelf.txt", terminal.shelf(pages, Screen()))


@pytest.mark.parametrize("width", [40, 80, 100])
def test_the_terminal_keeps_to_its_width(width: int) -> None:
    text = rendered("terminal", sample.audit(notes=(NOTE,)), width=width)
    assert max(len(row) for row in text.splitlines() if "supabase/" not in row) <= width
    assert "\x1b" not in text
    assert "\x1b[" in rendered("terminal", sample.audit(), width=width, color=True)


def test_an_audit_without_checks_is_no_pass() -> None:
    for paper in ("terminal", "html"):
        assert "No verdict." in rendered(paper, sample.audit(outcomes=()))


def test_json_keeps_its_contract() -> None:
    schema = json.loads((ROOT / "docs/json.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    for audit in (sample.audit(), sample.audit(outcomes=())):
        Draft202012Validator(schema).validate(json.loads(rendered("json", audit)))
    broken = json.loads(rendered("json", sample.audit()))
    del broken["findings"][0]["place"]["table"]
    assert list(Draft202012Validator(schema).iter_errors(broken))


def test_json_places_name_the_file_behind_them() -> None:
    findings = {f["key"]: f for f in json.loads(rendered("json", sample.audit()))["findings"]}
    policy = findings[f"{3:016x}"]["place"]
    assert (policy["kind"], policy["table"], policy["policy"]) == ("policy", "public.letters", "Everybody reads")
    assert (policy["path"], policy["line"], policy["end_line"]) == ("supabase/migrations/001_letters.sql", None, None)
    route = findings[f"{2:016x}"]["place"]
    assert (route["route"], route["path"], route["line"]) == ("POST /api/orders/:id/refund", "src/api/orders.ts", 30)
    assert findings[f"{5:016x}"]["place"] == dict.fromkeys(policy) | {"kind": "setting"}
    assert findings[f"{8:016x}"]["suppressed"].startswith("Rotated")


def test_sarif_keeps_to_githubs_limits() -> None:
    many = tuple(
        sample.finding(
            n, "speed/query_in_loop", sample.Code("src/api/orders.ts", n % 12 + 1), f"The {n}th.", related=places
        )
        for n in range(5_003)
        for places in [tuple(sample.Code("a.ts", line) for line in range(1, 202 if n == 0 else 1))]
    )
    run = sarif.log(sample.audit(outcomes=tuple(map(sample.Found, many))))["runs"][0]
    assert len(run["results"]) == 5_000
    assert max(len(result.get("relatedLocations", ())) for result in run["results"]) == 100
    assert any(
        "3 findings left out" in n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"]
    )


def test_sarif_says_what_github_needs() -> None:
    log = sarif.log(sample.audit())
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            at = location["physicalLocation"]
            assert at["artifactLocation"]["uri"] in {*sample.FILES, "src/lib/old.ts"} | {
                f"src/api/more_{n}.ts" for n in range(12)
            }
            assert 1 <= at["region"]["startLine"] <= at["region"]["endLine"]
    for rule in rules:
        assert len(rule["properties"]["tags"]) <= 10
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
        assert rule["help"]["markdown"]
    tracker = next(r for r in run["results"] if r["ruleId"] == "running/no_error_tracker")
    assert tracker["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "package.json"
    assert tracker["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "error tracker", "kind": "setting"}]
    assert [r["suppressions"][0]["status"] for r in run["results"] if "suppressions" in r] == ["accepted"]


def test_junit_counts_what_it_holds_and_passes_nothing_that_was_not_examined() -> None:
    root = ElementTree.fromstring(rendered("junit", sample.audit()))
    for part in (root, *root.iter("testsuite")):
        cases = list(part.iter("testcase"))
        told = {"failures": "failure", "errors": "error", "skipped": "skipped"}
        assert int(part.attrib["tests"]) == len(cases)
        for name, kind in told.items():
            assert int(part.attrib[name]) == sum(case.find(kind) is not None for case in cases)
    names = [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")]
    assert len(set(names)) == len(names)
    failed = [case for case in root.iter("testcase") if case.find("failure") is not None]
    assert len(failed) == len(sample.audit().open)
    assert {case.attrib["classname"] for case in root.iter("testcase") if case.find("error") is not None} == {
        "apprescue.ai.answer_run_as_code"
    }
    unseen = [case for case in root.iter("testcase") if case.attrib["name"] == "src/huge.js"]
    assert [case.find("skipped").attrib["message"] for case in unseen] == ["Not examined: larger than 5 MB"]  # type: ignore[union-attr]


def test_a_tool_that_failed_is_an_error_in_junit() -> None:
    broken = (sample.NotExamined("secrets/key_in_history", "git broke off", failed=True),)
    root = ElementTree.fromstring(rendered("junit", sample.audit(outcomes=broken)))
    assert (root.attrib["tests"], root.attrib["errors"], root.attrib["skipped"]) == ("1", "1", "0")


def test_prompts_are_those_of_the_open_findings_worst_first() -> None:
    audit = sample.audit()
    text = rendered("prompts", audit)
    assert [text.index(one.prompt) for one in audit.open] == sorted(text.index(one.prompt) for one in audit.open)
    assert all(one.prompt not in text for one in audit.suppressed)
