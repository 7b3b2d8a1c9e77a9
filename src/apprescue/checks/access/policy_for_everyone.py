"""A rule meant for the server, or for nobody, lets everybody write.

What we look at: row rules for inserting, changing and deleting whose condition holds for every caller (`true`), or
asks nothing about who he is; above all those named after the service role, the system or an admin, which have no
TO clause and therefore apply to the public.

Why it matters: the server's own key goes round all row rules and needs no rule at all. Such a rule only opens the
table to everyone with the app's address: payments are invented, other people's rows changed or emptied.

How to repair: drop the rule. The service role does not need it. If users must write, allow only their own rows
(`with check ((select auth.uid()) = user_id)`), and if strangers must (a contact form), put the insert behind a
server function with a rate limit.

When it is fine: strangers are meant to leave rows there and may not read them, such as a contact form or a waiting
list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.schema import Table
from apprescue.source.sql_access import Who
from apprescue.source.sql_rights import Door, claims, policy_place, writing
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_drop_box, is_log, is_money_table, owner_columns, power, secrecy

_MEANT_FOR_OTHERS = re.compile(
    r"service|system|server|edge function|webhook|admin|backend|internal|bot\b|cron|function", re.I
)
_VERB = {"insert": "insert rows into", "update": "change every row of", "delete": "delete every row of"}
_PLAIN = re.compile(r"settings|config|role|permission|audit", re.I)


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=["CWE-862", "CWE-284"], owasp=["A01:2025", "API1:2023"])
def policy_for_everyone(app: App) -> Iterator[Seen]:
    """One sighting for each rule, with all that it permits."""
    for table in app.schema.tables:
        if table.rls is False:
            continue
        open_doors: dict[str, list[tuple[str, Door]]] = {}
        for command in ("insert", "update", "delete"):
            for door in writing(app.schema, table, command):
                if _lets_all(door, command):
                    open_doors.setdefault(door.policy.name, []).append((command, door))
        for found in open_doors.values():
            yield from _seen(table, found)


def _lets_all(door: Door, command: str) -> bool:
    """Whether strangers come through, or for changes to others' rows, anyone signed in."""
    if door.owners or door.who < Who.MEMBERS:
        return False
    return door.who is Who.EVERYONE or command != "insert"


def _seen(table: Table, found: list[tuple[str, Door]]) -> Iterator[Seen]:
    policy, commands = found[0][1].policy, [command for command, _ in found]
    who = max(door.who for _, door in found)
    promised = bool(_MEANT_FOR_OTHERS.search(policy.name))
    if commands == ["insert"] and is_drop_box(table.name) and not promised:
        return
    acts = ", ".join(["read"] * (policy.command == "all" and not policy.check) + [_VERB[c] for c in commands])
    circle = "anybody, without signing in, can" if who is Who.EVERYONE else "anyone who is signed in can"
    meant = " It is named as if it were for the server only, but it applies to all callers." if promised else ""
    column = next((c.name for c in table.columns if c.name.endswith("status") or power(c.name)), "")
    yield Seen(
        policy_place(policy, column),
        f'Through the rule "{policy.name}" {circle} {acts} {bare(table.name)}.{meant}',
        severity=_severity(table, commands, promised),
        impact=Impact.MONEY if is_money_table(table.name) else Impact.DATA,
        claims=tuple(claim for command in commands for claim in claims(table.name, command, who)),
    )


def _severity(table: Table, commands: list[str], promised: bool) -> Severity:
    if is_money_table(table.name):
        return Severity.CRITICAL if set(commands) & {"update", "delete"} or _pays(table) else Severity.HIGH
    if commands == ["insert"]:
        if re.search(r"audit|permission|role", table.name):
            return Severity.HIGH
        return Severity.LOW if not promised and (is_drop_box(table.name) or is_log(table.name)) else Severity.MEDIUM
    if _PLAIN.search(table.name) and not owner_columns(table):
        return Severity.CRITICAL
    return Severity.MEDIUM if is_log(table.name) and not any(map(secrecy, table.columns)) else Severity.HIGH


def _pays(table: Table) -> bool:
    return bool(re.search(r"payment|transaction|wallet|balance|ledger|payout|subscription", bare(table.name)))
