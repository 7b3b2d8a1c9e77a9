"""Who has very many rows, who an ordinary number and who none: of people, and of whatever else stands in a column.

The server counts, in one pass for each column, and the counts are kept. Which of many equals are taken hangs on the
seed alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from apprescue.model.catalog import Catalog
from apprescue.model.database import Database, DatabaseError, ident_of, literal
from apprescue.model.workload import Standing

SAMPLE = 2000
"""Texts in which words are counted."""
Lot = dict[Standing, list[tuple[str, ...]]]
"""For each standing some sets of values, those with the most rows first; empty where the column is."""
COUNTED = """
with counted as materialized ({counted}),
ranked as (select *, row_number() over (order by n desc, hashtextextended(k, {seed})) as r, count(*) over () as c
             from counted),
chosen as (select *, greatest(1, least({each}, c / 3)) as m from ranked)
select case when r <= m then 'hot' when r > c - m and c > 1 then 'empty' else 'median' end, {shown}
  from chosen where r <= m or r > c - m or r between (c + 1) / 2 - (m - 1) / 2 and (c + 1) / 2 - (m - 1) / 2 + m - 1
 order by r"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is counted in. Where `through` is given, the values counted are those that stand in that column
    of the row that this one points at: the creator's account for the `creator_id` of a post."""

    relation: str
    name: str
    through: tuple[str, str, str] | None = None

    @property
    def values(self) -> str:
        """The SELECT of all its values."""
        if self.through is None:
            return f"select {ident_of(self.name)} as v from {named(self.relation)}"
        to, key, shown = self.through
        return (
            f"select t.{ident_of(shown)} as v from {named(self.relation)} x join {named(to)} t"
            f" on x.{ident_of(self.name)} = t.{ident_of(key)}"
        )


@dataclass(frozen=True, slots=True)
class Owner:
    """How a row (`x`) names its owner: the expression of the id and its type, what must be joined for it, and the row's
    own column by which it does so, empty where it has none."""

    person: str
    type: str
    join: str = ""
    column: str = ""


class Standings:
    """Counts in a database; `each` is how many of each standing are wanted."""

    def __init__(self, database: Database, catalog: Catalog, each: int, seed: int) -> None:
        self._database, self._catalog, self._each, self._seed = database, catalog, each, seed
        self._kept: dict[object, Lot] = {}
        self._owned: dict[object, dict[str, tuple[str, ...]]] = {}
        told = "select n.nspname || '.' || c.relname, greatest(c.reltuples, 0)::float8, c.relkind::text from pg_class c"
        rows = database.query(
            f"{told} join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'm')"
        )
        self._rows: dict[str, float] = {name: count for name, count, _ in rows}
        self._placed = {name for name, _, kind in rows if kind != "p"}

    def rows(self, relation: str) -> float:
        """About how many rows a table has."""
        return self._rows.get(relation, 0.0)

    def values(self, columns: Sequence[Column], everybody: str = "") -> Lot:
        """Values by how often they stand in these columns together. `everybody` is a SELECT of all that could stand
        there (as `v`): those that do not are the empty ones."""
        key = ("values", tuple(columns), everybody)
        if key not in self._kept:
            self._kept[key] = self._values(columns, everybody)
        return self._kept[key]

    def _values(self, columns: Sequence[Column], everybody: str) -> Lot:
        kind = "::text" if len(columns) > 1 else ""
        source = " union all ".join(f"select v{kind} from ({column.values}) x" for column in columns)
        counted = f"select v::text as k, v::text as v, count(*) as n from ({source}) x where v is not null group by v"
        found = self._lot(self._counted(counted, "v"))
        if everybody:
            none = self._absent(everybody, source, "::text" if len(columns) > 1 else "")
            found[Standing.EMPTY] = [*none, *found[Standing.EMPTY]][: self._each]
        return _whole(found)

    def _absent(self, everybody: str, source: str, kind: str) -> list[tuple[str, ...]]:
        """Some of everybody who is not there; as texts where the types are not the same."""
        asked = (
            f"select v::text from ({everybody}) e where v is not null and not exists"
            f" (select from ({source}) x where x.v{kind} = e.v{kind})"
            f" order by hashtextextended(v::text, {self._seed}) limit {self._each}"
        )
        try:
            with self._database.undone():
                self._database.run("set local work_mem = '256MB'")
                return self._database.query(asked)
        except DatabaseError:
            if kind:
                raise
        return self._absent(everybody, source, "::text")

    def combined(self, relation: str, names: Sequence[str], shown: Sequence[str]) -> Lot:
        """Rows of a relation, by how many have the same in the columns `names`; of each what stands in `shown`. With
        no `names` any rows."""
        key = ("combined", relation, tuple(names), tuple(shown))
        if key not in self._kept:
            self._kept[key] = self._combined(relation, names, shown)
        return self._kept[key]

    def _combined(self, relation: str, names: Sequence[str], shown: Sequence[str]) -> Lot:
        whole = " and ".join(f"{ident_of(name)} is not null" for name in dict.fromkeys([*names, *shown]))
        if not names or any((name,) in self._unique(relation) for name in names):
            return self._any(relation, shown, whole)
        texts = " || '/' || ".join(f"{ident_of(name)}::text" for name in names)
        by = ", ".join(map(ident_of, names))
        if relation in self._placed and not self._parted(relation):
            counted = (
                f"select {texts} as k, min(ctid) as t, count(*) as n from {named(relation)} where {whole} group by {by}"
            )
            rows = self._counted(counted, "t::text")
            texts_of = self._at(relation, [place for _, place in rows], shown)
            return _whole(self._lot([(standing, *texts_of[place]) for standing, place in rows]))
        values = ", ".join(f"min({ident_of(name)}::text) as s{at}" for at, name in enumerate(shown))
        counted = f"select {texts} as k, {values}, count(*) as n from {named(relation)} where {whole} group by {by}"
        return _whole(self._lot(self._counted(counted, ", ".join(f"s{at}" for at in range(len(shown))))))

    def _any(self, relation: str, shown: Sequence[str], whole: str) -> Lot:
        texts = ", ".join(f"{ident_of(name)}::text" for name in shown)
        mixed = f"hashtextextended({ident_of(shown[0])}::text, {self._seed})"
        rows = self._database.query(
            f"select {texts} from {named(relation)} where {whole} order by {mixed}, {texts} limit {3 * self._each}"
        )
        return _whole({standing: rows[at::3] for at, standing in enumerate(Standing)})

    def _at(self, relation: str, places: Sequence[str], shown: Sequence[str]) -> dict[str, tuple[str, ...]]:
        texts = ", ".join(f"{ident_of(name)}::text" for name in shown)
        wanted = f"array[{', '.join(map(literal, dict.fromkeys(places)))}]::tid[]"
        rows = self._database.query(f"select ctid::text, {texts} from {named(relation)} where ctid = any({wanted})")
        return {place: tuple(values) for place, *values in rows}

    def of_people(
        self, relation: str, owners: Sequence[Owner], people: Sequence[str], names: Sequence[str], shown: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """For people who have a row there, what stands in one of those of which they have most (by `names`)."""
        key = (relation, tuple(owners), tuple(people), tuple(names), tuple(shown))
        if key not in self._owned:
            self._owned[key] = self._of_people(relation, owners, people, names, shown)
        return self._owned[key]

    def _of_people(
        self, relation: str, owners: Sequence[Owner], people: Sequence[str], names: Sequence[str], shown: Sequence[str]
    ) -> dict[str, tuple[str, ...]]:
        whole = " and ".join(f"x.{ident_of(name)} is not null" for name in dict.fromkeys([*names, *shown]))
        wanted = f"array[{', '.join(map(literal, dict.fromkeys(people)))}]"
        by = "".join(f", {ident_of(name)}" for name in names if (name,) not in self._unique(relation))
        needed = ", ".join(f"x.{ident_of(name)}" for name in dict.fromkeys([*names, *shown]))
        mixed = f"hashtextextended(x.{ident_of(shown[0])}::text, {self._seed})"
        sides = " union all ".join(
            f"select {owner.person}::text as p, {needed}, {mixed} as r from {named(relation)} x {owner.join}"
            f" where {owner.person} = any({wanted}::{owner.type}[]) and {whole}"
            for owner in owners
        )
        texts = ", ".join(f"{ident_of(name)}::text as s{at}" for at, name in enumerate(shown))
        counted = f"count(*) over (partition by p{by})" if by else "1"
        ranked = f"select *, {counted} as n from ({sides}) x"
        rows = self._database.query(f"select distinct on (p) p, {texts} from ({ranked}) x order by p, n desc, r")
        return {person: tuple(values) for person, *values in rows}

    def where(
        self, relation: str, name: str, values: Sequence[str], shown: Sequence[str]
    ) -> dict[str, tuple[str, ...]]:
        """What stands in the rows that have these values in a unique column."""
        column = next(c for r in self._catalog.relations if r.name == relation for c in r.columns if c.name == name)
        wanted = f"array[{', '.join(map(literal, dict.fromkeys(values)))}]::{column.type}[]"
        texts = ", ".join(f"{ident_of(one)}::text" for one in shown)
        key = ident_of(name)
        whole = " and ".join(f"{ident_of(one)} is not null" for one in shown)
        rows = self._database.query(
            f"select {key}::text, {texts} from {named(relation)} where {key} = any({wanted}) and {whole}"
        )
        return {value: tuple(texts) for value, *texts in rows}

    def words(self, relation: str, name: str) -> Lot:
        """Words of at least three letters that stand in a column, by how many of its texts have them."""
        key = ("words", relation, name)
        if key not in self._kept:
            self._kept[key] = self._words(relation, name)
        return self._kept[key]

    def _words(self, relation: str, name: str) -> Lot:
        part = min(100.0, 150.0 * SAMPLE / max(self.rows(relation), 1.0))
        sampled = f"tablesample bernoulli ({part}) repeatable ({self._seed})" if relation in self._placed else ""
        text = f"{ident_of(name)}::text"
        texts = f"select {text} as t from {named(relation)} {sampled} where {text} ~ '\\w{{3}}' limit {SAMPLE}"
        counted = (
            f"select w as k, w, count(*) as n from ({texts}) s,"
            " lateral (select distinct w from regexp_split_to_table(t, '[^[:alpha:]]+') w) u"
            " where length(w) between 3 and 30 group by w"
        )
        return _whole(self._lot(self._counted(counted, "w")))

    def _counted(self, counted: str, shown: str) -> list[tuple[str, ...]]:
        sql = COUNTED.format(counted=counted, shown=shown, seed=self._seed, each=self._each)
        with self._database.undone():
            self._database.run("set local work_mem = '256MB'")
            return self._database.query(sql)

    @staticmethod
    def _lot(rows: Iterable[Sequence[str]]) -> Lot:
        found: Lot = {standing: [] for standing in Standing}
        for standing, *values in rows:
            found[Standing(standing)].append(tuple(values))
        return found

    def _unique(self, relation: str) -> tuple[tuple[str, ...], ...]:
        return next((r.unique for r in self._catalog.relations if r.name == relation), ())

    def _parted(self, relation: str) -> bool:
        return any(r.partition_of == relation for r in self._catalog.relations)


def _whole(found: Mapping[Standing, Sequence[tuple[str, ...]]]) -> Lot:
    """The same, where a standing that nobody has is that of those nearest to it."""
    near = {
        Standing.HOT: (Standing.HOT, Standing.MEDIAN, Standing.EMPTY),
        Standing.MEDIAN: (Standing.MEDIAN, Standing.HOT, Standing.EMPTY),
        Standing.EMPTY: (Standing.EMPTY, Standing.MEDIAN, Standing.HOT),
    }
    taken = {standing: next((found[one] for one in near[standing] if found[one]), ()) for standing in Standing}
    return {standing: list(rows) for standing, rows in taken.items()}


def named(relation: str) -> str:
    """`schema.name` as SQL, whatever signs the name has."""
    schema, _, name = relation.partition(".")
    return f"{ident_of(schema)}.{ident_of(name)}"
