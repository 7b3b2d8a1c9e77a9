"""What reading suspects of the database, and what came of it when it was tried."""

from __future__ import annotations

from dataclasses import replace

from apprescue.model.access import Access, Actor, Cell, Claim, Operation, Verdict
from apprescue.model.finding import Evidence, Finding, Impact, Severity
from apprescue.model.outcome import Cleared, Found, Outcome, Quiet
from apprescue.model.place import ColumnPlace, TablePlace
from apprescue.model.replay import Replay
from apprescue.sprint.prove import proved

PROMOTION = Claim("public.profiles", Operation.UPDATE, Actor.OWNER, "role")


def finding(key: str = "a" * 16, *claims: Claim) -> Finding:
    return Finding(
        key=key,
        check="access/self_promotion",
        severity=Severity.HIGH,
        impact=Impact.DATA,
        evidence=Evidence.OBSERVED,
        title="A user can give himself a role",
        detail="",
        place=TablePlace("public.profiles"),
        related=(),
        repair="",
        prompt="",
        cwe=(),
        owasp=(),
        claims=claims,
    )


def cell(verdict: Verdict, column: str = "role", actor: Actor = Actor.OWNER) -> Cell:
    return Cell(
        "public.profiles",
        "table",
        column,
        actor,
        Operation.UPDATE,
        "own",
        verdict,
        detail="1 row",
        replay=Replay("begin; …"),
    )


def after(outcomes: list[Outcome], *cells: Cell) -> list[Outcome]:
    return list(proved(outcomes, Access(cells)))


def test_what_worked_is_proven_with_its_script() -> None:
    (outcome,) = after([Found(finding("a", PROMOTION))], cell(Verdict.LEAK))
    assert isinstance(outcome, Found)
    assert outcome.finding.evidence is Evidence.PROVEN
    assert outcome.finding.proof
    assert outcome.finding.proof.script == "begin; …"


def test_what_worked_and_nobody_decided_is_proven_too() -> None:
    (outcome,) = after([Found(finding("a", PROMOTION))], cell(Verdict.UNDECIDED))
    assert isinstance(outcome, Found)
    assert outcome.finding.evidence is Evidence.PROVEN


def test_what_one_does_to_ones_own_row_proves_nothing_about_others() -> None:
    others = Claim("public.profiles", Operation.UPDATE, Actor.STRANGER, "role", own=False)
    tried = replace(
        finding("b" * 16, replace(PROMOTION, own=True)), check="access/own_row", proof=cell(Verdict.LEAK).proof
    )
    outcomes = after([Found(finding("a" * 16, others)), Found(tried)], cell(Verdict.LEAK))
    assert [o.finding.evidence for o in outcomes if isinstance(o, Found)] == [Evidence.OBSERVED, Evidence.OBSERVED]


def test_what_was_refused_is_cleared_and_stays_visible() -> None:
    (outcome,) = after([Found(finding("a", PROMOTION))], cell(Verdict.DENIED))
    assert isinstance(outcome, Cleared)
    assert outcome.why == "1 row"


def test_one_refusal_of_two_claims_clears_nothing() -> None:
    plan = replace(PROMOTION, column="plan")
    (outcome,) = after([Found(finding("a", PROMOTION, plan))], cell(Verdict.DENIED))
    assert isinstance(outcome, Found)
    assert outcome.finding.evidence is Evidence.OBSERVED


def test_what_could_not_be_tried_stays_as_it_was() -> None:
    before = Found(finding("a", PROMOTION))
    assert after([before], cell(Verdict.UNTESTED)) == [before]
    assert after([before], cell(Verdict.LEAK, actor=Actor.ANON)) == [before]
    assert after([before, Quiet("cors/any_origin")]) == [before, Quiet("cors/any_origin")]


def test_a_finding_of_the_trial_becomes_one_with_that_of_reading() -> None:
    leak = cell(Verdict.LEAK)
    tried = replace(
        finding("b", leak.claim),
        check="access/own_row_overreached",
        severity=Severity.CRITICAL,
        evidence=Evidence.PROVEN,
        place=ColumnPlace("public.profiles", "role"),
        proof=leak.proof,
    )
    (outcome,) = after([Found(finding("a", PROMOTION)), Found(tried)], leak)
    assert isinstance(outcome, Found)
    assert outcome.finding.check == "access/self_promotion"
    assert outcome.finding.severity is Severity.CRITICAL


def test_a_finding_of_the_trial_that_nobody_suspected_stands_alone() -> None:
    leak = cell(Verdict.LEAK, "plan")
    tried = replace(finding("b", leak.claim), evidence=Evidence.PROVEN, proof=leak.proof)
    outcomes = after([Found(finding("a", PROMOTION)), Found(tried)], leak)
    assert [o.finding.key for o in outcomes if isinstance(o, Found)] == ["a", "b"]
