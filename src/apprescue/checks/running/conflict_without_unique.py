"""A function of the database fails every time it is called.

What we look at: inserts in database functions with `ON CONFLICT (columns)` where the table has no unique key over
exactly these columns.

Why it matters: the database refuses such an insert with an error, on the first call as on every other. What the
function should count or store is never stored.

How to repair: `alter table t add constraint t_column_key unique (column);` after merging rows that are there twice.

When it is fine: a unique key over these columns is made outside of the migrations.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.facts import no_unique
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, ColumnPlace, FunctionPlace
from apprescue.model.schema import Table
from apprescue.source.sql_body import body_of
from apprescue.source.sql_text import bare


@check(severity=Severity.MEDIUM, impact=Impact.ONBOARDING, cwe=["CWE-754"], owasp=["A10:2025"])
def conflict_without_unique(app: App) -> Iterator[Seen]:
    """One sighting for each insert."""
    for function in app.schema.functions:
        for write in body_of(function).writes:
            table = app.schema.table(write.table)
            if table is None or not write.conflict or not table.columns or _unique(table, frozenset(write.conflict)):
                continue
            columns = ", ".join(write.conflict)
            line = function.place.line + write.line
            yield Seen(
                FunctionPlace(function.name, Code(function.place.path, line, line)),
                f"{bare(function.name)} inserts into {bare(table.name)} with ON CONFLICT ({columns}), but these "
                f"columns "
                "are not unique: every call fails.",
                related=(ColumnPlace(table.name, write.conflict[0], table.place), function.place),
                facts=(no_unique(table.name, write.conflict),),
            )


def _unique(table: Table, columns: frozenset[str]) -> bool:
    if table.origin == "supabase_types" or not all(table.column(c) for c in columns):
        return True
    keys = [table.primary_key, *(i.columns for i in table.indexes if i.unique)]
    return any(frozenset(c.lower() for c in key) == columns for key in keys)
