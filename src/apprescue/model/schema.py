"""The app's database as its files describe it: the final state after every migration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from apprescue.model.place import Code


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `type` is lower case as written, `default` the SQL text or empty."""

    name: str
    type: str
    place: Code
    nullable: bool = True
    default: str = ""
    generated: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that point at another table's columns (`to_table` written `schema.name`)."""

    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]
    place: Code
    on_delete: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """An index. `columns` are names, or expressions as text; `where` is the partial index's condition."""

    name: str
    columns: tuple[str, ...]
    place: Code
    unique: bool = False
    method: str = "btree"
    where: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A row level security policy in its final form. `command` is all, select, insert, update or delete.

    `roles` is ("public",) where no TO clause stands. `using` and `check` are SQL text, empty where absent.
    """

    name: str
    table: str
    command: str
    roles: tuple[str, ...]
    using: str
    check: str
    place: Code
    permissive: bool = True


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger. `events` are insert, update, delete, truncate; `columns` those of `update of`."""

    name: str
    table: str
    timing: str
    events: tuple[str, ...]
    function: str
    place: Code
    columns: tuple[str, ...] = ()
    for_each_row: bool = True
    when: str = ""


@dataclass(frozen=True, slots=True)
class DbFunction:
    """A function of the database. `executors` are the roles that may call it ("public" unless revoked).

    `revoked` are the roles that lost the right by name: a hosting that grants it to roles one by one does not
    lose it when it is taken from "public" alone. `defaults` is the SQL of the last parameters, which a call may leave
    out; only the server tells it.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    returns: str
    language: str
    body: str
    place: Code
    security_definer: bool = False
    search_path: str | None = None
    executors: frozenset[str] = frozenset({"public"})
    revoked: frozenset[str] = frozenset()
    defaults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A view. `security_invoker` tells whether it respects the reader's own rights."""

    name: str
    definition: str
    place: Code
    security_invoker: bool = False
    materialized: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of file storage."""

    name: str
    public: bool
    place: Code
    size_limit: int | None = None
    mime_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table, `name` written `schema.name` (schema `public` where none is given).

    `origin` is the reader that saw it (sql_migrations, prisma, ...). `rls` is None where the store has no
    such notion. `grants` maps a role to what it may do, column-wise grants written `update(col)`.
    """

    name: str
    columns: tuple[Column, ...]
    place: Code
    origin: str
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    checks: tuple[str, ...] = ()
    rls: bool | None = None
    rls_place: Code | None = None
    grants: tuple[tuple[str, str], ...] = ()
    revokes: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """A statement that cannot run where it stands in the history. `kind` is "made twice" (the object exists
    already), "never made" (what it changes was not made before) or "broken" (it is no SQL)."""

    kind: str
    object: str
    place: Code
    earlier: Code | None = None


@dataclass(frozen=True, slots=True)
class RulesMatch:
    """A `match` of a rules file: `service` is firestore or storage, `path` the whole pattern with its parents.

    `allows` are pairs of the operations (read, get, list, write, create, update, delete) and the condition's text,
    with the file's own functions written out; a bare `allow` has the condition "true".
    """

    service: str
    path: str
    allows: tuple[tuple[tuple[str, ...], str, Code], ...]
    place: Code


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything that the app's files say of its database. `exposed` tells whether clients reach the tables
    themselves (Supabase, PostgREST), so that row rules are all that protects them."""

    tables: tuple[Table, ...] = ()
    policies: tuple[Policy, ...] = ()
    functions: tuple[DbFunction, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    views: tuple[View, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    rules: tuple[RulesMatch, ...] = ()
    exposed: bool = False

    def table(self, name: str) -> Table | None:
        """The table of that name, with or without its schema."""
        full = name if "." in name else f"public.{name}"
        return next((t for t in self.tables if t.name == full), None)

    def policies_of(self, table: str) -> tuple[Policy, ...]:
        """The policies that stand on a table (`schema.name`)."""
        return tuple(p for p in self.policies if p.table == table)

    def triggers_of(self, table: str) -> tuple[Trigger, ...]:
        """The triggers that stand on a table (`schema.name`)."""
        return tuple(t for t in self.triggers if t.table == table)

    def function(self, name: str) -> DbFunction | None:
        """The last function of that name, with or without its schema."""
        full = name if "." in name else f"public.{name}"
        return next((f for f in reversed(self.functions) if f.name == full), None)


def joined(schemas: Iterable[Schema]) -> Schema:
    """Several readers' schemas as one. Where two know a table, the first keeps its rules and the other adds the
    columns that it does not know."""
    tables: dict[str, Table] = {}
    parts = list(schemas)
    for table in (t for s in parts for t in s.tables):
        known = tables.get(table.name)
        if known is None:
            tables[table.name] = table
            continue
        more = tuple(c for c in table.columns if known.column(c.name) is None)
        tables[table.name] = replace(
            known,
            columns=known.columns + more,
            primary_key=known.primary_key or table.primary_key,
            foreign_keys=known.foreign_keys or table.foreign_keys,
            indexes=(
                *known.indexes,
                *(i for i in table.indexes if i.columns not in {k.columns for k in known.indexes}),
            ),
        )
    views = {v.name for s in parts for v in s.views}
    return Schema(
        tables=tuple(t for t in tables.values() if t.name not in views),
        policies=tuple(p for s in parts for p in s.policies),
        functions=tuple(f for s in parts for f in s.functions),
        triggers=tuple(t for s in parts for t in s.triggers),
        views=tuple(v for s in parts for v in s.views),
        buckets=tuple(b for s in parts for b in s.buckets),
        enums={name: values for s in reversed(parts) for name, values in s.enums.items()},
        faults=tuple(f for s in parts for f in s.faults),
        rules=tuple(r for s in parts for r in s.rules),
        exposed=any(s.exposed for s in parts),
    )
