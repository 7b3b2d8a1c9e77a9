"""The database asks who is calling once for every row.

What we look at: row rules that call `auth.uid()`, `auth.jwt()` or `auth.role()` bare, not inside a query of its own.

Why it matters: a bare call is made again for each row that is looked at. On a table of a hundred thousand rows a
simple list takes seconds instead of milliseconds.

How to repair: write `(select auth.uid())` in place of `auth.uid()`. The answer is then worked out once per query;
nothing else changes.

When it is fine: the table stays small.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, PolicyPlace
from apprescue.source.sql import Tree, expression, words


@check(severity=Severity.LOW, impact=Impact.PERFORMANCE, cwe=["CWE-1050"], owasp=["API4:2023"])
def policy_evaluated_per_row(app: App) -> Iterator[Seen]:
    """One finding for the app, with every such rule."""
    found = [p for p in app.schema.policies if _bare_call(p.using) or _bare_call(p.check)]
    for policy in found:
        yield Seen(
            PolicyPlace(policy.table, policy.name, Code(policy.place.path, policy.place.line, policy.place.line)),
            f'The rule "{policy.name}" on {policy.table} asks for the caller once per row.',
            cause="bare call",
        )


def _bare_call(text: str) -> bool:
    if "auth." not in text:
        return False
    stack: list[tuple[object, bool]] = [(expression(text), False)]
    while stack:
        node, wrapped = stack.pop()
        if isinstance(node, list):
            stack += [(item, wrapped) for item in node]
        if not isinstance(node, dict):
            continue
        call = node.get("FuncCall")
        if isinstance(call, dict) and not wrapped and words(call.get("funcname"))[:1] == ("auth",):
            return True
        link = node.get("SubLink")
        if isinstance(link, dict) and _asks_no_table(link):
            stack.append((link.get("testexpr"), wrapped))
            continue
        stack += [(value, wrapped) for value in node.values()]
    return False


def _asks_no_table(link: Tree) -> bool:
    """Whether a query has no FROM: the wrapping that lets the answer be kept."""
    return not link.get("subselect", {}).get("SelectStmt", {}).get("fromClause")
