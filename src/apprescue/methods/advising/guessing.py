"""What an imagined index would hold: how many rows, on how many pages, and what its expressions are like.

B-trees are reckoned from statistics. Others are built over a sample of the grown database's rows, where there is one;
what half of the sample and all of it take is carried on to all rows.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from apprescue.methods.advising.sizes import PAGE, Part, btree_pages, levels
from apprescue.methods.advising.statistics import FIGURES
from apprescue.model.database import Database, DatabaseError, literal
from apprescue.model.index import Index, Key

KEYS = """
select x.indkey[a.attnum - 1]::int, t.typlen::int,
       case t.typalign when 'c' then 1 when 's' then 2 when 'i' then 4 else 8 end,
       coalesce(w.collisdeterministic, true) and exists (
         select from pg_opclass o join pg_amproc p on p.amprocfamily = o.opcfamily and p.amprocnum = 4
          where o.oid = x.indclass[a.attnum - 1]
            and p.amproclefttype = o.opcintype and p.amprocrighttype = o.opcintype)
  from pg_index x join pg_attribute a on a.attrelid = x.indexrelid join pg_type t on t.oid = a.atttypid
  left join pg_collation w on w.oid = a.attcollation
 where x.indexrelid = {}::regclass order by a.attnum"""
COLUMNS = """
select a.attnum::int, s.avg_width::float8, s.null_frac::float8, s.n_distinct::float8, s.most_common_freqs::float8[]
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname
  join pg_attribute a on a.attrelid = c.oid and a.attname = s.attname
 where c.oid = {}::regclass order by s.inherited desc"""
MEASURED = """
select {} from pg_stats_ext_exprs where statistics_name = 'apprescue_guess'"""
MADE_OF = """
select string_agg(quote_ident(a.attname), ', ') from pg_statistic_ext e
  join pg_depend d on d.classid = 'pg_statistic_ext'::regclass and d.objid = e.oid and d.refobjsubid > 0
  join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
 where e.stxname = 'apprescue_guess'"""
ROWS = "select greatest(reltuples, 1)::float8 from pg_class where oid = {}::regclass"
GUESS = "apprescue_guess"
SAMPLE, SAMPLE_BYTES, FEWEST = 10_000, 1_000_000, 500
UNKNOWN = Part(1, 1, 32.0, 0.0, -1.0)
TERM, POSTING, ENTRY = (
    8.0,
    2.5,
    24.0,
)  # bytes: of a value for each of its words, in GIN for each word, in GiST for a row


@dataclass(frozen=True, slots=True)
class _Held:
    """A column of an index: its number in the table, 0 for an expression; its type's length and alignment."""

    column: int
    length: int
    align: int


class Guessing:
    """What imagined indexes would hold. A table is named as an identifier with its schema; an index must be learned,
    while it stands in the empty database, before it is asked about."""

    def __init__(self, database: Database, grown: Database | None) -> None:
        self._database, self._grown = database, grown
        self._made: dict[Index, tuple[list[_Held], bool]] = {}
        self._columns: dict[str, dict[int, Part]] = {}
        self._shares: dict[tuple[str, str], float] = {}
        self._said: dict[tuple[str, str], dict[str, Any]] = {}
        self._lines: dict[tuple[Index, str], tuple[float, float]] = {}

    def knows(self, index: Index) -> bool:
        """Whether an index has been learned."""
        return index in self._made

    def learn(self, index: Index, name: str) -> None:
        """Look at what an index is made of, which stands under that identifier."""
        if index not in self._made:
            told = self._database.query(KEYS.format(literal(name)))
            lists = not index.unique and all(same for *_, same in told)
            self._made[index] = [_Held(*held) for *held, _ in told], lists

    def rows(self, index: Index, table: str, rows: float) -> float:
        """How many of a table's rows an index would hold."""
        if not index.where:
            return rows
        if (table, index.where) not in self._shares:
            self._shares[table, index.where] = self._share(table, index.where)
        return rows * self._shares[table, index.where]

    def pages(self, index: Index, table: str, rows: float) -> int:
        """How many pages an index would have over a table of that many rows."""
        held = self.rows(index, table, rows)
        if index.method == "btree":
            parts, many = self._parts(index, table, rows), len(index.keys)
            return btree_pages(held, parts[:many], parts[many:], lists=self._made[index][1])
        if index.method == "brin":
            return 3 + int(rows // 500_000)
        if (index, table) not in self._lines:
            self._lines[index, table] = self._sampled(index, table) or self._reckoned(index, table)
        begin, each = self._lines[index, table]
        return max(2, math.ceil(begin + each * held))

    def levels(self, index: Index, table: str, rows: float, pages: int) -> int:
        """How deep a b-tree of so many pages would be, over a table of that many rows; 0 for other indexes."""
        return levels(pages, self._parts(index, table, rows)[: len(index.keys)]) if index.method == "btree" else 0

    def expressions(self, index: Index, table: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """What the expressions of an index hold, each with its number."""
        for number, (held, key) in enumerate(zip(self._made[index][0], index.keys, strict=False), 1):
            if not held.column and (figures := self._figures(table, key)):
                yield number, figures

    def _share(self, table: str, where: str) -> float:
        told = self._database.query(f"explain (format json) select from {table} where {where}")[0][0]
        plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
        ((rows,),) = self._database.query(ROWS.format(literal(table)))
        return float(min(1.0, plan["Plan Rows"] / rows))

    def _parts(self, index: Index, table: str, rows: float) -> list[Part]:
        if table not in self._columns:
            told = self._database.query(COLUMNS.format(literal(table)))
            self._columns[table] = {number: _part(*figures) for number, *figures in told}
        found = []
        for number, held in enumerate(self._made[index][0]):
            if held.column:
                known = self._columns[table].get(held.column, UNKNOWN)
            else:
                known = _expression(self._figures(table, index.keys[number]))
            distinct = known.distinct if known.distinct > 0 else -known.distinct * rows
            found.append(replace(known, length=held.length, align=held.align, distinct=distinct))
        return found

    def _figures(self, table: str, key: Key) -> dict[str, Any]:
        """What the statistics of an expression say, taken in the grown database; nothing where they cannot be had."""
        which = table, key.expression
        if which not in self._said:
            self._said[which] = {}
            if self._grown:
                with contextlib.suppress(DatabaseError), self._grown.undone():
                    self._said[which] = _measured(self._grown, table, key.expression)
        return self._said[which]

    def _sampled(self, index: Index, table: str) -> tuple[float, float] | None:
        """The pages that an index begins with, and how many each row adds, as a sample shows it."""
        if self._grown:
            width = sum(part.width for part in self._parts(index, table, 1.0))
            with contextlib.suppress(DatabaseError), self._grown.undone():
                return _built(self._grown, index, table, int(max(FEWEST, min(SAMPLE, SAMPLE_BYTES / width))))
        return None

    def _reckoned(self, index: Index, table: str) -> tuple[float, float]:
        """The same where there is no sample."""
        parts = self._parts(index, table, 1.0)
        if index.method != "gin":
            return 2.0, (ENTRY + sum(part.width for part in parts) / 0.7) / PAGE
        words = (p.width / (1 if "trgm" in k.opclass else TERM) for p, k in zip(parts, index.keys, strict=False))
        return 2.0, sum(max(1.0, many) for many in words) * POSTING / PAGE


def _measured(grown: Database, table: str, expression: str) -> dict[str, Any]:
    """The statistics of an expression over a table's rows."""
    grown.run(f"create statistics {GUESS} on {expression} from {table}")
    grown.run(f"analyze {table} ({grown.query(MADE_OF)[0][0]})")
    names = [name for name in FIGURES if not name.startswith("range")]
    told = grown.query(MEASURED.format(", ".join(f"{name}::text" for name in names)))
    return dict(zip(names, told[0], strict=True)) if told else {}


def _built(grown: Database, index: Index, table: str, wanted: int) -> tuple[float, float] | None:
    """The line through the pages that an index takes over half of a sample and over all of it."""
    ((rows,),) = grown.query(ROWS.format(literal(table)))
    where = f" where {index.where}" if index.where else ""
    sample = f"tablesample {'bernoulli' if where else 'system'} ({min(100.0, 100.0 * wanted / rows)}) repeatable (1)"
    grown.run(f"create temp table {GUESS} as select * from {table} {sample}{where}")
    grown.run(f"create temp table {GUESS}_half as select * from {GUESS} tablesample bernoulli (50) repeatable (1)")
    (few, low), (many, high) = (_over(grown, index, name) for name in (f"{GUESS}_half", GUESS))
    if many <= few:
        return None
    each = (high - low) / (many - few)
    begin = high - each * many
    return (begin, each) if each > 0 and begin >= 0 else (0.0, high / many)


def _over(grown: Database, index: Index, table: str) -> tuple[int, int]:
    """The rows of a table, and the pages of the index over them."""
    keys = ", ".join(map(str, index.keys))
    grown.run(f"create index {table}_idx on {table} using {index.method} ({keys})")
    ((rows, size),) = grown.query(f"select (select count(*) from {table}), pg_relation_size('{table}_idx')")
    return rows, size // PAGE


def _expression(figures: Mapping[str, Any]) -> Part:
    if not figures:
        return UNKNOWN
    width, nulls, distinct = (float(figures[name] or 0) for name in ("avg_width", "null_frac", "n_distinct"))
    return _part(width, nulls, distinct, None)


def _part(width: float, nulls: float, distinct: float, common: list[float] | None) -> Part:
    return Part(1, 1, max(width, 1.0), nulls, distinct or -1.0, tuple(common or ()))
