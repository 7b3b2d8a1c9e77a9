"""Columns by which rows are found get an index, made while everybody goes on working.

Each index is a migration of its own, `create index concurrently if not exists`: no transaction may stand around it.
Where it is broken off it stays behind unusable; its undo file takes it away, and it can be run again. It is done where
the history is plain SQL; Prisma and Drizzle keep indexes in their schema files, and would drop what these do not name.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.model.place import ColumnPlace
from apprescue.source.history import histories
from apprescue.source.new_migration import Wanted, new_migrations
from apprescue.source.policy_sql import listed, plain

_LONGEST = 63


@fix(
    "speed/foreign_key_without_index",
    "speed/filter_without_index",
    title="Add the indexes by which rows are found",
    safety=Safety.SAFE,
)
def add_indexes(finding: Finding, app: App) -> Changes:
    """One migration for each column of the finding."""
    history = next(iter(histories(app.files)), None)
    if history is not None and history.kind in ("supabase", "sql"):
        yield from new_migrations(app, _wanted(finding, app))


def _wanted(finding: Finding, app: App) -> Iterator[Wanted]:
    places = [one for one in (finding.place, *finding.related) if isinstance(one, ColumnPlace)]
    for table, columns in dict.fromkeys((one.table, _columns(app, one)) for one in places):
        schema, _, bare = table.rpartition(".")
        name = f"{bare}_{'_'.join(columns)}_idx"[-_LONGEST:].lstrip("_")
        yield Wanted(
            f"index {bare} {' '.join(columns)}",
            f"Rows of {bare} are found by {', '.join(columns)}; without an index the whole table is read for it.",
            f"create index concurrently if not exists {plain(name)} on {plain(table)} ({listed(columns)});",
            f"drop index concurrently if exists {plain(f'{schema}.{name}')};",
            alone=True,
        )


def _columns(app: App, place: ColumnPlace) -> tuple[str, ...]:
    """The columns of the index: all of a key that points at another table, else the one."""
    table = app.schema.table(place.table)
    keys = table.foreign_keys if table else ()
    return next((key.columns for key in keys if key.columns[:1] == (place.column,)), (place.column,))
