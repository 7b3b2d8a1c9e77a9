"""A view shows everybody the rows that your rules hide.

What we look at: views that clients can read, that run with their maker's rights (no `security_invoker`), and that
show private columns, or whole rows, of tables whose own rules show them only to their owner.

Why it matters: such a view goes round the row rules of the tables behind it. The table is locked and the view
beside it is open.

How to repair: `alter view v set (security_invoker = true);` so that the reader's own rights hold. If the view is
meant to be public, list only the columns that may be seen.

When it is fine: the view shows a few harmless columns on purpose, or clients have no right on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import TablePlace
from apprescue.model.schema import Schema, Table
from apprescue.source.sql_access import Who, asks_caller
from apprescue.source.sql_body import full
from apprescue.source.sql_rights import claims, reading
from apprescue.source.sql_text import bare, without_comments
from apprescue.source.sql_words import secrecy

_SOURCE = re.compile(r"\b(?:from|join)\s+((?:\w+\.)?\"?\w+\"?)", re.I)


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=["CWE-863", "CWE-359"], owasp=["A01:2025", "API3:2023"])
def view_around_rls(app: App) -> Iterator[Seen]:
    """One sighting for each view."""
    for view in app.schema.views:
        text = without_comments(view.definition)
        if not app.schema.exposed or view.security_invoker or not view.name.startswith("public.") or asks_caller(text):
            continue
        behind = [t for name in _SOURCE.findall(text) for t in _tables(app.schema, full(name))]
        shown = sorted({f"{bare(t.name)}.{c}" for t in behind for c in _private(t, text)})
        if shown:
            yield Seen(
                TablePlace(view.name, view.place),
                f"The view {bare(view.name)} shows {', '.join(shown[:6])} to everybody, around the rules of the table.",
                claims=claims(view.name, "select", Who.EVERYONE),
            )


def _tables(schema: Schema, name: str) -> list[Table]:
    """The table behind a view, where its own rules keep its rows from strangers; the accounts always count."""
    table = schema.table(name)
    if table is None or any(way.who is Who.EVERYONE for _, way in reading(schema, table)):
        return []
    return [table]


def _private(table: Table, text: str) -> list[str]:
    whole = bool(re.search(r"\bselect\s+(?:\w+\.)?\*", text, re.I))
    private = [c.name for c in table.columns if secrecy(c, table.name)]
    return [name for name in private if whole or re.search(rf"\b{re.escape(name)}\b", text)]
