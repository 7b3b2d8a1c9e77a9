"""Indexes that are imagined: the planner sees them, of the size that they would have, and nothing stands in them.

This is done in an empty database that has been told the statistics of a grown one (`copy_statistics`); there an index
is made in no time. Costs are those of one process at a time: with two hundred people asking there are no idle cores
that could share in a query.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from apprescue.methods.advising.guessing import Guessing
from apprescue.methods.advising.sizes import PAGE
from apprescue.methods.advising.statistics import ident_in, of_column, of_relation, told_all
from apprescue.model.database import Database, DatabaseError, Resize, ident, literal
from apprescue.model.index import Index
from apprescue.model.plan import Plan
from apprescue.model.workload import Draw, Drawn

SEGMENT = 131_072  # pages of a file; a relation has several where it has more
ALONE = "set max_parallel_workers_per_gather = 0; set wal_skip_threshold = 0"
"""One process for each query; and what is made is written to its file, where its length and depth are set."""
LEAVES = f"""
select n.nspname::text, c.relname::text, greatest(c.reltuples, 0)::float8, c.relpages::int8,
       pg_relation_size(c.oid) / {PAGE}
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'm')
   and (c.oid = {{0}}::regclass or c.oid in (select relid from pg_partition_tree({{0}}::regclass)))"""
MADE = """
select n.nspname::text, i.relname::text, tn.nspname::text, t.relname::text, t.reltuples::float8
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace
  join pg_class t on t.oid = x.indrelid join pg_namespace tn on tn.oid = t.relnamespace
 where i.relkind = 'i'
   and (i.oid = {0}::regclass or i.oid in (select relid from pg_partition_tree({0}::regclass)))"""
ABOVE = """
with recursive up as (
  select inhrelid as below, inhparent as above from pg_inherits
  union select up.below, i.inhparent from up join pg_inherits i on i.inhrelid = up.above)
select bn.nspname || '.' || b.relname, an.nspname || '.' || a.relname from up
  join pg_class b on b.oid = up.below join pg_namespace bn on bn.oid = b.relnamespace
  join pg_class a on a.oid = up.above join pg_namespace an on an.oid = a.relnamespace
 where a.relkind in ('p', 'r')"""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A relation that holds rows itself: `pages` as it is told, `long` as its file is."""

    schema: str
    name: str
    rows: float
    pages: int
    long: int

    @property
    def ident(self) -> str:
        return ident_in(self.schema, self.name)


class WhatIf:
    """An empty database with statistics, in which indexes are imagined.

    `resize` makes a relation of it so many pages long. With `grown`, a session of the database that the statistics come
    from, sizes and expressions are looked up in samples of its rows; without it they are reckoned. `imagined` are the
    indexes that the planner sees; `asked` counts its plans, `cached` the costs that were known.
    """

    def __init__(self, database: Database, resize: Resize, *, grown: Database | None = None) -> None:
        self.database = database
        self.imagined: set[Index] = set()
        self.asked = self.cached = 0
        self._resize = resize
        self._guessing = Guessing(database, grown)
        self._leaves: dict[str, list[_Leaf]] = {}
        self._costs: dict[tuple[Drawn, frozenset[Index]], float] = {}
        self._touched: dict[Drawn, set[str]] = {}
        self._above: dict[str, set[str]] = {}
        for below, above in database.query(ABOVE):
            self._above.setdefault(below, set()).add(above)
        database.run(ALONE)

    def plan(self, drawn: Drawn, draw: Draw) -> Plan:
        """How a statement would be answered with a draw's values, as whoever sends it. Raises DatabaseError."""
        with self.database.undone():
            return self._plan(drawn, draw)

    def cost(self, drawn: Drawn) -> float:
        """What a statement costs, in the planner's units, on average over one draw of each standing. Raises
        DatabaseError where it cannot be planned."""
        if drawn in self._touched:
            known = self._costs.get((drawn, self._seen_by(drawn)))
            if known is not None:
                self.cached += 1
                return known
        with self.database.undone():
            plans = [self._plan(drawn, draw) for draw in one_of_each(drawn)]
        touched = {step.relation for plan in plans for step in plan.deep() if step.relation}
        self._touched[drawn] = touched.union(*(self._above.get(name, ()) for name in touched))
        cost = sum(plan.cost for plan in plans) / max(len(plans), 1)
        self._costs[drawn, self._seen_by(drawn)] = cost
        return cost

    def imagine(self, index: Index) -> None:
        """Let the planner see an index, under its own name. It must be done outside a transaction. Raises DatabaseError
        where there can be none such."""
        if index in self.imagined:
            return
        with self._empty(index.relation):
            self.database.run(index.create())
        self.imagined.add(index)
        try:
            self._tell(index)
        except DatabaseError:
            self.forget(index)
            raise

    def forget(self, index: Index) -> None:
        """Take an imagined index away; nothing happens where it is none."""
        if index in self.imagined:
            self.database.run(f"drop index {_name(index)}")
            self.imagined.discard(index)

    def size(self, index: Index) -> int:
        """How many bytes an index would take. Raises DatabaseError where there can be none such."""
        if index not in self.imagined and not self._guessing.knows(index):
            self.imagine(index)
            self.forget(index)
        return PAGE * sum(self._guessing.pages(index, one.ident, one.rows) for one in self._parts(index.relation))

    def _plan(self, drawn: Drawn, draw: Draw) -> Plan:
        before = drawn.before(draw)
        asked = f"explain (format json, verbose) {drawn.text(draw)}"
        told = self.database.query(f"{before}; {asked}" if before else asked)[0][0]
        self.asked += 1
        return Plan.of((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])

    def _seen_by(self, drawn: Drawn) -> frozenset[Index]:
        """The imagined indexes that may make a difference to a statement: a unique one may for any join."""
        touched = self._touched[drawn]
        return frozenset(index for index in self.imagined if index.unique or index.relation in touched)

    def _parts(self, relation: str) -> list[_Leaf]:
        """The relations that hold a relation's rows: itself, or its partitions."""
        if relation not in self._leaves:
            found = self.database.query(LEAVES.format(literal(ident(relation))))
            self._leaves[relation] = [_Leaf(*told) for told in found]
        return self._leaves[relation]

    @contextlib.contextmanager
    def _empty(self, relation: str) -> Iterator[None]:
        """Within it there is nothing in a relation that would have to be read to make an index."""
        full = [part for part in self._parts(relation) if part.long]
        for part in full:
            if part.long > SEGMENT:  # the server lets go of further files when it hears that something has changed
                self.database.run(_told_pages(part, part.pages + 1))
            self._resize(part.ident, 0)
        try:
            yield
        finally:
            for part in full:
                self._resize(part.ident, part.long)
                if part.long > SEGMENT:
                    self.database.run(_told_pages(part, part.pages))

    def _tell(self, index: Index) -> None:
        """Tell the planner how large an imagined index is, and what its expressions hold."""
        self._guessing.learn(index, _name(index))
        calls, sizes = [], []
        for schema, name, *table, rows in self.database.query(MADE.format(literal(_name(index)))):
            on, rows = ident_in(*table), max(rows, 0.0)
            pages = self._guessing.pages(index, on, rows)
            calls.append(of_relation(schema, name, pages, self._guessing.rows(index, on, rows)))
            calls += [of_column(schema, name, *told) for told in self._guessing.expressions(index, on)]
            sizes.append((ident_in(schema, name), pages, self._guessing.levels(index, on, rows, pages)))
        told_all(self.database, calls)
        for size in sizes:
            self._resize(*size)


def one_of_each(drawn: Drawn) -> list[Draw]:
    """The first draw of each standing."""
    return list({draw.standing: draw for draw in reversed(drawn.draws)}.values())[::-1]


def _name(index: Index) -> str:
    return ident_in(index.relation.partition(".")[0], index.name)


def _told_pages(leaf: _Leaf, pages: int) -> str:
    which = f"'schemaname', {literal(leaf.schema)}, 'relname', {literal(leaf.name)}"
    return f"select pg_restore_relation_stats({which}, 'relpages', {pages}::int)"
