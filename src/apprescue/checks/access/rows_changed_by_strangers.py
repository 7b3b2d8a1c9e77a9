"""Somebody who is not the owner changes or deletes another person's rows.

What we look at: the app's database, rebuilt in a laboratory and filled with rows of several people. A visitor without
an account, a user with rows of his own, a subscriber and a member of the owner's team each try to change and to delete
the owner's rows.

Why it matters: the browser talks to the database directly. Whoever can do this empties a table, redirects a payout or
rewrites what others have said, with two lines in the developer tools.

How to repair: let the rule for changing and deleting name the owner (`using ((select auth.uid()) = user_id)` and the
same `with check`), and drop rules meant for the server: its own key needs none.

When it is fine: the rows are a common good that every user may edit. Say so with `apprescue ask`.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Access, Actor, Cell, Operation
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source.proven import circle, columns, leaks, named, seen
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_log, is_money_table

_ACTS = {Operation.UPDATE: "changes", Operation.DELETE: "deletes"}


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=["CWE-862", "CWE-639"],
    owasp=["A01:2025", "API1:2023"],
    evidence=Evidence.PROVEN,
)
def rows_changed_by_strangers(app: App, access: Access) -> Iterator[Seen]:
    """One sighting for each table and act."""
    for cells in leaks(access, _ACTS, ["table", "view"]):
        acts = " and ".join(dict.fromkeys(_ACTS[cell.operation] for cell in cells))
        what = f" ({named(columns(cells))})" if columns(cells) else ""
        detail = f"{circle(cells)} {acts} rows of another person{what} in {bare(cells[0].name)}."
        yield seen(app.schema, cells, detail, _severity(cells), _impact(cells))


def _severity(cells: list[Cell]) -> Severity:
    if is_money_table(cells[0].object):
        return Severity.CRITICAL if any(cell.actor is Actor.ANON for cell in cells) else Severity.HIGH
    return Severity.MEDIUM if is_log(cells[0].object) else Severity.HIGH


def _impact(cells: list[Cell]) -> Impact:
    return Impact.MONEY if is_money_table(cells[0].object) else Impact.DATA
