"""Each call of an edge function in an app's files, and what it shows: the token of a user, or the server's key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from apprescue.model.app import App
from apprescue.source import tree as t
from apprescue.source.function_callers import ASKS_ANYTHING, FUNCTIONS, Caller, of_database
from apprescue.source.handwriting import Handwriting
from apprescue.source.places_of_use import is_unused, name_of
from apprescue.source.quiet import is_test
from apprescue.source.signed_in import STAFF_PAGE, only_signed_in
from apprescue.source.syntax import SCRIPTS

_TOKEN = re.compile(r"(?i)authorization['\"]?\s*[:,]\s*[^,}]*\b(?:access_?token|session)\b")
_MADE_UP = re.compile(r"(?:invoke\(\s*`|/functions/v1/)(?!\$\{[^}]*\}[`?])([\w-]*)\$\{[^}]*\}([\w-]*)[`?]")
_PUBLIC_KEY = re.compile(r"ANON_KEY|PUBLISHABLE")
_FORWARDED = re.compile(r"headers\.get\(\s*['\"](?i:authorization)['\"]\s*\)")


class Way(StrEnum):
    """What a call shows: the token of a USER, of one of the STAFF on its own pages, the SERVER's key, or nothing as it
    is in code that NOBODY uses; UNSURE else."""

    USER = "user"
    STAFF = "staff"
    SERVER = "server"
    NOBODY = "nobody"
    UNSURE = "unsure"


def ways_of(name: str, app: App) -> set[Way]:
    """The ways in which the app calls the function of that name; nothing where nobody is seen to call it."""
    word = re.compile(rf"""['"`/]{re.escape(name)}['"`?]""")
    anything = any(ASKS_ANYTHING.search(text) for path, text in app.files.items() if path.endswith(SCRIPTS))
    asked = of_database(name, app.files)
    found = {Way.SERVER if asked is Caller.DATABASE else Way.UNSURE} if asked else set()
    for path, text in app.files.items():
        if not path.endswith(SCRIPTS) or path.startswith(f"{FUNCTIONS}{name}/") or is_test(path):
            continue
        if word.search(text):
            file = Handwriting(path, text)
            for call, place in _calls(file, name):
                found.add(_way(app, file, call, place) if call else Way.UNSURE if anything else Way.NOBODY)
        if any(name.startswith(head) and name.endswith(tail) for head, tail in _MADE_UP.findall(text)):
            found.add(Way.UNSURE)
    return found


def _calls(file: Handwriting, name: str) -> Iterator[tuple[t.Call | None, t.Node]]:
    """The calls of a file, each with the place that decides on it; None where the name is said otherwise and may be
    handed on to a call: it is not where something is held against it."""
    seen: set[int] = set()
    for node in file.nodes:
        if _says(node, name) and not _compared(file, node):
            around = (one for one in file.above(node) if isinstance(one, t.Call) and _asks(one))
            call = next(around, None) or _fetched(file, node)
            place = call or node
            if call is None and (handed := _handed_on(file, node)):
                call, place = handed
            if id(place) not in seen:
                seen.add(id(place))
                yield call, place


def _compared(file: Handwriting, node: t.Node) -> bool:
    over = next(file.above(node), None)
    return isinstance(over, t.Binary) and over.op in ("==", "!=")


def _handed_on(file: Handwriting, node: t.Node) -> tuple[t.Call, t.Call] | None:
    """The one call of whatever a function of the file is given, and the call by which it is given this."""
    over = next(file.above(node), None)
    if not isinstance(over, t.Call) or not isinstance(over.callee, t.Name) or node not in over.args:
        return None
    named = [n for n in file.nodes if isinstance(n, t.Function) and name_of(file, n) == over.callee.id]
    at = over.args.index(node)
    if len(named) != 1 or len(named[0].params) <= at:
        return None
    given = file.of(named[0].params[at].target)
    asked = [n for n in named[0].walk() if isinstance(n, t.Call) and _asks(n) and n.args]
    plain = [n for n in asked if isinstance(n.args[0], t.Name) and n.args[0].id == given]
    return (plain[0], over) if len(plain) == 1 else None


def _says(node: t.Node, name: str) -> bool:
    if isinstance(node, t.Literal) and isinstance(node.value, str):
        return node.value == name or node.value.partition("?")[0].endswith(f"/functions/v1/{name}")
    last = node.pieces[-1] if isinstance(node, t.Template) and node.pieces else None
    return isinstance(last, t.Literal) and str(last.value).partition("?")[0].endswith(f"/{name}")


def _asks(call: t.Call) -> bool:
    callee = call.callee
    invokes = isinstance(callee, t.Member) and callee.name in ("invoke", "post")
    return invokes or (isinstance(callee, t.Name) and callee.id == "fetch")


def _fetched(file: Handwriting, node: t.Node) -> t.Call | None:
    """The one call of an address that is kept under a name first."""
    row = file.statement(node)
    if not isinstance(row, t.Assign) or not (name := _target(row)):
        return None
    asked = [
        n
        for n in file.nodes
        if isinstance(n, t.Call) and _asks(n) and n.args and isinstance(n.args[0], t.Name) and n.args[0].id == name
    ]
    return asked[0] if len(asked) == 1 else None


def _way(app: App, file: Handwriting, call: t.Call, place: t.Node) -> Way:
    text = file.of(call)
    if file.path.startswith(FUNCTIONS):
        return _of_function(file, call, text)
    invokes = isinstance(call.callee, t.Member) and call.callee.name == "invoke"
    if not invokes and not _TOKEN.search(text):
        return Way.UNSURE
    if STAFF_PAGE.search(file.path):
        return Way.STAFF
    if is_unused(app, file, place):
        return Way.NOBODY
    return Way.USER if not invokes or only_signed_in(app, file, place) else Way.UNSURE


def _of_function(file: Handwriting, call: t.Call, text: str) -> Way:
    """Another function: with the server's key, or with the token that it was sent itself."""
    said = text if isinstance(call.callee, t.Name) else file.of(call.callee)
    for _ in range(3):
        names = set(re.findall(r"[A-Za-z_$][\w$]*", said))
        made = (n for n in file.nodes if isinstance(n, t.Assign) and n.value is not None and _target(n) in names)
        said = f"{said} {' '.join(dict.fromkeys(file.of(n) for n in made))}"
    if _FORWARDED.search(said):
        return Way.USER
    return Way.SERVER if "SERVICE_ROLE_KEY" in said and not _PUBLIC_KEY.search(said) else Way.UNSURE


def _target(node: t.Assign) -> str:
    return node.target.id if isinstance(node.target, t.Name) else ""
