"""The database reads a whole table to find a few rows.

What we look at: columns by which the app's own queries search or sort a table that grows, and that no index of the
schema begins with. Columns that point at other tables have a check of their own.

Why it matters: it is quick with a hundred rows. With a million every such query reads all of them, the pages slow down
together, and the database's bill grows.

How to repair: `create index on messages (status, created_at desc);` for the columns that are asked for together, those
with `=` first; with `concurrently` on a table that is in use.

When it is fine: the table stays small, or the column has two values that are equally frequent, so an index is no help.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.facts import no_index
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import ColumnPlace
from apprescue.model.schema import Table
from apprescue.source.growth import app_queries, grows, plain_name, table_named

_INDEXABLE = frozenset("eq in gt gte lt lte between".split())
_FLAGS = frozenset("boolean bool".split())


@check(severity=Severity.LOW, impact=Impact.PERFORMANCE, cwe=["CWE-1089"], owasp=["API4:2023"])
def filter_without_index(app: App) -> Iterator[Seen]:
    """One finding for the app, with every such column and the queries that ask for it."""
    asked: dict[tuple[str, str], tuple[Table, list[Query]]] = {}
    for query in app_queries(app):
        table = table_named(app.schema, query.table)
        if table is None or table.origin == "supabase_types" or not grows(query.table):
            continue
        if (column := _unserved(query, table)) is not None:
            asked.setdefault((table.name, column), (table, []))[1].append(query)
    for (name, column), (table, queries) in sorted(asked.items(), key=lambda item: -len(item[1][1])):
        written = table.column(column)
        places = tuple(dict.fromkeys(q.place for q in queries))
        yield Seen(
            ColumnPlace(name, column, written.place if written is not None else table.place),
            f"{name.rpartition('.')[2]} is searched or sorted by {column} in {len(places)}"
            f" place{'s' * (len(places) > 1)} and has no index for it.",
            related=places[:5],
            cause="index",
            facts=(no_index(name, [column]),),
        )


def _unserved(query: Query, table: Table) -> str | None:
    """The column of a query for which an index is missing; None where any of its columns has one."""
    columns = {plain_name(c.name): c for c in table.columns}
    led = [
        table.primary_key,
        *(i.columns for i in table.indexes if i.columns),
        *(k.columns for k in table.foreign_keys),
    ]
    leads = {plain_name(c[0].split(" ")[0]) for c in led if c}
    wanted = [plain_name(f.column) for f in query.filters if f.operator in _INDEXABLE] or [
        plain_name(o) for o in query.order
    ]
    known = [w for w in wanted if w in columns]
    if not known or len(known) < len(wanted) or set(known) & leads:
        return None
    best = next((w for w in known if columns[w].type not in _FLAGS), None)
    return columns[best].name if best is not None else None
