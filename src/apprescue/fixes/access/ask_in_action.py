"""A function that pages call by its name asks who is calling, as the others of its file do.

The question (Next's `use server`) is a neighbour's own statements that were seen to let only signed-in people, or a
role, go on; of several the one that most of them use, and a role only for pages of the same folder. Left as it is where
no neighbour asks, where something else than pages uses the function (the app's own server may call it for nobody), and
where its name says that it is for everybody.
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
from apprescue.source.neighbours import Fitted, first_statement, fitted, own_blocks
from apprescue.source.routes import answering
from apprescue.source.syntax import SCRIPTS

_OPEN = re.compile(r"(?i)public|login|sign|register|subscribe|contact|lead|waitlist|newsletter|guest|track|view|verify")
_CLIENT = re.compile(r"""^\s*(?:(?://[^\n]*|/\*.*?\*/)\s*)*["']use client["']""", re.S)
_FROM = re.compile(r"""(?:\bfrom|\bimport\()\s*["']([^"']+)["']""")
_ROLE = re.compile(r"(?i)role|admin")
_PAGES = ("page", "layout")


@fix(
    "access/route_without_login",
    "access/role_from_body",
    title="Ask who is calling, as the file's other functions do",
    safety=Safety.REVIEW,
)
def ask_in_action(finding: Finding, app: App) -> Changes:
    """The question in each function of the finding."""
    named = {one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)}
    for route in (one for one in answering(app.routes) if str(one) in named and "#" in one.path):
        handled = handler_of(app, route)
        name = route.path.rpartition("#")[2]
        if handled is not None and not _OPEN.search(name) and (used := _users(app, handled, name)) is not None:
            home = posixpath.dirname(handled.path) + "/"
            yield from _asking(app, route, handled, any_role=all(path.startswith(home) for path in used))


def _users(app: App, handled: Handled, name: str) -> list[str] | None:
    """The files of the pages that use a function; None where something else uses it too."""
    if len(re.findall(rf"\b{re.escape(name)}\(", handled.text)) > 1:
        return None
    word, home = re.compile(rf"\b{re.escape(name)}\b"), posixpath.dirname(handled.path) + "/"
    used = [
        path
        for path, text in app.files.items()
        if path.endswith(SCRIPTS) and path != handled.path and word.search(text) and _brings(path, text, handled.path)
    ]
    pages = [path for path in used if path.startswith(home) and posixpath.basename(path).partition(".")[0] in _PAGES]
    return used if all(path in pages or _CLIENT.match(app.files[path]) for path in used) else None


def _brings(path: str, text: str, other: str) -> bool:
    """Whether a file imports something from another one."""
    for said in _FROM.findall(text):
        near = posixpath.normpath(posixpath.join(posixpath.dirname(path), said)) if said.startswith(".") else ""
        if f"/{other}".rpartition(".")[0].endswith("/" + (near or said.lstrip("@~/"))):
            return True
    return False


def _asking(app: App, route: Route, handled: Handled, any_role: bool) -> Iterator[Edit]:
    """The question; one for a role only where nobody but pages of the same folder uses the function."""
    at = first_statement(handled)
    if at is None:
        return
    beside = (one for one in app.routes if one is not route and one.place.path == handled.path)
    asked = Counter(found for one in beside for found in _questions(app, one, handled, at))
    fitting = [one for one in asked if any_role or not _ROLE.search(one.text)]
    if not fitting:
        return
    best = max(fitting, key=lambda one: (asked[one], -len(one.text)))
    start, indent = above_remarks(handled.text, at.start), indent_of(handled.text, at.start)
    text = best.text.replace("\n", f"\n{indent}")
    yield Edit(handled.path, start, start, f"{text}\n\n{indent}")
    yield from with_imports(handled.path, handled.text, handled.top, best.needed)


def _questions(app: App, other: Route, there: Handled, at: t.Node) -> Iterator[Fitted]:
    """The tests of another function by which it lets only signed-in people, or those of a role, go on."""
    lines = {g.place.line for g in other.guards if g.kind in ("login", "role") and g.place.path == there.path}
    home = handler_of(app, other) if lines else None
    if home is None:
        return
    for one in (one for block in own_blocks(home) for one in block):
        leaves = isinstance(one, t.If) and one.then and not one.other and isinstance(one.then[-1], t.Return | t.Throw)
        if leaves and one.line in lines and (found := fitted(home, [one], there, at.start)):
            yield found
