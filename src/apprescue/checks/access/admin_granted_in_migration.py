"""A test account is made an admin in production by a migration.

What we look at: statements in the migrations that give an admin role to an account named by an e-mail address that
looks like a test, demo or example address.

Why it matters: migrations run in every environment. Whoever registers that address, or knows the test password,
is an admin of the live app.

How to repair: take the role away in the live database, and give roles by hand or from an environment setting. Keep
test accounts in a seed file that production never runs.

When it is fine: the statement is in a seed file for local databases only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.sql import Statement, parse

_TEST_ADDRESS = re.compile(
    r"'([\w.+-]*@(?:example|test|demo|localhost)[\w.-]*|(?:test|demo|admin)[\w.+-]*@(?:test|demo|"
    r"example)\w*\.\w+)'",
    re.I,
)
_ADMIN = re.compile(r"'(?:super_?)?admin'|\bis_admin\b", re.I)
_SEED = re.compile(r"(?:^|/)seeds?(?:[/._-]|$)", re.I)


@check(severity=Severity.MEDIUM, impact=Impact.DATA, cwe=["CWE-798", "CWE-1188"], owasp=["A07:2025"])
def admin_granted_in_migration(app: App) -> Iterator[Seen]:
    """One sighting for each statement."""
    for path, text in app.files.items():
        if not path.endswith(".sql") or _SEED.search(path) or not (_TEST_ADDRESS.search(text) and _ADMIN.search(text)):
            continue
        for statement in parse(text):
            if not isinstance(statement, Statement) or statement.kind not in ("UpdateStmt", "InsertStmt", "DoStmt"):
                continue
            address = _TEST_ADDRESS.search(statement.text)
            if address and _ADMIN.search(statement.text):
                yield Seen(
                    Code(path, statement.line, statement.end_line),
                    f"This statement gives the admin role to {address[1]} wherever the migrations run.",
                )
