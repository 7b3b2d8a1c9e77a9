"""A query of your app asks for a column that the database does not have.

What we look at: the columns that the code reads, filters by, sorts by or writes, against the tables that the
migrations make.

Why it matters: the database refuses the whole query. The page stays empty, or worse, a step in the middle of a payment
fails after the money has moved.

How to repair: use the name that the table has, or add the column with a migration.

When it is fine: the column was added by hand in the live database. Then add it to the migrations, so that every copy
of the database has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.facts import no_column
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import ColumnPlace
from apprescue.model.schema import Schema

_PLAIN = re.compile(r"^[a-z_][a-z0-9_]*$")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.ONBOARDING,
    cwe=["CWE-1059"],
    owasp=["A10:2025"],
    evidence=Evidence.SUSPECTED,
)
def query_on_missing_column(app: App) -> Iterator[Seen]:
    """One finding for each table."""
    drifted = {f.object for f in app.schema.faults if f.kind == "never made"}
    for query in app.queries:
        table = app.schema.table(query.table)
        if not query.library.startswith("supabase") or table is None or table.origin != "sql_migrations":
            continue
        if not table.columns or table.name in drifted:
            continue
        known = {c.name for c in table.columns} | _names_of_relations(app.schema)
        missing = sorted(_used(query) - known)
        if missing:
            names = ", ".join(f"{query.table}.{column}" for column in missing)
            yield Seen(
                query.place,
                f"This {query.operation} uses {names}, which no migration makes: the query fails.",
                related=tuple(ColumnPlace(table.name, column, table.place) for column in missing),
                cause=table.name,
                facts=tuple(no_column(table.name, column) for column in missing),
            )


def _used(query: Query) -> set[str]:
    used = {f.column for f in query.filters} | set(query.columns)
    if query.operation in ("insert", "update", "upsert") and query.written is not None:
        used |= set(query.written.fields or {})
        used |= {key for item in query.written.items or () for key in item.fields or {}}
    return {name for name in used if _PLAIN.match(name)}


def _names_of_relations(schema: Schema) -> set[str]:
    """Names of tables and views: a query may name a related table where a column stands."""
    return {n.rpartition(".")[2] for n in (*(t.name for t in schema.tables), *(v.name for v in schema.views))}
