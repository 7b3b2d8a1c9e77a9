"""The laws of the risk score."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from apprescue.model.finding import Evidence, Finding, Impact, Severity
from apprescue.model.intake import Answer
from apprescue.model.outcome import Crashed, NotExamined, Quiet
from apprescue.sprint.intake.checklist import CHECKLIST, every
from apprescue.sprint.intake.estimate import AROUND, HOURS
from apprescue.sprint.intake.score import FILLS, HARM, SURE, risk_from_answers, risk_from_audit, risk_from_findings
from tests.reports import sample
from tests.sprint.intake.findings import FINDINGS, MANY, finding

ANSWERS = st.dictionaries(st.sampled_from([one.key for one in every()]), st.sampled_from(Answer))
RISKY = {one.key: Answer.YES if one.risk_when else Answer.NO for one in CHECKLIST}
FINE = {one.key: Answer.NO if one.risk_when else Answer.YES for one in CHECKLIST}


@given(MANY)
def test_the_score_keeps_its_bounds(findings: list[Finding]) -> None:
    score = risk_from_findings(findings).score
    assert 0 <= score <= 100
    assert (score == 0) is (not findings)


@given(MANY, FINDINGS, st.integers(0))
def test_another_finding_never_lowers_the_score(findings: list[Finding], more: Finding, at: int) -> None:
    place = at % (len(findings) + 1)
    after = [*findings[:place], more, *findings[place:]]
    assert risk_from_findings(after).score >= risk_from_findings(findings).score


@given(MANY, FINDINGS, st.sampled_from(Severity), st.sampled_from(Evidence))
def test_a_worse_or_surer_finding_never_lowers_the_score(
    findings: list[Finding], one: Finding, severity: Severity, evidence: Evidence
) -> None:
    worse = replace(one, severity=min(severity, one.severity, key=lambda s: s.rank))
    surer = replace(worse, evidence=min(evidence, one.evidence, key=lambda e: e.rank))
    assert risk_from_findings([*findings, surer]).score >= risk_from_findings([*findings, one]).score


@given(MANY, st.randoms())
def test_the_order_of_the_findings_does_not_matter(findings: list[Finding], luck: object) -> None:
    mixed = list(findings)
    luck.shuffle(mixed)  # type: ignore[attr-defined]
    assert risk_from_findings(mixed).score == risk_from_findings(findings).score


@given(ANSWERS)
def test_answers_keep_the_bounds_and_are_never_better_unknown_than_fine(answers: dict[str, Answer]) -> None:
    score = risk_from_answers(answers).score
    assert 0 <= score <= 100
    for one in CHECKLIST:
        fine, unknown, risk = (
            risk_from_answers({**answers, one.key: said}).score
            for said in (FINE[one.key], Answer.UNKNOWN, RISKY[one.key])
        )
        assert fine <= unknown <= risk
        assert fine < risk


def test_the_ten_questions_are_a_hundred_points() -> None:
    assert len(CHECKLIST) == 10
    assert risk_from_answers(RISKY).score == 100
    assert risk_from_answers(FINE).score == 0
    nothing = risk_from_answers({})
    assert (nothing.score, nothing.reasons, len(nothing.unknown)) == (50, (), 10)


def test_no_number_of_small_ones_hides_a_large_one() -> None:
    many = [finding("release/no_health", Severity.LOW, impact=Impact.BLINDNESS)] * 500
    assert risk_from_findings(many).score < 10
    assert risk_from_findings([finding(severity=Severity.CRITICAL)]).score > 60


def test_the_documented_example() -> None:
    """docs/fit.md computes these."""
    policy = finding("access/policy_for_everyone", Severity.CRITICAL)
    login = finding("access/route_without_login", Severity.HIGH, evidence=Evidence.OBSERVED)
    loop = finding("speed/query_in_loop", Severity.MEDIUM, evidence=Evidence.OBSERVED, impact=Impact.PERFORMANCE)
    before = risk_from_findings([policy, login, login, loop])
    assert (before.score, before.word) == (74, "severe")
    assert [(one.key, one.number, one.points) for one in before.reasons] == [
        ("access/policy_for_everyone", 1, 60.0), ("access/route_without_login", 2, 40.5),
        ("speed/query_in_loop", 1, 4.5),
    ]  # fmt: skip
    after = risk_from_findings([loop])
    assert (after.score, after.word) == (7, "low")


def test_the_documented_figures_are_those_of_the_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "fit.md").read_text("utf-8")
    for severity, harm in HARM.items():
        assert f"\n| {severity} | {harm:g} |" in page
    for evidence, factor in SURE.items():
        assert f"| {evidence} | × {factor:g} |" in page
    for kind, hours in HOURS.items():
        told = " | ".join(f"{low:g}–{high:g}" for low, high in hours.values())
        assert f"| {told} |" in page, kind
        assert f"| {kind.capitalize()} |" in page
    assert f"{AROUND[0]:g} to {AROUND[1]:g} hours" in page
    assert f"/ {FILLS:g})" in page


def test_an_audit_tells_what_it_did_not_see_and_counts_what_is_open() -> None:
    accepted = replace(sample.audit().findings[0], suppressed="A price list. (Ana, until 2026-12-31)")
    audit = sample.audit(
        outcomes=(Quiet("cors/any_origin"), NotExamined("speed/slow_read", "no times"), Crashed("ai/x", "KeyError: 1"))
    )
    risk = risk_from_audit(replace(audit, findings=(accepted,)))
    assert risk.score == 0
    assert risk.unknown == ("speed/slow_read: no times", "ai/x: the check broke off (KeyError: 1)")
