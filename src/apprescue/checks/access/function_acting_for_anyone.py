"""A function of the database acts on other people's data for whoever calls it.

What we look at: every function that visitors and users may call. It is called in a laboratory with another person's
id as each of its arguments, and we look at whether it hands out or changes what is that person's; and with a quote in
each text, which breaks a statement that is put together from it.

Why it matters: functions with their owner's rights go round all row rules. Each one is an address on the internet:
the browser calls it by its name, with any argument.

How to repair: compare the caller inside (`if auth.uid() is distinct from p_user_id then raise exception`), or take the
right to call it away (`revoke execute on function f from public, anon, authenticated`) and let the server call it.

When it is fine: it tells what everybody may know, such as a public profile. Say so with `apprescue ask`.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Access, Operation
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source.deeds import deed
from apprescue.source.proven import circle, leaks, seen
from apprescue.source.sql_text import bare

INJECTED = "with a quote in its text"


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=["CWE-862", "CWE-639"],
    owasp=["A01:2025", "API5:2023"],
    evidence=Evidence.PROVEN,
)
def function_acting_for_anyone(app: App, access: Access) -> Iterator[Seen]:
    """One sighting for each function."""
    for cells in leaks(access, [Operation.CALL], ["function"]):
        function = app.schema.function(cells[0].name)
        severity = deed(app.schema, function)[0] if function else None
        injected = [cell for cell in cells if cell.row == INJECTED]
        if injected:
            detail = (
                f"{circle(injected)} calls {bare(injected[0].name)} with a statement of his own: {injected[0].detail}."
            )
            yield seen(app.schema, injected, detail, Severity.CRITICAL)
            continue
        detail = f"{circle(cells)} calls {bare(cells[0].name)} with another person's id: {cells[0].detail}."
        yield seen(app.schema, cells, detail, severity or Severity.MEDIUM)
