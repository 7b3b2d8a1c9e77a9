"""An address that does an admin's work asks inside for the role, in the words in which the app's other handlers ask.

Those are statements that were seen to let only admins go on, with what they need; of several the nearest ones that
most handlers use. They go before the first thing that is done for whoever signed in. Left as it is where no handler
asks for an admin so, where there is no login, where the handler tests for admins itself and lets others in, and where a
name in them would mean something else.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import RoutePlace
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.handled import Handled, above_remarks, handler_of
from apprescue.source.imports import with_imports
from apprescue.source.neighbours import Fitted, around, first_deed, fitted, own_blocks
from apprescue.source.project import bound_names

_ADMIN = re.compile(r"(?i)admin")
_COMPARED = re.compile(r"[Rr]ole\)?\s*[!=]==?\s*['\"](\w+)['\"]")
_LISTED, _WORD = re.compile(r"\[([^\[\]]*)\]\s*\.includes\("), re.compile(r"['\"](\w+)['\"]")


@fix("access/admin_action_without_role", title="Ask for the role as other handlers do", safety=Safety.REVIEW)
def ask_role_inside(finding: Finding, app: App) -> Changes:
    """The question in each handler of the finding."""
    named = {one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)}
    for route in (one for one in app.routes if str(one) in named):
        handled = handler_of(app, route)
        if (
            handled is not None
            and handled.is_script
            and any(g.kind == "login" and not g.fail_open for g in route.guards)
        ):
            yield from _asking(app, route, handled)


def _asking(app: App, route: Route, handled: Handled) -> Iterator[Edit]:
    at = first_deed(route, handled)
    if at is None or _asks_itself(handled):
        return
    asked = Counter(found for one in app.routes for found in _questions(app, one, route, handled, at))
    if not asked:
        return
    best, _ = max(asked, key=lambda one: (one[1], asked[one], -len(one[0].text)))
    indent, start = indent_of(handled.text, at.start), above_remarks(handled.text, at.start)
    text = best.text.replace("\n", f"\n{indent}")
    yield Edit(handled.path, start, start, f"{text}\n{indent}")
    yield from with_imports(handled.path, handled.text, handled.top, best.needed)


def _asks_itself(handled: Handled) -> bool:
    """Whether a handler tests for admins already: others whom its test lets through are meant to come in."""
    tests = [one.test for block in own_blocks(handled) for one in block if isinstance(one, t.If)]
    return any(_ADMIN.search(handled.cut(test)) for test in tests)


def _questions(app: App, other: Route, route: Route, there: Handled, at: t.Node) -> Iterator[tuple[Fitted, int]]:
    """The statements of another handler by which it lets only admins go on, and how near it stands."""
    roles = [g.place for g in other.guards if g.kind == "role" and not g.fail_open]
    home = handler_of(app, other) if roles and other.framework == route.framework else None
    if home is None or not home.is_script:
        return
    names = {name for place in roles for name in around(app, place) if name}
    calls = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\(") if names else None
    for one in _asking_alone(home):
        here = any(g.path == home.path and one.line <= (g.line or 0) <= one.end_line for g in roles)
        found = fitted(home, [one], there, at.start) if here or calls else None
        asks = here and isinstance(one, t.If)
        if found and (asks or (calls and calls.search(found.text))) and _for_admins(found.text):
            yield found, len(posixpath.commonpath([home.path, there.path]))


def _for_admins(text: str) -> bool:
    """Whether a test names admins and nobody else."""
    named = [*_COMPARED.findall(text), *(word for listed in _LISTED.findall(text) for word in _WORD.findall(listed))]
    return bool(_ADMIN.search(text)) and all(_ADMIN.search(one) for one in named)


def _asking_alone(home: Handled) -> Iterator[t.Node]:
    """What of a handler's own statements can turn somebody away: tests that leave, calls whose answer none tests."""
    statements = [one for block in own_blocks(home) for one in block]
    tested = {n.id for one in statements if isinstance(one, t.If) for n in one.test.walk() if isinstance(n, t.Name)}
    for one in statements:
        if isinstance(one, t.If):
            if one.then and not one.other and isinstance(one.then[-1], (t.Return, t.Throw)):
                yield one
        elif isinstance(one, (t.Await, t.Call)):
            yield one
        elif isinstance(one, t.Assign) and isinstance(one.value, t.Await) and not tested & set(bound_names(one.target)):
            yield one.value
