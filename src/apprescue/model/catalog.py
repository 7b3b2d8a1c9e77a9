"""A database's final state as the server itself tells it, after everything was replayed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column. `type` is as format_type writes it; `base` the type under domains and arrays; `default` its SQL or
    empty. `generated` columns and `identity` always ones take no value."""

    name: str
    type: str
    base: str
    required: bool = False
    default: str = ""
    generated: bool = False
    identity: str = ""
    is_array: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: `columns` point at `to_columns` of the relation `to` (`schema.name`)."""

    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]
    name: str = ""
    deferrable: bool = False
    on_delete: str = ""


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique index. `columns` are those it looks at, also inside an expression or its condition `where`."""

    name: str
    columns: tuple[str, ...]
    where: str
    definition: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A row policy. `command` is all, select, insert, update or delete; `using` and `check` are the server's text."""

    name: str
    command: str
    roles: tuple[str, ...]
    using: str
    check: str
    permissive: bool = True


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view, materialized view or foreign table (`kind` says it so), `name` written `schema.name`.

    `unique` holds the primary key first, then each unique key; `distinct` every unique index, those on expressions and
    the partial ones too. `checks` are pairs of name and definition, `triggers` name, definition and function.
    `grants` are the pairs of role and right (`select`, `insert`, ...) on the whole relation, `column_grants` those of
    role, column and right that hold on single columns only. `forced` is row level security for the owner too.
    `reads` are the relations that a view is made of, `partition_of` the table that this one is a part of. `definition`
    is a view's query, the key that a table is parted by, or which rows a part takes.
    """

    name: str
    kind: str
    columns: tuple[Attribute, ...]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    checks: tuple[tuple[str, str], ...] = ()
    rls: bool = False
    policies: tuple[Rule, ...] = ()
    triggers: tuple[tuple[str, str, str], ...] = ()
    grants: tuple[tuple[str, str], ...] = ()
    column_grants: tuple[tuple[str, str, str], ...] = ()
    definition: str = ""
    security_invoker: bool = False
    published: bool = False
    owner: str = ""
    comment: str = ""
    forced: bool = False
    distinct: tuple[Unique, ...] = ()
    reads: tuple[str, ...] = ()
    partition_of: str = ""

    def column(self, name: str) -> Attribute | None:
        """The column of that name."""
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, slots=True)
class Routine:
    """A function, `name` written `schema.name`; `executors` of anon, authenticated, service_role may call it.

    `signature` is its name with the types of its arguments. The last `defaults` of the arguments may be left out.
    `definition` is the whole statement that makes it again; `body` stands in it as it is. `granted` are the roles that
    its list of rights names ("public" for all of them), its owner apart.
    """

    name: str
    signature: str
    arguments: tuple[tuple[str, str], ...]
    returns: str
    language: str
    body: str
    definer: bool = False
    volatile: bool = True
    returns_set: bool = False
    executors: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    defaults: int = 0
    procedure: bool = False
    owner: str = ""
    definition: str = ""
    granted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bin:
    """A bucket of file storage. `size_limit` is the most bytes of a file, `mime_types` what it takes, empty for all."""

    name: str
    public: bool
    size_limit: int | None = None
    mime_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """Relations, functions, enums (with their values), domains (with base type and checks) and buckets.

    `relations` hold what the app's owner made, in whatever schema, and `storage.objects` and `storage.buckets`;
    `accounts` is `auth.users` where there is one: its triggers run at sign-up.
    """

    relations: tuple[Relation, ...] = ()
    routines: tuple[Routine, ...] = ()
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    domains: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    buckets: tuple[Bin, ...] = ()
    accounts: Relation | None = None

    def relation(self, name: str) -> Relation | None:
        """The relation of that name, with or without the schema `public`."""
        full = name if "." in name else f"public.{name}"
        return next((r for r in self.relations if r.name == full), None)
