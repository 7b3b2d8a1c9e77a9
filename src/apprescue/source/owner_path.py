"""Whose a table's rows are: the column that holds the caller's id, in the table or in those that it hangs on.

The app's own code is the evidence: a column that it elsewhere asks for, or fills, with the signed-in user's id; where
it does neither, its row rules are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from apprescue.model.app import App, Query
from apprescue.model.schema import Column, Schema, Table
from apprescue.model.trace import Value
from apprescue.source import meaning
from apprescue.source.routes import written_by

_FAR = 3
_MAKERS = (("author", "id"), ("creator", "id"), ("created", "by"), ("created", "by", "id"))
_UID = r"(?:\(\s*select\s+)?auth\.uid\(\)(?:\s*\))?"
_MINE = re.compile(rf"(?i){_UID}\s*=\s*(?:\w+\.)?(\w+)|(\w+)\s*=\s*{_UID}")
_SURE = (("user", "id"), ("owner", "id"))
_MEMBERS = frozenset(
    "member membership collaborator participant enrollment enrolment registration subscription subscriber follower "
    "follow access share invite editor staff team purchase attendee permission guest".split()
)
_HIMSELF = re.compile(r"(?i)^caller(?:\.(?:id|_id|sub|uid|uuid|pk|user_?id))?$")
_PEOPLE = (("user",), ("account",), ("profile",))


@dataclass(frozen=True)
class Way:
    """How a table leads to its rows' owner: pairs of a bare table and its column, each but the last one a reference to
    the next table, the last one the owner's id."""

    steps: tuple[tuple[str, str], ...]

    @property
    def owner(self) -> tuple[str, str]:
        """The table and the column that hold the owner's id."""
        return self.steps[-1]


def way_to_owner(app: App, table: str) -> Way | None:
    """The shortest way from a table to the owner's id; None where there is none, or no single one: what hangs on the
    things of two people has two sides."""
    owners = _evidence(app)
    known = table_named(app.schema, table)
    if known is None:
        return None
    ways: list[tuple[tuple[str, str], ...]] = [()]
    ends = [_bare(known.name)]
    reached = set(ends)
    found: list[tuple[tuple[str, str], ...]] = []
    for _ in range(_FAR + 1):  # one more, to see whether somebody else stands behind it
        pairs = list(zip(ways, ends, strict=True))
        found += [(*way, (name, column)) for way, name in pairs for column in owners.get(name, ())]
        further = [
            ((*way, (name, column)), parent)
            for way, name in pairs
            if name not in owners
            for column, parent in _parents(app.schema, name)
            if _bare(parent) not in reached
        ]
        ways, ends = [way for way, _ in further], [parent for _, parent in further]
        reached |= set(map(_bare, ends))
    return Way(found[0]) if len(found) == 1 and len(found[0]) <= _FAR else None


def told_owner(app: App, table: str) -> Way | None:
    """The owner's column of a table that no schema describes: the one that the app holds against the caller's id or
    fills with it."""
    if table_named(app.schema, table) is not None:
        return None
    counts = _evidence_of(app.queries, id(app.schema))
    said = {column for name, columns in counts.items() if same_name(name, table) for column in columns}
    column = said.pop() if len(said) == 1 else ""
    return Way(((table, column),)) if meaning.OWNER.match(column) else None


def same_name(one: str, other: str) -> bool:
    """Whether two names are one thing, written as the database or as the code writes it (`user_id`, `userId`)."""
    return one.replace("_", "").lower() == other.replace("_", "").lower()


def _bare(name: str) -> str:
    return name.rpartition(".")[2]


def table_named(schema: Schema, name: str) -> Table | None:
    """The table that a query calls so, in the database's spelling or the code's."""
    exact = (table for table in schema.tables if _bare(table.name) == name)
    return next(exact, None) or next((t for t in schema.tables if same_name(_bare(t.name), name)), None)


@lru_cache(maxsize=4)
def _evidence_of(queries: tuple[Query, ...], schema_id: int) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for query in queries:
        for column in _caller_columns(query):
            counts.setdefault(query.table, {}).setdefault(column, 0)
            counts[query.table][column] += 1
    return counts


def _caller_columns(query: Query) -> Iterable[str]:
    """The columns that a query holds against the caller's id, or fills with it."""
    for condition in query.filters:
        if condition.operator in ("eq", "==", "=") and _is_himself(condition.value) and _is_person(condition.column):
            yield condition.column
    for name, value in written_by(query).items():
        if _is_person(name) and _is_himself(value) and query.operation in ("insert", "upsert"):
            yield name


def _is_himself(value: Value) -> bool:
    """Whether a value is the caller's own id, not another part of what is known of him (his team, his shop)."""
    return any(_HIMSELF.match(origin) for origin in value.origins)


def _is_person(column: str) -> bool:
    return bool(meaning.OWNER.match(column)) or (len(words := meaning.words(column)) > 1 and words[-1] == "id")


def _evidence(app: App) -> dict[str, tuple[str, ...]]:
    """The owner's column of each table, in the schema's own spelling."""
    found: dict[str, tuple[str, ...]] = {}
    counts = _evidence_of(app.queries, id(app.schema))
    for table in app.schema.tables:
        name = _bare(table.name)
        said = {c for t, columns in counts.items() if same_name(t, name) for c in columns}
        people = [c.name for c in table.columns if holds_people(app.schema, table, c.name)]
        own = [one for one in people if any(same_name(one, other) for other in said)]
        sure = [one for one in people if meaning.words(one) in _SURE]
        if columns := own or _ruled(app.schema, table) or sure or _made_by(table):
            found[name] = tuple(columns)
    return found


def _made_by(table: Table) -> list[str]:
    """The column that names who made a row, where it is the only one that points at people."""
    people = [k.columns for k in table.foreign_keys if meaning.words(_bare(k.to_table)) in _PEOPLE]
    only = people[0] if len(people) == 1 else ()
    return [name for name in only if len(only) == 1 and meaning.words(name) in _MAKERS]


def _ruled(schema: Schema, table: Table) -> list[str]:
    """The columns by which row rules know who may change a row."""
    rules = [one for one in schema.policies_of(table.name) if one.command in ("all", "update", "delete")]
    said = {name for one in rules for pair in _MINE.findall(f"{one.using} {one.check}") for name in pair if name}
    return [column.name for column in table.columns if column.name in said]


def holds_people(schema: Schema, table: Table, column: str) -> bool:
    """Whether a column may hold the id of a user: it points at the users, at rows that have their ids, or at nothing
    that the schema names; what points at a profile with an id of its own does not."""
    for key in (one for one in table.foreign_keys if one.columns == (column,)):
        other = schema.table(key.to_table)
        alike = other is not None and any(
            mine.columns == tuple(key.to_columns or ("id",)) and meaning.words(_bare(mine.to_table)) in _PEOPLE
            for mine in other.foreign_keys
        )
        if meaning.words(_bare(key.to_table)) not in _PEOPLE and not alike:
            return False
    return True


def _parents(schema: Schema, name: str) -> list[tuple[str, str]]:
    """The references of a table that lead on to its owner: those that stand in every row, or the only one. None where
    a column names somebody or something that the schema does not tell."""
    table = table_named(schema, name)
    if table is None:
        return []
    found = _references(schema, table)
    kind = next((column.type for column in table.columns if column.name == "id"), "")
    for column in table.columns:
        told = any(one == column.name for one, _ in found) or any(
            column.name in key.columns for key in table.foreign_keys
        )
        if not told and len(words := meaning.words(column.name)) > 1 and words[-1] == "id" and column.type == kind:
            return []
    nullable = {column.name for column in table.columns if column.nullable}
    always = [(column, parent) for column, parent in found if column not in nullable]
    return always or (found if len(found) == 1 else [])


def _references(schema: Schema, table: Table) -> list[tuple[str, str]]:
    """The columns that point at other tables than the people's, told by key or, where no key is, by name."""
    by_key = {key.columns[0]: _bare(key.to_table) for key in table.foreign_keys if len(key.columns) == 1}
    found = []
    for column in table.columns:
        parent = by_key.get(column.name) or _named_parent(schema, column.name)
        if parent and parent != _bare(table.name) and meaning.words(parent) not in _PEOPLE:
            found.append((column.name, parent))
    return found


def _named_parent(schema: Schema, column: str) -> str:
    """The table that a column is named for (`course_id` for `courses`); empty where there is none."""
    if len(words := meaning.words(column)) < 2 or words[-1] != "id":
        return ""
    noun = column[: -len("id")].rstrip("_")
    named = (meaning.words(noun), meaning.words(f"{noun}s"))
    return next((_bare(t.name) for t in schema.tables if meaning.words(_bare(t.name)) in named), "")


def shared_through(app: App, table: str, with_role: bool) -> bool:
    """Whether people other than the owner belong to a table's rows: another table lists them (members, enrolments),
    of those with a say in it where `with_role`."""
    for other in app.schema.tables:
        name = _bare(other.name)
        points = any(same_name(parent, table) for _, parent in _references(app.schema, other))
        people = [
            c for c in other.columns if meaning.words(c.name)[-1:] == ("id",) and _names_person(app.schema, other, c)
        ]
        says = any(meaning.RIGHTS.match(column.name) for column in other.columns)
        if points and people and (says or not with_role) and not same_name(name, table) and _lists_members(name):
            return True
    return False


def _lists_members(name: str) -> bool:
    return bool(_MEMBERS.intersection(meaning.words(name)))


def _names_person(schema: Schema, table: Table, column: Column) -> bool:
    return bool(meaning.OWNER.match(column.name)) or not any(c == column.name for c, _ in _references(schema, table))
