"""A page waits for one answer after another though it could ask at once.

What we look at: three or more calls to the database that stand directly below each other, each awaited before the next
is sent, where none needs what another brought.

Why it matters: the waits add up. Five calls of 60 ms make a page that takes 300 ms, on a phone far away a second and a
half, instead of one wait.

How to repair: send them together: `const [users, posts] = await Promise.all([getUsers(), getPosts()])`,
`asyncio.gather(...)`, or make them one query.

When it is fine: a later call must not happen when an earlier one fails, or they stand in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.growth import by_step, in_job, offline

_ROW = 3
_NOTHING = ("", "//", "# ", "#")


@check(severity=Severity.LOW, impact=Impact.PERFORMANCE, cwe=["CWE-1050"], owasp=["API4:2023"])
def sequential_awaits(app: App) -> Iterator[Seen]:
    """One finding for the app, with every place where calls stand in a row."""
    known = by_step(app.queries)
    seen = set()
    for trace in app.traces:
        asked = [known[id(s)] for s in trace.steps if id(s) in known]
        for row in _rows(asked, app):
            first, last = row[0].place, row[-1].place
            if first not in seen and not offline(first.path) and not in_job(first.path):
                seen.add(first)
                yield Seen(
                    Code(first.path, first.line, max(last.line, last.end_line)),
                    f"{len(row)} calls to the database wait for each other without need.",
                    cause="in a row",
                )


def _rows(asked: list[Query], app: App) -> Iterator[list[Query]]:
    row: list[Query] = []
    for query in asked:
        if row and not _continues(row, query, app):
            if len(row) >= _ROW:
                yield row
            row = []
        row = [*row, query] if _reads(query) else []
    if len(row) >= _ROW:
        yield row


def _reads(query: Query) -> bool:
    return query.operation in ("select", "count") and query.step.awaited and not query.step.loops


def _continues(row: list[Query], query: Query, app: App) -> bool:
    """Whether a call stands directly below the last one and needs nothing of those before."""
    last = row[-1]
    end = max(last.place.line, last.place.end_line)
    between = app.files.get(last.place.path, "").split("\n")[end : query.place.line - 1]
    beneath = query.place.line > end and all(line.strip()[:2] in _NOTHING for line in between)
    alike = query.place.path == last.place.path and query.step.function == last.step.function
    if not (beneath and alike and query.step.tests == last.step.tests):
        return False
    brought = {f"row.{q.table}" for q in row}
    needed = {o for f in query.filters for o in f.value.all_origins}
    return not any(o == b or o.startswith(b + ".") for o in needed for b in brought)
