"""Queries through Django's ORM as the SQL that it sends.

`select_related` joins, `prefetch_related` asks by a statement of its own with the keys in an IN, `get` looks for 21
rows to be sure of one, `get_or_create` looks and then writes; a row that was loaded is written back with all its
columns unless `update_fields` names some. What is loaded only when it is touched is not seen here.

It is longer than other files because conditions, columns and tables of a library's queries hold each other: they are
written by one walk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from apprescue.model.app import App, Query
from apprescue.model.catalog import Attribute, Catalog, Reference, Relation
from apprescue.model.database import ident, ident_of
from apprescue.model.trace import Step, Value
from apprescue.model.workload import Statement, Untold
from apprescue.source.chains import text
from apprescue.source.statements.asked import Asked, asked, ordinary, statement
from apprescue.source.statements.told import UntoldError
from apprescue.source.statements.values import PAGE

_SIGNS = {"exact": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_LIKES = {"contains": ("%", "%"), "startswith": ("", "%"), "endswith": ("%", "")}
_LOOKUPS = frozenset(
    "exact iexact contains icontains startswith istartswith endswith iendswith gt gte lt lte in isnull range date year "
    "month day".split()
)
_FIGURES = {"Count": "COUNT", "Sum": "SUM", "Avg": "AVG", "Min": "MIN", "Max": "MAX"}
_GETS = ("get", "aget", "get_object_or_404", "get_or_create", "update_or_create")
_FILTERS = (*_GETS, "filter", "get_list_or_404")
_CREATES = ("create", "acreate", "bulk_create", "get_or_create", "update_or_create")
_CLASS = re.compile(r"^class\s+(\w+)\s*\(", re.M)
_NAMED = re.compile(
    r"(\w+)\s*=\s*models\.(?:ForeignKey|OneToOneField|ManyToManyField)\((.*?)^\s*\)|"
    r"(\w+)\s*=\s*models\.(?:ForeignKey|OneToOneField|ManyToManyField)\(([^\n]*)\)",
    re.S | re.M,
)
_RELATED = re.compile(r"related_name\s*=\s*[\"'](\w+)[\"']")


def translator(app: App, catalog: Catalog) -> Callable[[Query], Iterator[Statement | Untold]]:
    """What turns a query into its statements; the models' places tell which class is which table."""
    models = _Models(app, catalog)

    def translate(query: Query) -> Iterator[Statement | Untold]:
        try:
            yield from list(_statements(query, models, catalog))
        except UntoldError as error:
            yield Untold(query.place, "django", query.table, str(error))

    return translate


class _Models:
    """The tables of the models, and the names by which they are seen from the other side."""

    def __init__(self, app: App, catalog: Catalog) -> None:
        self.catalog = catalog
        self._tables: dict[str, str] = {}
        self._back: dict[str, list[tuple[str, str]]] = {}
        for table in app.schema.tables:
            line = (app.files.get(table.place.path, "").split("\n") or [""])[table.place.line - 1 : table.place.line]
            if table.origin == "django_models" and line and (found := _CLASS.match(line[0])):
                self._tables.setdefault(found[1], table.name)
        for path, source in app.files.items():
            if path.endswith(".py") and "models." in source:
                for one, inside, other, short in _NAMED.findall(source):
                    if back := _RELATED.search(inside or short):
                        self._back.setdefault(back[1], []).append((one or other, path))

    def table(self, name: str) -> Relation:
        """The table of a model. UntoldError where there is none."""
        found = self.catalog.relation(self._tables.get(name, name))
        if found is None:
            ends = [r for r in self.catalog.relations if r.name.endswith(f"_{name.lower()}")]
            found = ends[0] if ends else None
        if found is None:
            raise UntoldError(f"the database that the app's files make has no table for `{name}`")
        return found

    def forward(self, relation: Relation, name: str) -> Reference | None:
        """The key behind a relation that a model has itself."""
        return next((k for k in relation.references if k.columns in ((f"{name}_id",), (name,))), None)

    def backward(self, relation: Relation, name: str) -> tuple[Relation, Reference] | None:
        """The table and key behind a relation that another model has to this one."""
        fields = {f"{one}_id" for one, _ in self._back.get(name, ())}
        bare = name.removesuffix("_set")
        for other in self.catalog.relations:
            for key in other.references:
                if key.to == relation.name and (
                    (fields and key.columns[0] in fields) or other.name.rpartition("_")[2] == bare
                ):
                    return other, key
        return None


def _statements(query: Query, models: _Models, catalog: Catalog) -> Iterator[Statement]:
    links = [x for x in query.step.chain if ".objects" in x.name or "_or_404" in x.name]
    if not links:
        raise UntoldError("where the query begins cannot be read")
    methods = [x.method for x in links]

    def begun() -> _Writing:
        return _Writing(models, asked(catalog), models.table(query.table))

    def sent(writing: _Writing, sql: str, writes: bool) -> Statement:
        return statement(query, writing.values.settled(sql), writing.values, "django", writes)

    last = links[-1]
    if {"create", "acreate", "bulk_create"} & set(methods) and "save" not in methods:
        writing = begun()
        yield sent(writing, writing.created(last), True)
        return
    if last.method in ("update", "delete", "save"):
        writing = begun()
        yield sent(writing, writing.changed(links), True)
        return
    writing = begun()
    yield sent(writing, writing.select(links), False)
    for other, key in list(writing.after):
        more = begun()
        yield sent(more, more.batch(other, key, 1 if query.single else PAGE), False)
    if last.method == "get_or_create":
        writing = begun()
        yield sent(writing, writing.created(last), True)
    elif last.method == "update_or_create":
        writing = begun()
        yield sent(writing, writing.changed(links), True)


@dataclass
class _Writing:
    """Writes one statement about a model's table."""

    models: _Models
    values: Asked
    root: Relation
    joins: dict[str, str] = field(default_factory=dict)
    after: list[tuple[str, str]] = field(default_factory=list)

    def select(self, links: Sequence[Step]) -> str:
        """A SELECT, a count, or whether there is any row."""
        given = {link.method: link for link in links}
        last = links[-1].method
        where = self._where(links)
        along = [self._related(text(a)) for a in (given["select_related"].args if "select_related" in given else ())]
        for name in (text(a) for a in (given["prefetch_related"].args if "prefetch_related" in given else ())):
            self._prefetched(name)
        order = self._orders(links)
        columns = self._columns(links, [one for part in along for one in part])
        begin = self._from() + where
        if last in ("count", "acount"):
            return f'SELECT COUNT(*) AS "__count" {begin}'
        if last in ("exists", "aexists"):
            return f'SELECT 1 AS "a" {begin} LIMIT 1'
        if last == "aggregate":
            return f"SELECT {', '.join(self._figures(links[-1]))} {self._from()}{where}"
        grouped = ""
        if "annotate" in given and "values" in given:
            grouped = f" GROUP BY {columns}" if columns else ""
            columns = ", ".join([*([columns] if columns else ()), *self._figures(given["annotate"])])
        distinct = "DISTINCT " if "distinct" in given else ""
        return f"SELECT {distinct}{columns} {self._from()}{where}{grouped}{order}{self._cut(links)}"

    def _from(self) -> str:
        return f"FROM {ident(self.root.name)}{''.join(self.joins.values())}"

    def _figures(self, link: Step) -> list[str]:
        return [self._figure(value) for value in (*link.args, *link.keywords.values())]

    def _columns(self, links: Sequence[Step], along: Sequence[Relation]) -> str:
        for link in reversed(links):
            names = [text(a) for a in link.args if text(a)]
            if link.method in ("values", "values_list", "only") and names:
                return ", ".join(self.column(name.split("__"))[2] for name in names)
        every = [f"{ident(r.name)}.{ident_of(c.name)}" for r in (self.root, *along) for c in r.columns]
        return ", ".join(every)

    def _cut(self, links: Sequence[Step]) -> str:
        last = links[-1].method
        cut = next((x for x in links if x.method == "[:]" and x.args), None)
        if last in ("first", "last", "afirst", "latest", "earliest"):
            return " LIMIT 1"
        if any(x.method in _GETS for x in links):
            return " LIMIT 21"
        return f" LIMIT {self.values.rows(cut.args[-1], PAGE)}" if cut is not None else ""

    def _orders(self, links: Sequence[Step]) -> str:
        found = []
        names = [text(a) for x in links if x.method in ("order_by", "latest", "earliest") for a in x.args]
        turned = any(x.method in ("reverse", "last", "latest") for x in links)
        for name in names:
            if name and name != "?" and (known := self._known(name.lstrip("-").split("__"))):
                down = name.startswith("-") != turned
                found.append(f"{known} {'DESC' if down else 'ASC'}")
        if not found and any(x.method in ("first", "last") for x in links):
            key = self.root.primary_key[:1] or ("id",)
            found.append(f"{ident(self.root.name)}.{ident_of(key[0])} {'DESC' if turned else 'ASC'}")
        return f" ORDER BY {', '.join(found)}" if found else ""

    def _known(self, parts: Sequence[str]) -> str:
        try:
            return self.column(parts)[2]
        except UntoldError:
            return ""

    def column(self, parts: Sequence[str]) -> tuple[Relation, Attribute, str]:
        """The column that a path of names leads to, joined on the way. UntoldError where there is none."""
        here = self.root
        for number, name in enumerate(parts):
            rest = parts[number + 1 :]
            if name == "pk":
                name = (here.primary_key or ("id",))[0]
            plain = here.column(name) or here.column(f"{name}_id")
            key = self.models.forward(here, name)
            if plain is not None and (not rest or key is None):
                return here, plain, f"{ident(here.name)}.{ident_of(plain.name)}"
            if key is not None and tuple(rest) in (("id",), ("pk",)):
                own = here.column(key.columns[0])
                if own is not None:
                    return here, own, f"{ident(here.name)}.{ident_of(own.name)}"
            here = self._step(here, name)
        key_name = (here.primary_key or ("id",))[0]
        found = here.column(key_name)
        if found is None:
            raise UntoldError(f"`{here.name.removeprefix('public.')}` has no column `{key_name}`")
        return here, found, f"{ident(here.name)}.{ident_of(key_name)}"

    def _step(self, here: Relation, name: str) -> Relation:
        """The table that a relation leads to, joined."""
        key = self.models.forward(here, name)
        back = self.models.backward(here, name) if key is None else None
        if key is not None:
            there = self.models.catalog.relation(key.to)
            own, other = key.columns[0], key.to_columns[0]
        elif back is not None:
            there, own, other = back[0], back[1].to_columns[0], back[1].columns[0]
        else:
            there, own, other = None, "", ""
        if there is None:
            bare = here.name.removeprefix("public.")
            raise UntoldError(f"`{bare}` has no column `{name}` in the database that the app's files make")
        optional = key is not None and (c := here.column(own)) is not None and not c.required
        word = "LEFT OUTER JOIN" if optional or back is not None else "INNER JOIN"
        if there.name != self.root.name:
            on = f"{ident(here.name)}.{ident_of(own)} = {ident(there.name)}.{ident_of(other)}"
            self.joins.setdefault(there.name, f" {word} {ident(there.name)} ON ({on})")
        return there

    def _related(self, path: str) -> list[Relation]:
        here, found = self.root, []
        for name in path.split("__") if path else ():
            here = self._step(here, name)
            found.append(here)
        return found

    def _prefetched(self, path: str) -> None:
        here = self.root
        for name in path.split("__") if path else ():
            key, back = self.models.forward(here, name), self.models.backward(here, name)
            if key is not None and (there := self.models.catalog.relation(key.to)):
                self.after.append((there.name, key.to_columns[0]))
                here = there
            elif back is not None:
                self.after.append((back[0].name, back[1].columns[0]))
                here = back[0]

    def batch(self, name: str, key: str, many: int) -> str:
        """What `prefetch_related` asks for the rows that came before."""
        there = self.models.catalog.relation(name)
        column = there.column(key) if there else None
        if there is None or column is None:
            raise UntoldError(f"`{name}` has no column `{key}`")
        self.root = there
        place = self.values.put(replace(self.values.parameter(Value(), there, column), many=many))
        return f"SELECT {self._columns((), ())} FROM {ident(name)} WHERE {ident(name)}.{ident_of(key)} IN ({place})"

    # conditions

    def _where(self, links: Sequence[Step]) -> str:
        found: list[str] = []
        for link in links:
            if link.method in (*_FILTERS, "exclude"):
                parts = [self._condition(k, v) for k, v in link.keywords.items() if k != "defaults"]
                parts += [self._q(v) for v in link.args[1 if link.method.endswith("404") else 0 :]]
                parts = [one for one in parts if one]
                found += [f"NOT ({' AND '.join(parts)})"] if link.method == "exclude" and parts else parts
        return f" WHERE {' AND '.join(found)}" if found else ""

    def _q(self, value: Value) -> str:
        """`Q(a=x) | Q(b=y)`."""
        if value.op in ("|", "&"):
            return "(" + f" {'OR' if value.op == '|' else 'AND'} ".join(self._q(p) for p in value.operands) + ")"
        if value.op == "~" and value.operands:
            return f"NOT {self._q(value.operands[0])}"
        if value.step is not None and value.step.keywords:
            parts = [self._condition(k, v) for k, v in value.step.keywords.items()]
            return f"({' AND '.join(parts)})" if len(parts) > 1 else parts[0]
        raise UntoldError("the conditions are put together where the app runs")

    def _condition(self, key: str, value: Value) -> str:
        parts = key.split("__")
        lookup = parts[-1] if len(parts) > 1 and parts[-1] in _LOOKUPS else "exact"
        relation, column, here = self.column(parts[:-1] if len(parts) > 1 and parts[-1] in _LOOKUPS else parts)
        if lookup == "isnull" or (lookup == "exact" and value.literal and value.constant is None):
            denied = lookup == "isnull" and value.constant is False
            return f"{here} IS {'NOT ' if denied else ''}NULL"
        if lookup in _SIGNS:
            operator = "eq" if lookup == "exact" else lookup
            return f"{here} {_SIGNS[lookup]} {self._operand(value, relation, column, operator)}"
        if lookup == "in":
            return f"{here} IN ({self.values.several(value, relation, column) or 'NULL'})"
        if lookup == "range":
            low, high = (value.items or (Value(), Value()))[:2]
            from_, to = (self._operand(v, relation, column, o) for v, o in ((low, "gte"), (high, "lte")))
            return f"{here} BETWEEN {from_} AND {to}"
        if lookup in ("year", "month", "day"):
            return f"EXTRACT({lookup.upper()} FROM {here}) = {self.values.later(value)}::numeric"
        if lookup == "date":
            return f"{here}::date = {self._operand(value, relation, column, 'eq')}::date"
        careless = lookup.startswith("i")
        if lookup == "iexact":
            return f"UPPER({here}::text) = UPPER({self.values.operand(value, relation, column)})"
        pattern = self.values.pattern(value, *_LIKES[lookup[1:] if careless else lookup], relation, column)
        return f"UPPER({here}::text) LIKE UPPER({pattern})" if careless else f"{here}::text LIKE {pattern}"

    def _operand(self, value: Value, relation: Relation, column: Attribute, operator: str) -> str:
        made = value.step
        if made is not None and made.method == "F" and made.args and text(made.args[0]):
            return self.column(text(made.args[0]).split("__"))[2]
        if column.base in ("uuid", "bigint", "integer") and value.comes_from("caller"):
            value = Value(frozenset({"caller.id"}))
        return self.values.operand(value, relation, column, operator)

    def _figure(self, value: Value) -> str:
        made = value.step
        name = made.method if made is not None else ""
        if made is None or name not in _FIGURES:
            raise UntoldError("what is computed is put together where the app runs")
        inner = (
            self.column(text(made.args[0]).split("__"))[2] if made.args and text(made.args[0]) not in ("", "*") else "*"
        )
        word = "DISTINCT " if made.keywords.get("distinct", Value()).constant is True else ""
        return f"{_FIGURES[name]}({word}{inner})"

    # writing

    def created(self, link: Step) -> str:
        """An INSERT of all columns that the code or a rule fills."""
        given = dict(link.keywords)
        defaults = given.pop("defaults", Value())
        given |= defaults.fields or {}
        row = self._row(given, "insert")
        for column in self.root.columns:
            if (
                column.required
                and column.name not in row
                and not (column.default or column.identity or column.generated)
            ):
                row[column.name] = self.values.stored(Value(), self.root, column, "insert")
        if not row:
            return f"INSERT INTO {ident(self.root.name)} DEFAULT VALUES"
        names = ", ".join(map(ident_of, row))
        key = ", ".join(f"{ident(self.root.name)}.{ident_of(k)}" for k in self.root.primary_key)
        answer = f" RETURNING {key}" if key else ""
        return f"INSERT INTO {ident(self.root.name)} ({names}) VALUES ({', '.join(row.values())}){answer}"

    def _row(self, given: Mapping[str, Value], writes: str) -> dict[str, str]:
        row = {}
        for name, value in given.items():
            column = self.root.column(name) or self.root.column(f"{name}_id")
            if column is not None:
                row[column.name] = self.values.stored(value, self.root, column, writes)
        return row

    def changed(self, links: Sequence[Step]) -> str:
        """An UPDATE or a DELETE: of the rows of a query, or of the one row that was loaded by its key."""
        last = links[-1]
        one = last.method in ("save", "update_or_create") or any(x.method in _GETS for x in links)
        key = (self.root.primary_key or ("id",))[0]
        column = self.root.column(key)
        own = f"{ident(self.root.name)}.{ident_of(key)}"
        if one and column is not None:
            where = f" WHERE {own} = {self.values.put(self.values.parameter(Value(), self.root, column))}"
        else:
            where = self._where(links)
            if self.joins:
                where = f" WHERE {own} IN (SELECT {own} {self._from()}{where})"
        if last.method == "delete":
            return f"DELETE FROM {ident(self.root.name)}{where}"
        given = dict(last.keywords)
        given |= given.pop("defaults", Value()).fields or {}
        named = given.pop("update_fields", Value()).items or ()
        sets = self._row(given | {text(n): Value() for n in named if text(n)}, "update")
        if not sets:
            some = ordinary(self.root)
            sets = {some.name: self.values.stored(Value(), self.root, some, "update")}
        changes = ", ".join(f"{ident_of(name)} = {value}" for name, value in sets.items())
        return f"UPDATE {ident(self.root.name)} SET {changes}{where}"
