"""What the planner knows of a grown database, told to an empty one: there it plans as if all the rows were there.

A number of rows and pages, what stands in the columns, and files of the right length with nothing in them. Never
ANALYZE such a database, and read nothing from it: it is for EXPLAIN. What statistics of several columns together
(`create statistics`) say cannot be brought over: PostgreSQL 18 has no way to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from apprescue.methods.advising.depths import depths
from apprescue.methods.advising.sizes import PAGE, Part, levels
from apprescue.model.database import Database, Resize, ident_of, literal

AT_ONCE = 200
MOST_PAGES = 2**32 - 2
NOT_HERE, NOT_THERE = "production has it, the app's own schema has not", "the export does not have it"
NO_EXPORT = "This is no export of statistics, as docs/statistics.sql makes it."
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

VALUES = ("most_common_vals", "histogram_bounds")
NUMBERS = (
    "null_frac", "avg_width", "n_distinct", "correlation", "most_common_freqs", "elem_count_histogram",
)  # fmt: skip
NEEDED = {
    "relations": {"schema", "name", "kind", "pages", "rows", "visible", "length"},
    "columns": {"schema", "relation", "column", "number", "of_index", "type", "inherited"},
}
PLATFORM = ("auth", "storage", "realtime", "vault", "graphql", "cron", "net", "extensions", "supabase", "pgsodium")
MOMENTS = ("timestamp with time zone", "timestamp without time zone", "date")
PLACEHOLDERS = {
    "uuid": "ffffffff-ffff-ffff-fffe-{:012d}",
    "text": "~ left out {}",
    "character varying": "~ left out {}",
    "integer": "-2{:09d}",
    "bigint": "-9{:017d}",
}
ENTRY, WIDTH = 14.0, 24  # bytes of an entry beside its values, and of a value of any length
TYPES = f"""
select n.nspname::text, c.relname::text, a.attname::text, format_type(t.oid, null), t.typtype = 'e'
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
 where c.relkind in ('r', 'm', 'p') and {OURS}"""
INDEXES = f"""
select n.nspname::text, i.relname::text, tn.nspname::text, t.relname::text,
       (select sum(case when a.attlen > 0 then a.attlen else {WIDTH} end) from pg_attribute a where a.attrelid = i.oid)
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace
  join pg_class t on t.oid = x.indrelid join pg_namespace tn on tn.oid = t.relnamespace
 where i.relkind = 'i' and {OURS}"""

KEYS = f"""
select n.nspname::text, i.relname::text, t.typlen::int,
       case t.typalign when 'c' then 1 when 's' then 2 when 'i' then 4 else 8 end,
       coalesce(s.avg_width, {WIDTH})::float8, coalesce(s.n_distinct, -1)::float8, greatest(h.reltuples, 1)::float8
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace
  join pg_am m on m.oid = i.relam and m.amname = 'btree'
  join pg_class h on h.oid = x.indrelid join pg_namespace hn on hn.oid = h.relnamespace
  join pg_attribute a on a.attrelid = i.oid and a.attnum <= x.indnkeyatts join pg_type t on t.oid = a.atttypid
  left join pg_attribute c on c.attrelid = h.oid and c.attnum = x.indkey[a.attnum - 1]
  left join pg_stats s on not s.inherited and s.schemaname = hn.nspname and s.tablename = h.relname
   and s.attname = c.attname
 where i.relkind = 'i' and {OURS} order by n.nspname, i.relname, a.attnum"""


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
    _lengthen(empty, sizes, resize, {ident_in(*name): deep for name, deep in depths(grown).items()})


def imported(empty: Database, text: str, resize: Resize) -> Iterator[tuple[str, str]]:
    """Tell an empty database what the planner of a production database knows, as `docs/statistics.sql` exports it.

    Gives the names and reasons of what was left out: what the empty one has not, or what the export has not. Raises
    ValueError where the text is no such export.
    """
    return iter(_Importing(empty, _export(text)).done(resize))


def ident_in(schema: str, name: str) -> str:
    """A relation's name with its schema, whatever they contain."""
    return f"{ident_of(schema)}.{ident_of(name)}"


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


class _Importing:
    """An export on its way into an empty database."""

    def __init__(self, empty: Database, export: Mapping[str, Any]) -> None:
        self._empty, self._export = empty, export
        self._there = {(schema, name): kind for schema, name, kind, *_ in empty.query(RELATIONS)}
        self._types = {tuple(told[:3]): (told[3], told[4]) for told in empty.query(TYPES)}
        self._rows: dict[tuple[str, str], float] = {}
        self._left_out: dict[str, str] = {}

    def done(self, resize: Resize) -> list[tuple[str, str]]:
        """Tell everything; what was left out, and why."""
        calls, sizes = [], []
        for told in self._export["relations"]:
            which = str(told["schema"]), str(told["name"])
            if which not in self._there:
                if told["kind"] != "i":
                    self._left_out[".".join(which)] = NOT_HERE
                continue
            self._rows[which] = float(told["rows"])
            calls.append(of_relation(*which, _pages(told["pages"]), float(told["rows"]), _pages(told["visible"])))
            if self._there[which] != "p":
                sizes.append((ident_in(*which), _pages(told["length"])))
        calls += [call for told in self._export["columns"] if (call := self._column(told))]
        made, guessed = self._own()
        told_all(self._empty, calls + made)
        _lengthen(self._empty, sizes + guessed, resize, {})
        return list(self._left_out.items())

    def _column(self, told: Mapping[str, Any]) -> str:
        schema, name = which = str(told["schema"]), str(told["relation"])
        if which not in self._there:
            return ""
        column, figures = str(told["column"]), {key: told[key] for key in NUMBERS if key in told}
        if told["of_index"]:
            return of_column(schema, name, int(told["number"]), _plain(figures))
        if (*which, column) not in self._types:
            self._left_out[f"{schema}.{name}.{column}"] = NOT_HERE
            return ""
        kind, is_enum = self._types[*which, column]
        if told["type"] == kind or is_enum:
            known = {key: told[key] for key in VALUES if key in told}
            figures |= known or invented(kind, told, self._rows.get(which, 0.0))
        if "most_common_vals" not in figures:
            figures.pop("most_common_freqs", None)
        return of_column(schema, name, column, _plain(figures), inherited=bool(told["inherited"]))

    def _own(self) -> tuple[list[str], list[tuple[str, int]]]:
        """The tables of which nothing is said, which are told; and the indexes, whose sizes are guessed."""
        calls, sizes = [], []
        for (schema, name), kind in self._there.items():
            if kind != "i" and (schema, name) not in self._rows and not schema.startswith(PLATFORM):
                self._left_out[f"{schema}.{name}"] = NOT_THERE
        for schema, name, *table, width in self._empty.query(INDEXES):
            rows = max(0.0, self._rows.get((table[0], table[1]), 0.0))
            if (schema, name) not in self._rows and rows:
                pages = 2 + int(rows * (float(width) + ENTRY) / (0.9 * PAGE))
                calls.append(of_relation(schema, name, pages, rows))
                sizes.append((ident_in(schema, name), pages))
        return calls, sizes


def invented(kind: str, told: Mapping[str, Any], rows: float) -> dict[str, Any]:
    """Values in the place of those that an export leaves out.

    Common ones that nobody asks for, unless there are no others. Of moments, bounds that lie evenly in the year that
    ends now; of keys that are numbered, all numbers.
    """
    made: dict[str, Any] = {}
    many = len(told.get("most_common_freqs", ()))
    if many and kind in PLACEHOLDERS and told.get("n_distinct", -1) != many:
        made["most_common_vals"] = [PLACEHOLDERS[kind].format(number) for number in range(1, many + 1)]
    if kind in MOMENTS and "correlation" in told:
        now = datetime.now(UTC)
        made["histogram_bounds"] = [str((now - timedelta(days=365 * (100 - at) / 100)).date()) for at in range(101)]
    elif kind in ("integer", "bigint") and told.get("n_distinct") == -1 and rows > 100:
        made["histogram_bounds"] = [str(1 + int(rows * at / 100)) for at in range(101)]
    return made


def _export(text: str) -> Mapping[str, Any]:
    """The export, also as an editor wraps it: in a list with one row, in a row with one column, as a text."""
    told: Any = text
    try:
        while not (isinstance(told, dict) and "apprescue" in told):
            if isinstance(told, str):
                told = json.loads(told)
            else:
                (told,) = told.values() if isinstance(told, dict) else told
        for key, needed in NEEDED.items():
            if not all(needed <= row.keys() for row in told[key]):
                raise ValueError(NO_EXPORT)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise ValueError(NO_EXPORT) from None
    return cast(Mapping[str, Any], told)


def _pages(told: Any) -> int:
    return max(0, min(int(told or 0), MOST_PAGES))


def _plain(figures: Mapping[str, Any]) -> dict[str, str]:
    """Figures as the server writes them; a list as an array."""
    return {key: _array(told) if isinstance(told, list) else str(told) for key, told in figures.items()}


def _array(values: Sequence[Any]) -> str:
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def _lengthen(database: Database, sizes: Sequence[tuple[str, int]], resize: Resize, known: Mapping[str, int]) -> None:
    """Make relations as long as they are told to be, b-trees as deep as is known or as they then are."""
    keys: dict[str, list[Part]] = {}
    for schema, name, length, align, width, distinct, rows in database.query(KEYS):
        many = distinct if distinct >= 0 else -distinct * rows
        keys.setdefault(ident_in(schema, name), []).append(Part(length, align, width, distinct=many))
    for name, pages in sizes:
        guessed = levels(pages, keys[name]) if name in keys else 0
        resize(name, pages, known.get(name, guessed))


def told_all(database: Database, calls: list[str]) -> None:
    """Make these calls, many at once."""
    for begin in range(0, len(calls), AT_ONCE):
        database.run("; ".join(f"select {call}" for call in calls[begin : begin + AT_ONCE]))
