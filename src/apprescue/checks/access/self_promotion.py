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
from apprescue.source.quiet import is_test
from apprescue.source.sql_access import Who, ways_in
from apprescue.source.sql_rights import Door, claims, column_places, made_at_sign_up, people_like, policy_place, writing
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_money_table, power

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
_ACCOUNT = re.compile(r"(?:^|_)(?:users?|profiles?|accounts?)$")
_CODE = (".ts", ".tsx", ".js", ".jsx", ".py", ".vue", ".svelte", ".mjs")
_DECIDED = re.compile(r"'(?:approved|verified|suspended|banned|rejected|under_review)'", re.I)
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
        for command in ("update", "insert"):
            for door in writing(app.schema, table, command):
                if door.who is Who.OWNER and not (command == "insert" and made_at_sign_up(app.schema, table.name)):
                    yield from _seen(app, table, door, command)


def _seen(app: App, table: Table, door: Door, command: str) -> Iterator[Seen]:
    schema = app.schema
    kinds = {c.name: _kind(app, table, c) for c in table.columns if c.name not in door.held | door.owners}
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


def _decides(app: App, table: Table, column: Column) -> bool:
    """Whether anything asks for the column: a rule, a function, or a comparison in the app's code. A role or plan that
    is only shown (a job title) gives nobody any power."""
    name, word = re.escape(column.name), bare(table.name)
    if column.name in word or re.search(r"admin|staff|moderator", column.name):
        return True
    asks = re.compile(rf"(?<!['\"])\b{name}\b(?!['\"])", re.I)
    told = [p.using + p.check + ("" if p.table != table.name else word) for p in app.schema.policies]
    told += [f.body for f in app.schema.functions]
    if any(asks.search(text) and re.search(rf"\b{re.escape(word)}\b", text, re.I) for text in told):
        return True
    owner = r"\w+" if _ACCOUNT.search(word) else rf"\w*(?:{_singular(word)}|{_singular(word)[:3]})\w*"
    camel = re.sub(r"_(\w)", lambda found: found[1].upper(), column.name)
    part = rf"\b(?i:{owner})(?:\[\d\]|\(\))?(?:\?|!)?(?:\.|\[['\"])(?:{name}|{camel})\b"
    tests = r"[!=]=|\?\s*['\"(<]|&&|\bin\b" if column.type.startswith("bool") else r"[!=]=|\bin\b"
    compared = re.compile(rf"{part}['\"]?\]?\)?\s*(?:{tests})|[!=]==?\s*{part}|(?:includes|has)\(\s*{part}")
    return any(
        p.endswith(_CODE) and (column.name in text or camel in text) and not is_test(p) and compared.search(text)
        for p, text in app.files.items()
    )


def _singular(word: str) -> str:
    return re.escape(word.rpartition("_")[2].removesuffix("s"))


def _trusted(schema: Schema, table: Table, column: Column) -> bool:
    """Whether rules or functions take the role from this very table, or it may hold the value of an admin."""
    if any(w.who is Who.STAFF and table.name in w.asked for p in schema.policies for w in ways_in(p, schema)):
        return True
    asks = re.compile(rf"\b{re.escape(bare(table.name))}\b", re.I)
    tests = re.compile(rf"\b{re.escape(column.name)}\b[^;]{{0,60}}'(?:super_?)?admin'", re.I)
    return any(asks.search(f.body) and tests.search(f.body) for f in schema.functions)


def _kind(app: App, table: Table, column: Column) -> str:
    schema = app.schema
    if column.generated:
        return ""
    kind = power(column.name)
    if kind:
        return kind if kind not in ("role", "plan") or _decides(app, table, column) else "title"
    if column.name == "status" and _approved_by_others(schema, table, column):
        return "trust"
    return "reach" if _decides_reach(schema, table, column) else ""


def _approved_by_others(schema: Schema, table: Table, column: Column) -> bool:
    """Whether a status is one that somebody else decides: it starts as pending or may be approved or banned."""
    values = " ".join(f"'{v}'" for v in schema.enums.get(f"public.{bare(column.type)}", ()))
    checks = " ".join(c for c in table.checks if re.search(r"\bstatus\b", c))
    return "pending" in column.default or bool(_DECIDED.search(values + checks))


def _decides_reach(schema: Schema, table: Table, column: Column) -> bool:
    """Whether other tables' rules read this column of the caller's row to decide what he may see."""
    keys = {c for f in table.foreign_keys if f.to_table not in ("auth.users", table.name) for c in f.columns}
    if column.name not in keys or column.name in table.primary_key:
        return False
    asks = re.compile(
        rf"select\s+(?:distinct\s+)?(?:\w+\.)?{re.escape(column.name)}\s+from\s+(?:public\.)?{re.escape(bare(table.name))}\b",
        re.I,
    )
    return any(asks.search(p.using) for p in schema.policies if p.table != table.name) or any(
        asks.search(f.body) for f in schema.functions if f.security_definer
    )
