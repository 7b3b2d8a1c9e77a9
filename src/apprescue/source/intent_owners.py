"""Whose a row is: by its columns, by its parent, by the team or room that it belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apprescue.model.intent import Through
from apprescue.model.schema import Schema, Table
from apprescue.source.intent_words import is_notice, lists_members
from apprescue.source.sql_access import Who, ways_in
from apprescue.source.sql_rights import people_like
from apprescue.source.sql_words import is_people_table, is_receiver, is_talk, is_written, owner_columns

_USERS = "auth.users"
_ACTING = (
    "sender",
    "from_user",
    "author",
    "follower",
    "buyer",
    "fan",
    "subscriber",
    "reviewer",
    "reporter",
    "commenter",
    "supporter",
    "donor",
    "giver",
    "voter",
    "viewer",
    "customer",
    "uploader",
    "user",
    "owner",
    "created_by",
    "member",
    "profile",
    "creator",
    "seller",
    "host",
    "account",
)
_OBJECT = re.compile(
    r"(?i)(?:creator|seller|artist|brand|host|employee|client|account|profile|member|customer|student|patient)(?:_user)?"
    r"(?:_?id)?$"
)
_TALKS = re.compile(r"(?i)(?:^|[._])(?:conversations?|threads?|chats?|dms?|dialog(?:ue)?s?|inbox(?:es)?)$")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose a table's rows are, in the words of `Meant`."""

    owners: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    authored: tuple[str, ...] = ()
    through: tuple[Through, ...] = ()
    member_of: tuple[Through, ...] = ()
    why: str = ""


def ownership(schema: Schema, table: Table, deep: int = 0) -> Ownership:
    """Whose a table's rows are. The app's own rules are asked first, then its keys, then the names."""
    ruled = _ruled(schema, table)
    parents = _parents(table)
    named = [c.name for c in owner_columns(table) if _is_person(schema, table, c.name, parents)]
    named += [c.name for c in table.columns if is_receiver(c.name) and c.name not in named]
    by_id = _own_id(table, ruled)
    if ruled:
        named = [c for c in named if not _OBJECT.match(c)]
    owners = [by_id] if by_id else list(dict.fromkeys([*ruled, *named]))
    arrays = {c.name for c in table.columns if c.type.endswith("[]")}
    owners = [c for c in owners if c not in arrays]
    through = tuple(_through(schema, table, deep)) if deep < _DEEPEST and not by_id else ()
    if owners:
        asked = {c for p in schema.policies_of(table.name) for w in ways_in(p, schema) for c in w.owners}
        through = tuple(t for t in through if t.column in asked and t.column not in owners)
    authors = _authors(schema, table, owners)
    receivers = [c for c in owners if is_receiver(c)]
    shared = receivers or _changed_by_others(schema, table)
    authored = [c.name for c in table.columns if is_written(c.name)] if shared and authors else []
    members = tuple(_members(schema, table)) if not deep else ()
    return Ownership(
        tuple(sorted(owners, key=lambda c: c not in authors)),
        tuple(authors),
        (*authored, *authors) if authored else (),
        through,
        members,
        _why(table, ruled, owners, through),
    )


def _changed_by_others(schema: Schema, table: Table) -> bool:
    """Whether rules let those change a message who are in its conversation, whoever wrote it."""
    changing = [p for p in schema.policies_of(table.name) if p.command in ("update", "all")]
    said = is_talk(table.name) or any(map(_TALKS.search, (key.to_table for key in table.foreign_keys)))
    return said and any(w.who is Who.RELATED for p in changing for w in ways_in(p, schema))


def _ruled(schema: Schema, table: Table) -> list[str]:
    """The columns that the table's own rules hold to the caller's id."""
    known = {c.name for c in table.columns}
    found: dict[str, None] = {}
    for policy in schema.policies_of(table.name):
        for part in ("using", "check"):
            if part == "using" and policy.command == "insert":
                continue
            for way in ways_in(policy, schema, part):
                if way.who is Who.OWNER:
                    found.update(dict.fromkeys(c for c in sorted(way.owners) if c in known or not known))
    return list(found)


def _parents(table: Table) -> dict[str, str]:
    return {f.columns[0]: f.to_table for f in table.foreign_keys if len(f.columns) == 1}


def _is_person(schema: Schema, table: Table, column: str, parents: dict[str, str]) -> bool:
    """Whether a column holds a person's own id: it points at the accounts, or at rows that have the same id."""
    target = parents.get(column)
    if target is None:
        return column.endswith(("id", "_by")) or any(c.name == column and c.type == "uuid" for c in table.columns)
    if target == _USERS:
        return True
    parent = schema.table(target)
    return is_people_table(target) and (parent is None or bool(_own_id(parent, _ruled(schema, parent))))


def _own_id(table: Table, ruled: list[str]) -> str:
    """The key of a table whose rows have the id of the account that they describe."""
    key = table.primary_key[0] if len(table.primary_key) == 1 else "id"
    to_account = any(f.columns == (key,) and f.to_table == _USERS for f in table.foreign_keys)
    others = any(c.name in ("user_id", "owner_id", "auth_id", "auth_user_id") for c in table.columns)
    column = table.column(key)
    if to_account or key in ruled:
        return key
    lone = people_like(table) and re.search(r"(?:profiles?|users?)$", table.name) and not others
    return key if lone and column is not None and not column.default and not ruled else ""


def _through(schema: Schema, table: Table, deep: int) -> list[Through]:
    found = []
    for key in table.foreign_keys:
        if len(key.columns) != 1 or key.to_table in (_USERS, table.name):
            continue
        parent = schema.table(key.to_table)
        if parent is None:
            continue
        its = ownership(schema, parent, deep + 1)
        owner = next(iter(its.owners), "") or next((t.column for t in its.through), "")
        if owner and owner != (key.to_columns or ("id",))[0]:
            found.append(Through(key.columns[0], parent.name, (key.to_columns or ("id",))[0], owner))
    return found


def _authors(schema: Schema, table: Table, owners: list[str]) -> list[str]:
    """The columns that must name whoever adds a row: as the rules for inserting say, else as the names say."""
    known = set(owners)
    for policy in schema.policies_of(table.name):
        if policy.command in ("insert", "all"):
            ways = [w for w in ways_in(policy, schema, "check") if w.who is Who.OWNER]
            if ways and (held := frozenset.intersection(*(w.owners for w in ways)) & known):
                return sorted(held)
    mine = [c for c in owners if not is_receiver(c)]
    if is_notice(table.name):
        return [c for c in mine if re.match(r"(?i)actor|sender|from_user|created_by|triggered_by", c)]
    for word in _ACTING:
        if found := [c for c in mine if c.lower().startswith(word)]:
            return found[:1]
    return mine[:1]


def _members(schema: Schema, table: Table) -> list[Through]:
    """The tables that list who belongs to a row's team or room, where the table's rules ask them."""
    asked = {a for p in schema.policies_of(table.name) for w in ways_in(p, schema) for a in w.asked if lists_members(a)}
    found = []
    for name in sorted(asked):
        members = schema.table(name)
        person = next((c.name for c in owner_columns(members)), "") if members else ""
        for column, target in _parents(members).items() if members and person else ():
            if target == table.name:
                found.append(Through((*table.primary_key, "id")[0], name, column, person))
            elif column != person and table.column(column):
                found.append(Through(column, name, column, person))
    return found


def _why(table: Table, ruled: list[str], owners: list[str], through: tuple[Through, ...]) -> str:
    if owners:
        by = "the app's own rules hold it to the caller" if set(owners) & set(ruled) else "it names a person"
        return f"{', '.join(owners)} says whose row it is ({by})."
    if through:
        return f"{through[0].column} leads to {through[0].table}, whose {through[0].owner} says whose it is."
    return "No column says whose row it is."
