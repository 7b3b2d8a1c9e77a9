"""Tables and columns that no script makes: how they are put down, and changed when a script shows what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from apprescue.model.database import ident
from apprescue.model.rebuilt import Mend
from apprescue.model.schema import Column, Schema, Table
from apprescue.source import asked, ddl
from apprescue.source.script import Story

USE = "its use"
_SUM = re.compile(r"\b(?:sum|avg|round|abs|ceil|floor)\s*\(\s*(?:distinct\s+)?(?:\w+\.)?\"?(\w+)", re.I)
_NEXT_KEY_TYPE = {"uuid": "text", "text": "bigint", "bigint": "uuid"}


@dataclass(frozen=True)
class Source:
    """A schema and the file, or the kind of files, that tells it."""

    name: str
    schema: Schema


@dataclass
class Guesses:
    """The tables and the columns, with their types, that were put down so far.

    `closed` tells that the hosting turns row rules on for tables made by hand.
    """

    story: Story
    closed: bool = False
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)

    def table(self, one: Table, source: Source) -> Mend:
        """A table as it was before scripts added to it."""
        stood = self.standing(one)
        self.tables.add(stood.name)
        names = {c.name: old for c in one.columns if (old := self.story.renamed.get(f"{one.name}.{c.name}"))}
        kept = [c for c in stood.columns if c.name not in names or names[c.name] not in {k.name for k in one.columns}]
        stood = replace(stood, columns=tuple(kept))
        for column in kept:
            self.columns[stood.name, names.get(column.name, column.name)] = ddl.type_of(column, one, source.schema)
        sql = ddl.table(stood, source.schema, names=names, closed=self.closed)
        return Mend(sql, (f"table {stood.name}",), source.name, self.story.touched.get(stood.name))

    def standing(self, one: Table) -> Table:
        """The table without the columns that scripts add, under the name that it had first."""
        added = self.story.added(one.name)
        name = self.story.renamed.get(one.name, one.name)
        return replace(one, name=name, columns=tuple(c for c in one.columns if c.name not in added))

    def bare_table(self, name: str) -> Mend:
        """A table of which only the name is known; its columns follow as they are asked for."""
        self.tables.add(name)
        self.columns[name, "id"] = "uuid"
        made = f"create table {ident(name)} (id uuid primary key default gen_random_uuid())"
        rules = f"; alter table {ident(name)} enable row level security" if self.closed else ""
        return Mend(made + rules, (f"table {name}",), USE)

    def column(self, column: Column, one: Table, source: Source) -> Mend:
        """A column that a source knows."""
        self.columns[one.name, column.name] = ddl.type_of(column, one, source.schema)
        return Mend(ddl.column(column, one, source.schema), (f"column {one.name}.{column.name}",), source.name)

    def bare_column(self, table: str, name: str) -> Mend:
        """A column of which only the name is known."""
        kind = self.columns[table, name] = ddl.by_name(name)
        sql = f"alter table {ident(table)} add column {ident(name)} {kind}"
        return Mend(sql, (f"column {table}.{name}",), USE)

    def compared(self, text: str, left: str, right: str) -> Mend | None:
        """A guessed column gets the type of what a statement compares it with."""
        words = set(re.findall(r"\w+", text))
        found = [pair for pair in self.columns if pair[1] in words and pair[0].rpartition(".")[2] in words]
        for table, name in sorted(found, key=lambda pair: pair[1] == "id"):
            kind = self.columns[table, name]
            if kind in (left, right):
                return self._retyped(table, name, right if kind == left else left)
        return None

    def summed(self, text: str) -> Mend | None:
        """A guessed column that a statement adds up is a number."""
        summed = set(_SUM.findall(text))
        found = next((pair for pair, kind in self.columns.items() if pair[1] in summed and kind == "text"), None)
        return self._retyped(*found, "numeric") if found else None

    def joined(self, text: str) -> Mend | None:
        """A guessed column that a foreign key joins with one of another type."""
        for own, columns, to, targets in asked.keys(text):
            for table, names in ((to, targets or ["id"]), (own, columns)):
                for name in names:
                    if kind := self.columns.get((table, name), ""):
                        return self._retyped(table, name, _NEXT_KEY_TYPE.get(kind, "uuid"))
        return None

    def unique(self, name: str, text: str) -> Mend | None:
        """A guessed table gets the key that a foreign key of a statement points at."""
        found = next((targets for _, _, to, targets in asked.keys(text) if to == name), None)
        return _unique(name, found or ["id"]) if found is not None and name in self.tables else None

    def conflicting(self, text: str) -> Mend | None:
        """A guessed table gets the key that a statement's ON CONFLICT names."""
        found = next(((n, columns) for n, columns in asked.conflicts(text) if n in self.tables and columns), None)
        return _unique(*found) if found else None

    def left_empty(self, table: str, name: str) -> Mend | None:
        """A guessed column that a statement leaves empty may be empty, or fills itself."""
        kind = self.columns.get((table, name))
        if kind is None:
            return None
        own = "set default gen_random_uuid()" if kind == "uuid" and name == "id" else "drop not null"
        return Mend(f"alter table {ident(table)} alter column {ident(name)} {own}", (), USE)

    def _retyped(self, table: str, name: str, kind: str) -> Mend:
        self.columns[table, name] = kind
        at = f"alter table {ident(table)} alter column {ident(name)}"
        default = f"; {at} set default gen_random_uuid()" if name == "id" and kind == "uuid" else ""
        sql = f"{at} drop default; {at} type {kind} using {ident(name)}::text::{kind}{default}"
        return Mend(sql, (f"column {table}.{name}",), USE)


def _unique(name: str, columns: list[str]) -> Mend:
    return Mend(f"alter table {ident(name)} add unique ({', '.join(map(ident, columns))})", (), USE)
