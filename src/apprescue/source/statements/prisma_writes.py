"""Changes through a Prisma client as its engine writes them; one of an ordinary column where only the running app knows
what is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apprescue.model.catalog import Attribute
from apprescue.model.database import ident, ident_of
from apprescue.model.trace import Value
from apprescue.source.statements.asked import ordinary
from apprescue.source.statements.prisma_where import Scope, Where, fields_of, items_of

_STEPS = {"increment": "+", "decrement": "-", "multiply": "*", "divide": "/"}


@dataclass
class Writes:
    """Changes of one model; `answer` are the fields that come back."""

    where: Where
    scope: Scope
    answer: list[str]

    def created(self, data: Value | None, answered: bool) -> str:
        """An INSERT of one row, or of the rows of a list as far as they stand in the code."""
        rows = items_of(data) if data is not None else (Value(),)
        sets = [self._row(row) for row in rows if rows] or [self._row(Value())]
        columns = list(dict.fromkeys(name for row in sets for name in row))
        texts = [f"({', '.join(row.get(name, 'DEFAULT') for name in columns)})" for row in sets]
        names = ", ".join(map(ident_of, columns))
        body = f"({names}) VALUES {', '.join(texts)}" if columns else "DEFAULT VALUES"
        return f"INSERT INTO {ident(self.scope.model.table)} {body}{self._returning(answered)}"

    def upserted(self, given: Mapping[str, Value]) -> str:
        """One statement where the engine needs only one: the key looked for is one that the new row has."""
        key = [name for name, _ in self._key(given.get("where"))]
        unique = any(set(key) == set(k) for k in (*self.scope.model.keys.values(), self.scope.model.identity))
        unique = unique or (len(key) == 1 and self.scope.model.fields[key[0]].unique)
        create = fields_of(given.get("create")) or {}
        if not key or not unique or not set(key) <= self._plain(create).keys():
            return ""
        changes = self._changes(given.get("update")) or [
            f"{ident_of(self._name(key[0]))} = EXCLUDED.{ident_of(self._name(key[0]))}"
        ]
        inserted = self.created(given.get("create"), False)
        columns = ", ".join(ident_of(self._name(name)) for name in key)
        return f"{inserted} ON CONFLICT ({columns}) DO UPDATE SET {', '.join(changes)}{self._returning(True)}"

    def changed(self, given: Mapping[str, Value], answered: bool) -> str:
        """An UPDATE; a look at the row where nothing of it is changed itself."""
        conditions = self._conditions(given.get("where"))
        changes = self._changes(given.get("data"))
        if not changes:
            names = ", ".join(self.where.named(self.scope, name) for name in self.answer)
            return f"SELECT {names} FROM {ident(self.scope.model.table)} WHERE {conditions} LIMIT 1 OFFSET 0"
        table = ident(self.scope.model.table)
        return f"UPDATE {table} SET {', '.join(changes)} WHERE {conditions}{self._returning(answered)}"

    def deleted(self, given: Mapping[str, Value], answered: bool) -> str:
        """A DELETE."""
        conditions = self._conditions(given.get("where"))
        return f"DELETE FROM {ident(self.scope.model.table)} WHERE {conditions}{self._returning(answered)}"

    def _conditions(self, where: Value | None) -> str:
        """Conditions of a change; those on relations choose the rows by their key."""
        found = self.where.where(self.scope, where)
        if not self.scope.joins:
            return found
        keys = ", ".join(self.where.named(self.scope, name) for name in self.scope.model.identity)
        joins = " ".join(self.scope.joins)
        return f"({keys}) IN (SELECT {keys} FROM {ident(self.scope.model.table)} {joins} WHERE {found})"

    def _key(self, where: Value | None) -> list[tuple[str, Value]]:
        found: list[tuple[str, Value]] = []
        for name, value in (fields_of(where) or {}).items():
            if name in self.scope.model.fields:
                found.append((name, value))
            elif value.fields:
                found += [(n, v) for n, v in value.fields.items() if n in self.scope.model.fields]
        return found

    def _plain(self, data: Mapping[str, Value]) -> dict[str, Value]:
        """The fields of a row: also the keys of rows that it is connected with."""
        found: dict[str, Value] = {}
        for name, value in data.items():
            link = self.where.models.link(self.scope.model, name)
            if name.startswith("..."):
                found |= self._plain(fields_of(value) or {})
            elif link is not None and not link.many and link.own[0] in self.scope.model.fields:
                connected = fields_of((fields_of(value) or {}).get("connect")) or {}
                keyed = self.scope.model.fields[link.own[0]].kind not in self.where.models.models
                if keyed and link.own != self.scope.model.identity:
                    found |= {a: connected.get(b, Value()) for a, b in zip(link.own, link.other, strict=True)}
            elif link is None and name in self.scope.model.fields:
                found[name] = value
        return found

    def _row(self, data: Value) -> dict[str, str]:
        """The columns of a new row with their values as SQL, those too that the client or a rule fills."""
        relation = self.scope.relation
        given = self._plain(fields_of(data) or {})
        found = {}
        for name, value in given.items():
            column = self.where.column(self.scope, name)
            found[column.name] = self._stored(column, value, "insert")
        for field in self.scope.model.fields.values():
            there = relation.column(field.column) if field.updated else None
            if there is not None and there.name not in found:
                found[there.name] = "CURRENT_TIMESTAMP"
        for column in relation.columns:
            if (
                column.required
                and column.name not in found
                and not (column.default or column.identity or column.generated)
            ):
                found[column.name] = self._stored(column, Value(), "insert")
        return found

    def _stored(self, column: Attribute, value: Value, writes: str) -> str:
        return self.where.values.stored(value, self.scope.relation, column, writes)

    def _changes(self, data: Value | None) -> list[str]:
        found = []
        for name, value in self._plain(fields_of(data) or {}).items():
            column = self.where.column(self.scope, name)
            here, parts = ident_of(column.name), value.fields or {}
            step = next((key for key in parts if key in _STEPS), "")
            if step:
                text = (
                    f"{self.where.named(self.scope, name)} {_STEPS[step]} {self._stored(column, parts[step], 'update')}"
                )
            elif "push" in parts:
                text = here
            else:
                text = self._stored(column, parts.get("set", value), "update")
            found.append(f"{here} = {text}")
        if found or data is None or not (fields_of(data) or {}):
            updated = [f for f in self.scope.model.fields.values() if f.updated]
            known = [f for f in updated if self.scope.relation.column(f.column) is not None]
            found += [
                f"{ident_of(f.column)} = CURRENT_TIMESTAMP"
                for f in known
                if f"{ident_of(f.column)} =" not in " ".join(found)
            ]
        if not found and fields_of(data) is None:
            column = ordinary(self.scope.relation)
            found.append(f"{ident_of(column.name)} = {self._stored(column, Value(), 'update')}")
        return found

    def _name(self, name: str) -> str:
        return self.where.column(self.scope, name).name

    def _returning(self, answered: bool) -> str:
        if not answered:
            return ""
        return f" RETURNING {', '.join(self.where.named(self.scope, name) for name in self.answer)}"
