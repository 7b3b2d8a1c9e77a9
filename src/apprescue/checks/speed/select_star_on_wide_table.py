"""Lists carry whole rows where a title and a picture would do.

What we look at: lists that ask for every column (`select("*")`, no `select`) of a table with many columns.

Why it matters: descriptions, settings and private fields of every row travel to the page, which shows three of them.
Pages load slowly on phones, traffic costs money, and columns that are added later leak by themselves.

How to repair: name the columns that the page shows: `select("id, title, cover_url")`,
`select: {id: true, title: true}`.

When it is fine: one single row is read to be edited, or the page really shows all of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.growth import app_queries, of_one_row, table_named

_WIDE = {"supabase": 20, "sql": 20}
_WIDE_OBJECT = 30


@check(severity=Severity.LOW, impact=Impact.PERFORMANCE, cwe=["CWE-1049"], owasp=["API3:2023"])
def select_star_on_wide_table(app: App) -> Iterator[Seen]:
    """One finding for the app, with every such list."""
    seen = set()
    for query in app_queries(app):
        if query.operation != "select" or query.single or "*" not in query.columns or query.limit == 1:
            continue
        table = table_named(app.schema, query.table)
        wide = _WIDE.get(query.library, _WIDE_OBJECT)
        if table is None or len(table.columns) < wide or of_one_row(query, table) or query.place in seen:
            continue
        seen.add(query.place)
        yield Seen(
            Code(query.place.path, query.place.line),
            f"A list asks for all {len(table.columns)} columns of {query.table}.",
            cause="wide",
        )
