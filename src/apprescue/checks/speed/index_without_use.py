"""Your database keeps an index that helps nobody and makes every write slower.

What we look at: indexes that are the same as another one, that begin like another one which can do all that they can,
or that no query of the app uses at a million rows. Indexes that keep a rule (unique keys, exclusions) and those that
other tables' references lean on are left alone.

Why it matters: an index is written at every insert and at most changes, it takes disk and memory, and it gives nothing
back.

How to repair: where another index does its work, run the migration that `apprescue tune` writes; the file beside it
makes it again. Where no query uses it, ask your database first (`idx_scan` in `pg_stat_user_indexes`), or give
`apprescue tune` your own statements.

When it is fine: it is needed by a query that is not in the app's code, a report that somebody runs by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import TablePlace
from apprescue.model.tuning import Tuned


@check(
    severity=Severity.LOW,
    impact=Impact.PERFORMANCE,
    cwe=["CWE-1050"],
    owasp=[],
    evidence=Evidence.OBSERVED,
)
def index_without_use(tuned: Tuned) -> Iterator[Seen]:
    """One finding for each table with such indexes."""
    for drop in tuned.drops:
        name = drop.name.removeprefix("public.")
        text = f"The index {name} of {drop.relation.removeprefix('public.')} is not needed: {drop.reason}."
        yield Seen(TablePlace(drop.relation), text, cause=drop.relation)
