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

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.facts import no_index
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import ColumnPlace
from apprescue.model.schema import ForeignKey, Table
from apprescue.source.growth import grows, offline
from apprescue.source.meaning import words
from apprescue.source.sql_text import bare

_ONCE = frozenset({"application", "profile", "verification", "request", "invite", "invitation", "claim"})
_NOTED = re.compile(r"(?i)(?:_by|By)(?:_?(?:user_?)?id)?$")


@check(severity=Severity.LOW, impact=Impact.PERFORMANCE, cwe=["CWE-1089"], owasp=["API4:2023"])
def foreign_key_without_index(app: App) -> Iterator[Seen]:
    """One finding for the app, with every such column; one by which a growing table is searched weighs more."""
    reading = [q for q in app.queries if q.operation in ("select", "count") and not offline(q.place.path)]
    filtered = {(bare(q.table), f.column) for q in reading for f in q.filters}
    asked = " ".join(f"{p.using} {p.check}" for p in app.schema.policies)
    found = [(t, key) for t in app.schema.tables for key in t.foreign_keys if not _served(t, key)]
    for table, key in found:
        column = key.columns[0]
        asked_for = (bare(table.name), column) in filtered or f"{bare(table.name)}.{column}" in asked
        hot = asked_for and _long(bare(table.name)) and not _NOTED.search(column)
        yield Seen(
            ColumnPlace(table.name, column, key.place),
            f"{bare(table.name)}.{column} points at {bare(key.to_table)} and has no index.",
            cause="foreign key",
            severity=Severity.MEDIUM if hot else Severity.LOW,
            facts=(no_index(table.name, key.columns),),
        )


def _long(table: str) -> bool:
    """Whether a table grows with the app's use, by more than a row for each person."""
    return grows(table) and words(table)[-1] not in _ONCE


def _served(table: Table, key: ForeignKey) -> bool:
    if not key.columns or table.origin == "supabase_types":
        return True
    wanted = set(key.columns)
    leads = [table.primary_key, *(i.columns for i in table.indexes if not i.where or i.unique)]
    return any(set(columns[: len(wanted)]) == wanted for columns in leads if columns)
