"""A number on a page is made by fetching every row and adding them up.

What we look at: rows that are read without a limit and then summed, counted, grouped or searched in the app's own
code instead of in the database.

Why it matters: to show one number, the whole table travels over the network. It takes longer every day, costs traffic
and memory, and where the database stops at 1,000 rows the number is silently wrong: revenue, balances, statistics.

How to repair: let the database count: `count`, `sum` and `group by` in SQL, a view or a function called by `rpc`,
`aggregate` or `groupBy` in Prisma, `$group` in MongoDB. Put the condition into the query.

When it is fine: the rows are few by nature (the items of one cart), or they are shown on the page anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.growth import added_up, grows, is_small, narrowed, of_one_row, offline, table_named


@check(severity=Severity.MEDIUM, impact=Impact.PERFORMANCE, cwe=["CWE-1050"], owasp=["API4:2023"])
def filtered_in_memory(app: App) -> Iterator[Seen]:
    """One finding for each table whose rows are fetched to be added up."""
    seen = set()
    for query, step in added_up(app):
        if query.place in seen or offline(query.place.path) or is_small(query.table) or query.table == "?":
            continue
        if of_one_row(query, table_named(app.schema, query.table)):
            continue
        severity = _severity(query)
        if severity is not None:
            seen.add(query.place)
            yield Seen(
                Code(query.place.path, query.place.line),
                f"All {'of these ' if narrowed(query) else ''}rows of {query.table} are fetched and added up in code.",
                related=(step.place,) if step.place != query.place else (),
                severity=severity,
                cause=f"{severity} {query.table if severity is Severity.MEDIUM else ''}",
            )


def _severity(query: Query) -> Severity | None:
    if not narrowed(query):
        return Severity.MEDIUM if grows(query.table) else Severity.LOW
    return Severity.LOW if grows(query.table) else None
