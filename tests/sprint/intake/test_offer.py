"""The hours, and which sprint fits."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apprescue.model.finding import Finding, Severity
from apprescue.model.intake import Answer, Estimate, Risk, Sprint
from apprescue.model.place import CommitPlace, TablePlace
from apprescue.sprint.intake.checklist import CHECKLIST, every, fit
from apprescue.sprint.intake.estimate import AROUND, HOURS, Kind, estimate, kind_of
from apprescue.sprint.intake.gates import GATES
from apprescue.sprint.intake.offer import offered
from apprescue.sprint.intake.own import OWN
from apprescue.sprint.intake.whole import fixable, intake
from tests.reports import sample
from tests.sprint.intake.findings import FINDINGS, MANY, SHELF, finding

RISKY = {one.key: Answer.YES if one.risk_when else Answer.NO for one in CHECKLIST}
FINE = {one.key: Answer.NO if one.risk_when else Answer.YES for one in CHECKLIST}
OPEN = {gate.key: Answer.NO for gate in GATES}
ANSWERS = st.dictionaries(st.sampled_from([one.key for one in every()]), st.sampled_from(Answer))
KNOWN = st.sets(st.sampled_from(SHELF[::12]))


@given(MANY, FINDINGS, KNOWN)
def test_another_finding_never_takes_hours_away(findings: list[Finding], more: Finding, known: set[str]) -> None:
    before, after = estimate(findings, known), estimate([*findings, more], known)
    assert before.low < after.low
    assert before.high < after.high


@given(MANY, KNOWN)
def test_a_known_repair_never_costs_more(findings: list[Finding], known: set[str]) -> None:
    by_hand, helped = estimate(findings), estimate(findings, known)
    assert helped.low <= by_hand.low
    assert helped.high <= by_hand.high


@given(MANY, KNOWN)
def test_the_hours_are_the_sum_of_their_work(findings: list[Finding], known: set[str]) -> None:
    told = estimate(findings, known)
    assert 0 <= told.low <= told.middle <= told.high
    assert sum(one.low for one in told.work) == pytest.approx(told.low)
    assert sum(one.number for one in told.work) == len(findings) + bool(findings)


def test_worse_is_more_work_of_each_kind() -> None:
    for kind, (worse, milder) in itertools.product(Kind, itertools.pairwise(Severity)):
        assert HOURS[kind][worse] >= HOURS[kind][milder], (kind, worse)


def test_the_second_of_a_check_takes_half() -> None:
    route = finding("access/route_without_login", Severity.HIGH)
    low, high = HOURS[Kind.CODE][Severity.HIGH]
    assert estimate([route, route]).low == low * 1.5 + AROUND[0]
    assert estimate([route, route]).high == high * 1.5 + AROUND[1]
    assert estimate([route]).cost(100) == ((low + AROUND[0]) * 100, (high + AROUND[1]) * 100)
    assert estimate([]) == Estimate()


def test_the_kind_of_work_follows_the_place() -> None:
    table, commit = TablePlace("public.tips"), CommitPlace("0" * 40)
    assert kind_of(finding(), ()) is Kind.CODE
    assert kind_of(finding(place=table), ()) is Kind.DATABASE
    assert kind_of(finding(place=commit), ()) is Kind.OUTSIDE
    assert kind_of(finding("secrets/key_in_repository"), ()) is Kind.OUTSIDE
    assert kind_of(finding(place=table), {"access/route_without_login"}) is Kind.KNOWN


@given(ANSWERS)
def test_a_situation_in_which_a_rescue_is_wrong_is_never_sold_one(answers: dict[str, Answer]) -> None:
    told = fit(answers)
    offer = offered(told, Risk(100), Estimate(200, 400))
    assert (offer.sprint in (Sprint.RESCUE, Sprint.LAUNCH_READY)) is told.fits
    assert bool(offer.instead) is not told.fits
    assert offer.reasons


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.key)
def test_each_situation_says_what_to_do_instead(gate: object) -> None:
    offer = offered(fit({gate.key: Answer.YES}))  # type: ignore[attr-defined]
    assert (offer.sprint, offer.instead) == (gate.leads, (gate.instead,))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answers", "risk", "hours", "sprint", "sure"),
    [
        ({}, None, None, Sprint.NOT_YET, False),
        (RISKY, None, None, Sprint.RESCUE, False),
        (OPEN | RISKY, Risk(90), Estimate(30, 60), Sprint.RESCUE, True),
        (OPEN | RISKY, Risk(60), Estimate(8, 20), Sprint.LAUNCH_READY, True),
        (OPEN | FINE, Risk(90), Estimate(30, 60), Sprint.RESCUE, True),
        (OPEN | FINE, Risk(30), Estimate(5, 11), Sprint.LAUNCH_READY, True),
        (OPEN | FINE, Risk(30), Estimate(20, 40), Sprint.LAUNCH_READY, True),
        (OPEN | FINE, Risk(14), Estimate(20, 40), Sprint.DO_IT_YOURSELF, True),
        (OPEN, Risk(14), Estimate(2, 4), Sprint.DO_IT_YOURSELF, False),
        (OPEN, Risk(80), Estimate(30, 60), Sprint.RESCUE, True),
        (OPEN | FINE, Risk(6), Estimate(3, 7), Sprint.DO_IT_YOURSELF, True),
        (OPEN | FINE, Risk(0), Estimate(), Sprint.DO_IT_YOURSELF, True),
        (OPEN | FINE, None, None, Sprint.DO_IT_YOURSELF, False),
        (OPEN | FINE | {"journeys_fail": Answer.YES}, None, None, Sprint.LAUNCH_READY, False),
        (FINE, Risk(0), Estimate(), Sprint.DO_IT_YOURSELF, False),
    ],
)
def test_the_sprint_follows_need_and_hours(
    answers: dict[str, Answer], risk: Risk | None, hours: Estimate | None, sprint: Sprint, sure: bool
) -> None:
    offer = offered(fit(answers), risk, hours)
    assert (offer.sprint, offer.sure) == (sprint, sure)


@pytest.mark.parametrize(
    ("risk", "hours", "said"), [(100, 300, True), (75, 70, False), (30, 40, True), (10, 40, False)]
)
def test_more_than_fits_into_the_sprint_is_said(risk: int, hours: float, said: bool) -> None:
    offer = offered(fit(OPEN | FINE), Risk(risk), Estimate(hours / 2, hours))
    assert any(one.startswith("That is more than fits into it") for one in offer.reasons) is said


def test_the_risk_is_told_in_words() -> None:
    offer = offered(fit(OPEN | RISKY), Risk(90, unknown=("x: y",)), Estimate(100, 300))
    assert "By the audit the risk is at least 90 of 100 (severe)." in offer.reasons


def test_the_three_things_to_do_oneself_name_commands_that_exist() -> None:
    from apprescue.cli import program
    from apprescue.sprint.pages import chosen

    assert len(OWN) == 3
    for command in (command for own in OWN for command in own.commands):
        tool, name, path, *rest = command.split()
        assert (tool, path) == ("apprescue", "PATH")
        assert name in program.commands
        only = tuple(word for before, word in itertools.pairwise(rest) if before == "--only")
        assert chosen(only)[1] == []
        assert name == "show" or len(only) * 2 == len(rest)


def test_everything_at_once_with_an_audit_and_without() -> None:
    without = intake({})
    assert (without.shown, without.readiness, without.estimate) == (None, (), None)
    audit = sample.audit()
    whole = intake(RISKY, audit, fixable(), 80)
    assert whole.shown
    assert whole.estimate == estimate(audit.open, fixable())
    assert (len(whole.compared), whole.name, whole.rate) == (10, "teahouse", 80)
