"""Many rows: a thousand, a hundred thousand or a million in each table, made by the server itself.

References, keys and secondary indexes are taken away before and put back after, which also proves that every reference
is closed. The app's triggers stay silent meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from apprescue.methods.conditions import Asked, asked_anywhere, both
from apprescue.methods.filling.belonging import owned
from apprescue.methods.filling.composing import Plan
from apprescue.methods.filling.inserting import relation
from apprescue.methods.filling.kinship import in_order, kinship
from apprescue.methods.filling.laid_bare import Bare, Taken, side_by_side
from apprescue.methods.filling.marks import choices
from apprescue.methods.filling.solving import solve
from apprescue.methods.filling.volume_columns import Expressions, Sized, calm, expressions, numbered
from apprescue.methods.filling.volume_sizes import accounts, usual, within_reach
from apprescue.methods.filling.volume_steps import after, steps_taken
from apprescue.methods.filling.volume_values import NUMBER, Crowd, at
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.database import Database, DatabaseError, ident_of, literal
from apprescue.model.rows import Grown

SAMPLE = 3000
MOST_KEPT = 200_000
QUIET = "set local session_replication_role = replica; set local work_mem = '128MB';"


def grow(
    database: Database,
    catalog: Catalog,
    rows: int,
    *,
    shape: Mapping[str, int] | None = None,
    seed: int = 1,
    asked: Mapping[str, Mapping[str, Asked]] | None = None,
    beside: Sequence[Database] = (),
) -> Grown:
    """Let each table that people fill grow to that many rows, to fewer those that are only looked up in.

    A tenth as many accounts come with them; what everybody has one of gets one for each. `shape` says how many rows
    certain tables get, `asked` what else (the app's queries) looks for certain values in which column: they do occur.
    The same seed makes the same rows on the same day. What stands there already stays, and what the same seed has
    grown counts: 1,000 and then 100,000 make 100,000. `beside` are more sessions of the same database, which work at
    the same time. Raises DatabaseError where the references cannot be put back.
    """
    begun = time.monotonic()
    growing = _Growing([database, *beside], catalog, rows, shape or {}, seed, asked or {})
    growing.describe()
    growing.bare.take()
    try:
        growing.fill()
    finally:
        growing.restore()
    return Grown(tuple(growing.in_order()), tuple(growing.missing), time.monotonic() - begun)


class _Growing:
    """The tables on their way."""

    def __init__(
        self,
        sessions: Sequence[Database],
        catalog: Catalog,
        rows: int,
        shape: Mapping[str, int],
        seed: int,
        asked: Mapping[str, Mapping[str, Asked]],
    ) -> None:
        self._sessions, self._database, self._catalog, self._shape = sessions, sessions[0], catalog, shape
        self._rows = rows
        self._asked = both(asked_anywhere(catalog), asked)
        self._kin = {n: kin for n, kin in kinship(catalog, self._asked).items() if not n.startswith("storage.")}
        self._owned = owned(catalog, self._kin)
        [(today,)] = self._database.query("select current_date::text")
        self._crowd = Crowd(accounts(rows), seed, today)
        self._sized: dict[str, Sized] = {}
        self._plans: dict[str, Plan] = {}
        self.bare = Bare(sessions, [kin.table for kin in self._kin.values()])
        self._grown: dict[str, tuple[int, float]] = {}
        self.missing: list[tuple[str, str]] = []

    def describe(self) -> None:
        """Say of each table how many rows it gets and what stands in row number so and so."""
        order = [name for names in in_order(self._kin) for name in names]
        sizes = within_reach(self._kin, {name: self._size(name) for name in order})
        for name in order:
            kin = self._kin[name]
            asked = self._asked.get(name, {})
            solved = solve(self._database, self._catalog, kin.table, kin.filled_from_elsewhere(), asked)
            plan = Plan(kin, solved, asked, choices(self._catalog, kin, solved, asked))
            base = after(self._database, kin.table)
            known: Expressions = {}
            for group in solved:
                known |= numbered(self._database, self._crowd, plan, group, base)
            made = expressions(self._catalog, self._crowd, plan, sizes, base, self._sized, known)
            done = steps_taken(self._database, kin.table, made)
            sizes[name] = max(sizes[name], done)
            self._plans[name] = plan
            self._sized[name] = Sized(name, sizes[name], base, made, done)

    def _size(self, name: str) -> int:
        return self._shape[name] if name in self._shape else usual(self._kin[name], self._owned, self._rows)

    def fill(self) -> None:
        """Every table in one statement, the largest first; the accounts too."""
        work: list[Callable[[Database], None]] = []
        if self._catalog.accounts is not None:
            user = at(self._crowd.user(NUMBER), "g")
            signed_up = (
                f"{QUIET} insert into auth.users (id, aud, role, email, created_at, updated_at) "
                f"select {user}, 'authenticated', 'authenticated', 'user' || g || '@people.example', now(), now() "
                f"from generate_series(1, {self._crowd.accounts}) g on conflict do nothing"
            )
            work.append(lambda database: self._insert(database, "auth.users", [signed_up]))
        work += map(self._filling, sorted(self._sized.values(), key=lambda sized: sized.done - sized.rows))
        side_by_side(self._sessions, work)

    def _filling(self, sized: Sized) -> Callable[[Database], None]:
        plan = self._plans[sized.name]

        def done(database: Database) -> None:
            columns = (sized.columns, calm(self._catalog, plan, sized.columns))
            inserted = [_insertion(plan, sized, made, self._doubtful(database, plan, made)) for made in columns]
            anew = self._anew(database, plan.kin.table)
            ways = [f"{QUIET} {first} {sql}" for first in dict.fromkeys((anew, "")) for sql in inserted]
            self._insert(database, sized.name, ways)
            self._advance(database, plan.kin.table)

        return done

    def _doubtful(self, database: Database, plan: Plan, columns: Expressions) -> list[Taken]:
        """The keys of a table that some of the rows could have in common, as a sample shows."""
        table, found = plan.kin.table, []
        for key in self.bare.keys:
            if key.table in (relation(table), table.name, table.name.removeprefix("public.")):
                made = _made(plan, columns, f"generate_series(1::bigint, {SAMPLE}) g")
                told = f"select count(*) from (select {', '.join(key.keys)} from ({made}) t where {key.whole}"
                try:
                    [(all_of_them,), (different,)] = database.query(
                        f"{told}) x union all ({told} group by {', '.join(key.keys)}) x)"
                    )
                except DatabaseError:
                    continue
                found += [key] if different < all_of_them else []
        return found

    def _anew(self, database: Database, table: Relation) -> str:
        """What makes a table as if it were new, with its rows in it, so that nothing of it must be logged."""
        try:
            [(count,)] = database.query(f"select count(*) from (select from {relation(table)} limit {MOST_KEPT + 1}) x")
        except DatabaseError:
            return ""
        parted = (
            table.partition_of or table.definition or any(r.partition_of == table.name for r in self._catalog.relations)
        )
        if count > MOST_KEPT or parted:
            return ""
        names = ", ".join(ident_of(column.name) for column in table.columns if not column.generated)
        return (
            f"create temp table kept_rows on commit drop as select {names} from {relation(table)}; "
            f"truncate {relation(table)}; "
            f"insert into {relation(table)} ({names}) overriding system value select * from kept_rows;"
        )

    def _insert(self, database: Database, name: str, ways: Sequence[str]) -> None:
        """Add rows in the first of these ways that the server takes."""
        begun, complaint = time.monotonic(), ""
        for sql in ways:
            try:
                count = database.run(sql)
            except DatabaseError as error:
                complaint = complaint or f"{error.sqlstate} {str(error).splitlines()[0]}"
                continue
            self._grown[name] = (count, time.monotonic() - begun)
            return
        self.missing.append((name, complaint))

    def in_order(self) -> list[tuple[str, int, float]]:
        """What was added to which table, in how many seconds."""
        return [(name, *self._grown[name]) for name in ("auth.users", *self._sized) if name in self._grown]

    def _advance(self, database: Database, table: Relation) -> None:
        """Let the sequences go on after the numbers that were given."""
        for column in table.columns:
            if column.identity or column.default.startswith("nextval"):
                place, whole = ident_of(column.name), relation(table)
                database.query(
                    f"select setval(pg_get_serial_sequence({literal(whole)}, {literal(column.name)}), max({place})) "
                    f"from {whole} having max({place}) is not null and "
                    f"pg_get_serial_sequence({literal(whole)}, {literal(column.name)}) is not null"
                )

    def restore(self) -> None:
        """Put all back. Rows that lost what they hang on (to a key that was taken) go first."""
        lost = self.bare.with_keys()
        self._orphans([name for name in self._sized if self._short(name, lost)])
        self.bare.with_all()
        side_by_side(self._sessions, [_vacuumed(relation(self._kin[name].table)) for name in self._sized])

    def _short(self, name: str, lost: set[str]) -> bool:
        sized, (count, _) = self._sized[name], self._grown.get(name, (0, 0.0))
        return count < sized.rows - sized.done or bool(
            {name, name.removeprefix("public."), relation(self._kin[name].table)} & lost
        )

    def _orphans(self, short: Sequence[str]) -> None:
        """Where a table got fewer rows than were meant, take away the rows of others that were to hang on the rest; so
        too where they were to hang, by several columns, on rows that a smaller size had made otherwise."""
        lacking = set(short)
        for name in self._sized:
            kin = self._kin[name]
            for link in kin.table.references:
                older = link.to in self._sized and self._sized[link.to].done and len(link.columns) > 1
                if (link.to in lacking or older) and link.to != name:
                    target = self._kin[link.to].table
                    pairs = list(zip(link.columns, link.to_columns, strict=True))
                    same = " and ".join(f"a.{ident_of(n)} = b.{ident_of(k)}" for n, k in pairs)
                    whole = " and ".join(f"a.{ident_of(n)} is not null" for n in link.columns)
                    there = f"select from {relation(target)} b where {same}"
                    gone = self._database.run(
                        f"{QUIET} delete from {relation(kin.table)} a where {whole} and not exists ({there})"
                    )
                    lacking |= {name} if gone else set()


def _vacuumed(name: str) -> Callable[[Database], None]:
    """What lets the server know what stands in a table and which of its pages need no look."""

    def done(database: Database) -> None:
        try:
            database.run(f"vacuum analyze {name}")
        except DatabaseError:  # not inside of a transaction
            database.run(f"analyze {name}")

    return done


def _insertion(plan: Plan, sized: Sized, columns: Expressions, doubtful: Sequence[Taken]) -> str:
    """The INSERT of all rows, without those whose references do not go together (who would follow himself), and of
    those that would have the same key only the first."""
    table = plan.kin.table
    names = f"({', '.join(map(ident_of, columns))}) overriding system value" if columns else ""
    source = f"generate_series({sized.done + 1}::bigint, {sized.rows}) g"
    conditions = [text for group in plan.solved if group.links for text in group.conditions]
    if (conditions or doubtful) and columns:
        made = _made(plan, columns, source)
        judged = " and ".join(f"(({text}) is not false)" for text in conditions) or "true"
        rows = f"select * from ({made}) t where {judged}"
        for key in doubtful:
            rows = f"select distinct on ({', '.join(key.keys)}) * from ({rows}) t where {key.whole}"
        chosen = f"select {', '.join(map(ident_of, columns))} from ({rows}) t"
    else:
        chosen = f"select {', '.join(at(text, 'g') for text in columns.values())} from {source}"
    return f"insert into {relation(table)} {names} {chosen} on conflict do nothing"


def _made(plan: Plan, columns: Expressions, source: str) -> str:
    """The SELECT of rows with their columns' names and types."""
    typed = {column.name: column.type for column in plan.kin.table.columns}
    made = ", ".join(f"({at(text, 'g')})::{typed[name]} as {ident_of(name)}" for name, text in columns.items())
    return f"select {made} from {source}"
