"""The other party of a message or booking can rewrite all of it.

What we look at: rules for changing rows that let someone who is not the author change every column, such as the
receiver of a message who should only mark it as read.

Why it matters: the receiver can change the words that the sender wrote, the sender himself or the price of a
booking, and the app shows it as if the other had written it.

How to repair: give the right to change only the columns that he needs
(`revoke update on messages from authenticated; grant update (read_at) on messages to authenticated`), or do it in a
function that changes that one column.

When it is fine: the row holds nothing that the other person wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source.sql_access import Who
from apprescue.source.sql_rights import claims, column_places, policy_place, writing
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_receiver, is_written

_AUTHORS = re.compile(r"^(?:sender|from_user|author|creator|sender_user|user|fan|buyer)(?:_id)?$", re.I)


@check(severity=Severity.MEDIUM, impact=Impact.DATA, cwe=["CWE-284", "CWE-863"], owasp=["A01:2025", "API3:2023"])
def whole_row_update_for_counterpart(app: App) -> Iterator[Seen]:
    """One sighting for each rule."""
    for table in app.schema.tables:
        authors = [c for c in table.columns if _AUTHORS.match(c.name)]
        written = [c for c in table.columns if is_written(c.name)]
        if table.rls is False or not authors or not written:
            continue
        told: set[str] = set()
        for door in writing(app.schema, table, "update"):
            free = [c for c in (*written, *authors) if c.name not in door.held | door.owners]
            if door.who is Who.OWNER and any(map(is_receiver, door.owners)) and free and door.policy.name not in told:
                told.add(door.policy.name)
                names = ", ".join(c.name for c in free)
                yield Seen(
                    policy_place(door.policy, free[0].name),
                    f'The rule "{door.policy.name}" lets the receiver change every column of {bare(table.name)}, '
                    f"also {names}, which somebody else wrote.",
                    related=column_places(door.policy, free),
                    claims=claims(table.name, "update", Who.RELATED, (c.name for c in free)),
                )
