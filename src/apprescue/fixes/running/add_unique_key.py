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
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import listed, plain
from apprescue.source.sql_body import body_of

_LONGEST = 63


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
    schema, _, table = column.table.rpartition(".")
    name = f"{table}_{'_'.join(columns)}_key"[-_LONGEST:].lstrip("_")
    yield from new_migration(
        app,
        f"unique {table} {' '.join(columns)}",
        f"In {table} the same {' and '.join(columns)} could stand twice.",
        f"create unique index concurrently if not exists {plain(name)} on {plain(column.table)} ({listed(columns)});",
        f"drop index concurrently if exists {plain(f'{schema}.{name}')};",
        alone=True,
    )
    doubles = f"select {listed(columns)}, count(*) from {plain(column.table)} group by {listed(columns)}"
    yield Todo(f"Before the migration runs, see that this gives no row: {doubles} having count(*) > 1;")


def _named_by_insert(finding: Finding, app: App, column: ColumnPlace) -> tuple[str, ...]:
    """All columns that the insert's ON CONFLICT names, else the one."""
    function = app.schema.function(finding.place.function) if isinstance(finding.place, FunctionPlace) else None
    writes = body_of(function).writes if function else ()
    told = (tuple(one.conflict) for one in writes if one.table == column.table and column.column in one.conflict[:1])
    return next(told, (column.column,))
