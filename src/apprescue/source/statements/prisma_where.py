"""Conditions and orders of Prisma's calls as its engine writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import ident, ident_of
from apprescue.model.trace import Value
from apprescue.source.statements.asked import Asked
from apprescue.source.statements.prisma_schema import Link, Model, Models
from apprescue.source.statements.told import UntoldError, picked

_SIGNS = {"equals": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_AROUND = {"contains": ("%", "%"), "startsWith": ("", "%"), "endsWith": ("%", "")}
_CHOOSES = ("&&", "||", "??", "?", "if", "and", "or")


def fields_of(value: Value | None) -> Mapping[str, Value] | None:
    """The parts of an object, also of one that is only there under a condition."""
    if value is None:
        return None
    if value.fields is not None:
        return value.fields
    parts = [choice for choice, _ in value.choices] + list(value.operands if value.op in _CHOOSES else ())
    return next((found for part in parts if (found := fields_of(part))), None)


def items_of(value: Value) -> tuple[Value, ...]:
    """The members of a list, or the value itself where it is none."""
    return value.items if value.items is not None and value.step is None else (value,)


@dataclass
class Scope:
    """A model that is read under a name; the joins that its conditions need gather in `joins`."""

    model: Model
    relation: Relation
    here: str
    joins: list[str] = field(default_factory=list)


@dataclass
class Where:
    """Writes the conditions of one call."""

    models: Models
    catalog: Catalog
    values: Asked
    _aliases: int = 0

    def relation_of(self, model: Model) -> Relation:
        """The table of a model. UntoldError where there is none."""
        found = self.catalog.relation(model.table)
        if found is None:
            raise UntoldError(f"the database that the app's files make has no `{model.table.partition('.')[2]}`")
        return found

    def scope(self, model: Model, alias: str = "") -> Scope:
        """A model under its own name or another."""
        relation = self.relation_of(model)
        return Scope(model, relation, ident_of(alias) if alias else ident(model.table))

    def column(self, scope: Scope, name: str) -> Attribute:
        """The column of a field. UntoldError where there is none."""
        known = scope.model.fields.get(name)
        found = scope.relation.column(known.column if known else name)
        if found is None:
            raise UntoldError(f"`{scope.model.name}` has no column `{name}` in the database that the app's files make")
        return found

    def named(self, scope: Scope, name: str) -> str:
        """The column of a field as SQL."""
        return f"{scope.here}.{ident_of(self.column(scope, name).name)}"

    def where(self, scope: Scope, value: Value | None) -> str:
        """All conditions; `1=1` for none, and for those that are only known where the app runs."""
        found = list(self._all(scope, value))
        return f"({' AND '.join(found)})" if len(found) > 1 else found[0] if found else "1=1"

    def _all(self, scope: Scope, value: Value | None) -> Iterator[str]:
        for key, part in (fields_of(value) or {}).items():
            if key.startswith("..."):
                yield from self._all(scope, part)
            elif key == "AND":
                yield from (self.where(scope, one) for one in items_of(part))
            elif key == "OR":
                if part.items:
                    yield f"({' OR '.join(self.where(scope, one) for one in items_of(part))})"
            elif key == "NOT":
                yield from (f"(NOT {self.where(scope, one)})" for one in items_of(part))
            elif link := self.models.link(scope.model, key):
                yield self._related(scope, link, part)
            elif key not in scope.model.fields and part.fields is not None:
                yield from self._all(scope, part)
            elif key in scope.model.fields or not key.startswith("["):
                yield from self._compare(scope, key, part)

    def _compare(self, scope: Scope, name: str, value: Value) -> Iterator[str]:
        column, here = self.column(scope, name), self.named(scope, name)
        parts: Mapping[str, Value] | None = value.fields
        if parts is None or not parts:
            found = fields_of(value)
            parts = found if found and set(found) & {*_SIGNS, *_AROUND, "in", "notIn", "not"} else {"equals": value}
        mode = parts.get("mode")
        careless = mode is not None and picked(mode) == "insensitive"
        for key, part in parts.items():
            yield from self._one(scope.relation, column, here, key, part, careless)

    def _one(
        self, relation: Relation, column: Attribute, here: str, key: str, part: Value, careless: bool
    ) -> Iterator[str]:
        values = self.values
        null = part.literal and part.constant is None
        if key == "not":
            if part.fields is not None:
                inner = [
                    text
                    for inner_key, one in part.fields.items()
                    for text in self._one(relation, column, here, inner_key, one, careless)
                ]
                yield f"(NOT {' AND '.join(inner)})" if inner else "1=1"
            else:
                yield f"{here} IS NOT NULL" if null else f"{here} <> {values.operand(part, relation, column, 'neq')}"
        elif key == "equals" and null:
            yield f"{here} IS NULL"
        elif key == "equals" and careless:
            yield f"{here}::text ILIKE {values.operand(part, relation, column)}"
        elif key in _SIGNS:
            operator = "eq" if key == "equals" else key
            yield f"{here} {_SIGNS[key]} {values.operand(part, relation, column, operator)}"
        elif key in ("in", "notIn"):
            yield f"{here} {'NOT ' if key == 'notIn' else ''}IN ({values.several(part, relation, column) or 'NULL'})"
        elif key in _AROUND:
            text = values.pattern(part, *_AROUND[key], relation, column)
            yield f"{here}::text {'ILIKE' if careless else 'LIKE'} {text}"
        elif key == "search":
            word = values.pattern(part, "", "", relation, column)
            yield f"to_tsvector({here}) @@ plainto_tsquery({word})"
        elif key == "has":
            yield f"{here} @> array[{values.operand(part, relation, None)}]::{column.type}"
        elif key in ("hasSome", "hasEvery"):
            yield f"{here} {'&&' if key == 'hasSome' else '@>'} {self._array(relation, column, part)}"
        elif key == "isEmpty":
            yield f"cardinality({here}) = 0"

    def _array(self, relation: Relation, column: Attribute, part: Value) -> str:
        if part.items is not None and part.step is None:
            items = ", ".join(self.values.operand(item, None, None) for item in part.items)
            return f"array[{items}]::{column.type}"
        return self.values.operand(Value(), relation, column)

    # relations

    def _related(self, scope: Scope, link: Link, value: Value) -> str:
        parts = fields_of(value) or {}
        if not link.many:
            return self._to_one(scope, link, value, parts)
        found = []
        for key, part in parts.items():
            if key in ("some", "every", "none"):
                found.append(self._to_many(scope, link, key, part))
        return " AND ".join(found) or "1=1"

    def _to_one(self, scope: Scope, link: Link, value: Value, parts: Mapping[str, Value]) -> str:
        null = value.literal and value.constant is None
        if null and len(link.own) == 1 and link.own[0] in scope.model.fields:
            return f"{self.named(scope, link.own[0])} IS NULL"
        denied = "isNot" in parts
        inner = parts.get("is") or parts.get("isNot") or value
        there = self.joined(scope, link, "j")
        key = self.named(there, link.other[0])
        if inner.literal and inner.constant is None:
            return f"({key} IS {'NOT ' if denied else ''}NULL)"
        where = self.where(there, inner)
        scope.joins += there.joins
        return f"(NOT ({where} AND ({key} IS NOT NULL)))" if denied else f"({where} AND ({key} IS NOT NULL))"

    def joined(self, scope: Scope, link: Link, sign: str) -> Scope:
        """The other side of a relation to one row, joined under a name of its own."""
        self._aliases += 1
        there = self.scope(link.model, f"{sign}{self._aliases}")
        on = " AND ".join(
            f"({self.named(there, b)}) = ({self.named(scope, a)})" for a, b in zip(link.own, link.other, strict=True)
        )
        scope.joins.append(f"LEFT JOIN {ident(link.model.table)} AS {there.here} ON {on}")
        return there

    def _to_many(self, scope: Scope, link: Link, key: str, value: Value) -> str:
        self._aliases += 1
        alias = f"t{self._aliases}"
        own = ", ".join(self.named(scope, name) for name in link.own)
        if link.through[0]:
            table, here, there_column = link.through
            there = self.scope(link.model, f"j{self._aliases}")
            through = ident_of(alias)
            begun = (
                f"{ident(table)} AS {through} INNER JOIN {ident(link.model.table)} AS {there.here}"
                f" ON ({self.named(there, link.other[0])}) = ({through}.{ident_of(there_column)})"
            )
            asked = [f"{through}.{ident_of(here)}"]
        else:
            there = self.scope(link.model, alias)
            begun = f"{ident(link.model.table)} AS {there.here}"
            asked = [self.named(there, name) for name in link.other]
        where = self.where(there, value)
        where = f"(NOT {where})" if key == "every" else where
        joins = "".join(f" {join}" for join in there.joins)
        found = " AND ".join((where, *(f"{name} IS NOT NULL" for name in asked)))
        sign = "IN" if key == "some" else "NOT IN"
        return f"({own}) {sign} (SELECT {', '.join(asked)} FROM {begun}{joins} WHERE ({found}))"

    # order

    def order(self, scope: Scope, value: Value | None) -> str:
        """What rows are ordered by, with ORDER BY; empty for nothing."""
        found = [text for part in (items_of(value) if value is not None else ()) for text in self._orders(scope, part)]
        return f" ORDER BY {', '.join(found)}" if found else ""

    def _orders(self, scope: Scope, value: Value) -> Iterator[str]:
        for key, part in (fields_of(value) or {}).items():
            link = self.models.link(scope.model, key)
            if link is not None and not link.many:
                yield from self._orders(self.joined(scope, link, "orderby_"), part)
            elif link is not None:
                counted = (fields_of(part) or {}).get("_count")
                if counted is not None and not link.through[0]:
                    joined = self.counted(scope, link, key, None, "orderby")
                    yield f"COALESCE({joined}, 0) {_direction(counted)}"
            elif key in scope.model.fields:
                nulls = (fields_of(part) or {}).get("nulls")
                said = f" NULLS {str(picked(nulls)).upper()}" if nulls is not None and picked(nulls) else ""
                yield f"{self.named(scope, key)} {_direction(part)}{said}"

    def counted(self, scope: Scope, link: Link, name: str, where: Value | None, sign: str) -> str:
        """How many rows a relation has, joined as the engine does it: all of them counted, then matched."""
        self._aliases += 1
        bare = link.model.table.partition(".")[2]
        alias = ident_of(f"{sign}_{self._aliases}_{bare}")
        said = ident_of(f"_aggr_count_{name}")
        if link.through[0]:
            table, here, _ = link.through
            keys: tuple[str, ...] = (here,)
            grouped = f"{ident(table)}.{ident_of(here)}"
            inside = f"SELECT {grouped}, COUNT(*) AS {said} FROM {ident(table)} WHERE 1=1 GROUP BY {grouped}"
        else:
            there = self.scope(link.model)
            asked = [self.named(there, one) for one in link.other]
            keys = tuple(self.column(there, one).name for one in link.other)
            conditions = self.where(there, where)
            joins = "".join(f" {join}" for join in there.joins)
            inside = (
                f"SELECT {', '.join(asked)}, COUNT(*) AS {said} FROM {ident(link.model.table)}{joins}"
                f" WHERE {conditions} GROUP BY {', '.join(asked)}"
            )
        on = " AND ".join(
            f"{self.named(scope, own)} = {alias}.{ident_of(key)}" for own, key in zip(link.own, keys, strict=True)
        )
        scope.joins.append(f"LEFT JOIN ({inside}) AS {alias} ON ({on})")
        return f"{alias}.{said}"


def _direction(value: Value) -> str:
    inner = (fields_of(value) or {}).get("sort", value)
    return "ASC" if str(picked(inner)).lower() == "asc" else "DESC"
