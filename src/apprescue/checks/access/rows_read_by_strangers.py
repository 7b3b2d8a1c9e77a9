"""Somebody who is not the owner reads rows that are not meant for him.

What we look at: the app's database, rebuilt in a laboratory and filled with rows of several people. A visitor without
an account, a user with rows of his own, a subscriber and a member of the owner's team each ask for the owner's rows,
column by column, through tables and views.

Why it matters: the browser talks to the database directly, so whoever has the app's address can ask the same. What
came back in the laboratory comes back in the live app: private messages, e-mail addresses, keys, what others sell.

How to repair: let the rule name the owner (`using ((select auth.uid()) = user_id)`); for what is meant to be public
give a view with the few columns that may be seen; let views run with the reader's rights (`security_invoker = true`).

When it is fine: the rows are public by intent. Say so with `apprescue ask`, and it is not told again.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Access, Actor, Cell, Operation
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.schema import Column, Schema
from apprescue.source.proven import circle, columns, leaks, named, seen
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_money_table, secrecy


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=["CWE-862", "CWE-359"],
    owasp=["A01:2025", "API1:2023"],
    evidence=Evidence.PROVEN,
)
def rows_read_by_strangers(app: App, access: Access) -> Iterator[Seen]:
    """One sighting for each table or view."""
    for cells in leaks(access, [Operation.SELECT, Operation.LISTEN], ["table", "view"]):
        cells.sort(key=lambda cell: not _kept(app.schema, cell))
        what = named(columns(cells)) or "whole rows"
        detail = f"{circle(cells)} reads {what} of another person in {bare(cells[0].name)}."
        yield seen(app.schema, cells, detail, _severity(app.schema, cells))


def _kept(schema: Schema, cell: Cell) -> str:
    table = schema.table(cell.object)
    column = table.column(cell.column) if table and cell.column else None
    return secrecy(column or Column(cell.column, "", table.place), cell.object) if table and cell.column else ""


def _severity(schema: Schema, cells: list[Cell]) -> Severity:
    kinds = {_kept(schema, cell) for cell in cells}
    anyone = any(cell.actor is Actor.ANON for cell in cells)
    if "secret" in kinds:
        return Severity.CRITICAL if anyone else Severity.HIGH
    if "personal" in kinds or is_money_table(cells[0].object):
        return Severity.HIGH if anyone else Severity.MEDIUM
    return Severity.HIGH if any(not cell.column for cell in cells) and anyone else Severity.MEDIUM
