"""Lists of what belongs to something read the whole table.

What we look at: columns that point at another table (posts of a user, messages of a conversation) and that no index
begins with.

Why it matters: PostgreSQL makes no index for them by itself. Every page that lists what belongs to one user or one
post reads the whole table, and deleting a user locks and scans every table that points at him. It is quick with a
hundred rows and stands still with a million.

How to repair: `create index on posts (user_id);` for each of them; with `concurrently` on a table that is in use.

When it is fine: the table stays small, and what it points at is never deleted.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import ColumnPlace
from apprescue.model.schema import ForeignKey, Table
from apprescue.source.sql_text import bare


@check(severity=Severity.LOW, impact=Impact.PERFORMANCE, cwe=["CWE-1089"], owasp=["API4:2023"])
def foreign_key_without_index(app: App) -> Iterator[Seen]:
    """One finding for the app, with every such column; it weighs more where queries filter by one."""
    filtered = {(bare(q.table), f.column) for q in app.queries for f in q.filters}
    asked = " ".join(f"{p.using} {p.check}" for p in app.schema.policies)
    found = [(t, key) for t in app.schema.tables for key in t.foreign_keys if not _served(t, key)]
    for table, key in found:
        column = key.columns[0]
        hot = (bare(table.name), column) in filtered or f"{bare(table.name)}.{column}" in asked
        yield Seen(
            ColumnPlace(table.name, column, key.place),
            f"{bare(table.name)}.{column} points at {bare(key.to_table)} and has no index.",
            cause="foreign key",
            severity=Severity.MEDIUM if hot or len(found) > 8 else Severity.LOW,
        )


def _served(table: Table, key: ForeignKey) -> bool:
    if not key.columns or table.origin == "supabase_types":
        return True
    wanted = set(key.columns)
    leads = [table.primary_key, *(i.columns for i in table.indexes if not i.where or i.unique)]
    return any(set(columns[: len(wanted)]) == wanted for columns in leads if columns)
