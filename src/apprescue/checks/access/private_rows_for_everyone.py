"""Anyone with your app's address can read private columns.

What we look at: rules for reading that hold for everybody, or for everyone who is signed in, on tables with keys,
tokens, e-mail addresses, phone numbers, birth dates, bank data and the like. A rule opens whole rows: a page that
shows only three columns hides nothing.

Why it matters: anyone opens the developer tools and reads the whole table at once: a list of all your customers, or
keys with which he acts as them.

How to repair: allow reading only to the owner (`using ((select auth.uid()) = user_id)`), and give the public a view
with the few columns that are meant to be seen, or take the column right away
(`revoke select on t from anon, authenticated; grant select (name, avatar_url) on t to anon, authenticated`).

When it is fine: the column holds what its owner wants to be seen, such as the contact address of a shop.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.schema import Column, Policy, Table
from apprescue.source.sql_access import SHUT, Way, Who
from apprescue.source.sql_rights import claims, column_places, policy_place, readable, reading
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import secrecy


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=["CWE-359", "CWE-862"], owasp=["A01:2025", "API3:2023"])
def private_rows_for_everyone(app: App) -> Iterator[Seen]:
    """One sighting for each rule."""
    for table in app.schema.tables:
        private = [c for c in table.columns if secrecy(c, table.name) and readable(table, c.name)]
        if table.rls is False or not private:
            continue
        worst: dict[str, tuple[Policy, Way]] = {}
        for policy, way in reading(app.schema, table):
            known = worst.get(policy.name, (policy, SHUT))[1]
            if way.who >= Who.MEMBERS and not way.owners and way.who > known.who and not _opens_writing(policy, way):
                worst[policy.name] = policy, way
        yield from (_seen(table, policy, way, private) for policy, way in worst.values())


def _opens_writing(policy: Policy, way: Way) -> bool:
    """Whether the same rule lets everybody write as well: that is told by another check."""
    return policy.command == "all" and not way.fixed and not policy.check


def _seen(table: Table, policy: Policy, way: Way, private: list[Column]) -> Seen:
    private = sorted(private, key=lambda c: secrecy(c) != "secret")
    names = ", ".join(c.name for c in private[:6])
    circle = "Anybody, without signing in," if way.who is Who.EVERYONE else "Everyone who is signed in"
    secret = secrecy(private[0]) == "secret"
    return Seen(
        policy_place(policy, private[0].name),
        f'{circle} can read {names} in {bare(table.name)} through the rule "{policy.name}".',
        related=column_places(policy, private),
        cause=table.name,
        severity=_severity(secret, private[0].name, way),
        evidence=Evidence.SUSPECTED if way.fixed and not secret else None,
        claims=claims(table.name, "select", way.who, (c.name for c in private)),
    )


def _severity(secret: bool, name: str, way: Way) -> Severity:
    if way.fixed and not secret:
        return Severity.LOW  # somebody published these rows; whether with their contact data, a person must tell
    if way.who is not Who.EVERYONE:
        return Severity.HIGH if secret else Severity.MEDIUM
    return (
        Severity.CRITICAL if secret and ("private" in name or "password" in name or "secret" in name) else Severity.HIGH
    )
