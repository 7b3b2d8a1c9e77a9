"""The database while its history is replayed: what stands at this moment, by name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from apprescue.model.place import Code
from apprescue.model.schema import Bucket, DbFunction, Fault, ForeignKey, Index, Policy, Schema, Table, Trigger, View
from apprescue.source.sql import Statement, Tree

HOSTED = (
    "auth.",
    "storage.",
    "realtime.",
    "extensions.",
    "cron.",
    "vault.",
    "net.",
    "pg_catalog.",
    "information_schema.",
)
"""Schemas that the hosting makes: what stands there needs no migration."""

_TYPES = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "bpchar": "char",
}


@dataclass
class Catalog:
    """What stands after the statements replayed so far. Policies and triggers are keyed by table and name,
    functions by name and parameter types."""

    tables: dict[str, Table] = field(default_factory=dict)
    policies: dict[tuple[str, str], Policy] = field(default_factory=dict)
    functions: dict[tuple[str, tuple[str, ...]], DbFunction] = field(default_factory=dict)
    triggers: dict[tuple[str, str], Trigger] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    constraints: dict[tuple[str, str], Index | ForeignKey | str] = field(default_factory=dict)
    closed_functions: frozenset[str] = frozenset()
    """Roles that functions made from now on are closed to (ALTER DEFAULT PRIVILEGES)."""

    def table(self, name: str, place: Code) -> Table:
        """The table of that name; where no file made it, a bare one is put down and the fault noted."""
        if name not in self.tables:
            if not name.startswith(HOSTED) and name not in self.views:
                self.faults.append(Fault("never made", name, place))
            self.tables[name] = Table(name, (), place, "sql_migrations")
        return self.tables[name]

    def twice(self, what: str, place: Code, earlier: Code) -> None:
        """Note that something is made that stands already."""
        self.faults.append(Fault("made twice", what, place, earlier))

    def schema(self, exposed: bool) -> Schema:
        """What stands, as a value. Where clients do not reach the tables themselves, row rules have no meaning."""
        tables = [t for name, t in self.tables.items() if not name.startswith(HOSTED) and name not in self.views]
        return Schema(
            tables=tuple(tables) if exposed else tuple(replace(t, rls=t.rls or None) for t in tables),
            policies=tuple(self.policies.values()),
            functions=tuple(self.functions.values()),
            triggers=tuple(self.triggers.values()),
            views=tuple(self.views.values()),
            buckets=tuple(self.buckets.values()),
            enums=dict(self.enums),
            faults=tuple(self.faults),
            exposed=exposed,
        )


def place(path: str, statement: Statement, node: Tree | None = None) -> Code:
    """Where a statement stands, or the line of one of its nodes."""
    if node is None:
        return Code(path, statement.line, statement.end_line)
    line = statement.line_of(node)
    return Code(path, line, line)


def type_name(node: Tree | None) -> str:
    """A type as people write it, lower case."""
    parts = [n["String"]["sval"] for n in (node or {}).get("names", ()) if "String" in n]
    if not parts:
        return ""
    name = _TYPES.get(parts[-1], parts[-1]) if parts[0] == "pg_catalog" else ".".join(parts)
    return name.lower() + ("[]" if (node or {}).get("arrayBounds") else "")


def role_names(specs: list[Tree]) -> tuple[str, ...]:
    """The roles that a TO or FROM names; `public` for everyone."""
    kinds = {"ROLESPEC_PUBLIC": "public", "ROLESPEC_CURRENT_USER": "current_user"}
    inner = [spec.get("RoleSpec", {}) for spec in specs]
    return tuple(spec.get("rolename") or kinds.get(spec.get("roletype", ""), "public") for spec in inner)
