"""Queries through SQLAlchemy, Flask-SQLAlchemy and SQLModel as the SQL that they compile to.

`joinedload` becomes an outer join, round a query inside where rows are cut off; `selectinload` a statement of its own
with the keys in an IN; `query.count()` counts a query inside; `paginate` asks for the page and for the whole number.
What is loaded only when it is touched is not seen here.

It is longer than other files because conditions, columns and tables of a library's queries hold each other: they are
written by one walk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from apprescue.model.app import App, Query
from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import ident_of
from apprescue.model.place import Code
from apprescue.model.trace import Step, Value
from apprescue.model.workload import Statement, Untold
from apprescue.source.chains import text
from apprescue.source.statements.asked import Asked, asked, ordinary, statement
from apprescue.source.statements.sqlalchemy_tables import Classes, Mapped
from apprescue.source.statements.told import UntoldError
from apprescue.source.statements.values import PAGE

_SIGNS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_WORDS = {"=": "eq", "<>": "neq", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_SUMS = ("+", "-", "*", "/", "%")
_AROUND = {"contains": ("%", "%"), "startswith": ("", "%"), "endswith": ("%", ""), "like": ("", ""), "ilike": ("", "")}
_AROUND |= {"icontains": ("%", "%"), "notlike": ("", ""), "notilike": ("", "")}
_BEGINS = frozenset(
    "query select insert update delete add add_all merge get get_or_404 setattr bulk_save_objects".split()
)
_ORDERS = {"desc": "DESC", "asc": "ASC", "nullslast": "NULLS LAST", "nulls_last": "NULLS LAST"}
_ORDERS |= {"nullsfirst": "NULLS FIRST", "nulls_first": "NULLS FIRST"}
_ONE = ("first", "first_or_404", "one_or_404")
_NAMES_THING = ("label", "as_scalar", "scalar_subquery", "self_group")


def translator(app: App, catalog: Catalog) -> Callable[[Query], Iterator[Statement | Untold]]:
    """What turns a query into its statements; the classes tell tables and relationships."""
    classes = Classes(app.files, catalog)

    def translate(query: Query) -> Iterator[Statement | Untold]:
        try:
            yield from list(_statements(query, classes, catalog))
        except UntoldError as error:
            yield Untold(query.place, "sqlalchemy", query.table, str(error))

    return translate


def _statements(query: Query, classes: Classes, catalog: Catalog) -> Iterator[Statement]:
    chain = query.step.chain
    start = next((n for n, x in enumerate(chain) if x.method in _BEGINS or ".query." in x.name), None)
    if start is None:
        raise UntoldError("where the query begins cannot be read")
    links = chain[start:]

    def begun() -> _Writing:
        return _Writing(classes, asked(catalog))

    def sent(writing: _Writing, sql: str) -> Statement:
        return statement(query, writing.values.settled(sql), writing.values, "sqlalchemy", writing.writes)

    writing = begun()
    yield sent(writing, writing.sql(links, query))
    for name, way in list(writing.after):
        more = begun()
        yield sent(more, more.batch(name, way, 1 if query.single else PAGE))
    if any(x.method == "paginate" for x in links):
        more = begun()
        yield sent(more, more.sql([x for x in links if x.method not in ("paginate", "order_by")] + [_COUNT], query))


Joined = tuple[Mapped, list[tuple[str, str]], bool]
_COUNT = Step("count", Code("", 0))


@dataclass
class _Writing:
    """Writes one statement. `here` are its tables by class; `after` what is to be loaded by statements of its own."""

    classes: Classes
    values: Asked
    here: list[Mapped] = field(default_factory=list)
    after: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    writes: bool = False

    def sql(self, links: Sequence[Step], query: Query) -> str:
        """The statement of a chain. Raises UntoldError."""
        first, methods = links[0], {x.method for x in links}
        table_name = first.name.partition(".query.")[0].rpartition(".")[2] if ".query." in first.name else ""
        if first.method in ("add", "add_all", "merge", "bulk_save_objects", "insert"):
            return self._insert(links, query)
        if first.method == "setattr":
            return self._set(first, query)
        if first.method == "delete" and not (first.args and self._class(first.args[0])):
            return self._delete_of(query)
        if first.method in ("update", "delete") or methods & {"update", "delete"}:
            return self._change(links, query, table_name)
        return self._select(links, query, table_name)

    # tables

    def _class(self, value: Value) -> str:
        """The class that a value is."""
        name = value.name.removesuffix("()").rpartition(".")[2]
        known = value.function is not None or self.classes.is_class(name)
        return name if known and value.op != "of" and self.classes.is_class(name) and value.step is None else ""

    def _known(self, name: str) -> Mapped:
        """The table of a class, as it stands in this statement."""
        found = next((one for one in self.here if one.name == name or one.alias == name), None)
        return found if found is not None else self.classes.table(name)

    def _begin(self, name: str) -> Mapped:
        table = self.classes.table(name)
        if all(one.alias != table.alias for one in self.here):
            self.here.append(table)
        return table

    # reading

    def _select(self, links: Sequence[Step], query: Query, table_name: str) -> str:
        asked_for = list(links[0].args) if not table_name and links[0].method in ("query", "select") else []
        if links[0].method in ("get", "get_or_404") and not table_name:
            asked_for = list(links[0].args[:1])
        for link in links:
            asked_for = list(link.args) if link.method == "with_entities" else asked_for
            asked_for += link.args if link.method == "add_columns" else ()
        classes = [c for v in asked_for if (c := self._class(v))]
        named = [table_name or query.table] if not asked_for else classes or [self._owner(v) for v in asked_for]
        sources = [x.args[0] for x in links if x.method == "select_from" and x.args]
        named = [c for v in sources if (c := self._class(v))] or [n for n in named if n][:1] or [query.table]
        root = self._begin(named[0])
        joins = "".join(self._join(link, root) for link in links if link.method in ("join", "outerjoin"))
        for name in classes:
            if all(one.name != name for one in self.here):
                joins += f", {self._begin(name).source}"
        where = self._where(links, root, table_name)
        columns = ", ".join(self._asked(v) for v in asked_for) or root.all
        if any(x.method == "distinct" for x in links):
            columns = f"DISTINCT {columns}"
        tail = self._groups(links) + self._orders(links)
        if any(x.method == "count" for x in links):
            inner = f"SELECT {columns} FROM {root.source}{joins}{where}{self._groups(links)}"
            return f"SELECT count(*) AS count_1 FROM ({inner}) AS anon_1"
        cut = self._cut(links)
        return self._loaded(links, root, f"SELECT {columns} FROM {root.source}{joins}{where}{tail}{cut}", bool(cut))

    def _asked(self, value: Value) -> str:
        name = self._class(value)
        return self._known(name).all if name else self.expression(value)

    def _owner(self, value: Value) -> str:
        """The class whose column an expression is about."""
        for part in (value, *(value.step.args if value.step is not None else ()), *value.operands):
            owner = self._column_of(part)
            if owner is not None:
                return owner[0].name
        made = value.step
        while made is not None:
            for part in made.args:
                if part is not value and (found := self._owner(part)):
                    return found
            made = made.receiver
        return next((found for part in value.operands if (found := self._owner(part))), "")

    def _join(self, link: Step, root: Mapped) -> str:
        word = " LEFT OUTER JOIN " if link.method == "outerjoin" or _true(link.keywords.get("isouter")) else " JOIN "
        if not link.args:
            raise UntoldError("what is joined is only known where the app runs")
        target = link.args[0]
        name, pairs, here = self._class(target), None, root
        if not name:
            owner, _, attribute = target.name.rpartition(".")
            here = self._known(owner.rpartition(".")[2])
            name = self.classes.related(here, attribute)
            if not name:
                raise UntoldError("what is joined is only known where the app runs")
            pairs = self.classes.way(here, self.classes.table(name), attribute)[0]
        there = self._begin(name)
        if len(link.args) > 1 and not self._column_of(link.args[1]):
            return f"{word}{there.source} ON {self.condition(link.args[1])}"
        if pairs is None:
            here = next((one for one in self.here if one is not there and _meets(self.classes, one, there)), root)
            pairs = self.classes.way(here, there)[0]
        on = " AND ".join(
            f"{ident_of(here.alias)}.{ident_of(a)} = {ident_of(there.alias)}.{ident_of(b)}" for a, b in pairs
        )
        return f"{word}{there.source} ON {on}"

    def _where(self, links: Sequence[Step], root: Mapped, table_name: str) -> str:
        found: list[str] = []
        for link in links:
            if link.method in ("filter", "where"):
                found += [self.condition(part) for part in link.args]
            elif link.method == "filter_by" or (link.method == "first_or_404" and link.keywords):
                last = next((one for one in reversed(self.here)), root)
                for key, value in link.keywords.items():
                    owner = root if root.attribute(key) is not None else last
                    found.append(self._equals(owner, owner.column(key), value))
            elif link.method in ("get", "get_or_404", "one_or_404") and link.args and link is links[0]:
                (first,) = root.relation.primary_key[:1] or ("id",)
                found.append(self._equals(root, root.column(first), link.args[-1]))
        found = [one for one in found if one]
        return f" WHERE {' AND '.join(found)}" if found else ""

    def _equals(self, owner: Mapped, column: Attribute, value: Value) -> str:
        if value.literal and value.constant is None:
            return f"{owner.sql(column)} IS NULL"
        return f"{owner.sql(column)} = {self.values.operand(value, owner.relation, column)}"

    def _groups(self, links: Sequence[Step]) -> str:
        by = [self.expression(v) for x in links if x.method == "group_by" for v in x.args]
        having = [self.condition(v) for x in links if x.method == "having" for v in x.args]
        return (f" GROUP BY {', '.join(by)}" if by else "") + (f" HAVING {' AND '.join(having)}" if having else "")

    def _orders(self, links: Sequence[Step]) -> str:
        found = [self.expression(v) for x in links if x.method == "order_by" for v in x.args if v.constant is None]
        return f" ORDER BY {', '.join(found)}" if found else ""

    def _cut(self, links: Sequence[Step]) -> str:
        given = {x.method: x for x in links}
        limit, skip = "", ""
        if any(m in given for m in _ONE):
            limit = "1"
        if "limit" in given and given["limit"].args:
            limit = limit or self.values.rows(given["limit"].args[0], PAGE)
        if "offset" in given and given["offset"].args:
            skip = self.values.rows(given["offset"].args[0], 0)
        if "[:]" in given and given["[:]"].args:
            limit = self.values.rows(given["[:]"].args[-1], PAGE)
        if "paginate" in given:
            size = given["paginate"].keywords.get("per_page")
            limit, skip = self.values.rows(size if size is not None else Value(), PAGE), "0"
        return (f" LIMIT {limit}" if limit else "") + (f" OFFSET {skip}" if skip else "")

    def _loaded(self, links: Sequence[Step], root: Mapped, sql: str, cut: bool) -> str:
        """A query with what its options load along."""
        joined: list[Joined] = []
        for made in (v.step for x in links if x.method == "options" for v in x.args if v.step is not None):
            for option in made.chain:
                if not option.args or option.method not in (
                    "joinedload",
                    "selectinload",
                    "subqueryload",
                    "contains_eager",
                ):
                    continue
                attribute = option.args[0].name.rpartition(".")[2]
                here = self._known(option.args[0].name.rpartition(".")[0].rpartition(".")[2])
                name = self.classes.related(here, attribute)
                if not name or option.method == "contains_eager":
                    continue
                pairs, many = self.classes.way(here, self.classes.table(name), attribute)
                if option.method == "joinedload" and here is root:
                    joined.append((self.classes.table(name, f"{attribute}_{len(joined) + 1}"), pairs, many))
                else:
                    self.after.append((name, pairs))
        return _with_joined(root, sql, joined, cut)

    def batch(self, name: str, pairs: list[tuple[str, str]], many: int) -> str:
        """What `selectinload` asks: the rows of a class that belong to the rows that came before."""
        table = self._begin(name)
        column = table.column(pairs[0][1])
        drawn = self.values.parameter(Value(), table.relation, column)
        keys = self.values.put(replace(drawn, many=many))
        return f"SELECT {table.all} FROM {table.source} WHERE {table.sql(column)} IN ({keys})"

    # writing

    def _insert(self, links: Sequence[Step], query: Query) -> str:
        self.writes = True
        first = links[0]
        given = first.args[0] if first.args else Value()
        given = given.items[0] if given.items else given
        name = self._class(given) if first.method == "insert" else given.name.removesuffix("()").rpartition(".")[2]
        table = self._begin(name if self.classes.named(name) else query.table)
        fields = dict(given.fields or {})
        for link in links[1:]:
            if link.method == "values":
                fields |= link.keywords or (link.args[0].fields if link.args else None) or {}
        row = {}
        for key, value in fields.items():
            column = table.attribute(key)
            if column is not None:
                row[column.name] = self.values.stored(value, table.relation, column, "insert")
        for column in table.relation.columns:
            if (
                column.required
                and column.name not in row
                and not (column.default or column.identity or column.generated)
            ):
                row[column.name] = self.values.stored(Value(), table.relation, column, "insert")
        key = ", ".join(map(ident_of, table.relation.primary_key))
        answer = f" RETURNING {key}" if key and first.method != "insert" else ""
        if not row:
            return f"INSERT INTO {table.source} DEFAULT VALUES{answer}"
        names = ", ".join(map(ident_of, row))
        return f"INSERT INTO {table.source} ({names}) VALUES ({', '.join(row.values())}){answer}"

    def _set(self, first: Step, query: Query) -> str:
        """One attribute of a row that was loaded."""
        self.writes = True
        table = self._begin(query.table)
        name, value = text(first.args[1]) if len(first.args) > 1 else "", first.args[-1]
        column = table.column(name) if name else ordinary(table.relation)
        stored = self.values.stored(value, table.relation, column, "update")
        return f"UPDATE {table.source} SET {ident_of(column.name)}={stored}{self._by_key(table)}"

    def _delete_of(self, query: Query) -> str:
        """A row that was loaded."""
        self.writes = True
        table = self._begin(query.table)
        return f"DELETE FROM {table.source}{self._by_key(table)}"

    def _by_key(self, table: Mapped) -> str:
        found = [self._equals(table, table.column(name), Value()) for name in table.relation.primary_key]
        if not found:
            raise UntoldError(f"`{table.alias}` has no key to find the row by")
        return f" WHERE {' AND '.join(found)}"

    def _change(self, links: Sequence[Step], query: Query, table_name: str) -> str:
        self.writes = True
        named = next((c for v in links[0].args if (c := self._class(v))), "") or table_name or query.table
        table = self._begin(named)
        where = self._where(links, table, table_name)
        if any(x.method == "delete" for x in links):
            return f"DELETE FROM {table.source}{where}"
        sets = []
        for link in links:
            fields = dict(link.keywords) if link.method == "values" else {}
            if link.method in ("values", "update") and link.args and link.args[0].fields is not None:
                fields |= link.args[0].fields
            for key, value in fields.items():
                if column := table.attribute(key.rpartition(".")[2]):
                    plain = value.op in _SUMS or self._column_of(value) is not None
                    written = (
                        self.expression(value) if plain else self.values.stored(value, table.relation, column, "update")
                    )
                    sets.append(f"{ident_of(column.name)}={written}")
        if not sets:
            column = ordinary(table.relation)
            sets.append(f"{ident_of(column.name)}={self.values.stored(Value(), table.relation, column, 'update')}")
        return f"UPDATE {table.source} SET {', '.join(sets)}{where}"

    # expressions

    def _column_of(self, value: Value) -> tuple[Mapped, Attribute] | None:
        """The column that a value is."""
        return self._named_column(value.name) if value.op == "of" or value.name.count(".") == 1 else None

    def _named_column(self, name: str) -> tuple[Mapped, Attribute] | None:
        owner, _, attribute = name.rpartition(".")
        bare = owner.rpartition(".")[2]
        if not self.classes.is_class(bare):
            return None
        table = self._known(bare)
        column = table.attribute(attribute)
        return (table, column) if column is not None else None

    def condition(self, value: Value) -> str:
        """A condition as SQL."""
        made = value.step if value.step is not None and value.op not in (*_SIGNS, "of", "&", "|", "~") else None
        if value.op in ("&", "|"):
            return "(" + f" {'AND' if value.op == '&' else 'OR'} ".join(self.condition(p) for p in value.operands) + ")"
        if value.op in ("~", "not", "!") and value.operands:
            return f"NOT {self.condition(value.operands[0])}"
        if value.op in _SIGNS and len(value.operands) == 2:
            return self._compared(value)
        if made is not None and made.method in ("and_", "or_"):
            parts = [found for part in made.args for one in (part.items or (part,)) if (found := self.condition(one))]
            return f"({' OR '.join(parts) if made.method == 'or_' else ' AND '.join(parts)})" if parts else ""
        if made is not None and made.method == "not_" and made.args:
            return f"NOT {self.condition(made.args[0])}"
        if made is not None and (found := self._called(made)):
            return found
        if value.items is not None:
            return " AND ".join(self.condition(part) for part in value.items)
        if isinstance(value.constant, bool):
            return str(value.constant).lower()
        if self._column_of(value) is not None:
            return self.expression(value)
        for choice, _ in value.choices:
            return self.condition(choice)
        raise UntoldError("the conditions are put together where the app runs")

    def _compared(self, value: Value) -> str:
        left, right = value.operands
        sign = _SIGNS[value.op]
        if self._about(left)[1] is None and self._about(right)[1] is not None:
            turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
            left, right, sign = right, left, turned.get(sign, sign)
        relation, column = self._about(left)
        here = self.expression(left)
        if right.literal and right.constant is None:
            return f"{here} IS {'NOT ' if sign == '<>' else ''}NULL"
        if isinstance(right.constant, bool) and right.literal:
            return (
                f"{here} = {str(right.constant).lower()}" if sign == "=" else f"{here} != {str(right.constant).lower()}"
            )
        return f"{here} {sign} {self._operand(right, relation, column, _WORDS[sign])}"

    def _operand(self, value: Value, relation: Relation | None, column: Attribute | None, operator: str) -> str:
        if self._column_of(value) is not None or (value.step is not None and ".func." in value.step.name):
            return self.expression(value)
        if column is None:
            return self.values.later(value)
        return self.values.operand(value, relation, column, operator)

    def _about(self, value: Value) -> tuple[Relation | None, Attribute | None]:
        """The column that an expression is about."""
        found = self._column_of(value)
        if found is not None:
            return found[0].relation, found[1]
        if value.step is not None and ".func." in value.step.name:
            for part in value.step.args:
                if inner := self._column_of(part):
                    return inner[0].relation, inner[1]
        return None, None

    def _called(self, made: Step) -> str:
        """`User.name.ilike(...)`, `User.id.in_(...)`, `func.lower(User.name).like(...)`."""
        owner = made.name[: -len(made.method) - 1]
        named = self._named_column(owner)
        if named is not None:
            here, relation, column = named[0].sql(named[1]), named[0].relation, named[1]
        elif made.receiver is not None and ".func." in f".{owner}":
            receiver = Value(step=made.receiver, name=made.receiver.name)
            here = self.expression(receiver)
            found = self._about(receiver)
            if found[0] is None or found[1] is None:
                return ""
            relation, column = found[0], found[1]
        else:
            return ""
        first = made.args[0] if made.args else Value(literal=True)
        method = made.method
        if method in _AROUND:
            word = ("NOT " if method.startswith("not") else "") + (
                "ILIKE" if "ilike" in method or method[0] == "i" else "LIKE"
            )
            return f"{here} {word} {self.values.pattern(first, *_AROUND[method], relation, column)}"
        if method in ("in_", "notin_", "not_in"):
            inside = self.values.several(first, relation, column) or "NULL"
            return f"{here} {'IN' if method == 'in_' else 'NOT IN'} ({inside})"
        if method in ("is_", "is_not", "isnot"):
            said = {None: "NULL", True: "true", False: "false"}.get(first.constant if first.literal else None, "NULL")  # type: ignore[arg-type]
            return f"{here} IS {'' if method == 'is_' else 'NOT '}{said}"
        if method == "between" and len(made.args) > 1:
            low, high = (
                self._operand(v, relation, column, o) for v, o in zip(made.args[:2], ("gte", "lte"), strict=True)
            )
            return f"{here} BETWEEN {low} AND {high}"
        return ""

    def expression(self, value: Value) -> str:
        """A column, a function of the database, an order, a sum."""
        found = self._column_of(value)
        if found is not None:
            return found[0].sql(found[1])
        if value.op in _SUMS and len(value.operands) == 2:
            return f"({self.expression(value.operands[0])} {value.op} {self.expression(value.operands[1])})"
        if value.op in _SIGNS:
            return self.condition(value)
        made = value.step
        if made is None or value.op == "of":
            if value.literal:
                constant = value.constant
                return self.values.constant(constant) if isinstance(constant, str) else str(constant).lower()
            raise UntoldError("a column is only known where the app runs")
        return self._function(made)

    def _function(self, made: Step) -> str:
        method, owner = made.method, made.name[: -len(made.method) - 1]
        if method in _ORDERS or method in _NAMES_THING or method == "distinct":
            inner = self._inner(made, owner)
            return (
                inner
                if method in _NAMES_THING
                else f"DISTINCT {inner}"
                if method == "distinct"
                else f"{inner} {_ORDERS[method]}"
            )
        if ".func." in f".{made.name}" and made.name.rpartition(".func.")[2] == method:
            inside = ", ".join(self._argument(a) for a in made.args) or ("*" if method == "count" else "")
            return f"{method}({inside})"
        if method == "text" and made.args and text(made.args[0]):
            return text(made.args[0])
        if method == "cast" and made.args:
            return self.expression(made.args[0])
        if found := self._called(made):
            return found
        raise UntoldError(f"what `{method}` stands for in the statement is not known")

    def _inner(self, made: Step, owner: str) -> str:
        """What an order or a name is put on."""
        if made.args and made.method in (*_ORDERS, "distinct"):
            return self.expression(made.args[0])
        if made.receiver is not None and made.receiver.name + "()" == owner:
            return self._function(made.receiver)
        named = self._named_column(owner)
        if named is None:
            raise UntoldError("a column is only known where the app runs")
        return named[0].sql(named[1])

    def _argument(self, value: Value) -> str:
        name = self._class(value)
        if name:
            return "*"
        if self._column_of(value) is None and value.step is None and not value.literal and value.op not in _SUMS:
            return self.values.later(value)
        return self.expression(value)


def _with_joined(root: Mapped, sql: str, joined: Sequence[Joined], cut: bool) -> str:
    """A query with tables that are loaded by an outer join."""
    if not joined:
        return sql
    if cut and any(many for _, _, many in joined):
        columns = "anon_1.*, " + ", ".join(there.all for there, _, _ in joined)
        joins = ""
        for there, pairs, _ in joined:
            on = " AND ".join(
                f"anon_1.{ident_of(f'{root.alias}_{a}')} = {ident_of(there.alias)}.{ident_of(b)}" for a, b in pairs
            )
            joins += f" LEFT OUTER JOIN {there.source} ON {on}"
        return f"SELECT {columns} FROM ({sql}) AS anon_1{joins}"
    joins = ""
    for there, pairs, _ in joined:
        on = " AND ".join(
            f"{ident_of(root.alias)}.{ident_of(a)} = {ident_of(there.alias)}.{ident_of(b)}" for a, b in pairs
        )
        joins += f" LEFT OUTER JOIN {there.source} ON {on}"
    columns, _, rest = sql.partition(" FROM ")
    source, where, tail = rest.partition(" WHERE ")
    if not where:
        source, where, tail = rest.partition(" ORDER BY ")
    if not where:
        source, where, tail = rest.partition(" LIMIT ")
    return f"{columns}, {', '.join(there.all for there, _, _ in joined)} FROM {source}{joins}{where}{tail}"


def _meets(classes: Classes, one: Mapped, other: Mapped) -> bool:
    try:
        classes.way(one, other)
    except UntoldError:
        return False
    return True


def _true(value: Value | None) -> bool:
    return value is not None and value.constant is True
