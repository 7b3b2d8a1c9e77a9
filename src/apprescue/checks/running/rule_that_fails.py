"""A rule of the database fails for everybody, so that what needs it does not work at all.

What we look at: the app's database, rebuilt in a laboratory. Where a try fails for the very person for whom the table
or function is meant, with an error of the rule itself (it leads back to itself, it asks for what does not exist or
what nobody may read), the feature is dead.

Why it matters: every page that needs the table shows an error or stays empty, for every user; often it is the sign-up
or the messages, and nobody is told.

How to repair: put the question that the rule asks into a SECURITY DEFINER function with a fixed search path, or give
the right that it lacks; the error says which.

When it is fine: the table is not in use any more. Then drop it.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Access, Cell, Verdict
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source.proven import seen
from apprescue.source.sql_text import bare


@check(
    severity=Severity.HIGH,
    impact=Impact.ONBOARDING,
    cwe=["CWE-674", "CWE-755"],
    owasp=["A10:2025"],
    evidence=Evidence.PROVEN,
)
def rule_that_fails(app: App, access: Access) -> Iterator[Seen]:
    """One sighting for each table or function."""
    groups: dict[str, list[Cell]] = {}
    for cell in access.cells:
        if cell.verdict is Verdict.BROKEN:
            groups.setdefault(cell.object, []).append(cell)
    for cells in groups.values():
        acts = ", ".join(dict.fromkeys(cell.operation.value for cell in cells))
        detail = f"{bare(cells[0].name)} fails for everybody ({acts}): {cells[0].detail}"
        yield seen(app.schema, cells, detail, Severity.HIGH, Impact.ONBOARDING)
