"""A signed-in user can write rows in another person's name.

What we look at: rules for inserting that ask only whether someone is signed in, in tables with a column that says
whose row it is (user, author, sender, voter).

Why it matters: the id in that column is typed by the caller. He posts messages as somebody else, votes for others,
or puts things into their account, and the app shows it as theirs.

How to repair: tie the column to the caller: `with check ((select auth.uid()) = user_id)`.

When it is fine: the column names somebody who is not the actor, and anyone may write about him.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source.sql_access import Who
from apprescue.source.sql_rights import claims, column_places, policy_place, writing
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_money_table, owner_columns


@check(severity=Severity.MEDIUM, impact=Impact.DATA, cwe=["CWE-863", "CWE-639"], owasp=["A01:2025", "API1:2023"])
def foreign_owner_on_insert(app: App) -> Iterator[Seen]:
    """One sighting for each rule."""
    for table in app.schema.tables:
        if table.rls is False:
            continue
        for door in writing(app.schema, table, "insert"):
            people = [c for c in owner_columns(table) if c.name not in door.held]
            if door.who is not Who.MEMBERS or door.owners or not people:
                continue
            names = ", ".join(c.name for c in people)
            yield Seen(
                policy_place(door.policy, people[0].name),
                f'The rule "{door.policy.name}" asks only for a signed-in caller; {names} of the new row in '
                f"{bare(table.name)} may be anybody.",
                related=column_places(door.policy, people),
                severity=Severity.HIGH if is_money_table(table.name) else Severity.MEDIUM,
                claims=claims(table.name, "insert", Who.MEMBERS),
            )
