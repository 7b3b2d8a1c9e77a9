"""A try as a script that replays it alone in the rebuilt database: people, rows, role, claims, statement, rollback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from apprescue.methods.mentions import Mentions
from apprescue.methods.specimens import Specimen, Specimens, where_of
from apprescue.methods.tries import Try
from apprescue.model.access import Actor
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.database import ident, literal
from apprescue.model.rows import ident_of

MOST = 60


class Scripts:
    """Writes scripts. The rows that a try needs are the one it is made on, what that hangs on, and the people's rows
    in the tables that the rules ask."""

    def __init__(self, catalog: Catalog, specimens: Specimens, mentions: Mentions) -> None:
        self._specimens, self._mentions = specimens, mentions
        self._relations = {r.name: r for r in catalog.relations}
        self._accounts = catalog.accounts

    def replaying(self, one: Try, act: str, on: Iterable[Specimen], actors: Iterable[Actor], rules: str) -> str:
        """The script of one act of a try. `on` are the rows it is made on, `rules` the text whose tables matter."""
        rows = self._needed(list(on), set(actors), rules, act)
        lines = ["begin;", "set local search_path = public, extensions;"]
        if rows:
            lines += [
                "-- the people and the rows that it takes",
                "set local session_replication_role = replica;",
                *rows,
                "set local session_replication_role = origin;",
            ]
        lines += [f"{piece};" for piece in one.before]
        if one.look:
            lines += ["-- how it stands before", f"{one.look};"]
        lines.append("-- the request")
        lines.append(f"select set_config('request.jwt.claims', {literal(one.claims)}, true);")
        if one.headers != "{}":
            lines.append(f"select set_config('request.headers', {literal(one.headers)}, true);")
        if one.editor:
            lines.append(f"{one.editor};")
        lines += [f"set local role {one.role};", f"{act};", "reset role;"]
        if one.look:
            lines += ["-- how it stands afterwards", f"{one.look};"]
        return "\n".join([*lines, "rollback;"]) + "\n"

    def _needed(self, on: list[Specimen], actors: set[Actor], rules: str, act: str) -> list[str]:
        chosen: dict[tuple[str, str], Specimen] = {}
        for table in sorted(self._mentions.behind(rules)):
            for row in self._specimens.of(table):
                if row.people & actors and len(chosen) < MOST:
                    self._add(row, chosen)
        for row in on:
            self._add(row, chosen)
            for parent in self._named(row.table, act):
                self._add(parent, chosen)
        spoken = self._spoken(chosen.values())
        people = [p for a, p in self._specimens.people.items() if a in actors or p.id in act or p.id in spoken]
        accounts = [
            self._insertion(self._accounts, row)
            for row in self._specimens.of("auth.users")
            if self._accounts and row.values.get("id") in {p.id for p in people}
        ]
        return accounts + [self._insertion(self._relations[row.table], row) for row in chosen.values()]

    def _named(self, table: str, act: str) -> Iterator[Specimen]:
        """The rows that a statement newly points at."""
        relation = self._relations.get(table)
        for reference in relation.references if relation else ():
            for row in self._specimens.of(reference.to):
                value = row.values.get(reference.to_columns[0])
                if value and literal(value) in act:
                    yield row

    @staticmethod
    def _spoken(rows: Iterable[Specimen]) -> set[str]:
        return {value for row in rows for value in row.values.values() if value}

    def _add(self, row: Specimen, chosen: dict[tuple[str, str], Specimen]) -> None:
        """A row with the rows it hangs on before it."""
        relation = self._relations.get(row.table)
        if relation is None or (key := (row.table, where_of(relation, row.values))) in chosen or len(chosen) > 2 * MOST:
            return
        chosen[key] = row
        for reference in relation.references:
            wanted = tuple(row.values.get(c) for c in reference.columns)
            if None not in wanted:
                for parent in self._parents.get((reference.to, reference.to_columns, wanted), ()):
                    self._add(parent, chosen)

    @cached_property
    def _parents(self) -> dict[tuple[str, tuple[str, ...], tuple[str | None, ...]], list[Specimen]]:
        """Rows by every key that some foreign key points at."""
        keys = {(r.to, r.to_columns) for relation in self._relations.values() for r in relation.references}
        found: dict[tuple[str, tuple[str, ...], tuple[str | None, ...]], list[Specimen]] = {}
        for table, columns in keys:
            for row in self._specimens.of(table):
                found.setdefault((table, columns, tuple(row.values.get(c) for c in columns)), []).append(row)
        return found

    @staticmethod
    def _insertion(relation: Relation, row: Specimen) -> str:
        columns = [c.name for c in relation.columns if not c.generated and row.values.get(c.name) is not None]
        names, texts = ", ".join(map(ident_of, columns)), ", ".join(literal(row.values[c]) for c in columns)
        return (
            f"insert into {ident(relation.name)} ({names}) overriding system value values ({texts}) "
            "on conflict do nothing;"
        )
