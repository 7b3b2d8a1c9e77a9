"""What the planner knows of a grown database, told to an empty one: there it plans as if all the rows were there.

A number of rows and pages, what stands in the columns, and files of the right length with nothing in them. Never
ANALYZE such a database, and read nothing from it: it is for EXPLAIN. What statistics of several columns together
(`create statistics`) say cannot be brought over: PostgreSQL 18 has no way to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apprescue.model.database import Database, literal

Resize = Callable[[str, int], None]
PAGE = 8192
AT_ONCE = 200
OURS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
RELATIONS = f"""
select n.nspname::text, c.relname::text, c.relkind::text, c.relpages::int8, c.reltuples::float8, c.relallvisible::int8,
       case when c.relkind in ('r', 'm', 'i') then pg_relation_size(c.oid) / {PAGE} else 0 end
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'm', 'p', 'i') and c.relpersistence <> 't' and {OURS}"""
FIGURES = {
    "null_frac": "real",
    "avg_width": "integer",
    "n_distinct": "real",
    "most_common_vals": "text",
    "most_common_freqs": "real[]",
    "histogram_bounds": "text",
    "correlation": "real",
    "most_common_elems": "text",
    "most_common_elem_freqs": "real[]",
    "elem_count_histogram": "real[]",
    "range_length_histogram": "text",
    "range_empty_frac": "real",
    "range_bounds_histogram": "text",
}
"""What is known of a column, and the type in which the server takes it."""
_TOLD = ", ".join(f"s.{name}::text" for name in FIGURES)
COLUMNS = f"""
select n.nspname::text, c.relname::text, a.attnum::int, a.attname::text, c.relkind = 'i', s.inherited, {_TOLD}
  from pg_stats s join pg_namespace n on n.nspname = s.schemaname
  join pg_class c on c.relname = s.tablename and c.relnamespace = n.oid
  join pg_attribute a on a.attrelid = c.oid and a.attname = s.attname
 where {OURS}"""


def copy_statistics(grown: Database, empty: Database, resize: Resize) -> None:
    """Tell an empty database of the same schema what the planner knows of the grown one.

    `resize` makes a relation of the empty one so many pages long. What stands in only one of the two is left out.
    """
    there = {(schema, name) for schema, name, *_ in empty.query(RELATIONS)}
    calls, sizes = [], []
    for schema, name, kind, pages, rows, visible, long in grown.query(RELATIONS):
        if (schema, name) in there:
            calls.append(of_relation(schema, name, pages, rows, visible))
            sizes += [(ident_in(schema, name), long)] if kind != "p" else []
    for schema, name, number, column, is_index, inherited, *told in grown.query(COLUMNS):
        if (schema, name) in there:
            figures = dict(zip(FIGURES, told, strict=True))
            calls.append(of_column(schema, name, number if is_index else column, figures, inherited=inherited))
    told_all(empty, calls)
    for name, long in sizes:
        resize(name, long)


def ident_in(schema: str, name: str) -> str:
    """A relation's name with its schema, whatever they contain."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in (schema, name))


def of_relation(schema: str, name: str, pages: float, rows: float, visible: float = 0) -> str:
    """The call that tells how large a relation is."""
    return (
        f"pg_restore_relation_stats('schemaname', {literal(schema)}, 'relname', {literal(name)}, "
        f"'relpages', {int(pages)}::int, 'reltuples', {rows}::real, 'relallvisible', {int(visible)}::int)"
    )


def of_column(schema: str, name: str, column: str | int, figures: Mapping[str, Any], *, inherited: bool = False) -> str:
    """The call that tells what stands in a column, by its name, or by its number where it is one of an index."""
    which = f"'attnum', {column}::smallint" if isinstance(column, int) else f"'attname', {literal(column)}"
    told = [
        f"'{key}', {literal(str(figures[key]))}::{kind}"
        for key, kind in FIGURES.items()
        if figures.get(key) is not None
    ]
    given = ", ".join([which, f"'inherited', {literal(inherited)}", *told])
    return f"pg_restore_attribute_stats('schemaname', {literal(schema)}, 'relname', {literal(name)}, {given})"


def told_all(database: Database, calls: list[str]) -> None:
    """Make these calls, many at once."""
    for begin in range(0, len(calls), AT_ONCE):
        database.run("; ".join(f"select {call}" for call in calls[begin : begin + AT_ONCE]))
