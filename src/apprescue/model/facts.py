"""What is true of a database's structure, as a question to the server itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apprescue.model.database import ident, literal


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is said to be so. `sql` asks the server and gives one truth; `table` is what it is about,
    `denial` what is told where it is not so."""

    table: str
    sql: str
    denial: str


def no_index(table: str, columns: Sequence[str]) -> Fact:
    """No index of the table begins with these columns, in whatever order."""
    return Fact(
        table,
        f"select not exists (select from pg_index i where i.indrelid = {_table(table)}"
        f" and {_leading(table, columns)} <@ (i.indkey::int2[])[0:{len(columns) - 1}]::int[])",
        "an index of the rebuilt database begins with it",
    )


def no_unique(table: str, columns: Sequence[str]) -> Fact:
    """No unique index of the table is on exactly these columns."""
    return Fact(
        table,
        f"select not exists (select from pg_index i where i.indrelid = {_table(table)} and i.indisunique"
        f" and i.indpred is null and i.indnkeyatts = {len(columns)}"
        f" and {_leading(table, columns)} <@ (i.indkey::int2[])[0:{len(columns) - 1}]::int[])",
        "the rebuilt database has a unique key on it",
    )


def no_column(table: str, column: str) -> Fact:
    """The table is there and has no such column."""
    return Fact(
        table,
        f"select not exists (select from pg_attribute where attrelid = {_table(table)} and attnum > 0"
        f" and not attisdropped and attname = {literal(column)})",
        "the rebuilt database has the column",
    )


def of_type(table: str, column: str, types: Sequence[str]) -> Fact:
    """The column is of one of these types, named as in pg_type (float8, text, ...)."""
    return Fact(
        table,
        f"select exists (select from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = "
        f"{_table(table)} and a.attname = {literal(column)} and t.typname in ({', '.join(map(literal, types))}))",
        "the column is of another type in the rebuilt database",
    )


def no_search_path(function: str) -> Fact:
    """A function with its owner's rights fixes no search path."""
    schema, _, name = function.rpartition(".")
    return Fact(
        function,
        "select exists (select from pg_proc p where p.pronamespace = "
        f"{literal(schema or 'public')}::regnamespace and p.proname = {literal(name)} and p.prosecdef"
        " and not exists (select from unnest(p.proconfig) s where s like 'search_path=%'))",
        "in the rebuilt database every such function fixes its search path",
    )


def _table(name: str) -> str:
    return f"{literal(ident(name if '.' in name else f'public.{name}'))}::regclass"


def _leading(table: str, columns: Sequence[str]) -> str:
    names = ", ".join(map(literal, columns))
    return (
        f"(select array_agg(a.attnum::int) from pg_attribute a where a.attrelid = {_table(table)}"
        f" and a.attname in ({names}))"
    )
