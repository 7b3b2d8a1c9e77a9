"""A trigger that keeps columns of a table from the people who may change its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import literal
from apprescue.model.schema import Schema
from apprescue.source.policy_sql import plain
from apprescue.source.sql_access import STAFF_VALUE
from apprescue.source.sql_body import body_of
from apprescue.source.sql_rights import callable_by_clients


@dataclass(frozen=True, slots=True)
class Pinned:
    """What is kept: columns that a change puts back, those that a new row has at their default, and the condition by
    which the caller may set them all the same (empty for nobody). `choices` are the values of a column that anybody may
    begin with; `least` what a column begins with that has no default; `subjects` the columns of whom a row is about,
    where only he is bound."""

    changed: Sequence[Attribute]
    added: Sequence[Attribute] = ()
    unless: str = ""
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    least: Mapping[str, str] = field(default_factory=dict)
    subjects: Sequence[str] = ()


def guarding(catalog: Catalog, relation: Relation, pinned: Pinned) -> tuple[str, str]:
    """The function with its trigger, and the way back. It binds clients' roles only: the server's key and functions
    that run with their owner's rights come as other roles, and what a trigger of the app sets stands."""
    schema, _, bare = relation.name.rpartition(".")
    taken = {routine.name for routine in catalog.routines}
    words = (f"keep_{bare}_columns{number or ''}" for number in ("", *range(2, 99)))
    name = next(word for word in words if f"{schema}.{word}" not in taken)
    function, table = plain(f"{schema}.{name}"), plain(relation.name)
    free = "current_user not in ('anon', 'authenticated') or pg_trigger_depth() > 1"
    rows = [f"  if {free} then", "    return new;", "  end if;"]
    if pinned.unless:
        rows += [f"  if {_in_one_row(pinned.unless)} then", "    return new;", "  end if;"]
    begun = {one.name: _beginning(one, pinned.least.get(one.name, "")) for one in pinned.added}
    added = [row for name, value in begun.items() if value for row in _begun(name, value, pinned.choices.get(name, ()))]
    if added:
        rows += ["  if tg_op = 'INSERT' then", *(f"    {row}" for row in added), "    return new;", "  end if;"]
    others = [f"old.{plain(name)}::text is distinct from (select auth.uid())::text" for name in pinned.subjects]
    if others:
        rows += [f"  if {' and '.join(others)} then", "    return new;", "  end if;"]
    rows += [f"  new.{plain(one.name)} := old.{plain(one.name)};" for one in pinned.changed]
    events = "insert or update" if added else "update"
    body = "\n".join(["begin", *rows, "  return new;", "end"])
    up = (
        f"create function {function}() returns trigger\nlanguage plpgsql set search_path = '' as $$\n{body}\n$$;\n"
        f"create trigger {plain(name)} before {events} on {table}\n  for each row execute function {function}();\n"
    )
    return up, f"drop trigger if exists {plain(name)} on {table};\ndrop function if exists {function}();\n"


def _beginning(column: Attribute, least: str) -> str:
    """What a new row's column begins with, as SQL; empty where it needs a value and none is known."""
    return column.default or (literal(least) if least else "" if column.required else "null")


def _begun(name: str, value: str, choices: Sequence[str]) -> list[str]:
    """What sets a new row's column to its beginning, unless it holds one of the choices."""
    kept = f"new.{plain(name)} := {value};"
    if not choices:
        return [kept]
    return [f"if new.{plain(name)}::text not in ({', '.join(map(literal, choices))}) then", f"  {kept}", "end if;"]


def _in_one_row(text: str) -> str:
    return " ".join(text.split())


def set_with_callers_rights(schema: Schema, relation: Relation, names: Sequence[str]) -> bool:
    """Whether a function that clients may call writes the columns for them with their own rights."""
    for function in schema.functions:
        if not function.security_definer and callable_by_clients(function):
            for write in body_of(function).writes:
                if write.table == relation.name and write.operation == "update" and set(write.columns) & set(names):
                    return True
    return False


def choices_of(catalog: Catalog, relation: Relation, column: str) -> list[str]:
    """The values that a column may hold and that give no power over others: of its enum, or of a check that lists
    them."""
    attribute = relation.column(column)
    listed = list(catalog.enums.get(attribute.base, ()) if attribute else ())
    for _, check in relation.checks if not listed else ():
        if re.search(rf"\b{re.escape(column)}\b", check):
            listed += re.findall(r"'((?:[^']|'')*)'", check)
    return [one for one in dict.fromkeys(listed) if not STAFF_VALUE.search(one)]
