"""Django's models as the tables that its migrations make of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from apprescue.model.place import Code
from apprescue.model.schema import Column, ForeignKey, Index, Schema, Table
from apprescue.source import tree as t
from apprescue.source.project import Module
from apprescue.source.python_models import Kind, Kinds, dotted, original, place, says, text, texts, top_level, written

_MENTION = re.compile(r"\bdjango\.(?:contrib\.gis\.)?db\b|\bdjango\.contrib\.auth\.(?:models|base_user)\b")
_USER_MODEL = re.compile(r"^AUTH_USER_MODEL\s*=\s*[\"'](\w+\.\w+)[\"']", re.M)
_ROOT = re.compile(
    r"(?:^|\.)models\.Model$|^Model$|^(?:Abstract(?:Base)?User|PermissionsMixin|MPTTModel|TimeStampedModel)$"
)
_TYPES = {
    "Auto": "integer", "BigAuto": "bigint", "SmallAuto": "smallint", "Integer": "integer", "BigInteger": "bigint",
    "SmallInteger": "smallint", "PositiveInteger": "integer", "PositiveBigInteger": "bigint",
    "PositiveSmallInteger": "smallint", "Char": "varchar", "Slug": "varchar", "URL": "varchar", "Email": "varchar",
    "File": "varchar", "Image": "varchar", "FilePath": "varchar", "Text": "text", "Boolean": "boolean",
    "NullBoolean": "boolean", "Float": "double precision", "Decimal": "numeric", "DateTime": "timestamptz",
    "Duration": "interval", "UUID": "uuid", "JSON": "jsonb", "Binary": "bytea", "GenericIPAddress": "inet",
}  # fmt: skip
_USER = {"password": "varchar", "last_login": "timestamptz"}
_FULL_USER = _USER | {
    "is_superuser": "boolean", "username": "varchar", "first_name": "varchar", "last_name": "varchar",
    "email": "varchar", "is_staff": "boolean", "is_active": "boolean", "date_joined": "timestamptz",
}  # fmt: skip
_GIVEN = {"AbstractUser": _FULL_USER, "AbstractBaseUser": _USER, "PermissionsMixin": {"is_superuser": "boolean"}}
_LINKS = ("ForeignKey", "OneToOneField", "ParentalKey", "TreeForeignKey")
_DELETES = {"PROTECT": "restrict", "DO_NOTHING": "no action"}


class _Goal(NamedTuple):
    """What a relation points at: a table, its key, the key's type, and the model's name in lower case."""

    table: str
    key: str
    type: str
    name: str


def read(files: Mapping[str, str]) -> Schema:
    """The tables of all models under the names that the database knows: `app_model` unless `db_table` says other."""
    if not any(path.endswith(".py") and _MENTION.search(files[path]) for path in files):
        return Schema()
    user = next((found[1] for p in files if p.endswith(".py") and (found := _USER_MODEL.search(files[p]))), "auth.User")
    return Schema(tables=tuple(_Models(Kinds(files, _MENTION), user).tables()))


class _Models:
    """The models of an app, and the label of the user's model."""

    def __init__(self, kinds: Kinds, user: str) -> None:
        self.kinds, self.user = kinds, user
        self.lines = {kind: kinds.line(kind) for kind in kinds.all}
        self.models = [kind for kind in kinds.all if self._is_model(kind)]

    def tables(self) -> list[Table]:
        """Every table, with those that join two models."""
        made: list[Table] = []
        for kind in self.models:
            table = self._table(kind)
            made += [table, *self._joining(kind, table.name)]
        return made

    def _is_model(self, kind: Kind) -> bool:
        if any(says(_meta(kind).get(option), True) for option in ("abstract", "proxy")):
            return False
        bases = [(base, k.module) for k in self.lines[kind] for base in k.node.bases]
        if any(_ROOT.search(dotted(base)) or _ROOT.search(original(base, module)) for base, module in bases):
            return True
        return bool(bases) and any(dotted(call).startswith("models.") for _, call in _fields(kind))

    def _name(self, kind: Kind) -> str:
        meta = _meta(kind)
        own = text(meta.get("db_table"), kind.module).replace('"', "")
        app = text(meta.get("app_label"), kind.module) or _app(kind.module.path)
        name = own or (f"{app}_{kind.node.name.lower()}" if app else kind.node.name.lower())
        return name if "." in name else f"public.{name}"

    def _table(self, kind: Kind) -> Table:
        table = Table(self._name(kind), (), kind.place, "django_models")
        for parent in self._parents(kind):
            table = self._of_parent(table, parent, kind)
        for base in self._own(kind):
            for given in (_GIVEN[name] for b in base.node.bases if (name := original(b, base.module)) in _GIVEN):
                for name, kind_of in given.items():
                    table = _with(table, Column(name, kind_of, kind.place, nullable=name == "last_login"))
                    if name == "username":
                        table = _indexed(table, (name,), kind.place, unique=True)
            for name, call in _fields(base):
                table = self._with_field(table, name, call, kind, base.module)
        if not table.primary_key:
            key = Column("id", "bigint", kind.place, nullable=False, generated=True)
            table = replace(table, columns=(key, *table.columns), primary_key=("id",))
        for base in self._own(kind):
            table = _with_meta(table, base)
        return table

    def _own(self, kind: Kind) -> list[Kind]:
        """The classes whose fields stand in a model's own table: abstract ones that no other model is between."""
        above = {k for base in self.lines[kind] if base is not kind and base in self.models for k in self.lines[base]}
        return [base for base in self.lines[kind] if base not in above]

    def _parents(self, kind: Kind) -> list[Kind]:
        named = [self.kinds.named(dotted(base), kind.module) for k in self._own(kind) for base in k.node.bases]
        return [parent for parent in named if parent in self.models and parent is not kind and parent]

    def _key(self, kind: Kind, depth: int = 0) -> tuple[str, str]:
        """The name and type of a model's key."""
        for base in reversed(self._own(kind)):
            for name, call in _fields(base):
                if says(call.keywords.get("primary_key"), True) and original(call, base.module) not in _LINKS:
                    return name, _type(original(call, base.module), call, base.module)
        parents = self._parents(kind)
        if parents and depth < 9:
            return f"{parents[0].node.name.lower()}_ptr_id", self._key(parents[0], depth + 1)[1]
        return "id", "bigint"

    def _of_parent(self, table: Table, parent: Kind, kind: Kind) -> Table:
        """A model of a model has its own table, whose key is the parent's row."""
        name, (key, key_type) = f"{parent.node.name.lower()}_ptr_id", self._key(parent)
        foreign = ForeignKey((name,), self._name(parent), (key,), kind.place, "cascade")
        table = _with(table, Column(name, key_type, kind.place, nullable=False))
        return replace(table, primary_key=(name,), foreign_keys=(*table.foreign_keys, foreign))

    def _with_field(self, table: Table, name: str, call: t.Call, kind: Kind, module: Module) -> Table:
        said, here, called = call.keywords, place(call, module), original(call, module)
        link = called in _LINKS
        column = text(said.get("db_column"), module) or (f"{name}_id" if link else name)
        primary = says(said.get("primary_key"), True)
        unique = says(said.get("unique"), True) or called == "OneToOneField"
        table = _with(
            table,
            Column(
                column,
                "bigint" if link else _type(called, call, module),
                here,
                nullable=says(said.get("null"), True) and not primary,
                default=_default(said.get("db_default"), module),
                generated=called.endswith("AutoField") or called == "GeneratedField",
            ),
        )
        if primary:
            table = replace(table, primary_key=(column,))
        elif unique or (says(said["db_index"], True) if "db_index" in said else link or called == "SlugField"):
            table = _indexed(table, (column,), here, unique=unique)
        pointed = (call.args[0] if call.args else said.get("to")) if link else None
        if pointed is not None and not says(said.get("db_constraint"), False):
            table = self._pointing(table, column, pointed, call, kind, module)
        return table

    def _pointing(self, table: Table, column: str, pointed: t.Node, call: t.Call, kind: Kind, module: Module) -> Table:
        action = original(call.keywords.get("on_delete") or (call.args[1] if len(call.args) > 1 else None), module)
        goal = self._goal(pointed, kind, module)
        foreign = ForeignKey(
            (column,),
            goal.table,
            (text(call.keywords.get("to_field"), module) or goal.key,),
            place(call, module),
            _DELETES.get(action, action.lower().replace("_", " ")),
        )
        columns = tuple(replace(c, type=goal.type) if c.name == column else c for c in table.columns)
        return replace(table, columns=columns, foreign_keys=(*table.foreign_keys, foreign))

    def _goal(self, node: t.Node, own: Kind, module: Module) -> _Goal:
        """What a relation points at: a model, its name, `"app.Name"`, `"self"`, or the setting for the user's."""
        said = text(node, module)
        if dotted(node).endswith(("AUTH_USER_MODEL", "get_user_model")) or said.endswith("AUTH_USER_MODEL"):
            said = self.user
        found = self._by_label(said, own.module) if said else self.kinds.named(dotted(node), module)
        if (kind := own if said == "self" else found) in self.lines and kind:
            return _Goal(self._name(kind), *self._key(kind), kind.node.name.lower())
        app, _, name = (said or original(node, module)).lower().rpartition(".")
        app = app or ("auth" if name in ("user", "group", "permission") else _app(own.module.path))
        return _Goal(f"public.{app}_{name}", "id", "bigint", name)

    def _by_label(self, label: str, module: Module) -> Kind | None:
        app, _, name = label.rpartition(".")
        app = app or _app(module.path)
        named = [kind for kind in self.models if kind.node.name == name]
        return next((kind for kind in named if _app(kind.module.path) == app), named[0] if len(named) == 1 else None)

    def _joining(self, kind: Kind, own: str) -> Iterator[Table]:
        """The tables behind many-to-many fields that name no model of their own for it."""
        for base in self._own(kind):
            for name, call in _fields(base, many=True):
                pointed = call.args[0] if call.args else call.keywords.get("to")
                if pointed is None or "through" in call.keywords:
                    continue
                here, goal = place(call, base.module), self._goal(pointed, kind, base.module)
                mine = _Goal(own, *self._key(kind), kind.node.name.lower())
                ends = {f"from_{mine.name}_id": mine, f"to_{mine.name}_id": mine}
                ends = ends if goal == mine else {f"{mine.name}_id": mine, f"{goal.name}_id": goal}
                key = Column("id", "bigint", here, nullable=False, generated=True)
                table = Table(
                    text(call.keywords.get("db_table"), base.module) or f"{own}_{name}",
                    (key, *(Column(column, end.type, here, nullable=False) for column, end in ends.items())),
                    here,
                    "django_models",
                    primary_key=("id",),
                    foreign_keys=tuple(
                        ForeignKey((c,), end.table, (end.key,), here, "cascade") for c, end in ends.items()
                    ),
                )
                for column in ends:
                    table = _indexed(table, (column,), here)
                yield _indexed(table, tuple(ends), here, unique=True)


def _fields(kind: Kind, many: bool = False) -> Iterator[tuple[str, t.Call]]:
    """The fields that a class assigns; only those to many others, or only those that are columns."""
    for node in top_level(kind.node.body):
        if isinstance(node, t.Assign) and isinstance(node.target, t.Name) and isinstance(node.value, t.Call):
            name = original(node.value, kind.module)
            if name.endswith(("ManyToManyField", "ManyToManyDescriptor", "TaggableManager")):
                if many and name == "ManyToManyField":
                    yield node.target.id, node.value
            elif not many and (name in _LINKS or name.endswith("Field")):
                yield node.target.id, node.value


def _meta(kind: Kind) -> dict[str, t.Node]:
    body = next((n.body for n in kind.node.body if isinstance(n, t.Class) and n.name == "Meta"), [])
    return {dotted(n.target): n.value for n in body if isinstance(n, t.Assign) and n.value is not None}


def _app(path: str) -> str:
    """The label of the app that a models file belongs to: the folder of `models.py` or of `models/`."""
    folders = [folder for folder in path.split("/")[:-1] if folder != "models"]
    return folders[-1].lower() if folders else ""


def _type(kind: str, call: t.Call, module: Module) -> str:
    if kind == "ArrayField":
        inner = call.args[0] if call.args else call.keywords.get("base_field")
        return (_type(original(inner, module), inner, module) if isinstance(inner, t.Call) else "text") + "[]"
    short = kind.removesuffix("Field")
    return _TYPES.get(short, short.lower())


def _default(node: t.Node | None, module: Module) -> str:
    if isinstance(node, t.Literal):
        return f"'{node.value}'" if isinstance(node.value, str) else str(node.value).lower()
    return "" if node is None else "now()" if original(node, module) == "Now" else written(node, module)


def _with(table: Table, column: Column) -> Table:
    return replace(table, columns=(*(c for c in table.columns if c.name != column.name), column))


def _indexed(
    table: Table, columns: tuple[str, ...], here: Code, unique: bool = False, name: str = "", where: str = ""
) -> Table:
    short = table.name.rpartition(".")[2]
    label = name or f"{short}_{'_'.join(columns)}_{'key' if unique else 'idx'}"
    return replace(table, indexes=(*table.indexes, Index(label, columns, here, unique, where=where)))


def _with_meta(table: Table, kind: Kind) -> Table:
    meta, module = _meta(kind), kind.module

    def column(field: str) -> str:
        name = field.removeprefix("-")
        return name if table.column(name) else f"{name}_id" if table.column(f"{name}_id") else name

    for option, unique in (("unique_together", True), ("index_together", False)):
        value = meta.get(option)
        groups = value.items if isinstance(value, t.Array) else []
        flat = any(isinstance(item, t.Literal) for item in groups)
        for group in [value] if flat and value else groups:
            if fields := texts(group, module):
                table = _indexed(table, tuple(map(column, fields)), place(group, module), unique)
    for option in ("indexes", "constraints"):
        value = meta.get(option)
        for call in value.items if isinstance(value, t.Array) else ():
            if isinstance(call, t.Call):
                table = _asked(table, call, tuple(map(column, texts(call.keywords.get("fields"), module))), module)
    return table


def _asked(table: Table, call: t.Call, columns: tuple[str, ...], module: Module) -> Table:
    """A table with one of the indexes and constraints of its Meta."""
    kind, said = original(call, module), call.keywords
    if kind == "CheckConstraint":
        test = said.get("condition") or said.get("check")
        return replace(table, checks=(*table.checks, written(test, module))) if test else table
    parts = columns or tuple(written(a, module) for a in call.args)
    if not parts:
        return table
    where = written(said["condition"], module) if "condition" in said else ""
    return _indexed(
        table, parts, place(call, module), kind == "UniqueConstraint", text(said.get("name"), module), where
    )
