"""Supabase's generated `types.ts`: the tables of the live database, among them those that no migration makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from apprescue.model.schema import Schema, Table
from apprescue.source import supabase_types


def read(files: Mapping[str, str]) -> Schema:
    """Tables with their columns and foreign keys. What rules hold, the file does not say: `rls` is None."""
    known = supabase_types.read(files)
    return Schema(tables=tuple(map(_plain, known.tables)), exposed=known.exposed)


def _plain(table: Table) -> Table:
    """The table without what is only told for those who build it: unknown defaults, keys that follow from relations."""
    columns = tuple(replace(c, default="") for c in table.columns)
    keys = tuple(replace(key, to_columns=()) for key in table.foreign_keys)
    return replace(table, columns=columns, foreign_keys=keys, indexes=())
