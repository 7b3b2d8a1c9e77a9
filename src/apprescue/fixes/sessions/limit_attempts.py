"""Ten attempts to sign in for an account in a quarter of an hour; whoever tries more often is told to wait.

For Express, where a limiter stands before the handler, and for FastAPI, where the handler counts first. Attempts are
counted by the name that the account is asked for with, so that nobody is locked out with his neighbours behind one
address. The counts are those of one process: an app that runs in several needs a store that they share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, join

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Todo
from apprescue.model.place import RoutePlace
from apprescue.source import tree as t
from apprescue.source.answering import says
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.registered import brought, language_of, registered
from apprescue.source.watching import ending_of
from apprescue.source.written import written

_ACCOUNT = re.compile(r"(?i)^(?:e?mail|user_?name|login|identifier|phone\w*)(?:address)?$")
_LIMITER, _MODULE = "loginLimiter", "login-limiter"
_COUNT = "limit_attempts"
_TODO = (
    "An account has ten attempts in a quarter of an hour, counted in the memory of one process: keep the counts in "
    "your database or in Redis where the app runs in several."
)
_PYTHON = '''_attempts: dict[str, list[float]] = {}


def limit_attempts(account: str) -> None:
    """Ten attempts for an account in a quarter of an hour. They are counted in this process alone."""
    since = monotonic() - 900
    for old in [name for name, times in _attempts.items() if times[-1] < since]:
        _attempts.pop(old, None)
    name = str(account).strip().lower()[:320]
    times = [time for time in _attempts.get(name, []) if time >= since]
    if len(times) >= 10:
        raise HTTPException(
            status_code=429,
            detail="Too many attempts. Please try again in 15 minutes.",
            headers={"Retry-After": "900"},
        )
    _attempts[name] = [*times, monotonic()]
'''


@fix("sessions/unlimited_login_attempts", title="Limit how often a password may be tried")
def limit_attempts(finding: Finding, app: App) -> Changes:
    """The limit before each sign-in that the finding names, or nothing where one of them is not known."""
    named = [one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)]
    routes: dict[str, list[Route]] = {}
    for route in app.routes:
        if str(route) in named:
            routes.setdefault(route.place.path, []).append(route)
    made = [list(_limited(app, path, found)) for path, found in routes.items()]
    if made and all(made):
        for edits in made:
            yield from edits
        yield Todo(_TODO)


def _limited(app: App, path: str, routes: list[Route]) -> Iterator[Edit]:
    file = hand(app, path)
    kinds = {route.framework for route in routes}
    if file is None or len(kinds) != 1:
        return
    if kinds == {"express"} and not file.is_python:
        yield from _in_express(app, file, routes)
    elif kinds == {"fastapi"} and file.is_python:
        yield from _in_fastapi(file, routes)


def _in_express(app: App, file: Handwriting, routes: list[Route]) -> Iterator[Edit]:
    calls = [call for route in routes if (call := registered(file, route))]
    names = {one.name for route in routes for one in route.parameters if one.where == "body"}
    accounts = sorted(name for name in names if _ACCOUNT.match(name))
    language, beside = language_of(file), join(dirname(file.path), _MODULE)
    home = f"{beside}.{'ts' if language == 'ts' else 'js'}"
    if len(calls) != len(routes) or not accounts or _LIMITER in file.text or home in app.files:
        return
    if language == "js" and not any(isinstance(n, t.Import) and n.module.startswith(".") for n in file.top):
        return
    for call in calls:
        yield file.at(call.args[1].start, f"{_LIMITER}, ")
    ending = ending_of(app, file.path) if language == "ts" else ".js" if language == "js" else ""
    yield file.new_import(brought(file, _LIMITER, beside, ending))
    asked = " ?? ".join(f"req.body?.{name}" for name in accounts)
    text = written(_MODULE, language).replace("%ACCOUNT%", asked).replace("%SAYS%", says(file))
    yield Edit(home, 0, 0, text)


def _in_fastapi(file: Handwriting, routes: list[Route]) -> Iterator[Edit]:
    if _COUNT in file.text:
        return
    found = [(node, account) for route in routes for node in file.top
             if isinstance(node, t.Function) and node.line <= route.place.line <= node.end_line
             and node.decorators and (account := _account(file, node))]  # fmt: skip
    if len(found) != len(routes):
        return
    for node, account in found:
        first = next((row for row in node.body if not _is_text(row)), None)
        if first is not None:
            yield file.before(first, f"{_COUNT}({account})")
    top = min(one.start for node, _ in found for one in (node, *node.decorators))
    begins = file.code.rfind(b"\n", 0, top) + 1
    yield file.at(begins, f"{_PYTHON}\n\n")
    refuses = "" if "HTTPException" in file.text else "from fastapi import HTTPException\n"
    yield file.new_import(f"{refuses}from time import monotonic")


def _account(file: Handwriting, node: t.Function) -> str:
    """How a handler reads the name that somebody signs in with."""
    given = {one.target.id for one in node.params if isinstance(one.target, t.Name)}
    for row in node.body:
        for one in row.walk():
            read = isinstance(one, t.Member) and isinstance(one.object, t.Name) and one.object.id in given
            if read and isinstance(one, t.Member) and _ACCOUNT.match(one.name):
                return file.of(one)
    return ""


def _is_text(row: t.Node) -> bool:
    return isinstance(row, t.Literal)
