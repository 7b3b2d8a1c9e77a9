"""What a history needs and never makes: told by the generated types, the schema file, a later script, or its use.

A statement that is refused for something missing gets a remedy, if anything tells what is missing. Where the types of
the live database are known, what they do not know is not made up: there the statement was refused in reality, too.

It is longer than a room should be because the remedies share what is known of the history.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from apprescue.model.database import ident, literal
from apprescue.model.place import Code
from apprescue.model.rebuilt import Mend, Script, Step, Wait
from apprescue.model.schema import DbFunction, Schema, Table
from apprescue.source import asked, ddl
from apprescue.source.asked import full
from apprescue.source.guesses import USE, Guesses, Source
from apprescue.source.script import Story
from apprescue.source.sql_catalog import HOSTED
from apprescue.source.supabase_types import ORIGIN

_RELATION = re.compile(r'relation "([^"]+)" does not exist')
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
    r"\s*(?:alter\s+extension\b.*\bupdate\b|create\s+extension\s+(?:if\s+not\s+exists\s+)?\"?([\w-]+)"
    r"|alter\s+database\s+\"?postgres\"?\s+set\b)",
    re.I | re.S,
)
_TAKES_AWAY = re.compile(r"\s*(?:drop|alter\s+index|reindex|comment\s+on\s+(?:index|constraint))\b", re.I)
_ASKS = re.compile(r"(?:is|has|can|check|owns)_|\w+_(?:is|has|can)_")
_EXTENSIONS = {
    "uuid_generate_v4": "uuid-ossp", "uuid_generate_v1": "uuid-ossp", "crypt": "pgcrypto", "gen_salt": "pgcrypto",
    "gen_random_bytes": "pgcrypto", "digest": "pgcrypto", "hmac": "pgcrypto", "pgp_sym_encrypt": "pgcrypto",
    "pgp_sym_decrypt": "pgcrypto", "moddatetime": "moddatetime", "unaccent": "unaccent", "similarity": "pg_trgm",
    "citext": "citext", "vector": "vector", "hstore": "hstore", "ltree": "ltree",
}  # fmt: skip
_NOTHING = Mend("", (), "")


@dataclass
class Remedies:
    """Gives a remedy for each refusal. `closed` tells that the hosting turns row rules on for tables made by hand.

    It remembers what it put down: what a later script makes again has nothing left to do. `unavailable` collects the
    extensions that scripts ask for and the laboratory does not have.
    """

    story: Story
    sources: tuple[Source, ...] = ()
    closed: bool = False
    unavailable: set[str] = field(default_factory=set)
    _early: set[int] = field(default_factory=set)
    _waited: set[tuple[str, str]] = field(default_factory=set)
    _tried: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._guesses = Guesses(self.story, self.closed)
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
                if not self._is_made(one.name) and one.name not in self._guesses.tables:
                    made.append((one, source))
                    yield self._guesses.table(one, source)
        for source in self.sources:
            mine = [self._guesses.standing(one) for one, whose in made if whose is source]
            stand = tuple(t for t in source.schema.tables if t.name in self._guesses.tables)
            yield from (Mend(sql, (), source.name) for sql in ddl.keys(mine, replace(source.schema, tables=stand)))

    def completion(self, columns: Mapping[str, tuple[str, ...]]) -> Iterator[Mend]:
        """What the sources know of tables that scripts made, and no script made: columns, and keys of mended tables.
        `columns` are those of the tables as they stand at the end."""
        for source in self.sources:
            for one in source.schema.tables:
                absent = [c for c in one.columns if one.name in columns and c.name not in columns[one.name]]
                yield from (self._guesses.column(c, one, source) for c in absent if one.origin == ORIGIN)
            mended = [t for t in source.schema.tables if t.name in self._guesses.tables]
            yield from (Mend(sql, (), source.name) for sql in ddl.keys(mended, source.schema))

    def remedy(self, script: Script, step: Step, sqlstate: str, message: str) -> Mend | Wait | None:
        """What helps against a refusal; None where nothing does, or where it did not help before."""
        found = self._remedy(script, step, sqlstate, message)
        if isinstance(found, Mend) and found.sql:
            if found.sql in self._tried:
                return None
            self._tried.add(found.sql)
        return found

    def _remedy(self, script: Script, step: Step, sqlstate: str, message: str) -> Mend | Wait | None:
        match sqlstate:
            case "42501" | "42704" | "0A000" | "58P01" if hosted := _HOSTED_ONLY.match(step.text):
                self.unavailable |= {hosted[1]} if hosted[1] else set()
                return _NOTHING
            case "42701" | "42P07" | "42710" | "42723":
                return self._settled(step, message)
            case "42P01" if (found := _RELATION.search(message)) and not _TAKES_AWAY.match(step.text):
                return self._missing_table(full(found[1]), script)
            case "42703":
                return self._missing_column(message, script, step)
            case "42704" if found := _TYPE.search(message):
                return self._missing_type(full(found[1]), script, step)
            case "42883" if found := _FUNCTION.search(message):
                return self._missing_function(full(found[1].replace('"', "")), found[2], script, step)
            case "3F000" if found := _SCHEMA.search(message):
                return Mend(f"create schema if not exists {ident(found[1])}", (f"schema {found[1]}",), USE)
            case "22P02" if found := _VALUE.search(message):
                return self._missing_value(full(found[1]), found[2], script)
            case "22023" if found := _LABEL.search(message):
                return self._missing_value(asked.changed_type(step.text)[0], found[1], script)
        return self._changed(step.text, sqlstate, message)

    def _changed(self, text: str, sqlstate: str, message: str) -> Mend | None:
        """A guess of before is changed into what a statement shows it to be."""
        match sqlstate:
            case "42883" if found := _OPERATOR.search(message):
                return self._guesses.compared(text, found[1].strip(), found[2].strip())
            case "42830" if found := _NO_KEY.search(message):
                return self._guesses.unique(full(found[1]), text)
            case "42P10":
                return self._guesses.conflicting(text)
            case "42804":
                return self._guesses.joined(text)
            case "23502" if found := _EMPTY.search(message):
                return self._guesses.left_empty(full(found[2]), found[1])
        return None

    def _settled(self, step: Step, message: str) -> Mend | None:
        if id(step) in self._early:
            return _NOTHING
        found = _STANDS.search(message)
        if found is None:
            return None
        column = bool(found[2]) and (full(found[2]), found[1]) in self._guesses.columns
        if column or full(found[1]) in self._guesses.tables:
            return _NOTHING
        return self._second_form(step)

    @staticmethod
    def _second_form(step: Step) -> Mend | None:
        """The columns that a table has where it is made a second time: what follows in the file was written for it."""
        named = asked.table_columns(step.text)
        if named is None:
            return None
        name, columns = named
        changes = (f"alter table {name} add column if not exists {column}" for column in columns)
        return Mend("; ".join(changes), (), USE) if columns else None

    def _missing_table(self, name: str, script: Script) -> Mend | Wait | None:
        later = self._later(f"table {name}", script) or self._later(f"view {name}", script)
        if later:
            return later
        for source in self.sources:
            if one := source.schema.table(name):
                return self._guesses.table(one, source)
            if view := next((v for v in source.schema.views if v.name == name), None):
                return Mend(f"create view {ident(name)} as {view.definition}", (f"view {name}",), source.name)
        if self._live or name.startswith(HOSTED) or not name.startswith("public.") or name.endswith(("_seq", "_idx")):
            return None
        return self._guesses.bare_table(name)

    def _later(self, key: str, script: Script) -> Mend | Wait | None:
        """What a script further on makes: waited for where it minds that it stands already, else done early."""
        here = self._place.get(script.path, 0)
        first = next((m for m in self.story.makes.get(key, ()) if m.script >= here), None)
        if first is None:
            return None
        behind = self.story.scripts[first.script].path
        if not first.anew and first.script > here and (script.path, key) not in self._waited:
            self._waited.add((script.path, key))
            return Wait(behind)
        self._early.add(id(first.step))
        return Mend(first.step.text, (), behind)

    def _missing_column(self, message: str, script: Script, step: Step) -> Mend | Wait | None:
        for table, name in asked.columns(message, step.text):
            if later := self._later(f"column {table}.{name}", script):
                return later
            for source in self.sources:
                one = source.schema.table(table)
                if one and (column := one.column(name)):
                    return self._guesses.column(column, one, source)
            if table in self._guesses.tables and not self._live:
                return self._guesses.bare_column(table, name)
        return None

    def _missing_type(self, name: str, script: Script, step: Step) -> Mend | Wait | None:
        if later := self._later(f"type {name}", script):
            return later
        bare = name.rpartition(".")[2].removesuffix("[]")
        if bare in _EXTENSIONS:
            return _extension(bare)
        for source in self.sources:
            if told := source.schema.enums.get(name):
                return Mend(ddl.enum(name, told), (f"type {name}",), source.name)
        if self._live or not name.startswith("public."):
            return None
        values = asked.changed_type(step.text)[1]
        made = ddl.enum(name, values) if values else f"create domain {ident(name)} as text"
        return Mend(made, (f"type {name}",), USE)

    def _missing_value(self, name: str, value: str, script: Script) -> Mend | Wait | None:
        """A value of an enum that a later script adds or the live database has; where nothing tells, it is believed."""
        if later := self._later(f"value {name}.{value}", script):
            return later
        told = next((source for source in self.sources if name in source.schema.enums), None)
        if not name or (value not in told.schema.enums[name] if told else self._live):
            return None
        added = f"alter type {ident(name)} add value if not exists {literal(value)}"
        return Mend(added, (f"value {name}.{value}",), told.name if told else USE)

    def _missing_function(self, name: str, given: str, script: Script, step: Step) -> Mend | Wait | None:
        key, bare = f"function {name}", name.rpartition(".")[2]
        here = self._place.get(script.path, 0)
        if any(m.script < here for m in self.story.makes.get(key, ())):
            return None
        if later := self._later(key, script):
            return later
        if bare in _EXTENSIONS:
            return _extension(bare)
        if name.startswith(HOSTED):
            return None
        if not name.startswith("public.") or bare in ("sum", "avg", "round", "abs", "ceil", "floor"):
            return self._guesses.summed(step.text)
        told = next(((s, f) for s in self.sources for f in s.schema.functions if f.name == name), None)
        kinds = asked.kinds(step.text)
        if "CreateTrigStmt" in kinds or ("AlterFunctionStmt" in kinds and not given and told is None):
            return Mend(_trigger_function(name), (key,), USE)
        types = [word.strip() for word in given.split(",") if word.strip()]
        if told is not None:
            source, one = told
            one = replace(one, parameters=_called_with(one.parameters, types))
            return Mend(ddl.function(one, source.schema, body=self._role_query(one)), (key,), source.name)
        if self._live or not _ASKS.match(bare):
            return None
        parameters = _called_with(tuple((f"given_{n}", "text") for n in range(1, len(types) + 1)), types)
        return Mend(ddl.function(DbFunction(name, parameters, "boolean", "sql", "", Code("")), Schema()), (key,), USE)

    def _role_query(self, one: DbFunction) -> str:
        """What a function that asks for a role most likely says, where the table of roles is known."""
        known = self.story.made("public.user_roles") or any(s.schema.table("user_roles") for s in self.sources)
        if not known or one.returns != "boolean" or not one.name.endswith(".has_role") or len(one.parameters) != 2:
            return ""
        by = {("user" if "user" in name or "uid" in name else "role"): ident(name) for name, _ in one.parameters}
        if len(by) < 2:
            return ""
        same = f"r.user_id::text = {by['user']}::text and r.role::text = {by['role']}::text"
        return f"select exists (select 1 from public.user_roles r where {same})"

    def _is_made(self, name: str) -> bool:
        old = self.story.renamed.get(name)
        return self.story.made(name) or (old is not None and self.story.made(old))


def sources_of(named: Iterable[tuple[str, Schema]], story: Story) -> tuple[Source, ...]:
    """The schemas that tell of the same database as the scripts: they share a table with them."""
    told = []
    for name, schema in named:
        tables = {table.name for table in schema.tables}
        shared = any(story.made(one) or one in story.touched for one in tables)
        if tables and (shared or not story.touched):
            told.append(Source(name, schema))
    return tuple(told)


def _called_with(parameters: tuple[tuple[str, str], ...], types: list[str]) -> tuple[tuple[str, str], ...]:
    """Parameters with the types that a call gives them, where they are only known as text."""
    if len(types) != len(parameters):
        return parameters
    pairs = zip(parameters, types, strict=True)
    return tuple((name, given if kind == "text" and given != "unknown" else kind) for (name, kind), given in pairs)


def _extension(needed: str) -> Mend:
    name = _EXTENSIONS[needed]
    return Mend(f"create extension if not exists {ident(name)} with schema extensions", (f"extension {name}",), USE)


def _trigger_function(name: str) -> str:
    """A function for a trigger of which only the name is known: it lets everything pass."""
    stamp = "new.updated_at = now(); " if "updat" in name else ""
    passed = "return coalesce(new, old)"
    body = f"begin {stamp}{passed}; exception when undefined_column then {passed}; end"
    return f"create function {ident(name)}() returns trigger language plpgsql as $mend$ {body} $mend$"
