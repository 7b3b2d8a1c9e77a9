"""A column as SQLAlchemy and SQLModel write it: `Column(...)`, `Mapped[...] = mapped_column(...)`, `Field(...)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from apprescue.model.place import Code
from apprescue.model.schema import Column, ForeignKey
from apprescue.source.project import Module
from apprescue.source.python_models import (
    Kind,
    Kinds,
    dotted,
    original,
    place,
    says,
    text,
    texts,
    without_none,
    written,
)
from apprescue.source.tree import Array, Assign, Call, Index, Literal, Name, Node

_TYPES = {
    "integer": "integer", "int": "integer", "smallinteger": "smallint", "biginteger": "bigint", "string": "varchar",
    "unicode": "varchar", "autostring": "varchar", "str": "varchar", "emailstr": "varchar", "anyurl": "varchar",
    "httpurl": "varchar", "unicodetext": "text", "bool": "boolean", "float": "double precision",
    "double": "double precision", "double_precision": "double precision", "decimal": "numeric",
    "datetime": "timestamp", "awaredatetime": "timestamptz", "timedelta": "interval", "largebinary": "bytea",
    "pickletype": "bytea", "bytes": "bytea", "dict": "json", "mutabledict": "json", "guid": "uuid", "uuid4": "uuid",
}  # fmt: skip
_COLUMNS = ("Column", "mapped_column", "MappedColumn", "Field")
_NO_COLUMNS = ("relationship", "Relationship", "association_proxy", "synonym", "dynamic_loader", "composite", "backref")


@dataclass(frozen=True)
class Written:
    """What one line of a model says: the column, and what it asks of the table."""

    column: Column
    primary: bool = False
    index: bool = False
    unique: bool = False
    foreign: ForeignKey | None = None


@dataclass
class Reading:
    """What the lines are read with: the classes, which table a class has, and the enums met so far."""

    kinds: Kinds
    table_of: Callable[[str, Module], str]
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)


def column(name: str, value: Node | None, annotation: Node | None, module: Module, reading: Reading) -> Written | None:
    """The column that an attribute is; None where it is none. `annotation` is the type without `Mapped`."""
    call = value if isinstance(value, Call) else None
    called = original(call, module) if call else ""
    if called in _NO_COLUMNS:
        return None
    if call and called in ("deferred", "column_property", "query_expression"):
        return column(name, call.args[0] if call.args else None, annotation, module, reading)
    if call and isinstance(call.keywords.get("sa_column"), Call):
        return column(name, call.keywords["sa_column"], annotation, module, reading)
    if annotation is None and called not in _COLUMNS:
        return None
    kind, optional, extra = _annotated(annotation, module, reading)
    calls = [c for c in (extra, call if called in _COLUMNS else None) if c]
    here = place(value or annotation or calls[0], module)
    given = [a for c in calls if original(c, module) != "Field" for a in c.args]
    said = {key: v for c in calls for key, v in c.keywords.items()}
    primary = says(said.get("primary_key"), True)
    foreign = _foreign(name, given, said, here, module, reading)
    own = text(given[0]) if given and isinstance(given[0], Literal) else ""
    typed = _type_argument(given, said, module)
    asked = {original(a, module) for a in given}
    return Written(
        Column(
            own or text(said.get("name"), module) or name,
            sql_type(typed, module, reading) if typed is not None else python_type(kind, module, reading),
            here,
            nullable=not primary and _nullable(said.get("nullable"), optional, annotation),
            default=_default(said.get("server_default"), module),
            generated=bool(asked & {"Computed", "Identity"}),
        ),
        primary,
        says(said.get("index"), True),
        says(said.get("unique"), True),
        foreign,
    )


def _nullable(said: Node | None, optional: bool, annotation: Node | None) -> bool:
    if isinstance(said, Literal) and isinstance(said.value, bool):
        return said.value
    return optional or annotation is None


def _annotated(node: Node | None, module: Module, reading: Reading) -> tuple[Node | None, bool, Call | None]:
    """A type without Optional and Annotated, and the column that stands inside Annotated."""
    kind, optional = without_none(node)
    if isinstance(kind, Name):
        alias = module.names.get(kind.id) or _imported_alias(kind.id, module, reading)
        if isinstance(alias, Assign) and isinstance(alias.value, Index):
            kind = alias.value
    if isinstance(kind, Index) and original(kind, module) == "Annotated" and isinstance(kind.key, Array):
        inner, *rest = kind.key.items
        call = next((c for c in rest if isinstance(c, Call) and original(c, module) in _COLUMNS), None)
        kind, within = without_none(inner)
        return kind, optional or within, call
    return kind, optional, None


def _imported_alias(name: str, module: Module, reading: Reading) -> Node | None:
    source, imported = module.imports.get(name, ("", ""))
    other = reading.kinds.project.module(reading.kinds.project.target(module.path, source)) if source else None
    return other.names.get(imported) if other else None


def _type_argument(given: list[Node], said: dict[str, Node], module: Module) -> Node | None:
    for argument in (*given, said.get("type_"), said.get("sa_type")):
        name = original(argument, module)
        if name and name not in ("ForeignKey", "Sequence", "Identity", "Computed", "CheckConstraint", "FetchedValue"):
            return argument
    return None


def sql_type(node: Node, module: Module, reading: Reading) -> str:
    """The database's name for a type of SQLAlchemy."""
    name = original(node, module).lower()
    call = node if isinstance(node, Call) else None
    first = call.args[0] if call and call.args else None
    if name in ("enum", "sqlenum", "saenum", "sqlalchemyenum", "pgenum") and call:
        return _enum(call, module, reading)
    if name == "array" and first is not None:
        return sql_type(first, module, reading) + "[]"
    if name in ("datetime", "timestamp") and call and (says(call.keywords.get("timezone"), True) or says(first, True)):
        return "timestamptz"
    if name in ("mutabledict", "mutablelist") and first is not None:
        return sql_type(first, module, reading)
    if name in ("as_mutable", "with_variant") and call:
        inner = first if name == "as_mutable" else getattr(call.callee, "object", None)
        return sql_type(inner, module, reading) if inner is not None else ""
    return _TYPES.get(name, name)


def python_type(node: Node | None, module: Module, reading: Reading) -> str:
    """The database's name for a type of Python."""
    name = original(node, module)
    if name in ("list", "List", "set", "Set", "Sequence") and isinstance(node, Index):
        return python_type(node.key, module, reading) + "[]"
    if name == "Literal":
        return "varchar"
    kind = reading.kinds.named(dotted(node), module) if node is not None else None
    if kind and any("Enum" in dotted(base) for base in kind.node.bases):
        return _enum_of(kind, "", reading)
    return _TYPES.get(name.lower(), name.lower())


def _enum(call: Call, module: Module, reading: Reading) -> str:
    name = text(call.keywords.get("name"), module)
    kind = reading.kinds.named(dotted(call.args[0]), module) if call.args else None
    if kind:
        return _enum_of(kind, name, reading, by_value="values_callable" in call.keywords)
    values = tuple(v for argument in call.args for v in texts(argument, module))
    if name and values:
        reading.enums[name] = values
    return name or "enum"


def _enum_of(kind: Kind, name: str, reading: Reading, by_value: bool = False) -> str:
    """An enum's values in the database are the names of its members, unless it is told to take their values."""
    name = name or kind.node.name.lower()
    members = [n for n in kind.node.body if isinstance(n, Assign) and isinstance(n.target, Name)]
    reading.enums[name] = tuple(text(n.value) if by_value else dotted(n.target) for n in members)
    return name


def _foreign(
    name: str, given: list[Node], said: dict[str, Node], here: Code, module: Module, reading: Reading
) -> ForeignKey | None:
    call = next((a for a in given if isinstance(a, Call) and original(a, module) == "ForeignKey"), None)
    pointed = call.args[0] if call and call.args else said.get("foreign_key")
    if pointed is None:
        return None
    table, column_name = target(pointed, module, reading)
    deleted = text(call.keywords.get("ondelete") if call else said.get("ondelete"), module).lower()
    own = text(given[0]) if given and isinstance(given[0], Literal) else ""
    return ForeignKey((own or name,), table, (column_name,) if column_name else (), here, deleted) if table else None


def target(node: Node, module: Module, reading: Reading) -> tuple[str, str]:
    """The table (`schema.name`) and column behind "users.id" or User.id."""
    if not (words := text(node, module)):
        owner, _, column_name = dotted(node).rpartition(".")
        return reading.table_of(owner, module), column_name
    *above, column_name = [part for part in words.split(".") if part]
    return full_name(above), column_name


def full_name(parts: list[str]) -> str:
    """`schema.name` from the parts of a name; `public` where no schema is said."""
    return ".".join(["public", *parts][-2:]) if parts else ""


def _default(node: Node | None, module: Module) -> str:
    if isinstance(node, Literal):
        return f"'{node.value}'" if isinstance(node.value, str) else ""
    if isinstance(node, Call) and original(node, module) in ("text", "literal_column") and node.args:
        return text(node.args[0], module)
    if isinstance(node, Call):
        name = original(node, module)
        return name if name in ("true", "false", "null") else f"{name}()" if not node.args else written(node, module)
    return "" if node is None else written(node, module)
