"""Queries through Drizzle as the SQL that it writes: builders nearly word for word, `db.query` with lateral joins.

A change whose columns only the running app knows is written as one of an ordinary column.

It is longer than other files because conditions, columns and tables of a library's queries hold each other: they are
written by one walk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from apprescue.model.app import App, Query
from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import ident_of
from apprescue.model.trace import Step, Value
from apprescue.model.workload import Statement, Untold
from apprescue.source.statements.asked import Asked, asked, ordinary, statement
from apprescue.source.statements.drizzle_tables import Table, Tables
from apprescue.source.statements.told import UntoldError, flat
from apprescue.source.statements.values import PAGE

_BEGINS = (
    "select",
    "selectDistinct",
    "selectDistinctOn",
    "insert",
    "update",
    "delete",
    "findMany",
    "findFirst",
    "$count",
)
_SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_LIKES = {"like": "like", "ilike": "ilike", "notLike": "not like", "notIlike": "not ilike"}
_FIGURES = {"count": "count", "sum": "sum", "avg": "avg", "max": "max", "min": "min"}
_JOINS = {"innerJoin": "inner join", "leftJoin": "left join", "rightJoin": "right join", "fullJoin": "full join"}
_ARRAYS = {"arrayContains": "@>", "arrayContained": "<@", "arrayOverlaps": "&&"}
_BUILT = ("from", "where", "limit", "offset", "orderBy", "groupBy", "having", "as", "$dynamic", *_JOINS)
_DEEPEST = 5


def translator(app: App, catalog: Catalog) -> Callable[[Query], Iterator[Statement | Untold]]:
    """What turns a query into its statement; the schema files tell tables and relations."""
    tables = Tables(app.files, catalog)
    links = (link for q in app.queries if q.library == "drizzle" for link in q.step.chain)
    inside = {id(inner.step) for link in links for v in link.values for inner in _within(v) if _is_query(inner)}

    def translate(query: Query) -> Iterator[Statement | Untold]:
        if id(query.step) in inside:
            return
        try:
            values = asked(catalog)
            writing = _Writing(tables, values)
            sql = writing.sql(query)
            yield statement(query, values.settled(sql), values, "drizzle", writes=writing.writes)
        except UntoldError as error:
            yield Untold(query.place, "drizzle", query.table, str(error))

    return translate


@dataclass
class _Writing:
    """Writes one statement. `here` are its tables."""

    tables: Tables
    values: Asked
    here: list[Table] = field(default_factory=list)
    writes: bool = False

    def sql(self, query: Query) -> str:
        """The statement of a query. Raises UntoldError."""
        chain = query.step.chain
        start = next((n for n in range(len(chain) - 1, -1, -1) if chain[n].method in _BEGINS), None)
        if start is None:
            raise UntoldError("where the query begins cannot be read")
        return self.statement(chain[start:])

    def statement(self, links: Sequence[Step]) -> str:
        """The statement of a chain that begins with one of `_BEGINS`."""
        first = links[0]
        if first.method in ("findMany", "findFirst"):
            return self._relational(first)
        if first.method == "$count":
            table = self._table(first.args[0])
            where = f" where {self.condition(first.args[1])}" if len(first.args) > 1 else ""
            return f"select count(*) from {table.source}{where}"
        if first.method.startswith("select"):
            return self._select(links)
        self.writes = True
        return {"insert": self._insert, "update": self._update, "delete": self._delete}[first.method](links)

    def _table(self, value: Value) -> Table:
        found = self.tables.of(value)
        if found is None:
            raise UntoldError("what it reads from is put together where the app runs")
        self.here.append(found)
        return found

    # builders

    def _select(self, links: Sequence[Step]) -> str:
        source = next((x for x in links if x.method == "from"), None)
        if source is None or not source.args:
            raise UntoldError("no table is named")
        table = self._table(source.args[0])
        joins = ""
        for link in links:
            if link.method in _JOINS and link.args:
                other = self._table(link.args[0])
                on = self.condition(link.args[1]) if len(link.args) > 1 else "true"
                joins += f" {_JOINS[link.method]} {other.source} on {on}"
        distinct = "distinct " if links[0].method == "selectDistinct" else ""
        given = links[0].args
        if links[0].method == "selectDistinctOn" and given:
            distinct = f"distinct on ({', '.join(self.expression(v) for v in given[0].items or ())}) "
            given = given[1:]
        asked_for = list(self._fields(given[0])) if given else [one.sql(c) for one in self.here for c in one.all]
        return f"select {distinct}{', '.join(asked_for)} from {table.source}{joins}{self._tail(links)}"

    def _fields(self, value: Value) -> Iterator[str]:
        if value.fields is None or value.step is not None:
            table = self.tables.of(value)
            if table is not None:
                here = next((one for one in self.here if one.relation is table.relation), table)
                yield from (here.sql(c) for c in here.all)
            else:
                yield self.expression(value)
            return
        for key, part in value.fields.items():
            yield from self._fields(part) if not key.startswith("...") else self._spread(part)

    def _spread(self, value: Value) -> Iterator[str]:
        made = value.step
        inner = made.args[0] if made is not None and made.method == "getTableColumns" and made.args else value
        yield from self._fields(inner)

    def _tail(self, links: Sequence[Step]) -> str:
        """What stands behind the tables."""
        given = {link.method: link for link in links}
        text = ""
        wheres = [self.condition(x.args[0]) for x in links if x.method == "where" and x.args]
        wheres = [one for one in wheres if one]
        if wheres:
            text += f" where {' and '.join(wheres)}"
        if "groupBy" in given:
            text += f" group by {', '.join(self.expression(v) for v in _several(given['groupBy'].args))}"
        if "having" in given and given["having"].args:
            text += f" having {self.condition(given['having'].args[0])}"
        if "orderBy" in given and given["orderBy"].args:
            text += self._order(given["orderBy"].args)
        if "limit" in given and given["limit"].args:
            text += f" limit {self.values.rows(given['limit'].args[0], PAGE)}"
        if "offset" in given and given["offset"].args:
            text += f" offset {self.values.rows(given['offset'].args[0], 0)}"
        return text + (" for update" if "for" in given else "")

    def _order(self, values: Sequence[Value]) -> str:
        found = [self.expression(value) for value in _several(values)]
        return f" order by {', '.join(found)}" if found else ""

    def _insert(self, links: Sequence[Step]) -> str:
        table = self._table(links[0].args[0])
        given = {link.method: link for link in links}
        values = given.get("values")
        rows = _rows(values.args[0]) if values is not None and values.args else [Value()]
        sets = [self._row(table, row) for row in rows]
        columns = list(dict.fromkeys(name for row in sets for name in row))
        texts = [f"({', '.join(row.get(name, 'default') for name in columns)})" for row in sets]
        sql = f"insert into {table.source} ({', '.join(map(ident_of, columns))}) values {', '.join(texts)}"
        if "onConflictDoNothing" in given:
            sql += " on conflict do nothing"
        if conflict := given.get("onConflictDoUpdate"):
            options = (conflict.args[0].fields if conflict.args else None) or {}
            keys = [self._attribute(v)[1].name for v in _several((options.get("target", Value()),))]
            sets_ = self._changes(table, options.get("set", Value()))
            sql += f" on conflict ({', '.join(map(ident_of, keys))}) do update set {', '.join(sets_)}"
        return sql + self._returning(table, given)

    def _update(self, links: Sequence[Step]) -> str:
        table = self._table(links[0].args[0])
        given = {link.method: link for link in links}
        written = given["set"].args[0] if "set" in given and given["set"].args else Value()
        return f"update {table.source} set {', '.join(self._changes(table, written))}{self._ending(table, links)}"

    def _delete(self, links: Sequence[Step]) -> str:
        table = self._table(links[0].args[0])
        return f"delete from {table.source}{self._ending(table, links)}"

    def _ending(self, table: Table, links: Sequence[Step]) -> str:
        given = {link.method: link for link in links}
        where = given.get("where")
        condition = self.condition(where.args[0]) if where is not None and where.args else ""
        return (f" where {condition}" if condition else "") + self._returning(table, given)

    def _returning(self, table: Table, given: Mapping[str, Step]) -> str:
        if "returning" not in given:
            return ""
        chosen = given["returning"].args
        names = list(self._fields(chosen[0])) if chosen else [ident_of(c.name) for c in table.all]
        return f" returning {', '.join(names)}"

    def _row(self, table: Table, row: Value) -> dict[str, str]:
        found = {}
        for name, value in flat(row).items():
            if name:
                column = table.attribute(name)
                found[column.name] = self._written(table, column, value, "insert")
        for column in table.relation.columns:
            if (
                column.required
                and column.name not in found
                and not (column.default or column.identity or column.generated)
            ):
                found[column.name] = self.values.stored(Value(), table.relation, column, "insert")
        if not found:
            column = ordinary(table.relation)
            found[column.name] = self.values.stored(Value(), table.relation, column, "insert")
        return found

    def _changes(self, table: Table, written: Value) -> list[str]:
        found = {}
        for name, value in flat(written).items():
            if name:
                column = table.attribute(name)
                found[column.name] = self._written(table, column, value, "update")
        if not found:
            column = ordinary(table.relation)
            found[column.name] = self.values.stored(Value(), table.relation, column, "update")
        return [f"{ident_of(name)} = {text}" for name, text in found.items()]

    def _written(self, table: Table, column: Attribute, value: Value, writes: str) -> str:
        if _is_sql(value):
            return self.expression(value)
        return self.values.stored(value, table.relation, column, writes)

    # expressions

    def condition(self, value: Value) -> str:
        """A condition as SQL; empty for one that is left out."""
        made = value.step if value.step is not None and value.op != "of" else None
        method = made.method if made is not None else ""
        if made is None or not made.args:
            return self._condition_of(value)
        if method in ("and", "or"):
            parts = [found for part in _several(made.args) if (found := self.condition(part))]
            joined = f" {method} ".join(parts)
            return f"({joined})" if len(parts) > 1 else joined
        if method == "not":
            return f"not {self.condition(made.args[0])}"
        if method in ("isNull", "isNotNull"):
            return f"{self.expression(made.args[0])} is {'not ' if method == 'isNotNull' else ''}null"
        if method in ("exists", "notExists"):
            return f"{'not ' if method == 'notExists' else ''}exists {self.expression(made.args[0])}"
        if len(made.args) > 1 and (compared := self._compared(method, made.args)):
            return compared
        return self.expression(value) if _is_sql(value) else self._condition_of(value)

    def _condition_of(self, value: Value) -> str:
        """One of the conditions that may stand there."""
        if value.literal and value.constant is None:
            return ""
        parts = [choice for choice, _ in value.choices]
        parts += value.operands if value.op in ("&&", "||", "??", "?", "if") else ()
        for part in parts:
            try:
                if found := self.condition(part):
                    return found
            except UntoldError:
                continue
        if value.items is not None:
            return " and ".join(found for part in value.items if (found := self.condition(part)))
        if value.op == "of" and self.tables.of(value.operands[0]) is not None:
            return self.expression(value)
        raise UntoldError("the conditions are put together where the app runs")

    def _compared(self, method: str, args: Sequence[Value]) -> str:
        left = self.expression(args[0])
        relation, column = self._met(args[0])
        if method in _SIGNS:
            return f"{left} {_SIGNS[method]} {self._operand(args[1], relation, column, method)}"
        if method in _LIKES:
            return f"{left} {_LIKES[method]} {self.values.pattern(args[1], '', '', relation, column)}"
        if method in ("inArray", "notInArray"):
            word = "in" if method == "inArray" else "not in"
            if _is_query(args[1]):
                return f"{left} {word} {self.expression(args[1])}"
            return f"{left} {word} ({self.values.several(args[1], relation, column) or 'null'})"
        if method in ("between", "notBetween") and len(args) > 2:
            low, high = (self._operand(a, relation, column, o) for a, o in ((args[1], "gte"), (args[2], "lte")))
            return f"{left} {'not ' if method == 'notBetween' else ''}between {low} and {high}"
        if method in _ARRAYS:
            return f"{left} {_ARRAYS[method]} {self._operand(args[1], relation, column, 'eq')}"
        return ""

    def _operand(self, value: Value, relation: Relation | None, column: Attribute | None, operator: str) -> str:
        if self._is_column(value) or _is_sql(value) or _is_query(value):
            return self.expression(value)
        return self.values.operand(value, relation, column, operator)

    def _is_column(self, value: Value) -> bool:
        return value.op == "of" and bool(value.operands) and self.tables.of(value.operands[0]) is not None

    def _met(self, value: Value) -> tuple[Relation | None, Attribute | None]:
        """The column that an expression is about."""
        if self._is_column(value):
            table, column = self._attribute(value)
            return table.relation, column
        for part in value.step.args if value.step is not None else ():
            for one in (part, *part.operands):
                if self._is_column(one):
                    table, column = self._attribute(one)
                    return table.relation, column
        return None, None

    def _attribute(self, value: Value) -> tuple[Table, Attribute]:
        table = self.tables.of(value.operands[0]) if value.op == "of" and value.operands else None
        if table is None:
            raise UntoldError("a column is only known where the app runs")
        return table, table.attribute(value.name.rpartition(".")[2])

    def expression(self, value: Value) -> str:
        """A column, a figure, an order, a piece of SQL, or a query inside this one."""
        if self._is_column(value):
            table, column = self._attribute(value)
            return table.sql(column)
        made = value.step
        if made is None:
            if value.literal or value.constant is not None:
                return self.values.constant(str(value.constant))
            chosen = next((choice for choice, _ in value.choices), None)
            if chosen is not None:
                return self.expression(chosen)
            return self.values.later(value)
        method = made.method
        if method in ("as", "mapWith", "$dynamic") and made.receiver is not None and made.receiver.result is not None:
            return self._of_chain(made)
        if method in ("asc", "desc") and made.args:
            return f"{self.expression(made.args[0])} {method}"
        if method in _FIGURES or method in ("countDistinct", "sumDistinct"):
            inner = self.expression(made.args[0]) if made.args else "*"
            name = method.removesuffix("Distinct")
            return f"{name}({'distinct ' if method.endswith('Distinct') else ''}{inner})"
        if _is_sql(value) and made.args:
            return self._template(made.args[0])
        if _is_query(value):
            inside = _Writing(self.tables, self.values)
            start = next(n for n, x in enumerate(made.chain) if x.method in _BEGINS)
            return f"({inside.statement(made.chain[start:])})"
        if method in (*_SIGNS, *_LIKES, "and", "or", "isNull", "isNotNull", "inArray", "not"):
            return self.condition(value)
        return self.values.later(value)

    def _of_chain(self, made: Step) -> str:
        """What is called by another name or type: the thing itself."""
        begun = next(x for x in reversed(made.chain) if x.method not in ("as", "mapWith", "$dynamic"))
        return self.expression(Value(step=begun, name=begun.name))

    def _template(self, value: Value) -> str:
        if value.constant is not None:
            return str(value.constant)
        pieces = value.operands if value.op == "text" else (value,)
        return "".join(str(p.constant) if p.constant is not None else self._table_or(p) for p in pieces)

    def _table_or(self, value: Value) -> str:
        table = self.tables.of(value) if value.op != "of" else None
        return ident_of(table.alias) if table is not None else self.expression(value)

    # db.query

    def _relational(self, call: Step) -> str:
        variable = re.sub(r".*\.query\.", "", call.name).split(".")[0]
        given = (call.args[0].fields if call.args else None) or {}
        table = self.tables.variable(variable)
        self.here.append(table)
        cut = Value(constant=1, literal=True) if call.method == "findFirst" else given.get("limit")
        columns, joins = self._nested(variable, table, given, 1)
        tail = self._nested_tail(table, given, cut)
        return f"select {', '.join(columns) or '1'} from {table.source} {ident_of(table.alias)}{joins}{tail}"

    def _nested_tail(self, table: Table, given: Mapping[str, Value], cut: Value | None, on: str = "") -> str:
        where = given.get("where")
        conditions = [on] if on else []
        if where is not None:
            if where.function is not None:
                raise UntoldError("the conditions are written as a function")
            found = self._seen_as(table, self.condition(where))
            conditions += [found] if found else []
        text = f" where {' and '.join(conditions)}" if conditions else ""
        text += self._order_of(table, given)
        text += f" limit {self.values.rows(cut, PAGE)}" if cut is not None else ""
        return text + (f" offset {self.values.rows(given['offset'], 0)}" if "offset" in given else "")

    def _order_of(self, table: Table, given: Mapping[str, Value]) -> str:
        if "orderBy" not in given:
            return ""
        if given["orderBy"].function is not None:
            raise UntoldError("the order is written as a function")
        return self._seen_as(table, self._order((given["orderBy"],)))

    @staticmethod
    def _seen_as(table: Table, sql: str) -> str:
        """The same with the table's columns under the name that it has here."""
        return sql.replace(f'"{table.relation.name.rpartition(".")[2]}".', f"{ident_of(table.alias)}.")

    def _nested(self, variable: str, table: Table, given: Mapping[str, Value], deep: int) -> tuple[list[str], str]:
        """The columns of a table and its relations, and the lateral joins for these."""
        chosen = given["columns"].fields if "columns" in given else None
        wanted = table.all
        if chosen:
            named = {table.columns.get(n, n) for n, v in chosen.items() if v.constant is not False}
            denied = {table.columns.get(n, n) for n, v in chosen.items() if v.constant is False}
            wanted = [c for c in wanted if (c.name in named if named else c.name not in denied)]
        columns, joins = [table.sql(c) for c in wanted], ""
        for name, value in ((given["with"].fields or {}) if "with" in given else {}).items():
            if value.constant is False or deep > _DEEPEST:
                continue
            alias, join = self._lateral(variable, table, name, value.fields or {}, deep)
            columns.append(f'{ident_of(alias)}."data" as {ident_of(name)}')
            joins += join
        return columns, joins

    def _lateral(
        self, variable: str, table: Table, name: str, given: Mapping[str, Value], deep: int
    ) -> tuple[str, str]:
        link = self.tables.link(variable, name)
        alias = f"{table.alias}_{name}"
        there = self.tables.variable(link.to, alias)
        on = " and ".join(
            f"{there.sql(there.attribute(b))} = {table.sql(table.attribute(a))}"
            for a, b in zip(link.own, link.other, strict=True)
        )
        columns, joins = self._nested(link.to, there, given, deep + 1)
        built = f"json_build_array({', '.join(columns)})"
        tail = self._nested_tail(there, given, None if link.many else Value(constant=1, literal=True), on)
        if link.many and "limit" in given:
            tail += f" limit {self.values.rows(given['limit'], PAGE)}"
        inside = f"(select * from {there.source}{tail}) {ident_of(alias)}"
        order = self._order_of(there, given)
        data = f"coalesce(json_agg({built}{order}), '[]'::json)" if link.many else built
        lateral = f'(select {data} as "data" from {inside}{joins}) {ident_of(alias)}'
        return alias, f" left join lateral {lateral} on true"


def _several(values: Sequence[Value]) -> list[Value]:
    """Arguments with those of lists among them."""
    return [
        inner
        for value in values
        for inner in (value.items if value.items is not None and value.step is None else (value,))
    ]


def _within(value: Value, deep: int = 4) -> Iterator[Value]:
    """A value and what the calls were handed that made it."""
    yield value
    if value.step is not None and value.op != "of" and deep:
        yield from (inner for part in value.step.args for one in part.deep() for inner in _within(one, deep - 1))


def _rows(value: Value) -> list[Value]:
    return list(value.items) if value.items and value.step is None else [value]


def _is_sql(value: Value) -> bool:
    made = value.step
    return made is not None and value.op != "of" and made.chain[0].name.endswith(("sql", "sql()", "sql.raw"))


def _is_query(value: Value) -> bool:
    made = value.step
    if made is None or value.op == "of" or made.awaited or made.method not in _BUILT:
        return False
    return any(x.method in ("select", "selectDistinct") for x in made.chain)
