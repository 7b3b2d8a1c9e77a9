"""Whether a place in a page's code is reached only by somebody who is signed in.

It is where the code before it asks who is there, or has written to a table whose row rules let nobody else write; and
where all the places that use the function or the component around it are so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from apprescue.model.app import App
from apprescue.source import tree as t
from apprescue.source.asked_before import asked_before, stands_before
from apprescue.source.handwriting import Handwriting
from apprescue.source.places_of_use import is_unused, name_of, uses

STAFF_PAGE = re.compile(r"(?i:(?:^|[/_-])(?:admin|moderat\w*|backoffice)(?:[/_.-]|$))|Admin[A-Z.]|[a-z]Admin\b")
_FAR, _MANY = 6, 12
_GATE = re.compile(
    r"(?:Protected|Private|Authenticated|RequireAuth|AuthGuard|WithAuth)\w*$|^(?:Auth|Login)\w*(?:Guard|Gate|Required)$"
)
_VERBS = {"insert": "insert", "upsert": "insert", "update": "update", "delete": "delete", "single": "select"}
_TABLE = re.compile(r"\.from\(\s*['\"`](\w+)['\"`]")
_ONLY_SIGNED_IN = re.compile(r"\bauth\s*\.\s*(?:uid|role)\s*\(|\bis_\w+\s*\(|\bhas_role\s*\(")
_ALSO_OTHERS = re.compile(r"(?i)auth\s*\.\s*uid\s*\(\s*\)\s*\)?\s*is\s+null|\banon\b|\bor\s*\(?\s*true\b")


def only_signed_in(app: App, file: Handwriting, node: t.Node, depth: int = 0) -> bool:
    """Whether nobody else comes there, as far as the app's files tell."""
    functions = [one for one in file.above(node) if isinstance(one, t.Function)]
    if STAFF_PAGE.search(file.path) or _behind_gate(file, node):
        return True
    if asked_before(file, node) or any(_may_write(app, file, functions, one, node) for one in file.nodes):
        return True
    named = next(((one, name) for one in functions if (name := name_of(file, one))), None)
    if named is None or depth >= _FAR:
        return False
    places = list(uses(app, file, *named))
    used = (len(places) <= _MANY and bool(places)) or is_unused(app, file, node)
    return used and all(only_signed_in(app, other, one, depth + 1) for other, one in places)


def _may_write(app: App, file: Handwriting, functions: Sequence[t.Function], one: t.Node, node: t.Node) -> bool:
    """Whether a node writes rows that only somebody signed in may write, or finds one that only he may read, before a
    place is reached."""
    if not isinstance(one, t.Call) or not isinstance(one.callee, t.Member) or one.callee.name not in _VERBS:
        return False
    named = _TABLE.search(file.of(one.callee)) if one.end < node.start else None
    if named is None or not stands_before(file, one, functions, node):
        return False
    verb = _VERBS[one.callee.name]
    if verb == "select" and not _is_needed(file, one, node):
        return False
    rules = [r for r in app.schema.policies_of(f"public.{named[1]}") if r.permissive and r.command in (verb, "all")]
    return bool(rules) and all(
        set(rule.roles) <= {"authenticated", "service_role"}
        or (
            _ONLY_SIGNED_IN.search(text := rule.check if verb == "insert" and rule.check else rule.using) is not None
            and not _ALSO_OTHERS.search(text)
        )
        for rule in rules
    )


def _is_needed(file: Handwriting, one: t.Node, node: t.Node) -> bool:
    """Whether a failure of a query is thrown before a place is reached."""
    row = file.statement(one)
    return any(
        isinstance(n, t.If)
        and row.end <= n.start < node.start
        and n.line <= row.end_line + 3
        and n.then
        and isinstance(n.then[-1], (t.Return, t.Throw))
        and re.search(r"(?i)error|!", file.of(n.test))
        for n in file.nodes
    )


def _behind_gate(file: Handwriting, node: t.Node) -> bool:
    """Whether a component stands inside of one that lets only signed-in people see what is in it, or of a route that
    shows what is below it inside of such a one."""
    around = [one for one in file.above(node) if isinstance(one, t.Markup)]
    shown = (
        value
        for one in around
        for name, value in one.attributes
        if name == "element" and value is not None and not value.start <= node.start < value.end
    )
    inside = (n for value in shown for n in value.walk() if isinstance(n, t.Markup))
    return any(_GATE.search(one.tag) for one in (*around, *inside))
