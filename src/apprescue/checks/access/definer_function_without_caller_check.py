"""A powerful function of the database answers to anybody.

What we look at: functions that run with the owner's rights (SECURITY DEFINER), that clients can call, that write
data or read private data for an id given as a parameter, and that never ask who is calling.

Why it matters: such a function goes round all row rules. Anyone calls it by its name from the browser's console:
credits himself tokens, activates a plan, bans users or reads another person's messages.

How to repair: if only your server calls it, take it away from clients:
`revoke execute on function f from public, anon, authenticated; grant execute on function f to service_role`.
If users call it, use `auth.uid()` inside in place of the id parameter, or compare the two, and test the role of an
admin there.

When it is fine: it only adds one to a public counter, or answers a yes-or-no question that row rules need.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Claim, Operation
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, FunctionPlace
from apprescue.source.deeds import deed, proves_itself
from apprescue.source.sql_body import body_of
from apprescue.source.sql_rights import callable_by_clients
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_money_table


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=["CWE-862", "CWE-639"], owasp=["A01:2025", "API5:2023"])
def definer_function_without_caller_check(app: App) -> Iterator[Seen]:
    """One finding for each function."""
    schema = app.schema
    for function in schema.functions:
        if not schema.exposed or not function.security_definer or not callable_by_clients(function):
            continue
        body = body_of(function)
        if body.knows_caller or proves_itself(function):
            continue
        severity, done = deed(schema, function)
        if severity is None:
            continue
        yield Seen(
            FunctionPlace(function.name, function.place),
            f"{bare(function.name)} {done} with the owner's rights, and asks neither who is calling nor "
            f"whether he may.",
            related=tuple(Code(function.place.path, function.place.line + w.line) for w in body.writes[:1]),
            severity=severity,
            impact=Impact.MONEY if any(is_money_table(w.table) for w in body.writes) else Impact.DATA,
            claims=(Claim(function.name, Operation.CALL),),
        )
