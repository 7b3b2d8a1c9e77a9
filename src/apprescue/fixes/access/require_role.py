"""An address that does an admin's work asks for the role as the app's other addresses do.

The guard is one that stands before other addresses of the app already and was seen to ask for a role: one with admins
in its name, or one that takes the roles and is given admins' there. It goes last before the handler, behind the login
that is there. Left as it is without such a guard, without a login, and where a role that the caller sets is his own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.model.place import RoutePlace
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.handled import handler_of
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.imports import imported, with_imports
from apprescue.source.routes import queries_of, written_by
from apprescue.source.syntax import SCRIPTS

_ADMIN = re.compile(r"(?i)^(?:super[_-]?)?admin(?:istrator)?$")
_VERBS = ("get", "post", "put", "patch", "delete", "all")
_FRAMEWORKS = ("express", "hono")


@fix(
    "access/admin_action_without_role",
    "access/role_from_body",
    title="Ask for the role before an admin's work is done",
    safety=Safety.REVIEW,
)
def require_role(finding: Finding, app: App) -> Changes:
    """The guard before each address of the finding."""
    named = {one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)}
    for route in (one for one in app.routes if str(one) in named and one.framework in _FRAMEWORKS):
        logged_in = any(g.kind == "login" and not g.fail_open for g in route.guards)
        if logged_in and (finding.check != "access/role_from_body" or _sets_others(app, route)):
            yield from _guarded(app, route)


def _sets_others(app: App, route: Route) -> bool:
    """Whether all that an address writes are rights, in rows that its caller chooses."""
    written = [one for one in queries_of(app).get(str(route), ()) if one.operation != "select"]
    return bool(written) and all(
        one.filters
        and not any(f.value.comes_from("caller") for f in one.filters)
        and all(meaning.RIGHTS.match(name) for name in written_by(one))
        for one in written
    )


def _guarded(app: App, route: Route) -> Changes:
    handled = handler_of(app, route)
    file = hand(app, route.place.path)
    if handled is None or file is None or handled.path != file.path:
        return
    before = next((one for one in file.nodes if _registers(one, handled.node.start)), None)
    guard = next(_guards(app), None)
    if before is None or guard is None:
        return
    name, text, origin = guard
    needed = imported(name, origin.path, origin.top, file.path)
    declared = file.path == origin.path and any(_declares(one, name) and one.end < before.start for one in file.top)
    if needed is None and not declared:
        return
    yield file.at(handled.node.start, f"{text}, ")
    yield from with_imports(file.path, file.text, file.top, [needed] if needed else [])


def _registers(node: t.Node, handler: int) -> bool:
    """Whether a call gives an address this handler."""
    return isinstance(node, t.Call) and _verb(node) in _VERBS and len(node.args) > 1 and node.args[-1].start == handler


def _guards(app: App) -> Iterator[tuple[str, str, Handwriting]]:
    """The app's guards for admins: the name, what stands before an address, and a file in which it does."""
    asked = {g.place for r in app.routes for g in r.guards if g.kind == "role" and not g.fail_open}
    names = {name for place in asked for name in _around(hand(app, place.path), place.line)}
    for path, text in sorted(app.files.items()):
        if path.endswith(SCRIPTS) and any(name in text for name in names):
            file = Handwriting(path, text)
            calls = [n for n in file.nodes if isinstance(n, t.Call)]
            for arg in (arg for call in calls if _verb(call) in (*_VERBS, "use") for arg in call.args):
                found = _for_admins(file, arg, names)
                if found:
                    yield (*found, file)


def _verb(call: t.Call) -> str:
    return call.callee.name if isinstance(call.callee, t.Member) else ""


def _around(file: Handwriting | None, line: int) -> Iterator[str]:
    """The name of what stands around a line at the top of its file."""
    for node in file.top if file else ():
        inner = node.value if isinstance(node, t.Export) and node.value is not None else node
        if inner.line <= line <= inner.end_line:
            yield from (name for name in (_name(inner),) if name)


def _name(node: t.Node) -> str:
    if isinstance(node, t.Assign) and isinstance(node.target, t.Name):
        return node.target.id
    return node.name if isinstance(node, t.Function) else ""


def _declares(node: t.Node, name: str) -> bool:
    return _name(node.value if isinstance(node, t.Export) and node.value is not None else node) == name


def _for_admins(file: Handwriting, arg: t.Node, names: set[str]) -> tuple[str, str] | None:
    """The guard as it stands there, for admins alone."""
    if isinstance(arg, t.Name):
        return (arg.id, arg.id) if arg.id in names and "admin" in arg.id.lower() else None
    if not isinstance(arg, t.Call) or not isinstance(arg.callee, t.Name) or arg.callee.id not in names:
        return None
    listed = arg.args[0].items if len(arg.args) == 1 and isinstance(arg.args[0], t.Array) else arg.args
    words = [one for one in listed if isinstance(one, t.Literal) and _ADMIN.match(str(one.value))]
    said = ", ".join(file.of(one) for one in words)
    name = arg.callee.id
    return (name, f"{name}([{said}])" if listed is not arg.args else f"{name}({said})") if words else None
