"""Whether a place in a page's code is reached only by somebody who is signed in.

It is where the code before it asks who is there, or has written to a table whose row rules let nobody else write; and
where all the places that use the function or the component around it are so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from apprescue.model.app import App
from apprescue.source import tree as t
from apprescue.source.asked_before import asked_before, stands_before
from apprescue.source.handwriting import Handwriting
from apprescue.source.quiet import is_test
from apprescue.source.syntax import SCRIPTS

STAFF_PAGE = re.compile(r"(?i:(?:^|[/_-])(?:admin|moderat\w*|backoffice)(?:[/_.-]|$))|Admin[A-Z.]|[a-z]Admin\b")
_FAR, _MANY = 6, 12
_GATE = re.compile(
    r"(?:Protected|Private|Authenticated|RequireAuth|AuthGuard|WithAuth)\w*$|^(?:Auth|Login)\w*(?:Guard|Gate|Required)$"
)
_PARTS_OF_PAGES = re.compile(r"(?:^|/)(?:components?|features|sections|widgets|modules)/")
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
    named = next(((one, name) for one in functions if (name := _name(file, one))), None)
    if named is None or depth >= _FAR:
        return False
    uses = list(_uses(app, file, *named))
    used = (len(uses) <= _MANY and bool(uses)) or is_unused(app, file, node)
    return used and all(only_signed_in(app, other, one, depth + 1) for other, one in uses)


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


def _name(file: Handwriting, function: t.Function) -> str:
    if function.name:
        return function.name
    over = next(file.above(function), None)
    while isinstance(over, t.Call):
        over = next(file.above(over), None)
    named = isinstance(over, t.Assign) and over.value is not None and isinstance(over.target, t.Name)
    return over.target.id if named and isinstance(over, t.Assign) and isinstance(over.target, t.Name) else ""


def _uses(app: App, file: Handwriting, function: t.Function, name: str) -> Iterator[tuple[Handwriting, t.Node]]:
    """The places that name a function or component, other than where it is made and taken along."""
    method = isinstance(next(file.above(function), None), (t.Class, t.Object))
    for path, text in app.files.items():
        if path.endswith(SCRIPTS) and name in text and not path.startswith("supabase/") and not is_test(path):
            other = file if path == file.path else Handwriting(path, text)
            taken = {pair for one in other.nodes if isinstance(one, t.Import) for pair in one.names}
            whole = method or any(outer == "*" for outer, _ in taken)
            known = other is file or any(local == name for _, local in taken)
            for one in other.nodes:
                if _is_use(one, name, known, whole) and not (other is file and _makes(file, one, function)):
                    yield other, one


def _is_use(node: t.Node, name: str, known: bool, whole: bool) -> bool:
    if isinstance(node, t.Markup):
        return node.tag == name
    if isinstance(node, t.Member):
        return whole and node.name == name
    return known and isinstance(node, t.Name) and node.id == name


def _makes(file: Handwriting, node: t.Node, function: t.Function) -> bool:
    over = next(file.above(node), None)
    return isinstance(over, (t.Assign, t.Export)) and over.start <= function.start < over.end


def is_unused(app: App, file: Handwriting, node: t.Node) -> bool:
    """Whether no script says the name of the function or component around a place but where it is made, and none takes
    a component's file along: what nobody uses fails for nobody."""
    functions = (one for one in file.above(node) if isinstance(one, t.Function))
    name = next(filter(None, (_name(file, one) for one in functions)), "")
    word = re.compile(rf"\b{re.escape(name)}\b")
    scripts = [text for path, text in app.files.items() if path.endswith(SCRIPTS)]
    if not name or sum(len(word.findall(text)) for text in scripts) != 1:
        return False
    taken = re.compile(rf"""/{re.escape(PurePosixPath(file.path).stem)}(?:\.\w+)?['"`]|import\.meta\.glob""")
    alone = _PARTS_OF_PAGES.search(file.path) is not None and not any(map(taken.search, scripts))
    return name[0].islower() or alone
