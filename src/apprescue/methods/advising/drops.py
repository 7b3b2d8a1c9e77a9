"""Which of the indexes that an app has it could do without: those that another one replaces, and those that no
statement uses.

What keeps a promise stays: unique ones, those of a constraint, the one that replication finds rows by, and the only
one that finds the rows which hang on a row that is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from apprescue.methods.advising.costs import explained
from apprescue.methods.advising.figures import plain
from apprescue.model.catalog import Catalog
from apprescue.model.database import Database, DatabaseError, ident
from apprescue.model.index import Index
from apprescue.model.plan import Plan
from apprescue.model.tuning import Dropped
from apprescue.model.workload import Drawn

STANDING = """
select n.nspname || '.' || c.relname, n.nspname || '.' || i.relname, pg_get_indexdef(x.indexrelid), a.amname::text,
       x.indisunique or x.indisprimary or x.indisexclusion or x.indisreplident or x.indisclustered
         or exists (select from pg_constraint k where k.conindid = x.indexrelid)
         or exists (select from pg_inherits h where h.inhrelid = x.indexrelid or h.inhparent = x.indexrelid),
       x.indisvalid, x.indnkeyatts::int,
       array(select pg_get_indexdef(x.indexrelid, k, true) from generate_series(1, x.indnatts::int) k),
       x.indclass::int8[], x.indcollation::int8[], x.indoption::int2[]::int[],
       coalesce(pg_get_expr(x.indpred, x.indrelid), ''), i.relpages::int8 * 8192, c.reltuples::float8,
       coalesce(array_to_string(i.reloptions, ','), '')
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
  join pg_am a on a.oid = i.relam join pg_namespace n on n.oid = c.relnamespace
 where n.nspname not in ('pg_catalog', 'pg_toast', 'information_schema')
 order by 1, 2"""
FEW_ROWS = 1000
UNUSED = "None of the"
DEARER, NOTICED = 1.1, 5.0


@dataclass(frozen=True, slots=True)
class Standing:
    """An index that stands. `keys` are text, operator class, collation and direction of each; `bound` says that it
    keeps a promise."""

    relation: str
    name: str
    definition: str
    method: str
    bound: bool
    valid: bool
    keys: tuple[tuple[str, int, int, int], ...]
    carried: frozenset[str]
    where: str
    size: int
    rows: float
    options: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The texts of its keys."""
        return tuple(text for text, *_ in self.keys)

    def replaces(self, other: Standing) -> bool:
        """Whether this one finds all that the other finds, in the same order."""
        if (self.relation, self.method, self.where) != (other.relation, other.method, other.where) or not self.valid:
            return False
        if self.method != "btree":
            return self.keys == other.keys and self.options == other.options
        begun = self.keys[: len(other.keys)]
        turned = tuple((*key[:3], key[3] ^ 3) for key in other.keys)
        everything = self.carried | set(self.columns)
        return begun in (other.keys, turned) and other.carried <= everything

    def same_as(self, other: Standing) -> bool:
        """Whether each replaces the other."""
        return self.replaces(other) and other.replaces(self)


def standing(database: Database) -> list[Standing]:
    """The indexes that a database has."""
    found = []
    for row in database.query(STANDING):
        relation, name, definition, method, bound, valid, count, texts, classes, collations, options, where, *rest = row
        size, rows, settings = rest
        keys = tuple(zip(texts[:count], classes, collations, options, strict=False))
        found.append(Standing(relation, name, definition, method, bool(bound), bool(valid), keys,
                              frozenset(texts[count:]), where, int(size), float(rows), settings))  # fmt: skip
    return found


def drops(
    database: Database, drawn: Sequence[Drawn], catalog: Catalog, advised: Sequence[Index] = ()
) -> Iterator[Dropped]:
    """The indexes that could go once the advised ones stand; those have to be imagined in the database meanwhile.

    Each is taken away in a transaction that is undone, with those before it, to see that no statement gets dearer.
    """
    names = {f"{index.relation.partition('.')[0]}.{index.name}" for index in advised}
    every = standing(database)
    kept = {one.name: one for one in every}
    asked = _Asked(database, drawn)
    for one in every:
        relation = catalog.relation(one.relation)
        if one.bound or one.name in names or relation is None or one.relation.startswith("storage."):
            continue
        reason = _reason(one, [other for other in kept.values() if other is not one], names, asked)
        if not reason or (_holds_on(one, catalog) and not _held_by_others(one, kept, catalog)):
            continue
        gone = [name for name in (other.name for other in every) if name not in kept]
        if asked.is_dearer_without([*gone, one.name]):
            continue
        del kept[one.name]
        yield Dropped(one.name, one.relation, one.definition, one.size, reason, reason.startswith(UNUSED))


def _reason(one: Standing, others: Sequence[Standing], advised: set[str], asked: _Asked) -> str:
    for other in others:
        short = other.name.partition(".")[2]
        if one.same_as(other):
            return f"It is the same as {short}: every write pays for both."
        if other.replaces(one):
            new = ", which is advised," if other.name in advised else ""
            return f"All that it finds, {short}{new} finds as well: it begins with the same columns."
    if not one.valid:
        return "It was never finished: the database keeps it up to date and never reads it."
    if one.rows >= FEW_ROWS and one.relation in asked.read and one.name not in asked.used:
        then = " once the advised ones stand" if advised else ""
        return f"{UNUSED} {asked.count} queries that were read from the code uses it{then}, whoever asks."
    return ""


def _holds_on(one: Standing, catalog: Catalog) -> bool:
    """Whether it finds the rows that hang on a row of another table."""
    return any(_supports(one, columns) for columns in _hanging(one.relation, catalog))


def _held_by_others(one: Standing, kept: Mapping[str, Standing], catalog: Catalog) -> bool:
    mine = [columns for columns in _hanging(one.relation, catalog) if _supports(one, columns)]
    others = [other for other in kept.values() if other is not one and other.relation == one.relation]
    return all(any(_supports(other, columns) for other in others) for columns in mine)


def _hanging(relation: str, catalog: Catalog) -> list[frozenset[str]]:
    table = catalog.relation(relation)
    return [frozenset(reference.columns) for reference in table.references] if table else []


def _supports(one: Standing, columns: frozenset[str]) -> bool:
    where = one.where.replace('"', "")
    plainly = not where or all(f"{column} IS NOT NULL" in where for column in columns)
    return one.method == "btree" and one.valid and plainly and {*map(plain, one.columns[: len(columns)])} == columns


class _Asked:
    """What the statements read and use, and what they cost."""

    def __init__(self, database: Database, drawn: Sequence[Drawn]) -> None:
        self._database, self._drawn = database, drawn
        self.read: set[str] = set()
        self.used: set[str] = set()
        self._costs: list[float] = []
        self._users: dict[str, set[int]] = {}
        for number, one in enumerate(drawn):
            self._costs.append(self._look(one, partial(self._use, number)))
        self.count = len({one.statement.place for one in drawn})

    def is_dearer_without(self, names: Sequence[str]) -> bool:
        """Whether some statement that uses any of these indexes would cost noticeably more."""
        numbers = sorted({number for name in names for number in self._users.get(name, ())})
        with self._database.undone():
            self._database.run("drop index " + ", ".join(map(ident, names)))
            for number in numbers:
                cost = self._look(self._drawn[number], lambda _: None)
                if cost > DEARER * self._costs[number] and cost - self._costs[number] > NOTICED:
                    return True
        return False

    def _use(self, number: int, name: str) -> None:
        self.used.add(name)
        self._users.setdefault(name, set()).add(number)

    def _look(self, drawn: Drawn, use: Callable[[str], None]) -> float:
        total = 0.0
        for draw in drawn.draws:
            try:
                plan = Plan.of(explained(self._database, drawn, draw, "verbose, "))
            except DatabaseError:
                continue
            total += plan.cost
            schemas: list[str] = []
            for step in plan.deep():
                if "." in step.relation:
                    self.read.add(step.relation)
                    schemas.append(step.relation.partition(".")[0])
                if step.index:
                    for schema in schemas[-1:] or ["public"]:
                        use(f"{schema}.{step.index}")
        return total
