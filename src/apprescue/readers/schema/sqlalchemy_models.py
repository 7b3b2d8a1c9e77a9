"""SQLAlchemy's declarative models (1.4 and 2.0), Flask-SQLAlchemy's, SQLModel's, and tables made with `Table(...)`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from apprescue.model.schema import Column, ForeignKey, Index, Schema, Table
from apprescue.source import tree as t
from apprescue.source.project import Module
from apprescue.source.python_models import Kind, Kinds, dotted, original, place, says, text, texts, top_level, written
from apprescue.source.sqlalchemy_columns import Reading, Written, column, full_name, target

_MENTION = re.compile(r"(?i)sqlalchemy|sqlmodel|\bdb\.(?:Model|Table|Column)\b|\bmapped_column\(")
_MODEL = re.compile(r"\b(?!models\.)\w+\.Model$")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def read(files: Mapping[str, str]) -> Schema:
    """The tables of all models, with their foreign keys and indexes. No model says what rows anybody may see."""
    if not any(path.endswith(".py") and _MENTION.search(files[path]) for path in files):
        return Schema()
    models = _Models(Kinds(files, _MENTION))
    return Schema(tables=tuple(_typed(models.tables())), enums=models.reading.enums)


class _Models:
    """The models of an app, and which table each of them has."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.reading = Reading(kinds, self.table_of)
        self.names = {kind: name for kind in kinds.all if (name := self._table_name(kind))}

    def table_of(self, name: str, module: Module) -> str:
        """The table of a model that a module knows by a name."""
        kind = self.kinds.named(name, module)
        return self.names.get(kind, "") if kind else ""

    def tables(self) -> list[Table]:
        """Every table; a model without a table of its own adds its columns to that of the model it inherits from."""
        made: dict[str, Table] = {}
        for module in self.kinds.modules:
            for table in self._plain_tables(module):
                made.setdefault(table.name, table)
        for kind, name in self.names.items():
            line = self.kinds.line(kind)
            above = [k for k in line[:-1] if k in self.names]
            line = [k for k in line if k is kind or not (k in above or any(k in self.kinds.line(a) for a in above))]
            table = made.get(name) or Table(name, (), kind.place, "sqlalchemy_models")
            made[name] = self._filled(table, line)
        for module in self.kinds.modules:
            for call in _calls(module.body):
                self._loose_index(call, module, made)
        return list(made.values())

    def _table_name(self, kind: Kind, heirs: int = 0) -> str:
        """`schema.name` of a model's table; empty for a mixin, an abstract base and any other class."""
        line = self.kinds.line(kind)
        bases = [dotted(base) for base in kind.node.bases]
        if says(kind.assigned("__abstract__"), True) or any(b.rpartition(".")[2] == "DeclarativeBase" for b in bases):
            return ""
        schema = next((s for k in reversed(line) if (s := self._schema(k))), "")
        if own := text(kind.assigned("__tablename__"), kind.module):
            return full_name([schema, own] if schema else [own])
        above = next((n for k in reversed(line[:-1]) if heirs < 9 and (n := self._table_name(k, heirs + 1))), "")
        if above:
            return above
        own = _implied_name(kind, line)
        return full_name([schema, own] if schema else [own]) if own else ""

    def _schema(self, kind: Kind) -> str:
        settings = [a for a in _table_args(kind) if isinstance(a, t.Object)]
        return next((s for a in settings if (s := text(a.get("schema"), kind.module))), "")

    def _filled(self, table: Table, line: Iterable[Kind]) -> Table:
        for kind in line:
            for name, value, annotation in _attributes(kind):
                if found := column(name, value, annotation, kind.module, self.reading):
                    table = _with(table, found)
        for kind in line:
            for argument in _table_args(kind):
                if isinstance(argument, t.Call):
                    table = self._constrained(table, argument, kind.module)
        return table

    def _plain_tables(self, module: Module) -> Iterator[Table]:
        """`Table("name", metadata, Column(...), ...)`, in the module or in a model's `__table__`."""
        for call in _calls(module.body):
            if original(call, module) != "Table" or len(call.args) < 2 or not (name := text(call.args[0], module)):
                continue
            schema = text(call.keywords.get("schema"), module)
            table = Table(full_name([schema, name] if schema else [name]), (), place(call, module), "sqlalchemy_models")
            for argument in call.args[1:]:
                if not isinstance(argument, t.Call):
                    continue
                found = column("", argument, None, module, self.reading)
                table = _with(table, found) if found else self._constrained(table, argument, module)
            yield table

    def _constrained(self, table: Table, call: t.Call, module: Module) -> Table:
        kind, here = original(call, module), place(call, module)
        name = text(call.keywords.get("name"), module)
        parts = tuple(part for a in call.args if (part := _part(a, module)))
        if kind == "Index":
            label = text(call.args[0], module) if call.args else ""
            index = Index(
                label or f"ix_{'_'.join(parts)}",
                parts[1:] if label else parts,
                here,
                says(call.keywords.get("unique"), True),
                text(call.keywords.get("postgresql_using"), module) or "btree",
                _part(call.keywords.get("postgresql_where"), module),
            )
            return replace(table, indexes=(*table.indexes, index))
        if kind == "UniqueConstraint":
            label = name or f"{_short(table)}_{'_'.join(parts)}_key"
            return replace(table, indexes=(*table.indexes, Index(label, parts, here, unique=True)))
        if kind == "PrimaryKeyConstraint":
            return replace(table, primary_key=parts)
        if kind == "CheckConstraint" and call.args:
            return replace(table, checks=(*table.checks, text(call.args[0], module) or written(call.args[0], module)))
        if kind == "ForeignKeyConstraint" and len(call.args) > 1 and isinstance(call.args[1], t.Array):
            pointed = [target(item, module, self.reading) for item in call.args[1].items]
            deleted = text(call.keywords.get("ondelete"), module).lower()
            if pointed and pointed[0][0]:
                key = ForeignKey(
                    texts(call.args[0], module), pointed[0][0], tuple(p[1] for p in pointed), here, deleted
                )
                return replace(table, foreign_keys=(*table.foreign_keys, key))
        return table

    def _loose_index(self, call: t.Call, module: Module, made: dict[str, Table]) -> None:
        """`Index("name", Model.column)` behind the model."""
        if original(call, module) != "Index" or len(call.args) < 2:
            return
        owner = dotted(call.args[1]).rpartition(".")[0]
        table = made.get(self.table_of(owner, module)) if owner else None
        if table and text(call.args[0], module) not in {index.name for index in table.indexes}:
            made[table.name] = self._constrained(table, call, module)


def _attributes(kind: Kind) -> Iterator[tuple[str, t.Node | None, t.Node | None]]:
    """Name, value and type (without `Mapped`) of what may be a column of a model."""
    for node in top_level(kind.node.body):
        if isinstance(node, t.Function) and any("declared_attr" in dotted(d) for d in node.decorators):
            yield node.name, next((n.value for n in node.body if isinstance(n, t.Return)), None), None
        if not isinstance(node, t.Assign) or not isinstance(node.target, t.Name) or node.target.id.startswith("__"):
            continue
        written_type = node.annotation
        mapped = isinstance(written_type, t.Index) and dotted(written_type).rpartition(".")[2] == "Mapped"
        if isinstance(written_type, t.Index) and mapped:
            yield node.target.id, node.value, written_type.key
        elif written_type is None or original(node.value, kind.module) in ("Column", "mapped_column"):
            yield node.target.id, node.value, None
        elif not dotted(written_type).endswith("ClassVar"):
            yield node.target.id, node.value, written_type


def _with(table: Table, found: Written) -> Table:
    made, name = found.column, found.column.name
    columns = (*(c for c in table.columns if c.name != name), made)
    indexes, key = table.indexes, table.primary_key
    if found.unique:
        indexes = (*indexes, Index(f"{_short(table)}_{name}_key", (name,), made.place, unique=True))
    elif found.index:
        indexes = (*indexes, Index(f"ix_{_short(table)}_{name}", (name,), made.place))
    if found.primary and name not in key:
        key = (*key, name)
    keys = (*table.foreign_keys, found.foreign) if found.foreign else table.foreign_keys
    return replace(table, columns=columns, indexes=indexes, primary_key=key, foreign_keys=keys)


def _typed(tables: list[Table]) -> Iterator[Table]:
    """A column that only points at another has that one's type."""
    known = {(table.name, c.name): c.type for table in tables for c in table.columns}
    for table in tables:
        pointed = {
            own: known.get((key.to_table, other), "")
            for key in table.foreign_keys
            for own, other in zip(key.columns, key.to_columns, strict=False)
        }

        def typed(one: Column, pointed: dict[str, str] = pointed) -> Column:
            return one if one.type else replace(one, type=pointed.get(one.name, ""))

        yield replace(table, columns=tuple(map(typed, table.columns)))


def _table_args(kind: Kind) -> list[t.Node]:
    value = kind.assigned("__table_args__")
    for node in kind.node.body:
        if isinstance(node, t.Function) and node.name == "__table_args__":
            value = next((n.value for n in node.body if isinstance(n, t.Return)), None)
    return value.items if isinstance(value, t.Array) else [value] if value is not None else []


def _calls(body: Iterable[t.Node]) -> Iterator[t.Call]:
    """The calls that stand alone or are assigned, in a module and its classes."""
    for node in top_level(body):
        if isinstance(node, t.Class):
            yield from _calls(node.body)
        value = node.value if isinstance(node, t.Assign) else node
        if isinstance(value, t.Call):
            yield value


def _part(node: t.Node | None, module: Module) -> str:
    """A column's name in an index or constraint, or the expression's text."""
    if isinstance(node, t.Call):
        if original(node, module) in ("desc", "asc", "nulls_last", "nulls_first") and isinstance(node.callee, t.Member):
            return _part(node.callee.object, module)
        return text(node.args[0], module) if original(node, module) == "text" and node.args else written(node, module)
    if isinstance(node, t.Name) and not text(node, module):
        return node.id
    if isinstance(node, t.Member):
        return node.name
    return text(node, module) or (written(node, module) if node is not None and not isinstance(node, t.Literal) else "")


def _implied_name(kind: Kind, line: list[Kind]) -> str:
    """The table's name where the model does not say it."""
    functions = (n for k in reversed(line[:-1]) for n in k.node.body if isinstance(n, t.Function))
    if computed := next((f for f in functions if f.name == "__tablename__"), None):
        return _computed(computed, kind.node.name)
    if any(isinstance(b, t.Assign) and dotted(b.target) == "table" and says(b.value, True) for b in kind.node.bases):
        return kind.node.name.lower()
    flask = any(_MODEL.search(dotted(base)) for k in line for base in k.node.bases)
    return _snake(kind.node.name) if flask else ""


def _computed(function: t.Node, name: str) -> str:
    """What a `__tablename__` function makes of a class's name: lower case, or words apart, with an ending."""
    returned = next((n.value for n in function.walk() if isinstance(n, t.Return)), None)
    ending = text(returned.right) if isinstance(returned, t.Binary) and returned.op == "+" else ""
    if isinstance(returned, t.Template):
        ending = text(returned.pieces[-1])
    lower = any(isinstance(n, t.Member) and n.name == "lower" for n in (returned.walk() if returned else ()))
    apart = any(isinstance(n, t.Call) and dotted(n).rpartition(".")[2] == "sub" for n in function.walk())
    return (name.lower() if lower and not apart else _snake(name)) + ending


def _snake(name: str) -> str:
    return _WORD.sub("_", name).lower()


def _short(table: Table) -> str:
    return table.name.rpartition(".")[2]
