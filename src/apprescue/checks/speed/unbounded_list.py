"""A page loads every row of a table that grows every day.

What we look at: lists that are read without a limit, a page or a range, from tables that grow as the app is used
(messages, posts, orders, members). Lists of everything weigh more than lists of what belongs to one person.

Why it matters: it is quick while the table is small. With ten thousand rows the page takes seconds and megabytes, on a
phone it stands still, and Supabase silently stops at 1,000 rows, so that the newest may be missing.

How to repair: read a page at a time: `.order("created_at", {ascending: false}).range(0, 49)`, `take` and `skip`,
`limit` with the last seen date; count and add up in the database, not in the page.

When it is fine: the table stays short by nature, such as settings, categories or plans, or a person has
few of the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.audience import Audience
from apprescue.source.growth import (
    added_up,
    app_queries,
    endless,
    for_staff,
    grows,
    in_job,
    is_queue,
    is_small,
    narrowed,
    of_one_row,
    parts_of_one,
    table_named,
)

_TABLES = 3
_FIRST = re.compile(r"(?:const|let|var)\s*\[\s*\w+\s*\]\s*=\s*await\b")


@check(severity=Severity.MEDIUM, impact=Impact.PERFORMANCE, cwe=["CWE-770"], owasp=["API4:2023"])
def unbounded_list(app: App) -> Iterator[Seen]:
    """One finding for each table that grows and is read whole, one for the others, one for lists of somebody's rows."""
    audience = Audience(app)
    summed = {query.place for query, _ in added_up(app)}
    for place, queries in _by_place(app).items():
        query = next((q for q in queries if not narrowed(q)), queries[0])
        if place in summed or of_one_row(query, table_named(app.schema, query.table)) or _first_taken(query, app):
            continue
        if is_queue(query) or parts_of_one(query) or all(audience.unused(q) for q in queries):
            continue
        here = Code(place.path, place.line)
        if not narrowed(query):
            text = f"Every row of {query.table} is read at once{_where(query)}."
            if grows(query.table) and audience.few_wait(queries, place.path):
                yield Seen(here, text, cause="all for the staff", severity=Severity.LOW)
            elif grows(query.table):
                yield Seen(here, text, cause=f"all of {query.table}")
            else:
                yield Seen(here, text, cause="all", severity=Severity.LOW)
        elif grows(query.table):
            text = f"All {query.table} of one person or thing are read at once, however many there are."
            yield Seen(here, text, cause="narrowed", severity=Severity.LOW)


def _first_taken(query: Query, app: App) -> bool:
    """Whether only the first of what a condition leaves is taken: `const [user] = await ...where(eq(...))`."""
    return any(f.operator == "eq" for f in query.filters) and bool(_FIRST.search(app.excerpt(query.place)))


def _by_place(app: App) -> dict[Code, list[Query]]:
    """The lists without end by where they are read; a place that reads any table at all (a backup) is left out."""
    found: dict[Code, list[Query]] = {}
    for query in app_queries(app):
        if endless(query) and not in_job(query.place.path) and _is_list(query) and not for_staff(query):
            found.setdefault(query.place, []).append(query)
    return {place: queries for place, queries in found.items() if len({q.table for q in queries}) <= _TABLES}


def _is_list(query: Query) -> bool:
    grouped = query.columns == ("by",) or query.step.loops
    return not (grouped or query.table in ("", "?") or "information_schema" in query.sql or is_small(query.table))


def _where(query: Query) -> str:
    named = [f.column for f in query.filters if f.column != "?"]
    return f", narrowed only by {', '.join(dict.fromkeys(named))}" if named else ""
