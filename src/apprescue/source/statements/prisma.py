"""Calls of a Prisma client as the statements that its engine sends (versions 5 and 6, without `relationJoins`).

What is included is read by statements of its own, one for each relation, with the keys of all rows that came before in
an IN; a relation's `take` cuts in the database only where there is one such row. Conditions on relations are IN and NOT
IN, those on one related row a LEFT JOIN, and counts of relations count everything and then match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from apprescue.model.app import App, Query
from apprescue.model.catalog import Catalog
from apprescue.model.database import ident, ident_of
from apprescue.model.trace import Step, Value
from apprescue.model.workload import Statement, Untold
from apprescue.source.rows import PRISMA
from apprescue.source.statements.asked import Asked, asked, statement
from apprescue.source.statements.prisma_schema import Link, Model, Models, models
from apprescue.source.statements.prisma_where import Scope, Where, fields_of, items_of
from apprescue.source.statements.prisma_writes import Writes
from apprescue.source.statements.told import UntoldError, number, picked
from apprescue.source.statements.values import PAGE

_DEEPEST = 6
_MOST = 100
_UNIQUE = ("findUnique", "findUniqueOrThrow")
_FIRST = ("findFirst", "findFirstOrThrow")
_AGGREGATES = {"_count": "COUNT", "_sum": "SUM", "_avg": "AVG", "_min": "MIN", "_max": "MAX"}
_CREATES = ("create", "createMany", "createManyAndReturn")


def translator(app: App, catalog: Catalog) -> Callable[[Query], Iterator[Statement | Untold]]:
    """What turns a query into its statements; the schema files say what the client's names mean."""
    known = models(app.files)

    def translate(query: Query) -> Iterator[Statement | Untold]:
        try:
            yield from _Call(query, known, catalog).statements()
        except UntoldError as error:
            yield Untold(query.place, "prisma", query.table, str(error))

    return translate


@dataclass
class _Call:
    """One call of the client."""

    query: Query
    models: Models
    catalog: Catalog

    def statements(self) -> list[Statement]:
        """What is sent, in order. Raises UntoldError."""
        call = next((x for x in reversed(self.query.step.chain) if x.method in PRISMA), self.query.step)
        model = self.models.named(self.query.table)
        if model is None:
            raise UntoldError(f"no schema file has a model `{self.query.table}`")
        given = _given(call)
        if call.method in ("count", "aggregate", "groupBy"):
            return [self._aggregate(call.method, model, given)]
        if call.method in (*_UNIQUE, *_FIRST, "findMany"):
            return list(self._find(call.method, model, given))
        return [*self._write(call.method, model, given), *self._answered(call.method, model, given)]

    def _begun(self) -> tuple[Where, Asked]:
        values = asked(self.catalog)
        return Where(self.models, self.catalog, values), values

    def _sent(self, sql: str, values: Asked, writes: bool = False) -> Statement:
        return statement(self.query, sql, values, "prisma", writes)

    # reading

    def _find(self, method: str, model: Model, given: Mapping[str, Value]) -> Iterator[Statement]:
        single = method != "findMany"
        where, values = self._begun()
        scope = where.scope(model)
        conditions = where.where(scope, given.get("where"))
        if method in _UNIQUE:
            conditions = f"({conditions} AND 1=1)"
        if "cursor" in given:
            conditions = self._behind(where, scope, conditions, given)
        order = where.order(scope, given.get("orderBy"))
        take = given.get("take")
        cut = "1" if single else values.rows(take, PAGE) if take is not None and "distinct" not in given else ""
        skip = values.rows(given["skip"], 0) if "skip" in given else "0"
        yield self._sent(self._select(where, scope, given, conditions, order, cut, skip), values)
        many = 1 if single else min(number(take) or PAGE, _MOST) if take is not None else PAGE
        yield from self._included(model, given, many, 1)

    def _behind(self, where: Where, scope: Scope, conditions: str, given: Mapping[str, Value]) -> str:
        """Rows from a cursor on: those whose first order is at or behind that of the cursor's row."""
        order = items_of(given["orderBy"])[0] if "orderBy" in given else None
        name = next((key for key in fields_of(order) or {} if key in scope.model.fields), scope.model.identity[0])
        cursor = where.where(scope, given["cursor"])
        column = where.named(scope, name)
        direction = str(picked((fields_of(order) or {}).get(name, Value()))).lower()
        sign = "<=" if direction == "desc" else ">="
        return f"({conditions} AND {column} {sign} (SELECT {column} FROM {ident(scope.model.table)} WHERE {cursor}))"

    def _select(
        self, where: Where, scope: Scope, given: Mapping[str, Value], conditions: str, order: str, cut: str, skip: str
    ) -> str:
        columns = [where.named(scope, name) for name in self._columns(where, scope, given)]
        columns += self._counts(where, scope, given)
        joins = "".join(f" {join}" for join in scope.joins)
        limit = f" LIMIT {cut}" if cut else ""
        return f"SELECT {', '.join(columns)} FROM {_from(scope)}{joins} WHERE {conditions}{order}{limit} OFFSET {skip}"

    def _columns(self, where: Where, scope: Scope, given: Mapping[str, Value]) -> list[str]:
        """The fields that are read: all, or those selected and those that relations are matched by."""
        model = scope.model
        plain = [n for n, f in model.fields.items() if f.kind not in self.models.models]
        plain = [n for n in plain if scope.relation.column(model.fields[n].column) is not None]
        selected, omitted = fields_of(given.get("select")), fields_of(given.get("omit")) or {}
        if selected is None:
            return [n for n in plain if n not in omitted]
        wanted = {n for n, v in selected.items() if v.constant is not False}
        for name in wanted & model.fields.keys():
            if link := self.models.link(model, name):
                wanted |= set(link.own)
        if "_count" in wanted:
            wanted |= set(model.identity)
        return [n for n in plain if n in wanted] or list(model.identity) or plain[:1]

    def _counts(self, where: Where, scope: Scope, given: Mapping[str, Value]) -> Iterator[str]:
        """How many rows each relation has that is asked for under `_count`."""
        for kind in ("select", "include"):
            counted = (fields_of(given.get(kind)) or {}).get("_count")
            if counted is None or counted.constant is False:
                continue
            chosen = fields_of((fields_of(counted) or {}).get("select"))
            names = [n for n in chosen or scope.model.fields if not chosen or chosen[n].constant is not False]
            for name in names:
                link = self.models.link(scope.model, name)
                if link is not None and link.many:
                    inner = (fields_of(chosen[name]) or {}).get("where") if chosen else None
                    joined = where.counted(scope, link, name, inner, "aggr_selection")
                    yield f"COALESCE({joined}, 0) AS {ident_of(f'_aggr_count_{name}')}"

    def _included(self, model: Model, given: Mapping[str, Value], many: int, deep: int) -> Iterator[Statement]:
        """The statements that read what is included, `many` rows having come before."""
        for kind in ("include", "select"):
            for name, value in (fields_of(given.get(kind)) or {}).items():
                link = self.models.link(model, name)
                if link is not None and value.constant is not False and deep <= _DEEPEST:
                    yield from self._batch(link, dict(fields_of(value) or {}), many, deep)

    def _batch(self, link: Link, given: Mapping[str, Value], many: int, deep: int) -> Iterator[Statement]:
        if link.through[0]:
            yield self._between(link, many)
        where, values = self._begun()
        scope = where.scope(link.model)
        keys = []
        for name in link.other:
            drawn = values.parameter(Value(), scope.relation, where.column(scope, name))
            keys.append(f"{where.named(scope, name)} IN ({values.put(replace(drawn, many=many))})")
        own = where.where(scope, given.get("where"))
        conditions = f"({' AND '.join(([] if own == '1=1' else [own]) + ['1=1', *keys])})"
        order = where.order(scope, given.get("orderBy"))
        take, cuts = given.get("take"), link.many and many == 1 and "distinct" not in given
        cut = values.rows(take, PAGE) if take is not None and cuts else ""
        given = given if link.through[0] or "select" not in given else _with(given, link.other)
        yield self._sent(self._select(where, scope, given, conditions, order, cut, "0"), values)
        yield from self._included(link.model, given, min(many * (5 if link.many else 1), _MOST), deep + 1)

    def _between(self, link: Link, many: int) -> Statement:
        """The rows of the table between two models."""
        table, here, there = link.through
        relation = self.catalog.relation(table)
        column = relation.column(here) if relation else None
        if relation is None or column is None:
            raise UntoldError(f"the database that the app's files make has no `{table.partition('.')[2]}`")
        values = asked(self.catalog)
        key = values.put(replace(values.parameter(Value(), relation, column), many=many))
        names = f"{ident(table)}.{ident_of(here)}, {ident(table)}.{ident_of(there)}"
        return self._sent(
            f"SELECT {names} FROM {ident(table)} WHERE {ident(table)}.{ident_of(here)} IN ({key})", values
        )

    # counting

    def _aggregate(self, method: str, model: Model, given: Mapping[str, Value]) -> Statement:
        where, values = self._begun()
        scope = where.scope(model)
        conditions = where.where(scope, given.get("where"))
        if method == "groupBy":
            return self._sent(self._grouped(where, scope, conditions, given, values), values)
        asked_for = {k: v for k, v in given.items() if k in _AGGREGATES}
        names = {n for v in asked_for.values() for n in fields_of(v) or {} if n in model.fields} or {*model.identity}
        shown = [n for n in model.fields if n in names]
        inner = ", ".join(where.named(scope, name) for name in shown)
        order = where.order(scope, given.get("orderBy"))
        joins = "".join(f" {join}" for join in scope.joins)
        cut = f" LIMIT {values.rows(given['take'], PAGE)}" if "take" in given else ""
        skip = values.rows(given["skip"], 0) if "skip" in given else "0"
        here = replace(scope, here='"sub"')
        outer = ", ".join(self._figures(where, here, asked_for)) or 'COUNT(*) AS "_count$_all"'
        return self._sent(
            f"SELECT {outer} FROM (SELECT {inner} FROM {ident(model.table)}{joins}"
            f' WHERE {conditions}{order}{cut} OFFSET {skip}) AS "sub"',
            values,
        )

    @staticmethod
    def _figures(where: Where, scope: Scope, given: Mapping[str, Value]) -> Iterator[str]:
        for key, function in _AGGREGATES.items():
            if key not in given:
                continue
            parts = fields_of(given[key])
            for name in parts or ("_all",):
                known = name in scope.model.fields
                if known or name == "_all":
                    yield f"{function}({where.named(scope, name) if known else '*'})"

    def _grouped(self, where: Where, scope: Scope, conditions: str, given: Mapping[str, Value], values: Asked) -> str:
        by = [str(n) for one in items_of(given.get("by", Value())) if (n := picked(one)) in scope.model.fields]
        if not by:
            raise UntoldError("what is grouped by is only known where the app runs")
        keys = ", ".join(where.named(scope, name) for name in by)
        figures = list(self._figures(where, scope, given))
        orders = list(self._ordered_groups(where, scope, given))
        joins = "".join(f" {join}" for join in scope.joins)
        order = f" ORDER BY {', '.join(orders)}" if orders else ""
        cut = f" LIMIT {values.rows(given['take'], PAGE)}" if "take" in given else ""
        return (
            f"SELECT {', '.join([*figures, keys])} FROM {ident(scope.model.table)}{joins}"
            f" WHERE {conditions} GROUP BY {keys}{order}{cut} OFFSET 0"
        )

    @staticmethod
    def _ordered_groups(where: Where, scope: Scope, given: Mapping[str, Value]) -> Iterator[str]:
        for part in items_of(given["orderBy"]) if "orderBy" in given else ():
            for key, value in (fields_of(part) or {}).items():
                inner = fields_of(value) or {}
                for name in inner if key in _AGGREGATES else ():
                    way = "ASC" if str(picked(inner[name])).lower() == "asc" else "DESC"
                    known = name in scope.model.fields
                    yield f"{_AGGREGATES[key]}({where.named(scope, name) if known else '*'}) {way}"
                if key in scope.model.fields:
                    yield f"{where.named(scope, key)} {'ASC' if str(picked(value)).lower() == 'asc' else 'DESC'}"

    # writing

    def _write(self, method: str, model: Model, given: Mapping[str, Value]) -> Iterator[Statement]:
        def begin() -> tuple[Writes, Asked]:
            where, values = self._begun()
            return Writes(where, where.scope(model), list(self._columns(where, where.scope(model), given))), values

        writes, values = begin()
        if method in _CREATES:
            yield self._sent(writes.created(given.get("data"), method != "createMany"), values, True)
        elif method == "upsert":
            if native := writes.upserted(given):
                yield self._sent(native, values, True)
            else:
                yield from self._find("findUnique", model, {"where": given.get("where", Value())})
                writes, values = begin()
                changed = writes.changed({"data": given.get("update", Value()), **given}, True)
                yield self._sent(changed, values, True)
        elif method.startswith("update"):
            yield self._sent(writes.changed(given, method != "updateMany"), values, True)
        else:
            yield self._sent(writes.deleted(given, method != "deleteMany"), values, True)

    def _answered(self, method: str, model: Model, given: Mapping[str, Value]) -> Iterator[Statement]:
        """What is read along for the answer to a change."""
        if not method.endswith("Many"):
            yield from self._included(model, given, 1, 1)


def _given(call: Step) -> Mapping[str, Value]:
    """What a call is handed, also where it is put together before."""
    if not call.args:
        return {}
    found: dict[str, Value] = {}
    for key, value in (fields_of(call.args[0]) or {}).items():
        if key.startswith("..."):
            found |= dict(fields_of(value) or {})
        else:
            found[key] = value
    return found


def _with(given: Mapping[str, Value], names: tuple[str, ...]) -> Mapping[str, Value]:
    """A selection with the fields that rows are matched by."""
    chosen = dict(fields_of(given["select"]) or {})
    return {**given, "select": Value(fields=chosen | {n: Value(constant=True, literal=True) for n in names})}


def _from(scope: Scope) -> str:
    return ident(scope.model.table)
