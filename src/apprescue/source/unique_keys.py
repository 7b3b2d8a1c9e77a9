"""A unique index for an app's history, and the inserts of a function that name columns without one."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.schema import DbFunction, Schema, Table
from apprescue.source.new_migration import Wanted
from apprescue.source.policy_sql import listed, plain
from apprescue.source.sql_body import body_of

_LONGEST = 63


def unique_key(table: str, columns: tuple[str, ...]) -> Wanted:
    """The migration that makes columns of a table (`schema.name`) unique, while everybody goes on working."""
    schema, _, bare = table.rpartition(".")
    name = f"{bare}_{'_'.join(columns)}_key"[-_LONGEST:].lstrip("_")
    return Wanted(
        f"unique {bare} {' '.join(columns)}",
        f"In {bare} the same {' and '.join(columns)} could stand twice.",
        f"create unique index concurrently if not exists {plain(name)} on {plain(table)} ({listed(columns)});",
        f"drop index concurrently if exists {plain(f'{schema}.{name}')};",
        alone=True,
    )


def conflicts(schema: Schema, function: DbFunction) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The tables and columns that a function's inserts name in ON CONFLICT, where no unique key is on them."""
    for write in body_of(function).writes:
        table, columns = schema.table(write.table), tuple(write.conflict)
        if table is not None and columns and table.columns and not _is_unique(table, frozenset(columns)):
            yield table.name, columns


def _is_unique(table: Table, columns: frozenset[str]) -> bool:
    keys = [table.primary_key, *(index.columns for index in table.indexes if index.unique)]
    return not all(map(table.column, columns)) or any(frozenset(key) == columns for key in keys)
