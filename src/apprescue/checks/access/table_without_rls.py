"""Anyone with your app's address can read, change and empty this table.

What we look at: tables that the browser can reach and for which row level security was never switched on, or was
switched off again, after all migrations have run.

Why it matters: the public key in your pages is enough. Without row rules it reads every row, changes every row and
deletes the whole table; no login is needed.

How to repair: `alter table t enable row level security;` and then one rule for each thing that users may do. With
no rule, only your server reaches the table.

When it is fine: the roles anon and authenticated have no rights on the table, or it lies in a schema that is not
exposed.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import TablePlace
from apprescue.source.sql_access import Who
from apprescue.source.sql_rights import claims, granted
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_log, secrecy


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=["CWE-862"], owasp=["A01:2025", "API1:2023"])
def table_without_rls(app: App) -> Iterator[Seen]:
    """One sighting for each table."""
    schema = app.schema
    for table in schema.tables:
        exposed = schema.exposed and table.name.startswith("public.") and table.rls is False
        if not exposed or not any(granted(table, r, Who.EVERYONE) for r in ("select", "insert", "update", "delete")):
            continue
        secret = any(secrecy(c) == "secret" for c in table.columns)
        useless = " Its rules are written but not in force." if schema.policies_of(table.name) else ""
        level = Severity.CRITICAL if secret else Severity.MEDIUM if is_log(table.name) else Severity.HIGH
        yield Seen(
            TablePlace(table.name, table.rls_place or table.place),
            f"Row level security is off for {bare(table.name)}, so everybody can read, change and delete its "
            f"rows.{useless}",
            severity=level,
            claims=tuple(
                c for act in ("select", "insert", "update", "delete") for c in claims(table.name, act, Who.EVERYONE)
            ),
        )
