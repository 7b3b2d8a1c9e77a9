"""Row rules as SQL: made, taken away, put back as they were, and the condition that holds a row to its owner.

Names are quoted only where SQL asks for it. What a catalog told is written back word for word, so that a file that
undoes a change restores what stood there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apprescue.model.catalog import Catalog, Relation, Rule
from apprescue.model.database import ident_of
from apprescue.model.intent import Intent, Through

CALLER = "(select auth.uid())"
_EMAIL = re.compile(r"(?i)(?:^|_)e?mail(?:_?address)?$")
_TEXT = re.compile(r"text|character varying|citext")
_DEEPEST = 3
_RESERVED = frozenset(
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation "
    "column concurrently constraint create cross current_catalog current_date current_role current_schema current_time "
    "current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze "
    "from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like "
    "limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary "
    "references returning right select session_user similar some symmetric system_user table tablesample then to "
    "trailing true union unique user using variadic verbose when where window with".split()
)


def plain(name: str) -> str:
    """A name, `schema.name` too, with quotes only where SQL asks for them.

    >>> plain('public.orders'), plain('public.Order'), plain('user')
    ('public.orders', 'public."Order"', '"user"')
    """
    return ".".join(
        part if re.fullmatch(r"[a-z_][a-z0-9_$]*", part) and part not in _RESERVED else ident_of(part)
        for part in name.split(".")
    )


def listed(names: Iterable[str]) -> str:
    """Names in a row, with commas."""
    return ", ".join(plain(name) for name in names)


def created(table: str, rule: Rule) -> str:
    """The statement that makes a rule of a table (`schema.name`), with its semicolon."""
    rows = [f"create policy {ident_of(rule.name)} on {plain(table)}"]
    kind = "" if rule.permissive else "as restrictive "
    rows.append(f"  {kind}for {rule.command} to {_roles(rule.roles)}")
    if rule.using:
        rows.append(f"  using ({rule.using})")
    if rule.check:
        rows.append(f"  with check ({rule.check})")
    return "\n".join(rows) + ";\n"


def dropped(table: str, rule: Rule) -> str:
    """The statement that takes a rule away, with its semicolon."""
    return f"drop policy if exists {ident_of(rule.name)} on {plain(table)};\n"


def renewed(table: str, before: Rule, *after: Rule) -> tuple[str, str]:
    """A rule with others in its place, and the way back. One that keeps its name and command is altered."""
    same = next((one for one in after if _alterable(before, one)), None)
    added = [one for one in after if one is not same]
    up = _altered(table, before, same) if same else dropped(table, before)
    down = _altered(table, same, before) if same else created(table, before)
    return up + "".join(created(table, one) for one in added), "".join(dropped(table, one) for one in added) + down


def _alterable(before: Rule, after: Rule) -> bool:
    """Whether ALTER POLICY leads both ways: it takes no condition away."""
    same = (before.name, before.command, before.permissive) == (after.name, after.command, after.permissive)
    return same and (bool(before.using), bool(before.check)) == (bool(after.using), bool(after.check))


def _altered(table: str, before: Rule, after: Rule) -> str:
    if before == after:
        return ""
    parts = [f"alter policy {ident_of(before.name)} on {plain(table)}"]
    if before.roles != after.roles:
        parts.append(f"to {_roles(after.roles)}")
    if before.using != after.using:
        parts.append(f"using ({after.using})")
    if before.check != after.check:
        parts.append(f"with check ({after.check})")
    return "\n  ".join(parts) + ";\n"


def _roles(roles: Iterable[str]) -> str:
    return ", ".join("public" if role == "public" else plain(role) for role in roles) or "public"


def owner_condition(intent: Intent, catalog: Catalog, table: str) -> str:
    """The SQL condition that holds a row of a table (`schema.name`) to those whose it is: its owners' columns, else its
    parent's owner. Empty where nobody is known to own it, or where a column cannot hold a caller's id."""
    relation, meant = catalog.relation(table), intent.of(table)
    if relation is None:
        return ""
    own = [is_caller(relation, column) for column in meant.owners]
    found = [one for one in own if one] or [
        one for link in meant.through if (one := _through(intent, catalog, table, link, 0))
    ]
    return found[0] if len(found) == 1 else " or ".join(f"({one})" for one in found)


def author_condition(intent: Intent, catalog: Catalog, table: str) -> str:
    """The condition that holds a new row to whoever adds it: its authors' columns, else as `owner_condition`."""
    relation, meant = catalog.relation(table), intent.of(table)
    held = [is_caller(relation, column) for column in meant.authors] if relation else []
    return " and ".join(f"({one})" if len(held) > 1 else one for one in held if one) or owner_condition(
        intent, catalog, table
    )


def member_condition(intent: Intent, catalog: Catalog, table: str) -> str:
    """The condition that holds a row to the members of its team or room; empty where it belongs to none."""
    links = intent.of(table).member_of
    found = [one for link in links if (one := _through(intent, catalog, table, link, _DEEPEST))]
    return found[0] if len(found) == 1 else " or ".join(f"({one})" for one in found)


def is_caller(relation: Relation, column: str, row: str = "") -> str:
    """A column held to the caller: to his id, or where it holds an address, to his e-mail; empty where it can hold
    neither. `row` stands before the column, with its dot."""
    attribute = relation.column(column)
    if attribute is None or attribute.is_array:
        return ""
    if attribute.base == "uuid":
        return f"{CALLER} = {row}{plain(column)}"
    if not _TEXT.match(attribute.base):
        return ""
    if _EMAIL.search(column):
        return f"(select auth.jwt() ->> 'email') = {row}{plain(column)}"
    return f"{CALLER}::text = {row}{plain(column)}"


def _through(intent: Intent, catalog: Catalog, table: str, link: Through, deep: int) -> str:
    """A row's parent (or its list of members) asked for the caller."""
    parent = catalog.relation(link.table)
    if parent is None or link.table == table:
        return ""
    its = intent.of(parent.name)
    held = is_caller(parent, link.owner, f"{plain(_bare(parent.name))}.")
    if link.owner not in its.owners and deep < _DEEPEST:
        further = next((one for one in its.through if one.column == link.owner), None)
        held = _through(intent, catalog, parent.name, further, deep + 1) if further else held
    if not held or _asks_back(parent, table):
        return ""
    own, key = f"{plain(_bare(table))}.{plain(link.column)}", f"{plain(_bare(parent.name))}.{plain(link.key)}"
    return f"exists (select 1 from {plain(parent.name)} where {key} = {own} and {held})"


def _asks_back(parent: Relation, table: str) -> bool:
    """Whether the parent's own rules look into the table: then both would ask each other without end."""
    word = re.compile(rf"\b{re.escape(_bare(table))}\b")
    return any(word.search(rule.using + rule.check) for rule in parent.policies if rule.command in ("select", "all"))


def standing(relation: Relation, command: str, role: str = "authenticated") -> Iterator[Rule]:
    """The rules of a table that hold for a command and a role."""
    for rule in relation.policies:
        if rule.command in (command, "all") and {"public", role} & set(rule.roles or ("public",)):
            yield rule


def _bare(name: str) -> str:
    return name.rpartition(".")[2]
