from __future__ import annotations

import json
from dataclasses import replace

import pytest

from apprescue import reports
from apprescue.model.plan import Plan
from apprescue.model.tuning import Tuned
from apprescue.reports.interface import Screen
from apprescue.reports.page.curves import curve
from apprescue.reports.tuning.interface import headline, milliseconds, size
from apprescue.shelf import module, names
from apprescue.source.plan_words import gist, words
from tests.reports.test_papers import same_as_kept
from tests.reports.tuned import SLOW, tuned

PAPERS = [name for name in names(reports) if name.startswith("tuning/")]


def rendered(paper: str, what: Tuned) -> str:
    text: str = module(reports, paper).render(what, "sample", Screen(width=96))
    return text


@pytest.mark.parametrize("paper", PAPERS)
def test_a_whole_tuning(paper: str) -> None:
    ending = {"html": "html", "json": "json", "terminal": "txt"}[paper.partition("/")[2]]
    same_as_kept(f"tuned.{ending}", rendered(paper, tuned()))


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_to_measure_is_said(paper: str) -> None:
    told = rendered(paper, Tuned())
    assert "Nothing could be measured." in told or json.loads(told)["common_reads"] == 0


def test_what_the_app_writes_is_never_markup() -> None:
    page = rendered("tuning/html", tuned())
    assert "<b>1</b>" not in page
    assert "&lt;b&gt;1&lt;/b&gt;" in page


def test_the_headline_follows_what_was_measured() -> None:
    whole = tuned()
    feed, inbox, _ = whole.measured
    assert headline(whole)[0] == "Slow today, fast enough after this."
    assert headline(replace(whole, measured=(inbox,)))[0] == "Fast enough as it is."
    assert headline(replace(whole, measured=(replace(feed, after=feed.before),)))[0].startswith("Slow, and no change")
    assert headline(replace(whole, measured=(feed, replace(feed, after=()))))[0].startswith("Better after this")


def test_a_plan_is_told_by_what_reads_most() -> None:
    assert gist(SLOW) == "reads every row of posts (20 rows, throws 999,980 away)"
    assert words(Plan("Some New Node", rows=3)) == "some new node (about 3 rows)"


def test_a_curve_needs_points() -> None:
    assert curve([], [], "none") == ""
    assert 'class="after"' not in curve([(1000, 2.0)], [], "one")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "not measured"),
        (float("inf"), "broken off"),
        (0.42, "0.4 ms"),
        (12.3, "12 ms"),
        (2500, "2.5 s"),
        (61_000, "61 s"),
    ],
)
def test_times_for_people(value: float | None, told: str) -> None:
    assert milliseconds(value) == told


def test_sizes_for_people() -> None:
    assert (size(900), size(16384), size(31_400_000)) == ("1 kB", "16 kB", "31 MB")
