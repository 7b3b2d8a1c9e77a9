"""Who asks: people by how much of what a statement looks at is theirs, and the administrators among them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from apprescue.methods.conditions import asked_anywhere
from apprescue.methods.drawing.looking import Look
from apprescue.methods.drawing.standings import Column, Lot, Owner, Standings, named
from apprescue.methods.filling.marks import FLAG, ROLE
from apprescue.model.catalog import Catalog, Reference, Relation
from apprescue.model.database import Database, DatabaseError, ident_of
from apprescue.model.workload import Parameter, Screen, Source, Standing, Statement

ACCOUNTS = "auth.users"
PERSONS = re.compile(
    r"[._](?:users?|profiles?|accounts?|creators?|members?|customers?|people|persons?)$", re.IGNORECASE
)


class People:
    """The people of a database."""

    def __init__(self, database: Database, catalog: Catalog, standings: Standings, each: int) -> None:
        self._database, self._catalog, self._standings, self._each = database, catalog, standings, each
        self._mine = {
            table: [name for name, one in columns.items() if one.user]
            for table, columns in asked_anywhere(catalog).items()
        }
        self._persons = self._table_of_people()
        self._admins: list[str] | None = None

    def _table_of_people(self) -> tuple[str, str]:
        """The table and column with the ids of all people, where the accounts are the app's own."""
        pointed = Counter((k.to, *k.to_columns) for r in self._catalog.relations for k in r.references)
        found = [r for r in self._catalog.relations if r.kind == "table" and PERSONS.search(r.name)]
        keyed = [(r.name, r.primary_key[0]) for r in found if len(r.primary_key) == 1]
        return max(keyed, key=lambda place: (pointed[place], self._standings.rows(place[0])), default=("", ""))

    def _everybody(self, statement: Statement) -> tuple[str, str]:
        """Where the ids of those who may ask this stand: with a login of the database itself the app's own people."""
        own = statement.role == "postgres" or self._catalog.accounts is None
        return self._persons if own and self._persons[0] else (ACCOUNTS, "id") if self._catalog.accounts else ("", "")

    def who(self, statement: Statement, seen: Look, admins: bool = False) -> Lot:
        """The people who ask, some of each standing; nobody where none is signed in. Administrators where it is meant
        for them."""
        asks = any(parameter.source is Source.ME for parameter in statement.parameters)
        if not asks and statement.role != "authenticated":
            return {}
        if (admins or statement.kind is Screen.ADMIN) and (chosen := self.admins()):
            return {standing: [(one,) for one in chosen] for standing in Standing}
        everybody = self._everybody(statement)
        if columns := self._counted_by(statement, seen, everybody):
            lot = self._standings.values(columns, self._all_of(columns[0], everybody))
            if all(lot.values()):
                return lot
        if not everybody[0]:
            return {}
        some = f"{_values(everybody)} order by md5({ident_of(everybody[1])}::text) limit {self._each}"
        rows = self._database.query(f"select v::text from ({some}) e")
        return dict.fromkeys(Standing, rows) if rows else {}

    def _counted_by(self, statement: Statement, seen: Look, everybody: tuple[str, str]) -> list[Column]:
        """The columns in which somebody who asks this has many rows or few: those of the largest table that it finds
        by him, directly or through what he has one of."""
        me = [at for at, parameter in enumerate(statement.parameters, 1) if parameter.source is Source.ME]
        direct: dict[str, list[str]] = {}
        for relation, name in (place for at in me for place in seen.held.get(at, ())):
            direct.setdefault(relation, []).append(name)
        if not direct:
            direct = {table: names for table in seen.tables if (names := self._of_person(table, everybody))}
        found = {table: [Column(table, name) for name in dict.fromkeys(names)] for table, names in direct.items()}
        for table in seen.tables:
            if table not in found and (columns := list(self._through(table, direct.get))):
                found[table] = columns[:1]
        ranked = sorted(found.values(), key=lambda columns: -self._standings.rows(columns[0].relation))
        return ranked[0] if ranked else []

    def _of_person(self, table: str, everybody: tuple[str, str]) -> list[str]:
        """The columns of a table that hold whoever asks: by its rules, else because they point at the people."""
        return self._mine.get(table) or [
            link.columns[0] for link in self._links(table) if self._names_people(link, everybody)
        ]

    def _names_people(self, link: Reference, everybody: tuple[str, str], through: int = 3) -> bool:
        """Whether what a reference points at is a person's id, there or in a profile."""
        if (link.to, *link.to_columns) == everybody:
            return True
        further = [k for k in self._links(link.to) if k.columns == link.to_columns] if through else []
        return any(self._names_people(k, everybody, through - 1) for k in further)

    def names(self, parameter: Parameter) -> bool:
        """Whether a parameter is a person's id."""
        place, people = (parameter.relation, parameter.column), {(ACCOUNTS, "id"), self._persons}
        if parameter.source is not Source.COLUMN:
            return False
        links = [k for k in self._links(parameter.relation) if k.columns == (parameter.column,)]
        ruled = parameter.column in self._mine.get(parameter.relation, ())
        return ruled or place in people or any(self._names_people(k, one) for k in links for one in people)

    def _through(self, table: str, names_of: Callable[[str], list[str] | None]) -> Iterator[Column]:
        """The columns of a table that point at what somebody has one of."""
        for link in self._links(table):
            names = names_of(link.to)
            if names and len(link.columns) == 1:
                yield Column(table, link.columns[0], (link.to, link.to_columns[0], names[0]))

    def _links(self, table: str) -> Sequence[Reference]:
        relation = self._catalog.relation(table)
        return relation.references if relation is not None else ()

    def _all_of(self, column: Column, everybody: tuple[str, str]) -> str:
        """A SELECT of all that could stand in a column that names people."""
        relation, name = (column.through[0], column.through[2]) if column.through else (column.relation, column.name)
        link = next((k for k in self._links(relation) if k.columns == (name,)), None)
        if link is not None:
            return _values((link.to, link.to_columns[0]))
        return _values(everybody) if everybody[0] and name in self._mine.get(relation, ()) else ""

    def owners(self, statement: Statement, seen: Look, relation: str) -> list[Owner]:
        """How rows of a relation belong to whoever asks: by a column, through what he has one of, or because he takes
        part in them."""
        me = [at for at, parameter in enumerate(statement.parameters, 1) if parameter.source is Source.ME]
        held = [name for at in me for there, name in seen.held.get(at, ()) if there == relation]
        ruled = self._mine.get(relation, []) if statement.role == "authenticated" else []
        if found := list(dict.fromkeys(held or ruled)):
            return [Owner(f"x.{ident_of(name)}", self._type(relation, name), "", name) for name in found]
        if statement.role != "authenticated":
            return []
        through = [c.through and (c.name, *c.through) for c in self._through(relation, self._mine.get)]
        owners = [
            Owner(
                f"t.{ident_of(mine)}",
                self._type(to, mine),
                f"join {named(to)} t on t.{ident_of(key)} = x.{ident_of(name)}",
                name,
            )
            for name, to, key, mine in filter(None, through)
        ]
        for table in seen.tables:
            for link in self._links(table):
                if link.to == relation and len(link.columns) == 1 and (mine := self._mine.get(table)):
                    tied = f"t.{ident_of(link.columns[0])} = x.{ident_of(link.to_columns[0])}"
                    kind = self._type(table, mine[0])
                    owners.append(Owner(f"t.{ident_of(mine[0])}", kind, f"join {named(table)} t on {tied}"))
        return owners

    def _type(self, table: str, name: str) -> str:
        relation = self._catalog.relation(table)
        column = relation.column(name) if relation is not None else None
        return column.type if column is not None else "text"

    # administrators

    def admins(self) -> list[str]:
        """People whose rows say that they are administrators, those first of whom most tables say so."""
        if self._admins is None:
            told = Counter(one for relation in self._catalog.relations for one in self._named_admins(relation))
            ranked = sorted(told, key=lambda one: (-told[one], one))
            self._admins = [ranked[at % len(ranked)] for at in range(self._each)] if ranked else []
        return self._admins

    def _named_admins(self, relation: Relation) -> list[str]:
        everybody = {(ACCOUNTS, "id"), self._persons}
        own = [*self._mine.get(relation.name, ())]
        own += [k.columns[0] for k in relation.references if (k.to, *k.to_columns) in everybody]
        tests = [
            ident_of(c.name) if c.base == "boolean" else f"{ident_of(c.name)}::text ~* '(^|_|{{)admin'"
            for c in relation.columns
            if (c.base == "boolean" and FLAG.search(c.name)) or (c.base != "boolean" and ROLE.search(c.name))
        ]
        if relation.kind != "table" or not own or not tests:
            return []
        name = ident_of(own[0])
        try:
            rows = self._database.query(
                f"select distinct {name}::text from (select {name} from {named(relation.name)} where {name} is not null"
                f" and ({' or '.join(tests)}) limit {50 * self._each}) x order by 1 limit {4 * self._each}"
            )
        except DatabaseError:
            return []
        return [value for (value,) in rows]


def _values(place: tuple[str, str]) -> str:
    return f"select {ident_of(place[1])} as v from {named(place[0])}"
