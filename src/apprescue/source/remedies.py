"""What a history needs and never makes: told by the generated types, the schema file, a later script, or its use.

A statement that is refused for something missing gets a remedy, if anything tells what is missing. Where the types of
the live database are known, what they do not know is not made up: there the statement was refused in reality, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from apprescue.model.database import ident, literal
from apprescue.model.place import Code
from apprescue.model.rebuilt import Mend, Script, Step, Wait
from apprescue.model.schema import Column, DbFunction, Schema, Table
from apprescue.source import ddl
from apprescue.source.script import Making, Story
from apprescue.source.sql import Statement, Tree, dotted, nodes, parse, relation
from apprescue.source.sql_catalog import HOSTED
from apprescue.source.supabase_types import ORIGIN

USE = "its use"
_RELATION = re.compile(r'relation "([^"]+)" does not exist')
_COLUMN_OF = re.compile(r'column "([^"]+)" of relation "([^"]+)"')
_COLUMN_IN = re.compile(r'column "?([^". ]+)"?\.("?)([^" ]+)\2 does not exist')
_COLUMN = re.compile(r'column "([^"]+)" (?:does not exist|named in key does not exist|referenced in)')
_TYPE = re.compile(r'type "([^"]+)" does not exist')
_FUNCTION = re.compile(r"function ([\w.\"]+)\((.*)\) does not exist")
_SCHEMA = re.compile(r'schema "([^"]+)" does not exist')
_OPERATOR = re.compile(r"operator does not exist: ([\w ]+?) (?:=|<>|<|>|<=|>=|!=) ([\w ]+)")
_NO_KEY = re.compile(r'no unique constraint matching given keys for referenced table "([^"]+)"')
_EMPTY = re.compile(r'null value in column "([^"]+)" of relation "([^"]+)"')
_STANDS = re.compile(
    r'(?:column|relation|type|constraint|function) "([^"]+)"(?: of relation "([^"]+)")?.* already exists'
)
_VALUE = re.compile(r'invalid input value for enum ([\w.]+): "([^"]*)"')
_LABEL = re.compile(r'"([^"]*)" is not an existing enum label')
_HOSTED_ONLY = re.compile(
    r"\s*(?:alter\s+extension\b.*\bupdate\b|create\s+extension\b|alter\s+database\s+\"?postgres\"?\s+set\b)",
    re.I | re.S,
)
_TAKES_AWAY = re.compile(r"\s*(?:drop|alter\s+index|reindex|comment\s+on\s+(?:index|constraint))\b", re.I)
_EXTENSIONS = {
    "uuid_generate_v4": "uuid-ossp", "uuid_generate_v1": "uuid-ossp", "crypt": "pgcrypto", "gen_salt": "pgcrypto",
    "gen_random_bytes": "pgcrypto", "digest": "pgcrypto", "hmac": "pgcrypto", "pgp_sym_encrypt": "pgcrypto",
    "pgp_sym_decrypt": "pgcrypto", "moddatetime": "moddatetime", "unaccent": "unaccent", "similarity": "pg_trgm",
    "citext": "citext", "vector": "vector", "hstore": "hstore", "ltree": "ltree",
}  # fmt: skip
_NOWHERE = Code("", 0)


@dataclass(frozen=True)
class Source:
    """A schema and the file, or the kind of files, that tells it."""

    name: str
    schema: Schema


@dataclass
class Remedies:
    """Gives a remedy for each refusal. `closed` tells that the hosting turns row rules on for tables made by hand.

    It remembers what it put down: what a later script makes again has nothing left to do.
    """

    story: Story
    sources: tuple[Source, ...] = ()
    closed: bool = False
    _columns: dict[tuple[str, str], str] = field(default_factory=dict)
    _tables: set[str] = field(default_factory=set)
    _early: set[int] = field(default_factory=set)
    _waited: set[tuple[str, str]] = field(default_factory=set)
    _tried: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._place = {script.path: number for number, script in enumerate(self.story.scripts)}
        self._live = any(t.origin == ORIGIN for s in self.sources for t in s.schema.tables)

    def baseline(self) -> Iterator[Mend]:
        """What no script makes and the sources know: types, then tables, then their keys. To be run first."""
        made: list[tuple[Table, Source]] = []
        for source in self.sources:
            for name, values in source.schema.enums.items():
                if f"type {name}" not in self.story.makes:
                    later = {v for v in values if f"value {name}.{v}" in self.story.makes}
                    yield Mend(ddl.enum(name, [v for v in values if v not in later]), (f"type {name}",), source.name)
            for one in source.schema.tables:
                if not self._is_made(one.name) and one.name not in self._tables:
                    made.append((one, source))
                    yield self._table(one, source)
        for one, source in made:
            yield from (Mend(sql, (), source.name) for sql in ddl.keys(self._standing(one), self._known_only(source)))

    def completion(self, columns: dict[str, tuple[str, ...]]) -> Iterator[Mend]:
        """What the sources know of tables that scripts made, and no script made: columns, and keys of mended tables.
        `columns` are those of the tables as they stand at the end."""
        for source in self.sources:
            for one in source.schema.tables:
                absent = [c for c in one.columns if one.name in columns and c.name not in columns[one.name]]
                for column in absent if one.origin == ORIGIN else ():
                    yield self._column(column, one, source)
                if one.name in self._tables:
                    yield from (Mend(sql, (), source.name) for sql in ddl.keys(one, source.schema))

    def remedy(self, script: Script, step: Step, sqlstate: str, message: str) -> Mend | Wait | None:
        """What helps against a refusal; None where nothing does, or where it did not help before."""
        found = self._remedy(script, step, sqlstate, message)
        if isinstance(found, Mend) and found.sql:
            if found.sql in self._tried:
                return None
            self._tried.add(found.sql)
        return found

    def _remedy(self, script: Script, step: Step, sqlstate: str, message: str) -> Mend | Wait | None:
        here = self._place.get(script.path, 0)
        match sqlstate:
            case "42501" | "42704" | "0A000" | "58P01" if _HOSTED_ONLY.match(step.text):
                return Mend("", (), "")
            case "22P02" if found := _VALUE.search(message):
                return self._missing_value(_full(found[1]), found[2], script, here)
            case "22023" if found := _LABEL.search(message):
                return self._missing_value(_altered(step), found[1], script, here)
            case "42701" | "42P07" | "42710" | "42723":
                return self._settled(step, message)
            case "42P01" if (found := _RELATION.search(message)) and not _TAKES_AWAY.match(step.text):
                return self._missing_table(_full(found[1]), script, here)
            case "42703":
                return self._missing_column(message, script, step, here)
            case "42704" if found := _TYPE.search(message):
                return self._missing_type(_full(found[1]), script, step, here)
            case "42883" if found := _FUNCTION.search(message):
                return self._missing_function(_full(found[1].replace('"', "")), found[2], script, step, here)
            case "42883" if found := _OPERATOR.search(message):
                return self._other_type(step, found[1].strip(), found[2].strip())
            case "3F000" if found := _SCHEMA.search(message):
                return Mend(f"create schema if not exists {ident(found[1])}", (f"schema {found[1]}",), USE)
            case "42830" if found := _NO_KEY.search(message):
                return self._missing_key(_full(found[1]), step)
            case "42P10":
                return self._missing_conflict(step)
            case "42804":
                return self._other_key_type(step)
            case "23502" if found := _EMPTY.search(message):
                return self._may_be_empty(_full(found[2]), found[1])
        return None

    def _settled(self, step: Step, message: str) -> Mend | None:
        found = _STANDS.search(message)
        guessed = found and (
            (found[2] and (_full(found[2]), found[1]) in self._columns) or _full(found[1]) in self._tables
        )
        return Mend("", (), "") if guessed or id(step) in self._early else None

    def _missing_table(self, name: str, script: Script, here: int) -> Mend | Wait | None:
        later = self._later(f"table {name}", script, here) or self._later(f"view {name}", script, here)
        if later:
            return later
        for source in self.sources:
            if one := source.schema.table(name):
                return self._table(one, source)
            if view := next((v for v in source.schema.views if v.name == name), None):
                return Mend(f"create view {ident(name)} as {view.definition}", (f"view {name}",), source.name)
        if self._live or name.startswith(HOSTED) or not name.startswith("public.") or name.endswith(("_seq", "_idx")):
            return None
        return self._guess(name, here)

    def _guess(self, name: str, here: int) -> Mend:
        """A table of which only the name is known; its columns follow as they are asked for."""
        self._tables.add(name)
        self._columns[name, "id"] = "uuid"
        made = f"create table {ident(name)} (id uuid primary key default gen_random_uuid())"
        rules = f"; alter table {ident(name)} enable row level security" if self.closed else ""
        return Mend(made + rules, (f"table {name}",), USE)

    def _later(self, key: str, script: Script, here: int) -> Mend | Wait | None:
        """What a script further on makes: waited for where it minds that it stands already, else done early."""
        later = [m for m in self.story.makes.get(key, ()) if m.script >= here]
        if not later:
            return None
        first = later[0]
        behind = self.story.scripts[first.script].path
        if not first.anew and first.script > here and (script.path, key) not in self._waited:
            self._waited.add((script.path, key))
            return Wait(behind)
        return self._done_early(first, behind)

    def _done_early(self, making: Making, path: str) -> Mend:
        self._early.add(id(making.step))
        return Mend(making.step.text, (), path)

    def _missing_column(self, message: str, script: Script, step: Step, here: int) -> Mend | Wait | None:
        for table, name in _asked_for(message, step):
            if later := self._later(f"column {table}.{name}", script, here):
                return later
            for source in self.sources:
                one = source.schema.table(table)
                if one and (column := one.column(name)):
                    return self._column(column, one, source)
            if table in self._tables and not self._is_live(table):
                self._columns[table, name] = ddl.by_name(name)
                return self._bare_column(table, name)
        return None

    def _bare_column(self, table: str, name: str) -> Mend:
        kind = self._columns[table, name]
        sql = f"alter table {ident(table)} add column {ident(name)} {kind}"
        return Mend(sql, (f"column {table}.{name}",), USE)

    def _missing_type(self, name: str, script: Script, step: Step, here: int) -> Mend | Wait | None:
        if later := self._later(f"type {name}", script, here):
            return later
        bare = name.rpartition(".")[2].removesuffix("[]")
        if bare in _EXTENSIONS:
            return _extension(bare)
        for source in self.sources:
            if values := source.schema.enums.get(name):
                return Mend(ddl.enum(name, values), (f"type {name}",), source.name)
        if self._live or not name.startswith("public."):
            return None
        if values := [v for s in parse(step.text) if isinstance(s, Statement) and (v := s.tree.get("oldVal"))]:
            return Mend(ddl.enum(name, values), (f"type {name}",), USE)
        return Mend(f"create domain {ident(name)} as text", (f"type {name}",), USE)

    def _missing_value(self, name: str, value: str, script: Script, here: int) -> Mend | Wait | None:
        """A value of an enum that a later script adds or the live database has; where nothing tells, it is believed."""
        if later := self._later(f"value {name}.{value}", script, here):
            return later
        known = [(s.name, s.schema.enums[name]) for s in self.sources if name in s.schema.enums]
        if not name or (known and value not in known[0][1]) or (not known and self._live):
            return None
        said = known[0][0] if known else USE
        return Mend(
            f"alter type {ident(name)} add value if not exists {literal(value)}", (f"value {name}.{value}",), said
        )

    def _missing_function(self, name: str, given: str, script: Script, step: Step, here: int) -> Mend | Wait | None:
        key, bare = f"function {name}", name.rpartition(".")[2]
        if any(m.script < here for m in self.story.makes.get(key, ())):
            return None
        if later := self._later(key, script, here):
            return later
        if bare in _EXTENSIONS:
            return _extension(bare)
        if name.startswith(HOSTED):
            return None
        kinds_of = {s.kind for s in parse(step.text) if isinstance(s, Statement)}
        if "CreateTrigStmt" in kinds_of or ("AlterFunctionStmt" in kinds_of and not given and not self._told(name)):
            return Mend(_trigger_function(name), (key,), USE)
        for source in self.sources:
            if known := next((f for f in source.schema.functions if f.name == name), None):
                return Mend(ddl.function(known, source.schema, body=self._role_query(known)), (key,), source.name)
        kinds = [k.strip() for k in given.split(",") if k.strip()]
        if self._live or not re.match(r"(?:is|has|can|check|owns)_|\w+_(?:is|has|can)_", bare):
            return None
        parameters = tuple((f"given_{n}", "text" if k == "unknown" else k) for n, k in enumerate(kinds, 1))
        one = DbFunction(name, parameters, "boolean", "sql", "", _NOWHERE)
        return Mend(ddl.function(one, Schema()), (key,), USE)

    def _told(self, function: str) -> bool:
        """Whether a source knows the function; functions for triggers none does."""
        return any(f.name == function for s in self.sources for f in s.schema.functions)

    def _role_query(self, one: DbFunction) -> str:
        """What a function that asks for a role most likely says, where the table of roles is known."""
        if one.returns != "boolean" or not one.name.endswith(".has_role") or len(one.parameters) != 2:
            return ""
        known = self.story.made("public.user_roles") or any(s.schema.table("user_roles") for s in self.sources)
        if not known:
            return ""
        by = {("user" if "user" in name or "uid" in name else "role"): ident(name) for name, _ in one.parameters}
        if len(by) < 2:
            return ""
        return f"select exists (select 1 from public.user_roles r where r.user_id::text = {by['user']}::text and r.role::text = {by['role']}::text)"

    def _other_type(self, step: Step, left: str, right: str) -> Mend | None:
        """A guessed column gets the type of what it is compared with."""
        for table, name in self._mentioned(step):
            kind = self._columns.get((table, name), "")
            if kind in (left, right):
                return self._retyped(table, name, right if kind == left else left)
        return None

    def _other_key_type(self, step: Step) -> Mend | None:
        """A guessed column that a key joins with one of another type."""
        for statement in parse(step.text):
            if not isinstance(statement, Statement):
                continue
            for key in nodes(statement.tree, "Constraint"):
                to = relation(key["pktable"]) if "pktable" in key else ""
                for name in _strings(key.get("pk_attrs")) or (["id"] if to in self._tables else []):
                    if kind := self._columns.get((to, name), ""):
                        return self._retyped(
                            to, name, {"uuid": "text", "text": "bigint", "bigint": "uuid"}.get(kind, "uuid")
                        )
                own = relation(statement.tree.get("relation"))
                for name in _strings(key.get("fk_attrs")):
                    if kind := self._columns.get((own, name), ""):
                        return self._retyped(
                            own, name, {"uuid": "text", "text": "uuid", "bigint": "uuid"}.get(kind, "uuid")
                        )
        return None

    def _retyped(self, table: str, name: str, kind: str) -> Mend | None:
        self._columns[table, name] = kind
        at = f"alter table {ident(table)} alter column {ident(name)}"
        default = f"; {at} set default gen_random_uuid()" if name == "id" and kind == "uuid" else ""
        sql = f"{at} drop default; {at} type {kind} using {ident(name)}::text::{kind}{default}"
        return Mend(sql, (f"column {table}.{name}",), USE)

    def _missing_key(self, name: str, step: Step) -> Mend | None:
        if name not in self._tables:
            return None
        for statement in parse(step.text):
            for key in nodes(statement.tree, "Constraint") if isinstance(statement, Statement) else ():
                if "pktable" in key and relation(key["pktable"]) == name:
                    columns = _strings(key.get("pk_attrs")) or ["id"]
                    return Mend(f"alter table {ident(name)} add unique ({', '.join(map(ident, columns))})", (), USE)
        return None

    def _missing_conflict(self, step: Step) -> Mend | None:
        for statement in parse(step.text):
            if isinstance(statement, Statement) and statement.kind == "InsertStmt":
                name = relation(statement.tree.get("relation"))
                columns = [c["name"] for c in nodes(statement.tree, "IndexElem") if "name" in c]
                if name in self._tables and columns:
                    return Mend(f"alter table {ident(name)} add unique ({', '.join(map(ident, columns))})", (), USE)
        return None

    def _may_be_empty(self, table: str, name: str) -> Mend | None:
        if (table, name) not in self._columns:
            return None
        at = f"alter table {ident(table)} alter column {ident(name)}"
        return Mend(
            f"{at} set default gen_random_uuid()"
            if self._columns[table, name] == "uuid" and name == "id"
            else f"{at} drop not null",
            (),
            USE,
        )

    def _mentioned(self, step: Step) -> list[tuple[str, str]]:
        """The guessed columns whose names stand in a statement, of the tables that it names first."""
        words = set(re.findall(r"\w+", step.text))
        found = [pair for pair in self._columns if pair[1] in words and pair[0].rpartition(".")[2] in words]
        return sorted(found, key=lambda pair: pair[1] == "id")

    def _table(self, one: Table, source: Source) -> Mend:
        """A table as it was before scripts added to it."""
        stood = self._standing(one)
        self._tables.add(stood.name)
        names = {c.name: old for c in one.columns if (old := self.story.renamed.get(f"{one.name}.{c.name}"))}
        kept = [c for c in stood.columns if c.name not in names or names[c.name] not in {k.name for k in one.columns}]
        stood = replace(stood, columns=tuple(kept))
        for column in kept:
            self._columns[stood.name, names.get(column.name, column.name)] = ddl.type_of(column, one, source.schema)
        sql = ddl.table(stood, source.schema, names=names, closed=self.closed)
        return Mend(sql, (f"table {stood.name}",), source.name)

    def _standing(self, one: Table) -> Table:
        """The table without the columns that scripts add, under the name that it had first."""
        added = self.story.added(one.name)
        name = self.story.renamed.get(one.name, one.name)
        return replace(one, name=name, columns=tuple(c for c in one.columns if c.name not in added))

    def _column(self, column: Column, one: Table, source: Source) -> Mend:
        self._columns[one.name, column.name] = ddl.type_of(column, one, source.schema)
        return Mend(ddl.column(column, one, source.schema), (f"column {one.name}.{column.name}",), source.name)

    def _is_made(self, name: str) -> bool:
        old = self.story.renamed.get(name)
        return self.story.made(name) or (old is not None and self.story.made(old))

    def _is_live(self, name: str) -> bool:
        return any(s.schema.table(name) for s in self.sources if self._live)

    def _known_only(self, source: Source) -> Schema:
        """The source's schema as far as its tables stand when the baseline is run."""
        return replace(source.schema, tables=tuple(t for t in source.schema.tables if t.name in self._tables))


def _asked_for(message: str, step: Step) -> list[tuple[str, str]]:
    """The columns that a message may mean, each with its table, the likeliest first."""
    if found := _COLUMN_OF.search(message):
        return [(_full(found[2]), found[1])]
    tables: list[str] = []
    aliases: dict[str, str] = {}
    for statement in parse(step.text):
        if isinstance(statement, Statement):
            for node in _relations(statement):
                tables.append(relation(node))
                aliases[node.get("alias", {}).get("aliasname", node.get("relname", ""))] = relation(node)
                aliases.setdefault(node.get("relname", ""), relation(node))
    if found := _COLUMN_IN.search(message):
        return [(aliases[found[1]], found[3])] if found[1] in aliases else []
    if found := _COLUMN.search(message):
        return [(table, found[1]) for table in dict.fromkeys(tables)]
    return []


def _relations(statement: Statement) -> Iterator[Tree]:
    tree = statement.tree
    for key in ("relation", "table"):
        if isinstance(tree.get(key), dict) and "relname" in tree[key]:
            yield tree[key]
    yield from nodes(tree, "RangeVar")


def _full(name: str) -> str:
    return name if "." in name else f"public.{name}"


def _strings(items: object) -> list[str]:
    return [i["String"].get("sval", "") for i in items if "String" in i] if isinstance(items, list) else []


def _altered(step: Step) -> str:
    return next((dotted(s.tree.get("typeName")) for s in parse(step.text) if isinstance(s, Statement)), "")


def _extension(needed: str) -> Mend:
    name = _EXTENSIONS[needed]
    return Mend(f"create extension if not exists {ident(name)} with schema extensions", (f"extension {name}",), USE)


def _trigger_function(name: str) -> str:
    stamp = "new.updated_at = now(); " if "updat" in name else ""
    body = (
        f"begin {stamp}return coalesce(new, old); exception when undefined_column then return coalesce(new, old); end"
    )
    return f"create function {ident(name)}() returns trigger language plpgsql as $mend$ {body} $mend$"


def sources_of(named: Iterable[tuple[str, Schema]], story: Story) -> tuple[Source, ...]:
    """The schemas that tell of the same database as the scripts: they share a table with them."""
    told = []
    for name, schema in named:
        tables = {t.name for t in schema.tables}
        shared = {t for t in tables if story.made(t) or t in story.touched}
        if tables and (shared or not story.scripts or not story.touched):
            told.append(Source(name, schema))
    return tuple(told)
