"""An address of a JavaScript server asks who is calling, in the words in which the app's other addresses ask.

The question is one of another handler's own statements that was seen to let only signed-in people go on, with what it
needs; or, with Express and Hono, the guard that stands before other addresses, an admin's before an admin's address.
Left as it is where a page calls it for anybody or sends no login along, where it takes orders of guests, where no page
calls it and its name says that a clock or a provider may, and where a name in the question would mean something else.
Functions that pages call by their names (`use server`) are another repair's (`ask_in_action`).
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import RoutePlace
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.address_calls import written
from apprescue.source.edits import indent_of
from apprescue.source.handled import Handled, above_remarks, handler_of
from apprescue.source.handwriting import Handwriting
from apprescue.source.imports import Needed, imported, with_imports
from apprescue.source.login_sent import callers_of
from apprescue.source.neighbours import Fitted, first_statement, fitted, own_blocks
from apprescue.source.page_callers import Callers
from apprescue.source.routes import answering, head, queries_of
from apprescue.source.syntax import SCRIPTS
from apprescue.source.who_asks import asking_text, named_around

_OPEN = re.compile(
    r"(?i)(?:^|[/_-])(?:join|public|shared?|track\w*|unsubscribe|guest\w*|invit\w*|verify|browse|view|embed|create-?user)"
    r"(?:$|[/_-])|:\w*token\b|\[\w*token\w*\]"
)
_GUEST = re.compile(r"(?i)^(?:guest|visitor|buyer|customer|donor|supporter|from)_?(?:email|name)$")
_ADMIN = re.compile(r"(?i)admin")
_MORE = re.compile(r"(?i)admin|role|owner|plan|subscri|verified|banned|csrf|\blimit")
_VERBS = ("get", "post", "put", "patch", "delete", "all")
_GUARDED = ("express", "hono")


@fix("access/route_without_login", title="Ask who is calling, as the app's other addresses do", safety=Safety.REVIEW)
def require_login(finding: Finding, app: App) -> Changes:
    """The question at each address of the finding."""
    named = {one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)}
    for route in answering(app.routes):
        told = str(route) in named or head(route) == finding.place
        if told and route.path.startswith("/") and not _open(app, route):
            handled = handler_of(app, route)
            if handled is not None and handled.is_script:
                yield from _asking(app, route, handled)


def _open(app: App, route: Route) -> bool:
    """Whether an address may be meant for people who are not signed in."""
    path = route.path
    return (
        meaning.is_public_address(route.method, path)
        or meaning.is_sign_in(path)
        or meaning.is_webhook(path)
        or bool(_OPEN.search(path))
        or any(_GUEST.match(one.name) for one in route.parameters)
        or any(_of_guest(one) for one in queries_of(app).get(str(route), ()))
    )


def _of_guest(query: Query) -> bool:
    """Whether a query writes down who a guest says he is."""
    fields = query.written.fields if query.written is not None else None
    return any(_GUEST.match(name) for name in fields or ())


def _asking(app: App, route: Route, handled: Handled) -> Iterator[Edit]:
    if _ADMIN.search(route.path) or route.framework in _GUARDED:
        yield from _guarded(app, route)
        return
    at = first_statement(handled)
    if at is None:
        return
    found = Counter(one for other in app.routes for one in _questions(app, other, route, handled, at))
    for fit, _ in sorted(found, key=lambda one: (-one[1], -found[one], len(one[0].text))):
        if _may(app, route, asking_text(app, fit.text)):
            start, indent = above_remarks(handled.text, at.start), indent_of(handled.text, at.start)
            text = fit.text.replace("\n", f"\n{indent}")
            yield Edit(handled.path, start, start, f"{text}\n\n{indent}")
            yield from with_imports(handled.path, handled.text, handled.top, fit.needed)
            return


def _may(app: App, route: Route, asked: str) -> bool:
    """Whether everybody who calls an address as it is meant passes a question."""
    callers = callers_of(app, route, asked)
    clock = meaning.is_scheduled(route.path)
    return callers is Callers.SIGNED_IN or (callers is Callers.UNKNOWN and not clock and _has_pages(app, route, asked))


def _has_pages(app: App, route: Route, asked: str) -> bool:
    """Whether the app's pages, which do not call this address, are at hand: they call others that ask who is there."""
    others = (one for one in app.routes if one.framework == route.framework and one.guarded("login", "role"))
    return any(callers_of(app, one, asked) is Callers.SIGNED_IN for one in others)


def _questions(app: App, other: Route, route: Route, there: Handled, at: t.Node) -> Iterator[tuple[Fitted, int]]:
    """The statements of another handler by which it lets only signed-in people go on, and how near it stands."""
    logins = [g.place for g in other.guards if g.kind == "login" and not g.fail_open]
    home = handler_of(app, other) if logins and other.framework == route.framework else None
    if home is None or not home.is_script:
        return
    names, lines = named_around(app, logins), {g.line for g in logins if g.path == home.path}
    for one in (one for block in own_blocks(home) for one in block):
        if isinstance(one, t.If) and _turns_away(home, one) and (found := fitted(home, [one], there, at.start)):
            rows = home.text.split("\n")
            here = any(line and rows[line - 1].strip() in found.text for line in lines)
            if here or any(re.search(rf"\b{re.escape(name)}\(", found.text) for name in names):
                yield found, len(posixpath.commonpath([home.path, there.path]))


def _turns_away(home: Handled, one: t.If) -> bool:
    """Whether a test lets nobody go on who is not signed in, and asks for no more."""
    leaves = one.then and not one.other and isinstance(one.then[-1], (t.Return, t.Throw))
    return bool(leaves) and not _MORE.search(home.cut(one))


def _guarded(app: App, route: Route) -> Iterator[Edit]:
    """The guard that stands before the app's other addresses, those first that are most like this one."""
    file = _written(app, route)
    call = _registering(file, route) if file and route.framework in _GUARDED else None
    if file is None or call is None or not call.args:
        return
    at = call.args[1] if isinstance(call.args[0], (t.Literal, t.Template)) and len(call.args) > 1 else call.args[0]
    staff = bool(_ADMIN.search(route.path))
    known: dict[tuple[str, str], list[int]] = {}
    for other in app.routes:
        for guard in _guards(app, other, route):
            known.setdefault(guard, []).append(len(posixpath.commonprefix([other.path, route.path])))
    for name, origin in sorted(known, key=lambda one: (-max(known[one]), -len(known[one]))):
        needed = _brought(app, name, origin, file, call) if bool(_ADMIN.search(name)) is staff else None
        if needed is not None and _may(app, route, asking_text(app, name)):
            yield file.at(at.start, f"{name}, ")
            yield from with_imports(file.path, file.text, file.top, needed)
            return


def _written(app: App, route: Route) -> Handwriting | None:
    path = route.place.path
    return written(path, app.files[path]) if path in app.files and path.endswith(SCRIPTS) else None


def _registering(file: Handwriting, route: Route) -> t.Call | None:
    """The call that gives an address its handler."""
    calls = (n for n in file.nodes if isinstance(n, t.Call) and n.line == route.place.line and _verb(n) in _VERBS)
    return next(calls, None)


def _guards(app: App, other: Route, route: Route) -> Iterator[tuple[str, str]]:
    """What stands before another address and was seen to ask for a login or a role, and the file in which it does."""
    logins = [g.place for g in other.guards if g.kind in ("login", "role") and not g.fail_open]
    file = _written(app, other) if logins and other.framework == route.framework else None
    call = _registering(file, other) if file else None
    if file is not None and call is not None:
        names = named_around(app, logins)
        for arg in call.args[:-1]:
            if isinstance(arg, t.Name) and arg.id in names:
                yield arg.id, file.path


def _brought(app: App, name: str, origin: str, file: Handwriting, call: t.Call) -> list[Needed] | None:
    """What must be imported so that a guard can stand in a file; None where it cannot."""
    if origin == file.path:
        made = (n for n in file.top if n.end <= call.start or isinstance(n, (t.Import, t.Function)))
        known = any(name in (n.id for n in one.walk() if isinstance(n, t.Name)) for one in made)
        own = any(isinstance(one, t.Import) and name in (local for _, local in one.names) for one in file.top)
        return [] if own or known else None
    found = imported(name, origin, written(origin, app.files[origin]).top, file.path)
    return [found] if found else None


def _verb(call: t.Call) -> str:
    return call.callee.name if isinstance(call.callee, t.Member) else ""
