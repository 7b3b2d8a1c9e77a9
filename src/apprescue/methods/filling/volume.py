"""Many rows: a thousand, a hundred thousand or a million in each table, made by the server itself.

References and secondary indexes are taken away before and put back after, which also proves that every reference is
closed. The app's triggers stay silent meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence

from apprescue.methods.conditions import asked_anywhere
from apprescue.methods.filling.belonging import owned
from apprescue.methods.filling.composing import Plan
from apprescue.methods.filling.inserting import relation
from apprescue.methods.filling.kinship import Kin, in_order, kinship
from apprescue.methods.filling.marks import choices
from apprescue.methods.filling.solving import solve
from apprescue.methods.filling.values import INTEGERS
from apprescue.methods.filling.volume_columns import NUMBER, Crowd, Expressions, Sized, at, calm, expressions, numbered
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.database import Database, DatabaseError, ident_of, literal
from apprescue.model.rows import Grown

LOOKED_UP = 200
ROWS_OF_ONE = 10
QUIET = "set local session_replication_role = replica;"
CONSTRAINTS = """
select conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) from pg_constraint
 where contype = 'f' and conrelid = any({tables}::regclass[]) and conparentid = 0"""
INDEXES = """
select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
 where i.indrelid = any({tables}::regclass[]) and not i.indisunique and not i.indisexclusion
   and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)"""


def grow(
    database: Database, catalog: Catalog, rows: int, *, shape: Mapping[str, int] | None = None, seed: int = 1
) -> Grown:
    """Add that many rows to each table that people fill, fewer to those that are only looked up in.

    A tenth as many accounts come with them; what everybody has one of gets one for each. `shape` says how many rows
    certain tables get. The same seed makes the same rows. What stands there already stays. Raises DatabaseError where
    the references cannot be put back.
    """
    begun = time.monotonic()
    growing = _Growing(database, catalog, rows, shape or {}, seed)
    growing.describe()
    growing.lay_bare()
    try:
        growing.fill()
    finally:
        growing.restore()
    return Grown(tuple(growing.grown), tuple(growing.missing), time.monotonic() - begun)


def usual(kin: Kin, owned: Collection[str], rows: int) -> int:
    """How many rows a table gets where nothing else is said: one for each account of what everybody has one of, few of
    what is only looked up in. `owned` are the tables whose rows belong to somebody."""
    if any((column,) in kin.table.unique for column in kin.people):
        return accounts(rows)
    return rows if kin.table.name in owned or kin.links else min(rows, LOOKED_UP)


def accounts(rows: int) -> int:
    """How many accounts come with that many rows."""
    return max(rows // ROWS_OF_ONE, 1)


class _Growing:
    """The tables on their way."""

    def __init__(self, database: Database, catalog: Catalog, rows: int, shape: Mapping[str, int], seed: int) -> None:
        self._database, self._catalog, self._rows, self._shape = database, catalog, rows, shape
        self._asked = asked_anywhere(catalog)
        self._kin = {n: kin for n, kin in kinship(catalog, self._asked).items() if not n.startswith("storage.")}
        self._owned = owned(catalog, self._kin)
        self._crowd = Crowd(accounts(rows), seed)
        self._sized: dict[str, Sized] = {}
        self._plans: dict[str, Plan] = {}
        self._taken: list[tuple[str, str]] = []
        self.grown: list[tuple[str, int, float]] = []
        self.missing: list[tuple[str, str]] = []

    def describe(self) -> None:
        """Say of each table how many rows it gets and what stands in row number so and so."""
        order = [name for names in in_order(self._kin) for name in names]
        sizes = {name: self._size(name) for name in order}
        for name in order:
            for link in self._kin[name].links:
                if link.columns in self._kin[name].table.unique:
                    sizes[name] = min(sizes[name], sizes.get(link.to, sizes[name]))
        for name in order:
            kin = self._kin[name]
            asked = self._asked.get(name, {})
            solved = solve(self._database, self._catalog, kin.table, kin.filled_from_elsewhere(), asked)
            plan = Plan(kin, solved, asked, choices(self._catalog, kin, solved, asked))
            after = self._last(kin.table)
            known: Expressions = {}
            for group in solved:
                known |= numbered(self._database, plan, group, after)
            made = expressions(self._catalog, self._crowd, plan, sizes, after, self._sized, known)
            self._plans[name] = plan
            self._sized[name] = Sized(name, sizes[name], after, made)

    def _size(self, name: str) -> int:
        if name in self._shape:
            return self._shape[name]
        return usual(self._kin[name], self._owned, self._rows)

    def _last(self, table: Relation) -> int:
        """The number after which new keys begin."""
        numbered = [c for c in table.columns if (c.name,) in table.unique and c.base in INTEGERS]
        last = [f"max({ident_of(column.name)})" for column in numbered]
        [row] = self._database.query(f"select {', '.join(last) or 'max(0)'} from {relation(table)}")
        return max((int(value) for value in row if value is not None), default=0)

    def lay_bare(self) -> None:
        """Take references and secondary indexes away; how to put them back is kept."""
        names = ", ".join(literal(relation(self._kin[name].table)) for name in self._sized)
        tables = f"array[{names}]::text[]"
        for table, name, text in self._database.query(CONSTRAINTS.format(tables=tables)):
            self._database.run(f"alter table {table} drop constraint {ident_of(name)}")
            self._taken.append((table, f"alter table {table} add constraint {ident_of(name)} {text}"))
        for name, text in self._database.query(INDEXES.format(tables=tables)):
            self._database.run(f"drop index {name}")
            self._taken.insert(0, ("", text))

    def fill(self) -> None:
        """The accounts first, then every table in one statement."""
        if self._catalog.accounts is not None:
            user = at(self._crowd.user(NUMBER), "g")
            self._insert(
                "auth.users",
                f"insert into auth.users (id, aud, role, email, created_at, updated_at) "
                f"select {user}, 'authenticated', 'authenticated', 'user' || g || '@people.example', now(), now() "
                f"from generate_series(1, {self._crowd.accounts}) g on conflict do nothing",
            )
        for sized in self._sized.values():
            plan = self._plans[sized.name]
            ways = (sized.columns, calm(self._catalog, plan, sized.columns))
            self._insert(sized.name, *(_insertion(plan, sized.rows, columns) for columns in ways))
            self._advance(plan.kin.table)

    def _insert(self, name: str, *ways: str) -> None:
        """Add rows in the first of these ways that the server takes."""
        begun, complaint = time.monotonic(), ""
        for sql in ways:
            try:
                count = self._database.run(f"{QUIET} {sql}")
            except DatabaseError as error:
                complaint = complaint or f"{error.sqlstate} {str(error).splitlines()[0]}"
                continue
            self.grown.append((name, count, time.monotonic() - begun))
            return
        self.missing.append((name, complaint))

    def _advance(self, table: Relation) -> None:
        """Let the sequences go on after the numbers that were given."""
        for column in table.columns:
            if column.identity or column.default.startswith("nextval"):
                place, whole = ident_of(column.name), relation(table)
                self._database.query(
                    f"select setval(pg_get_serial_sequence({literal(whole)}, {literal(column.name)}), max({place})) "
                    f"from {whole} having max({place}) is not null and "
                    f"pg_get_serial_sequence({literal(whole)}, {literal(column.name)}) is not null"
                )

    def restore(self) -> None:
        """Put references and indexes back. Rows that lost what they hang on (to a key that was taken) go first."""
        self._orphans([name for name in self._sized if self._short(name)])
        for _, text in self._taken:
            self._database.run(text)
        for name in self._sized:
            self._database.run(f"analyze {relation(self._kin[name].table)}")

    def _short(self, name: str) -> bool:
        return next((count for table, count, _ in self.grown if table == name), 0) < self._sized[name].rows

    def _orphans(self, short: Sequence[str]) -> None:
        """Where a table got fewer rows than were meant, take away the rows of others that were to hang on the rest."""
        lacking = set(short)
        for name in self._sized:
            kin = self._kin[name]
            for link in kin.table.references:
                if link.to in lacking and link.to != name:
                    target = self._kin[link.to].table
                    pairs = list(zip(link.columns, link.to_columns, strict=True))
                    same = " and ".join(f"a.{ident_of(n)} = b.{ident_of(k)}" for n, k in pairs)
                    whole = " and ".join(f"a.{ident_of(n)} is not null" for n in link.columns)
                    there = f"select from {relation(target)} b where {same}"
                    gone = self._database.run(
                        f"{QUIET} delete from {relation(kin.table)} a where {whole} and not exists ({there})"
                    )
                    lacking |= {name} if gone else set()


def _insertion(plan: Plan, rows: int, columns: Expressions) -> str:
    """The INSERT of all rows, without those whose references do not go together (who would follow himself)."""
    table = plan.kin.table
    names = f"({', '.join(map(ident_of, columns))}) overriding system value" if columns else ""
    source = f"generate_series(1::bigint, {rows}) g"
    conditions = [text for group in plan.solved if group.links for text in group.conditions]
    if conditions and columns:
        typed = {column.name: column.type for column in table.columns}
        made = ", ".join(f"({at(text, 'g')})::{typed[name]} as {ident_of(name)}" for name, text in columns.items())
        judged = " and ".join(f"(({text}) is not false)" for text in conditions)
        chosen = f"{', '.join(map(ident_of, columns))} from (select {made} from {source}) t where {judged}"
    else:
        chosen = f"{', '.join(at(text, 'g') for text in columns.values())} from {source}"
    return f"insert into {relation(table)} {names} select {chosen} on conflict do nothing"
