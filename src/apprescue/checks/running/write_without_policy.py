"""A form of your app always fails: the database lets nobody write there.

What we look at: writes that the code makes with the user's rights or the public key, to tables with row level security
on and no rule that permits such a write to anyone.

Why it matters: the database refuses an insert, and skips an update or delete silently. What the user filled in is
lost, often without a message, and nobody notices until he complains.

How to repair: either make the write in a server function with the service role, or add a rule that permits it for the
user's own rows, with the columns that matter held in WITH CHECK.

When it is fine: a rule exists in the live database that no migration knows; a test that tries what must not work.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import TablePlace
from apprescue.model.schema import Schema, Table
from apprescue.source.quiet import is_test
from apprescue.source.sql_access import Who, doors

_NEEDED = {"insert": ("insert",), "upsert": ("insert", "update"), "update": ("update",), "delete": ("delete",)}


@check(severity=Severity.MEDIUM, impact=Impact.ONBOARDING, cwe=["CWE-1059"], owasp=["A10:2025"])
def write_without_policy(app: App) -> Iterator[Seen]:
    """One finding for each table and kind of write."""
    for query in app.queries:
        table = app.schema.table(query.table) if query.as_whom in ("browser", "user") else None
        if table is None or table.rls is not True or table.origin != "sql_migrations" or not table.columns:
            continue
        if is_test(query.place.path):
            continue
        lacking = _lacking(app.schema, table, query)
        if lacking:
            yield Seen(
                query.place,
                f"This {query.operation} on {query.table} runs with the user's rights, but no rule permits {lacking} "
                f"to any user: it {_outcome(query.operation, lacking)}.",
                related=(TablePlace(table.name, table.rls_place or table.place), TablePlace(table.name, table.place)),
                cause=f"{table.name} {lacking}",
            )


def _outcome(operation: str, lacking: str) -> str:
    if operation in ("update", "delete"):
        return "touches no row, without an error"
    return "fails once the row exists" if lacking == "update" else "always fails"


def _lacking(schema: Schema, table: Table, query: Query) -> str:
    for command in _NEEDED.get(query.operation, ()):
        part = "check" if command == "insert" else "using"
        if all(way.who <= Who.SERVICE for _, way in doors(schema, table.name, command, part)):
            return command
    return ""
