"""Columns that must not hold the same twice get a unique index: a payment's number, and what ON CONFLICT names.

The index is made while everybody goes on working, in a migration of its own; where doubles stand already it is refused,
and a step beside it tells how to find them. A payment whose number one file writes in several places is left: there
several rows may belong to one payment. It is done where the history is plain SQL.
"""

from __future__ import annotations

from collections import Counter

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Todo
from apprescue.model.place import Code, ColumnPlace, FunctionPlace
from apprescue.source.history import histories
from apprescue.source.new_migration import new_migrations
from apprescue.source.policy_sql import listed, plain
from apprescue.source.unique_keys import conflicts, unique_key


@fix(
    "running/payment_reference_without_unique",
    "running/conflict_without_unique",
    title="Let the database refuse what stands there already",
)
def add_unique_key(finding: Finding, app: App) -> Changes:
    """One migration for the column or columns."""
    history = next(iter(histories(app.files)), None)
    column = next((one for one in (finding.place, *finding.related) if isinstance(one, ColumnPlace)), None)
    if column is None or history is None or history.kind not in ("supabase", "sql"):
        return
    writes = Counter(one.path for one in finding.related if isinstance(one, Code))
    if isinstance(finding.place, ColumnPlace) and any(count > 1 for count in writes.values()):
        return
    columns = _named_by_insert(finding, app, column)
    yield from new_migrations(app, [unique_key(column.table, columns)])
    doubles = f"select {listed(columns)}, count(*) from {plain(column.table)} group by {listed(columns)}"
    yield Todo(f"Before the migration runs, see that this gives no row: {doubles} having count(*) > 1;")


def _named_by_insert(finding: Finding, app: App, column: ColumnPlace) -> tuple[str, ...]:
    """All columns that the insert's ON CONFLICT names, else the one."""
    function = app.schema.function(finding.place.function) if isinstance(finding.place, FunctionPlace) else None
    told = (
        columns for table, columns in (conflicts(app.schema, function) if function else ()) if table == column.table
    )
    return next((columns for columns in told if columns[:1] == (column.column,)), (column.column,))
