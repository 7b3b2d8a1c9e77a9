"""What a caller may do with his row: grants, policies and guarding triggers taken together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apprescue.model.access import Actor, Claim, Operation
from apprescue.model.place import Code, Place, PolicyPlace
from apprescue.model.schema import Column, DbFunction, Policy, Schema, Table
from apprescue.source.sql_access import Way, Who, doors, ways_in
from apprescue.source.sql_body import body_of, guarded
from apprescue.source.sql_words import is_people_table, owner_columns


@dataclass(frozen=True, slots=True)
class Door:
    """A policy that lets a circle of callers write rows of a table. `held` are the columns that the new row's
    check, a trigger or the lack of a grant keeps from them."""

    policy: Policy
    who: Who
    owners: frozenset[str]
    asked: frozenset[str]
    held: frozenset[str]


def writing(schema: Schema, table: Table, command: str) -> Iterator[Door]:
    """The doors through which callers without a staff role insert, update or delete rows of a table."""
    kept = _held(schema, table, command) | _ungranted(table, command)
    for policy, way in doors(schema, table.name, command, "using" if command != "insert" else "check"):
        if way.who < Who.RELATED or not granted(table, command, way.who):
            continue
        checks = [w for w in ways_in(policy, schema, "check") if w.who > Who.STAFF] if command != "delete" else []
        pinned = frozenset.intersection(*(w.pinned for w in checks)) if checks else frozenset()
        owners = way.owners | frozenset().union(*(w.owners for w in checks))
        who = min([way.who, *(w.who for w in checks)])
        yield Door(policy, who, owners, way.asked, pinned | kept)


def reading(schema: Schema, table: Table) -> Iterator[tuple[Policy, Way]]:
    """The ways in which callers without a staff role read rows of a table."""
    for policy, way in doors(schema, table.name, "select"):
        if way.who >= Who.RELATED and granted(table, "select", way.who):
            yield policy, way


def granted(table: Table, right: str, who: Who) -> bool:
    """Whether the table right was left with the roles that clients have (a hosting grants all of it at first)."""
    roles = ["authenticated"] if who < Who.EVERYONE else ["anon", "authenticated"]
    return any(not _revoked(table, role, right) or _column_grants(table, role, right) for role in roles)


def readable(table: Table, column: str) -> bool:
    """Whether clients may read a column: false where the table's SELECT is taken away and not given back for it."""
    roles = [
        r
        for r in ("anon", "authenticated")
        if _revoked(table, r, "select") or (r, f"select({column})") in table.revokes
    ]
    return len(roles) < 2 or any((r, f"select({column})") in table.grants for r in roles)


def people_like(table: Table) -> bool:
    """Whether there is one row for each person: by its name, or because the person is the key."""
    people = {c.name for c in owner_columns(table)}
    keys = [table.primary_key, *(i.columns for i in table.indexes if i.unique)]
    users = {c for f in table.foreign_keys if f.to_table == "auth.users" for c in f.columns}
    return is_people_table(table.name) or any(len(k) == 1 and k[0] in people | users for k in keys)


def made_at_sign_up(schema: Schema, table: str) -> bool:
    """Whether a trigger on the accounts makes the row, so that a user cannot insert his own."""
    for trigger in schema.triggers_of("auth.users"):
        function = schema.function(trigger.function)
        if function and any(w.operation == "insert" and w.table == table for w in body_of(function).writes):
            return True
    return False


def opened_by_members(schema: Schema, table: str) -> list[str]:
    """The tables that members of this one may read and others may not."""
    found: list[str] = []
    for name in dict.fromkeys(p.table for p in schema.policies if p.command in ("select", "all") and p.table != table):
        ways = [w for p in schema.policies_of(name) if p.command in ("select", "all") for w in ways_in(p, schema)]
        if any(table in w.asked and w.who is Who.RELATED for w in ways) and all(
            w.who < Who.MEMBERS or w.fixed for w in ways
        ):
            found.append(name)
    return found


def callable_by_clients(function: DbFunction) -> bool:
    """Whether clients may call it. Trigger functions cannot be called."""
    if function.returns in ("trigger", "event_trigger") or not function.name.startswith("public."):
        return False
    return bool({"public", "anon", "authenticated"} & function.executors)


def claims(table: str, command: str, who: Who, columns: Iterable[str] = ("",)) -> tuple[Claim, ...]:
    """What a rule lets a circle of callers do, as claims that can be tried; no columns where the row is meant."""
    own = None if who is Who.RELATED else who is Who.OWNER
    actor = {Who.EVERYONE: Actor.ANON, Who.MEMBERS: Actor.STRANGER}.get(who)
    return tuple(Claim(table, Operation(command), actor, column, own) for column in columns)


def policy_place(policy: Policy, column: str = "") -> PolicyPlace:
    """Where a policy begins. Only its first line: the next policy often stands on the line after its last."""
    return PolicyPlace(policy.table, policy.name, Code(policy.place.path, policy.place.line, policy.place.line), column)


def column_places(policy: Policy, columns: Iterable[Column]) -> tuple[Place, ...]:
    """The places of columns that a policy does not protect."""
    return tuple(PolicyPlace(policy.table, policy.name, c.place, c.name) for c in columns)


def _held(schema: Schema, table: Table, command: str) -> frozenset[str]:
    firing = [t for t in schema.triggers_of(table.name) if command in t.events and t.for_each_row]
    functions = [f for t in firing for f in (schema.function(t.function),) if f]
    return frozenset().union(*(guarded(f, command) for f in functions))


def _ungranted(table: Table, command: str) -> frozenset[str]:
    """The columns that no client's grant reaches, where the right is given column by column."""
    if not _revoked(table, "authenticated", command):
        return frozenset()
    return frozenset(c.name for c in table.columns) - _column_grants(table, "authenticated", command)


def _revoked(table: Table, role: str, right: str) -> bool:
    return (role, right) in table.revokes or (role, "all") in table.revokes


def _column_grants(table: Table, role: str, right: str) -> frozenset[str]:
    opening = f"{right}("
    return frozenset(g[len(opening) : -1] for r, g in table.grants if r == role and g.startswith(opening))
