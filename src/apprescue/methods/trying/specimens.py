"""The rows that the tries are made on: read back from the database as they stand there, and whose each of them is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from apprescue.methods.trying.moments import Clock
from apprescue.model.access import Actor
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.database import Database, DatabaseError, ident, ident_of, literal
from apprescue.model.intent import Intent, Meant, Through
from apprescue.model.rows import Filled, Person, Row

MOST = 400
MOST_ASKED = 60
LINKS = 2
UNEQUAL = ("json", "point", "xml", "polygon", "circle", "box", "path", "lseg", "line")


@dataclass(frozen=True, slots=True)
class Specimen:
    """A stored row, its values as texts by column. `people` are those whose row it is; `shown` tells whether it meets
    the condition of the rows that everybody may read, `shared` that of those for everyone who is signed in (None where
    there is no such condition)."""

    table: str
    values: Mapping[str, str | None]
    people: frozenset[Actor] = frozenset()
    shown: bool | None = None
    shared: bool | None = None
    variation: str = ""

    def shown_to(self, actor: Actor) -> bool | None:
        """Whether it meets the condition of the rows that this actor may read of strangers."""
        return self.shown if actor is Actor.ANON else self.shared


@dataclass(frozen=True, slots=True)
class Specimens:
    """All rows by table, and the people. `aliases` maps a value that stands for one person (his id, his profile's
    key) to that person."""

    people: Mapping[Actor, Person]
    rows: Mapping[str, tuple[Specimen, ...]]
    aliases: Mapping[str, Actor] = field(default_factory=dict)

    def of(self, table: str) -> tuple[Specimen, ...]:
        """The rows of a table."""
        return self.rows.get(table, ())


def texts(columns: Iterable[str], source: str, limit: int = MOST) -> str:
    """A query that gives one JSON array of the rows of a source, each value as its text."""
    chosen = ", ".join(f"x.{ident_of(column)}::text as {ident_of(column)}" for column in columns)
    return f"select coalesce(jsonb_agg(to_jsonb(y.*)), '[]') from (select {chosen} from {source} x limit {limit}) y"


def plainly(relation: Relation, columns: Iterable[str], readable: Iterable[str], row: Specimen | None) -> str:
    """The reading of one row as people write it: the columns, or all that may be read where none is named."""
    allowed = set(readable)
    chosen = [c for c in dict.fromkeys(columns) if c in allowed] or [
        c.name for c in relation.columns if c.name in allowed
    ]
    whole = len(chosen) in (0, len(relation.columns))
    shown = "*" if whole else ", ".join(map(ident_of, chosen))
    where = "" if row is None else where_of(relation, row.values)
    keys = set(relation.primary_key or (row.values if row else ()))
    bound = f" where {where}" if where and (not allowed or keys <= allowed) else ""
    return f"select {shown} from {ident(relation.name)}{bound}"


def where_of(relation: Relation, values: Mapping[str, str | None]) -> str:
    """The condition that finds a row alone: by its key, else by all that it holds."""
    unequal = {c.name for c in relation.columns if c.base in UNEQUAL}
    columns = [c for c in relation.primary_key or values if c not in unequal and c in values]
    if not relation.primary_key:
        clock = Clock.of()
        columns = [c for c in columns if not clock.gave(values[c])] or columns
    return " and ".join(f"{ident_of(c)} {_is(values[c])}" for c in columns) or "true"


def _is(value: str | None) -> str:
    return "is null" if value is None else f"= {literal(value)}"


def read(database: Database, catalog: Catalog, filled: Filled, intent: Intent) -> Specimens:
    """Read every table's rows back and tell whose they are: of a filled row it is known, of others by their columns."""
    people = {person.actor: person for person in filled.people}
    aliases = {person.id: person.actor for person in filled.people}
    made: dict[str, list[Row]] = {}
    for row in filled.rows:
        made.setdefault(row.table, []).append(row)
    tables = [r for r in (*catalog.relations, catalog.accounts) if r is not None and r.kind == "table"]
    rows: dict[str, list[Specimen]] = {}
    for relation in tables:
        _learn(relation, made.get(relation.name, ()), aliases)
    for relation in tables:
        meant = intent.of(relation.name)
        by_key = {_key(relation, dict(row.values)): row for row in made.get(relation.name, ())}
        owned = relation.name in filled.owned or meant.owned
        stored = [
            _specimen(relation, values, by_key.get(_key(relation, values)), meant, owned, aliases)
            for values in _stored(database, relation)
        ]
        rows[relation.name] = stored
    for _ in range(LINKS):
        for relation in tables:
            links = intent.of(relation.name).through
            rows[relation.name] = [_through(row, links, rows) for row in rows[relation.name]]
    for relation in tables:
        meant, stored = intent.of(relation.name), rows[relation.name]
        shown = _meeting(database, relation, stored, meant.public_when)
        same = meant.public_when == meant.shared_when
        shared = shown if same else _meeting(database, relation, stored, meant.shared_when)
        rows[relation.name] = list(map(_with_shown, stored, shown, shared))
    return Specimens(people, {table: tuple(some) for table, some in rows.items()}, aliases)


def _through(row: Specimen, links: Sequence[Through], rows: Mapping[str, Sequence[Specimen]]) -> Specimen:
    """The row as that of whom the rows it hangs on belong to."""
    people = {
        actor
        for link in links
        for parent in rows.get(link.table, ())
        if parent.values.get(link.key) == row.values.get(link.column) is not None
        for actor in parent.people
    }
    return replace(row, people=frozenset(people)) if people else row


def people_of(
    specimens: Specimens, relation: Relation, values: Mapping[str, str | None], meant: Meant
) -> frozenset[Actor]:
    """Whose a row with these values is, by the columns that name its owner or by the row it hangs on."""
    aliases = specimens.aliases
    columns = _naming(relation, meant)
    found = {aliases[v] for c in columns if (v := values.get(c)) and v in aliases}
    for link in meant.through if not found else ():
        for parent in specimens.of(link.table):
            if parent.values.get(link.key) == values.get(link.column) is not None:
                found |= parent.people
    return frozenset(found)


def _naming(relation: Relation, meant: Meant) -> tuple[str, ...]:
    """The columns that name a row's owner; of a table of which nobody said it those that point at accounts."""
    if meant.owned:
        return meant.owners
    return tuple(r.columns[0] for r in relation.references if r.to == "auth.users")


def _stored(database: Database, relation: Relation) -> list[dict[str, str | None]]:
    try:
        ((found,),) = database.query(texts([c.name for c in relation.columns], ident(relation.name)))
    except DatabaseError:
        return []
    return list(found)


def _key(relation: Relation, values: Mapping[str, str | None]) -> tuple[str | None, ...]:
    """What tells a row of a table from all others."""
    plain = [c.name for c in relation.columns if not c.generated]
    return tuple(values.get(column) for column in relation.primary_key or plain)


def _specimen(
    relation: Relation,
    values: dict[str, str | None],
    row: Row | None,
    meant: Meant,
    owned: bool,
    aliases: Mapping[str, Actor],
) -> Specimen:
    columns = _naming(relation, meant)
    named = {aliases[v] for c in columns if (v := values.get(c)) and v in aliases}
    if row is not None:
        parties = dict(row.parties)
        named |= {parties[c] for c in meant.owners if c in parties}
        if owned and not named:
            named = {row.whose}
        elif meant.through and not meant.owners:
            named |= {row.whose}
    told = ", ".join(f"{c} = {v}" for c, v in (row.variation if row else ())[:3])
    return Specimen(relation.name, values, frozenset(named), variation=told)


def _learn(relation: Relation, rows: Iterable[Row], aliases: dict[str, Actor]) -> None:
    """A table that has one row for one person: its key stands for the person too."""
    account = {r.columns[0] for r in relation.references if r.to == "auth.users" and len(r.columns) == 1}
    alone = {u[0] for u in relation.unique if len(u) == 1}
    if len(relation.primary_key) != 1 or not account & alone:
        return
    for row in rows:
        value = row.value(relation.primary_key[0])
        if value and len(value) > 8:
            aliases.setdefault(value, row.whose)


def _with_shown(row: Specimen, shown: bool | None, shared: bool | None) -> Specimen:
    return replace(row, shown=shown, shared=shared)


def _meeting(database: Database, relation: Relation, rows: list[Specimen], condition: str) -> list[bool | None]:
    """Whether each row meets the condition; None for all where there is none, or it cannot be asked."""
    unknown: list[bool | None] = [None] * len(rows)
    if not condition or not rows:
        return unknown
    asked = ", ".join(
        f"exists(select from {ident(relation.name)} where {where_of(relation, row.values)} and ({condition}))"
        for row in rows[:MOST_ASKED]
    )
    try:
        ((met,),) = database.query(f"select array[{asked}]")
    except DatabaseError:
        return unknown
    return [*met, *unknown[len(met) :]]
