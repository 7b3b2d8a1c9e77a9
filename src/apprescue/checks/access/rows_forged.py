"""Somebody adds rows that are not his to add: in another person's name, or without an account.

What we look at: the app's database, rebuilt in a laboratory. A visitor without an account and a user with rows of his
own try to add rows that name somebody else as their owner or author, and rows that only the server is meant to write.

Why it matters: such a row is a message that somebody never wrote, a payment that nobody made, a log entry that hides
what was done. The app believes its own tables.

How to repair: let the rule for adding rows hold the author to the caller (`with check ((select auth.uid()) =
user_id)`); where only the server writes, drop the rule: its own key needs none.

When it is fine: strangers are meant to leave rows there and cannot read them, such as a contact form. Say so with
`apprescue ask`.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Access, Actor, Cell, Operation
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source.proven import circle, leaks, seen
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_drop_box, is_log, is_money_table


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=["CWE-863", "CWE-290"],
    owasp=["A01:2025", "API1:2023"],
    evidence=Evidence.PROVEN,
)
def rows_forged(app: App, access: Access) -> Iterator[Seen]:
    """One sighting for each table."""
    for cells in leaks(access, [Operation.INSERT]):
        detail = f"{circle(cells)} adds rows to {bare(cells[0].name)} that are not his to add ({cells[0].row})."
        impact = Impact.MONEY if is_money_table(cells[0].object) else Impact.DATA
        yield seen(app.schema, cells, detail, _severity(cells), impact)


def _severity(cells: list[Cell]) -> Severity:
    name = cells[0].object
    if is_money_table(name):
        return Severity.CRITICAL if any(cell.actor is Actor.ANON for cell in cells) else Severity.HIGH
    return Severity.LOW if is_drop_box(name) or is_log(name) else Severity.MEDIUM
