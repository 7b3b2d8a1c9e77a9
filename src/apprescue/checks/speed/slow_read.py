"""A page takes too long as soon as many people use it.

What we look at: every query of the app that we could run, on a copy of its database with up to a million made-up rows,
asked by 200 people at once through a pool of 15 connections, with the app's own row rules in force.

Why it matters: half of all visitors leave a page that takes three seconds. What takes 2 ms on the day of the launch can
take 20 seconds with the hundredth creator, and it takes the other pages down with it, because they all wait for the
same database.

How to repair: `apprescue tune` writes the indexes and rewrites that helped as migrations, each with what it changed and
how to undo it; run them one after the other, outside the busy hours. What stays slow reads too much: page it, or ask
for less.

When it is fine: the table will never have that many rows, or nobody waits for the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf

from apprescue.checks.interface import check
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.proof import Proof
from apprescue.model.tuning import EVERYBODY, FAST, Measured, Tuned
from apprescue.source.plan_words import gist

STANDS_STILL = 3000.0


@check(
    severity=Severity.MEDIUM,
    impact=Impact.PERFORMANCE,
    cwe=["CWE-400"],
    owasp=["API4:2023"],
    evidence=Evidence.PROVEN,
)
def slow_read(tuned: Tuned) -> Iterator[Seen]:
    """One finding for each query that people wait for too long."""
    for one in tuned.common:
        if one.was and one.was.p95 >= FAST:
            rows = one.before[-1].rows
            took = _time(one.was.p95)
            why = f": it {gist(one.plan_before)}" if one.plan_before else ""
            proof = Proof(
                "measurement",
                one.statement.sql,
                f"{EVERYBODY}, as {one.statement.role}",
                f"95 of 100 answers within {FAST:.0f} ms",
                f"{took} at {rows:,} rows",
            )
            yield Seen(
                one.statement.place,
                f"With {rows:,} rows and 200 people at once, 95 of 100 answers take up to {took}{why}. {_then(one)}",
                severity=Severity.HIGH if one.was.p95 >= STANDS_STILL else None,
                proof=proof,
            )


def _then(one: Measured) -> str:
    if one.now is None or one.was is None or one.now.p95 > 0.8 * one.was.p95:
        return "None of the changes that we tried made it faster."
    return f"With the changes that `apprescue tune` wrote it is {_time(one.now.p95)}."


def _time(milliseconds: float) -> str:
    if isinf(milliseconds):
        return "longer than the database allows"
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 1000 else f"{milliseconds:.0f} ms"
