"""Reads that were measured and took too long."""

from __future__ import annotations

from dataclasses import replace

from apprescue.model.finding import Finding
from apprescue.model.outcome import Found
from apprescue.model.tuning import Measured, Tuned
from apprescue.model.workload import Screen
from apprescue.sprint.audit import audit
from apprescue.sprint.run import world_of
from tests.reports.tuned import asked, tuned
from tests.support import check_named

FEED, INBOX, _ = tuned().measured


def found(*measured: Measured) -> list[Finding]:
    world = world_of({"src/pages/Feed.tsx": "x"}) | {"tuned": Tuned(measured)}
    outcomes = audit(world, [check_named("speed/slow_read")])
    return [outcome.finding for outcome in outcomes if isinstance(outcome, Found)]


def test_a_slow_feed_is_proven_with_its_figures() -> None:
    (finding,) = found(FEED)
    assert finding.evidence == "proven"
    assert finding.severity == "medium"
    assert "1.8 s" in finding.detail
    assert "reads every row of posts" in finding.detail
    assert "it is 2 ms" in finding.detail
    assert finding.proof
    assert finding.proof.observed == "1.8 s at 1,000,000 rows"


def test_one_that_stands_still_is_serious() -> None:
    (finding,) = found(replace(FEED, before=(asked(1_000_000, 9000.0),)))
    assert finding.severity == "high"


def test_what_was_broken_off_says_so() -> None:
    (finding,) = found(replace(FEED, before=(asked(1_000_000, float("inf")),), after=()))
    assert "longer than the database allows" in finding.detail
    assert "None of the changes" in finding.detail


def test_a_quick_one_is_fine() -> None:
    assert not found(INBOX)


def test_it_counts_at_the_largest_size_only() -> None:
    assert not found(replace(FEED, before=(asked(1000, 900.0), asked(1_000_000, 20.0))))


def test_staff_and_jobs_may_wait() -> None:
    for kind in (Screen.ADMIN, Screen.JOB):
        assert not found(replace(FEED, statement=replace(FEED.statement, kind=kind)))
