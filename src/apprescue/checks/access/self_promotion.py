"""A user can give himself a role, a balance, a plan or a verified mark.

What we look at: row rules that let a user change or create his own row, in tables that hold one row for each
person, and whether the columns that decide about power, money, plan or trust are kept from him by the rule's
check, by column rights or by a trigger.

Why it matters: the browser talks to the database directly. Whoever opens the developer tools can send an update
with any column, so a user makes himself admin, pays himself out a balance that he typed in, or takes the paid plan.

How to repair: keep these columns out of users' hands. Either move them to a table that only the server writes,
or take the right away (`revoke update on t from authenticated; grant update (name, bio) on t to authenticated`),
or pin them in the rule's WITH CHECK or in a BEFORE UPDATE trigger. Then change them only in server code.

When it is fine: the column decides nothing, or the server overwrites it before it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.schema import Column, Schema, Table
from apprescue.source.intent_owners import ownership
from apprescue.source.intent_writing import engages
from apprescue.source.powers import kind_of
from apprescue.source.sql_access import Who, ways_in
from apprescue.source.sql_rights import Door, claims, column_places, made_at_sign_up, people_like, policy_place, writing
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_money_table

_GRAVITY = {
    "role": Severity.CRITICAL,
    "money": Severity.CRITICAL,
    "payout account": Severity.HIGH,
    "plan": Severity.HIGH,
    "trust": Severity.MEDIUM,
    "ban": Severity.MEDIUM,
    "reach": Severity.MEDIUM,
    "title": Severity.MEDIUM,
}
_RESULT = {
    "role": "make himself an admin",
    "money": "write himself any amount of money",
    "payout account": "mark his payout account as he likes",
    "plan": "give himself a paid plan",
    "trust": "mark himself as verified or approved",
    "ban": "lift his own ban",
    "reach": "move himself to where he reads other people's data",
    "title": "change what is only shown so far: we saw nothing that decides by it",
}


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=["CWE-269", "CWE-915"],
    owasp=["A01:2025", "API3:2023"],
)
def self_promotion(app: App) -> Iterator[Seen]:
    """One sighting for each rule; those of one table are one finding."""
    for table in app.schema.tables:
        if table.rls is False or not people_like(table) or is_money_table(table.name):
            continue
        own = ownership(app.schema, table)
        host = set(own.authors) if engages(table, own) else set()
        for command in ("update", "insert"):
            for door in writing(app.schema, table, command):
                if (
                    door.who is Who.OWNER
                    and not (host and door.owners <= host)
                    and not (command == "insert" and made_at_sign_up(app.schema, table.name))
                ):
                    yield from _seen(app, table, door, command)


def _seen(app: App, table: Table, door: Door, command: str) -> Iterator[Seen]:
    schema = app.schema
    kinds = {c.name: kind_of(app, table, c) for c in table.columns if c.name not in door.held | door.owners}
    free = [c for c in table.columns if kinds.get(c.name)]
    if command == "insert":
        free = [c for c in free if kinds[c.name] in ("role", "money", "title")]
    if not free:
        return
    free.sort(key=lambda c: list(_GRAVITY).index(kinds[c.name]))
    worst = kinds[free[0].name]
    names = ", ".join(c.name for c in free[:6])
    act = "change every column of his own row" if command == "update" else "create his own row with any content"
    yield Seen(
        policy_place(door.policy, free[0].name),
        f'The rule "{door.policy.name}" lets a user {act} in {bare(table.name)}, also {names}: he can '
        f"{_RESULT[worst]}.",
        related=column_places(door.policy, free),
        cause=table.name,
        severity=_severity(schema, table, free[0], worst, command),
        impact=Impact.MONEY if worst in ("money", "plan", "payout account") else Impact.DATA,
        claims=claims(table.name, command, door.who, (c.name for c in free)),
    )


def _severity(schema: Schema, table: Table, column: Column, kind: str, command: str) -> Severity:
    if kind == "role" and not _trusted(schema, table, column):
        return (
            Severity.HIGH
            if re.search(
                r"admin|super|(?:^|[._])(?:users?|user_profiles|profiles|accounts)$", f"{column.name} {table.name}"
            )
            else Severity.MEDIUM
        )
    if kind == "money" and not re.search(r"balance|credit|earning|coin|commission|wallet", column.name):
        return Severity.MEDIUM
    return min(_GRAVITY[kind], Severity.HIGH, key=lambda s: -s.rank) if command == "insert" else _GRAVITY[kind]


def _trusted(schema: Schema, table: Table, column: Column) -> bool:
    """Whether rules or functions take the role from this very table, or it may hold the value of an admin."""
    if any(w.who is Who.STAFF and table.name in w.asked for p in schema.policies for w in ways_in(p, schema)):
        return True
    asks = re.compile(rf"\b{re.escape(bare(table.name))}\b", re.I)
    tests = re.compile(rf"\b{re.escape(column.name)}\b[^;]{{0,60}}'(?:super_?)?admin'", re.I)
    return any(asks.search(f.body) and tests.search(f.body) for f in schema.functions)
