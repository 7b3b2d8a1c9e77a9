"""Builds what was chosen and measures it: each statement with each set of values, and rows that are written.

The server's own clock is read: planning, running and writing the answer out, with everything in memory. A statement is
run several times and counts with its best: other work on the machine can only add. One that
is answered by the same plan over the same indexes as before has its time from then: what differs between two
systems is what they chose, and no chance.
"""

from __future__ import annotations

import contextlib
import json
import re
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apprescue.lab.session import Session
from apprescue.model.database import DatabaseError, ident, literal
from apprescue.model.workload import Draw, Drawn
from index_advice.case import SECONDARY, Case

CANCELED = "57014"
BRISK, SLOW = 20.0, 200.0
REPEATS = {"brisk": 5, "ordinary": 3, "slow": 1}
WRITTEN, WRITES, TABLES = 4000, 5, 3
ANALYZE = "explain (analyze, verbose, timing off, serialize text, format json) "
ROUTINES = """
select p.proname::text, pg_get_functiondef(p.oid) from pg_proc p join pg_language l on l.oid = p.prolang
 where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
   and l.lanname in ('sql', 'plpgsql') and p.prokind in ('f', 'p') and not exists (
     select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"""
DEFINED = """
select n.nspname || '.' || i.relname, i.relname::text, regexp_replace(pg_get_indexdef(i.oid), '^.*? ON ', ''),
       pg_relation_size(i.oid), n.nspname || '.' || t.relname
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
  join pg_namespace n on n.oid = i.relnamespace where i.oid = {}::regclass"""
LEAVES = """
select n.nspname || '.' || c.relname,
       (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
         where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'r' and pg_has_role(c.relowner, 'usage') and c.reltuples >= 1000
   and n.nspname not in ('pg_catalog', 'information_schema', 'auth', 'storage')
   and not exists (select from pg_constraint f where f.confrelid = c.oid and f.contype = 'f' and f.conrelid <> c.oid)
 order by c.reltuples desc, 1 limit {}"""


@dataclass(frozen=True)
class Built:
    """An index that stands or stood: its name, definition as the server tells it, bytes, seconds to build, table."""

    name: str
    definition: str
    size: int
    seconds: float
    table: str


@dataclass
class Taken:
    """What was measured under a set of indexes: for each statement p50 and p95 over its values in milliseconds, how
    much more the middle one of the repeats took than the best, rows written in a second, how many values were broken
    off."""

    statements: dict[str, tuple[float, float]] = field(default_factory=dict)
    spread: float = 0.0
    inserts: float = 0.0
    late: int = 0


class Bed:
    """A case's full database with indexes that come and go."""

    def __init__(self, session: Session, case: Case) -> None:
        self._session, self._case = session, case
        self._built: dict[str, Built] = {}
        self._standing: dict[str, Built] = {}
        self._times: dict[tuple[str, int, str], list[float]] = {}
        self._writes: dict[tuple[str, frozenset[str]], float] = {}
        self._routines = {str(name): str(body) for name, body in session.query(ROUTINES)}
        self._leaves = [(str(n), str(c)) for n, c in session.query(LEAVES.format(TABLES))]
        for (name,) in session.query(SECONDARY):
            session.run(f"drop index {ident(str(name))}")

    def fitting(self, wanted: Sequence[str], budget: int) -> tuple[list[Built], list[str]]:
        """Of the indexes wanted, in their order, those that fit into the budget as they are when built; and what
        cannot be built, with why."""
        chosen: dict[str, Built] = {}
        refused = []
        for one in wanted:
            try:
                built = self._known(one)
            except DatabaseError as error:
                refused.append(f"{one}: {str(error).splitlines()[0]}")
                continue
            if sum(each.size for each in chosen.values()) + built.size <= budget:
                chosen.setdefault(built.definition, built)
        return list(chosen.values()), refused

    def _known(self, wanted: str) -> Built:
        if wanted not in self._built:
            name = f"advised_{len(self._built)}"
            began = time.perf_counter()
            self._session.run(f"create index {name} on {wanted}")
            seconds = time.perf_counter() - began
            schema = self._session.query(
                f"select relnamespace::regnamespace::text from pg_class where relname = {literal(name)}"
            )[0][0]
            full, _, definition, size, table = self._session.query(DEFINED.format(literal(f"{schema}.{name}")))[0]
            same = next((one for one in self._standing.values() if one.definition == definition), None)
            if same is None:
                self._built[wanted] = Built(full, definition, int(size), seconds, table)
                self._standing[definition] = self._built[wanted]
            else:
                self._session.run(f"drop index {ident(full)}")
                self._built[wanted] = same
        return self._built[wanted]

    def stand(self, chosen: Iterable[Built]) -> None:
        """Let just these indexes stand."""
        wanted = {one.definition: one for one in chosen}
        for definition in [each for each in self._standing if each not in wanted]:
            self._session.run(f"drop index {ident(self._standing.pop(definition).name)}")
        fresh = set()
        for definition, one in wanted.items():
            if definition not in self._standing:
                self._session.run(f"create index {one.name.partition('.')[2]} on {definition}")
                self._standing[definition] = one
            if re.search(r"\(\(|\w\(", definition.partition(" USING ")[2]):
                fresh.add(one.table)
        for table in fresh:
            self._session.run(f"analyze {ident(table)}")

    def forget(self) -> None:
        """Forget all times: rules or functions are other than they were."""
        self._routines = {str(name): str(body) for name, body in self._session.query(ROUTINES)}
        self._times.clear()

    def taken(self, chosen: Sequence[Built]) -> Taken:
        """Measure everything under a set of indexes."""
        self.stand(chosen)
        taken = Taken()
        low = middle = 0.0
        for one in self._case.asked:
            each = [self._times_of(one, number, draw) for number, draw in enumerate(one.draws)]
            best = sorted(map(min, each))
            low, middle = low + sum(best), middle + sum(map(statistics.median, each))
            taken.late += sum(min(times) >= self._case.limit * 1000 for times in each)
            taken.statements[one.statement.key] = (rank(best, 0.5), rank(best, 0.95))
        taken.spread = middle / low - 1 if low else 0.0
        taken.inserts = self._inserts()
        return taken

    def _times_of(self, one: Drawn, number: int, draw: Draw) -> list[float]:
        plan = self._plan(one, draw)
        known = self._times.get((one.statement.key, number, plan))
        if known is None:
            known = self._times[one.statement.key, number, plan] = self._run(one, draw)
        return known

    def _plan(self, one: Drawn, draw: Draw) -> str:
        """What tells a plan from another: its steps with the definitions of the indexes; also those that stand where
        functions do what it does not show, on their tables; all that stand for what writes."""
        with self._session.undone():
            if before := one.before(draw):
                self._session.query(before)
            told = self._session.query(f"explain (verbose, costs off, format json) {one.text(draw)}")[0][0]
        text = json.dumps(told)
        inside = self._inside(text + one.statement.sql) if not one.statement.writes else None
        hidden = []
        for built in self._standing.values():
            text = text.replace(f'"{built.name.partition(".")[2]}"', json.dumps(built.definition))
            if inside is None or built.table.rpartition(".")[2] in inside:
                hidden.append(built.definition)
        return text + " ".join(sorted(hidden))

    def _inside(self, text: str) -> set[str]:
        """The words of the functions that are called, and of those that these call."""
        seen, new = set[str](), set(re.findall(r"\w+", text))
        called = {name for name in new if name in self._routines}
        while called - seen:
            seen |= called
            new = {word for name in called for word in re.findall(r"\w+", self._routines[name])}
            called |= {name for name in new if name in self._routines}
        return {word for name in seen for word in re.findall(r"\w+", self._routines[name])}

    def _run(self, one: Drawn, draw: Draw) -> list[float]:
        times = [self._once(one, draw)]
        if times[0] >= self._case.limit * 1000:
            return times
        many = REPEATS["brisk" if times[0] < BRISK else "ordinary" if times[0] < SLOW else "slow"]
        times += [self._once(one, draw) for _ in range(many)]
        return times[1:]

    def _once(self, one: Drawn, draw: Draw) -> float:
        try:
            with self._session.undone():
                if before := one.before(draw):
                    self._session.query(before)
                self._session.run(f"set local statement_timeout = {self._case.limit * 1000:.0f}")
                told: Mapping[str, Any] = self._session.query(ANALYZE + one.text(draw))[0][0][0]
        except DatabaseError as error:
            if error.sqlstate != CANCELED:
                raise
            return self._case.limit * 1000
        return min(float(told["Planning Time"] + told["Execution Time"]), self._case.limit * 1000)

    def _inserts(self) -> float:
        """Rows written in a second into the largest tables that nothing hangs on."""
        seconds, rows = 0.0, 0
        for table, columns in self._leaves:
            indexes = frozenset(one.definition for one in self._standing.values() if one.table == table)
            if (table, indexes) not in self._writes:
                found = [self._written(table, columns) for _ in range(WRITES)]
                self._writes[table, indexes] = min(found)
                self._session.run(f"vacuum {ident(table)}")
            if self._writes[table, indexes]:
                rows, seconds = rows + WRITTEN, seconds + self._writes[table, indexes]
        return rows / seconds if seconds else 0.0

    def _written(self, table: str, columns: str) -> float:
        """Seconds in which rows that were taken out are put in again; 0 where the table does not let them."""
        name = ident(table)
        with contextlib.suppress(DatabaseError), self._session.undone():
            for calm in ("disable trigger user", "no force row level security"):
                self._session.run(f"alter table {name} {calm}")
            self._session.run(
                f"create temp table taken on commit drop as with gone as (delete from {name} where ctid = any (array("
                f"select ctid from {name} order by md5(ctid::text) limit {WRITTEN})) returning *) select * from gone"
            )
            began = time.perf_counter()
            put = f"insert into {name} ({columns}) overriding system value select {columns} from taken"
            if self._session.run(put):
                return time.perf_counter() - began
        return 0.0


def rank(ordered: Sequence[float], share: float) -> float:
    """The value under which that share lies, of values in order."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
