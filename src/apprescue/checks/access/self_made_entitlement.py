"""A user can write his own subscription, purchase or payment without paying.

What we look at: row rules that let a user insert or change rows that are worth money (subscriptions, purchases,
payments, wallets, payouts, donations, tickets) as long as they carry his own id, without holding the status, the
amount and the dates.

Why it matters: such a row is what the app looks at before it opens paid content or pays out. Anyone who can write
it from his browser gets for free what others pay for, or is paid money that nobody paid in.

How to repair: let only the server write these rows, after the payment provider has confirmed the payment: drop the
insert and update rules for users, keep the one for reading. If users must start an order, hold the status to
'pending' in WITH CHECK, and let the webhook finish it with the service role.

When it is fine: the rule holds status and amount to harmless values, or the rows are wishes that somebody else
confirms elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.schema import Table
from apprescue.source.sql_access import Who
from apprescue.source.sql_rights import Door, claims, column_places, policy_place, writing
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import decides_payment, is_money_table, is_usage, is_wish, power

_KEY = re.compile(r"(?i)(?:^|_)(?:purchases?|purchased\w*|unlocks?|unlocked\w*|entitlements?)$")
_GRAVE = re.compile(r"subscription|payment|wallet|balance|transaction|membership|purchase|credit|stake", re.I)


@check(
    severity=Severity.HIGH, impact=Impact.MONEY, cwe=["CWE-862", "CWE-840"], owasp=["A01:2025", "A06:2025", "API6:2023"]
)
def self_made_entitlement(app: App) -> Iterator[Seen]:
    """One sighting for each rule; those of one table are one finding."""
    for table in app.schema.tables:
        usage = is_usage(table.name)
        if table.rls is False or not (is_money_table(table.name) or usage):
            continue
        for command in ("insert", "update"):
            for door in writing(app.schema, table, command):
                if (
                    door.who in (Who.OWNER, Who.RELATED)
                    and (door.owners or door.asked)
                    and not (usage and command == "insert")
                ):
                    yield from _seen(table, door, command, usage)


def _seen(table: Table, door: Door, command: str, usage: bool) -> Iterator[Seen]:
    free = [c for c in table.columns if c.name not in door.held | door.owners and decides_payment(c)]
    bare_key = command == "insert" and bool(_KEY.search(bare(table.name))) and "status" not in door.held
    if table.columns and not free and not (usage or bare_key):
        return
    if "status" in door.held and not any(power(c.name) == "money" for c in free):
        return
    name = bare(table.name)
    act = "insert rows" if command == "insert" else "change rows"
    free.sort(key=lambda c: "status" not in c.name)
    columns = f" with any {', '.join(c.name for c in free[:5])}" if free else ""
    yield Seen(
        policy_place(door.policy, free[0].name if free else ""),
        f'The rule "{door.policy.name}" lets a user {act} of his own in {name}{columns}, without any payment.',
        related=column_places(door.policy, free),
        cause=table.name,
        severity=_severity(name, usage, command),
        claims=claims(table.name, command, Who.OWNER, [c.name for c in free] or [""]),
    )


def _severity(name: str, usage: bool, command: str) -> Severity:
    if usage or is_wish(name):
        return Severity.MEDIUM
    return Severity.CRITICAL if _GRAVE.search(name) and command == "update" else Severity.HIGH
