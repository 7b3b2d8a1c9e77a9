"""A user calls what costs money a hundred times an hour at most, and a mail address is written to ten times.

For Express: a limiter directly before the handler, behind what signs the caller in. Users are told apart by the field
that the file reads of them, and where nobody is signed in by the mail address that was sent, never by an address of the
network, which many share. The counts are those of one process.
"""

from __future__ import annotations

import re
from collections import Counter
from posixpath import dirname, join

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Todo
from apprescue.model.place import Code, RoutePlace, code_of
from apprescue.source import known
from apprescue.source import tree as t
from apprescue.source.answering import says
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.registered import brought, language_of, registered
from apprescue.source.routes import open_to_all, sends
from apprescue.source.watching import ending_of
from apprescue.source.written import written

_NAME, _MODULE = "callLimiter", "call-limiter"
_CALLER = re.compile(
    r"\breq\??\.(user|auth|session)(?:\s+as\s+\w+\))?((?:\??\.\w+)*?\??\.(?:id|_id|sub|uid|userId|user_id))\b(?!\s*=[^=])|"
    r"\breq\.(userId|user_id)\b(?!\s*=[^=])"
)
_TODO = (
    "A user has a hundred calls an hour of each of these addresses, counted in the memory of one process: look whether "
    "that fits, and keep the counts in your database or in Redis where the app runs in several."
)


@fix("running/costly_route_without_limit", "ai/model_call_without_limit", title="Limit requests that cost money")
def limit_requests(finding: Finding, app: App) -> Changes:
    """The limiter before the address that leads the finding, and before each of the others where it can be told who
    calls."""
    named = [one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)]
    place = code_of(finding.place)
    lead = hand(app, place.path) if place else None
    if lead is None or lead.is_python or not named:
        return
    home, language = join(dirname(lead.path), _MODULE), language_of(lead)
    path = f"{home}.{'ts' if language == 'ts' else 'js'}"
    user = _caller(lead)
    found: dict[str, list[Edit]] = {}
    for route in app.routes:
        file = lead if route.place.path == lead.path else hand(app, route.place.path) if str(route) in named else None
        if str(route) in named and file and language_of(file) == language and (edit := _before(file, route, user)):
            found.setdefault(file.path, []).append(edit)
    if str(named[0]) not in {str(one) for one in app.routes if _before(lead, one, user)} or path in app.files:
        return
    ending = ending_of(app, lead.path) if language == "ts" else ".js" if language == "js" else ""
    for own, edits in found.items():
        file = hand(app, own)
        if file is not None:
            yield file.new_import(brought(file, _NAME, home, ending))
            yield from edits
    text = written(_MODULE, language).replace("%SAYS%", says(lead))
    yield Edit(path, 0, 0, text.replace("%USER%", _read(user, language == "ts")))
    yield Todo(_TODO)


def _before(file: Handwriting, route: Route, user: str) -> Edit | None:
    """The limiter's name before a route's handler; None where it is not known who calls."""
    costly = next((one for one in route.steps if sends(one) or known.is_model(one)), None)
    call = registered(file, route) if route.framework == "express" and costly and _NAME not in file.text else None
    if call is None or costly is None:
        return None
    addressed = any(one.where == "body" and one.name == "email" for one in route.parameters)
    outside = any(one.kind == "login" and not _within(call, one.place, file) for one in costly.guards)
    signed_in = bool(user) and user == _caller(file) and (outside or user.startswith("session"))
    known_caller = addressed if open_to_all(costly.guards) else signed_in
    return file.at(call.args[-1].start, f"{_NAME}, ") if known_caller else None


def _within(call: t.Call, place: Code, file: Handwriting) -> bool:
    return place.path == file.path and call.line <= place.line <= call.end_line


def _caller(file: Handwriting) -> str:
    """The field by which most of a file's handlers know their caller: `user.id`."""
    found = Counter((one[3] or one[1] + one[2]).replace("?", "") for one in _CALLER.finditer(file.text))
    return next((name for name, _ in found.most_common(1)), "")


def _read(user: str, typed: bool) -> str:
    if not user:
        return "undefined"
    first, *rest = user.split(".")
    kind = "unknown"
    for name in reversed([first, *rest]):
        kind = f"{{ {name}?: {kind} }}"
    return f"(req as unknown as {kind}).{'?.'.join([first, *rest])}" if typed else f"req.{'?.'.join([first, *rest])}"
