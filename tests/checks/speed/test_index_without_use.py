"""Indexes that help nobody."""

from __future__ import annotations

from dataclasses import replace

from apprescue.model.finding import Finding
from apprescue.model.outcome import Found
from apprescue.model.tuning import Tuned
from apprescue.sprint.audit import audit
from apprescue.sprint.run import world_of
from tests.reports.tuned import tuned
from tests.support import check_named


def found(what: Tuned) -> list[Finding]:
    outcomes = audit(world_of({}) | {"tuned": what}, [check_named("speed/index_without_use")])
    return [outcome.finding for outcome in outcomes if isinstance(outcome, Found)]


def test_one_finding_for_each_table() -> None:
    (drop,) = tuned().drops
    (finding,) = found(Tuned(drops=(drop, replace(drop, name="posts_b_idx"))))
    assert "posts_a_idx of posts is not needed: the same as b." in finding.detail
    assert "one more place" in finding.detail or "1 more place" in finding.detail


def test_no_drop_no_finding() -> None:
    assert not found(Tuned())
