"""A function that plants sample data is open to everybody in production.

What we look at: functions of the database that make sample, demo or test rows, and that clients can call.

Why it matters: anyone calls it by its name and fills real accounts with invented posts, sales and followers. What the
dashboards show afterwards is no longer true, and telling the rows apart by hand takes days.

How to repair: drop the function from the production database. Keep sample data in a seed file that only local and
preview databases run.

When it is fine: only the service role may call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import FunctionPlace
from apprescue.source.sql_body import body_of
from apprescue.source.sql_rights import callable_by_clients
from apprescue.source.sql_text import bare

_SAMPLE = re.compile(r"(?:^|_)(?:sample|demo|dummy|fake|mock|seed|test_data|placeholder)(?:_|$)", re.I)


@check(severity=Severity.MEDIUM, impact=Impact.DATA, cwe=["CWE-489"], owasp=["A02:2025"])
def sample_data_for_everyone(app: App) -> Iterator[Seen]:
    """One sighting for each function."""
    for function in app.schema.functions:
        planted = sorted({bare(w.table) for w in body_of(function).writes if w.operation == "insert"})
        if app.schema.exposed and planted and _SAMPLE.search(bare(function.name)) and callable_by_clients(function):
            yield Seen(
                FunctionPlace(function.name, function.place),
                f"{bare(function.name)} plants invented rows in {', '.join(planted[:5])}, and any client can call it.",
            )
