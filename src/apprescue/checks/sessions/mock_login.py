"""Everybody who comes is signed in as the same made-up user.

What we look at: sign-in code and guards that write a fixed user into the request or the session, or sign a token for
one, without asking for anything.

Why it matters: such stand-ins help while an app is built. In production they let every visitor in, and all of them
share one account and its data.

How to repair: take the stand-in out and sign in for real; until then answer 501, or run it in development only.

When it is fine: code that runs only when the app is in development or under test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, Place
from apprescue.model.trace import Step, Value
from apprescue.source import known
from apprescue.source.project import Project
from apprescue.source.quiet import is_test
from apprescue.source.tree import Function, Literal, Object, Return

_KEEPS = known.Names(r"(?:\.|^)(?:user|userId|user_id|currentUser|auth)=$")
_SIGNS = known.Names(r"(?:jsonwebtoken(?:\.default)?\.sign|jwt\.encode)$")
_WHO = ("id", "sub", "userId", "user_id", "uid", "email", "_id")
_TELLS = re.compile(
    r"(?i)^(?:get_?)?(?:current_?user|authenticated_?user)$|^(?:require|verify|check)_?(?:auth|user|token)$"
)
_DEVELOPMENT = re.compile(
    r"NODE_ENV|ENVIRONMENT|APP_ENV|\bDEBUG\b|DEV_MODE|import\.meta\.env\.DEV|(?:DEMO|MOCK|BYPASS)_[A-Z]+"
)


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-287", "CWE-489"),
    owasp=("A07:2025", "API2:2023"),
)
def mock_login(app: App, code: Project) -> Iterator[Seen]:
    """One sighting for each stand-in."""
    told: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps if trace.side == "server" and not is_test(trace.place.path) else ():
            if step.place not in told and _stands_in(step) and not _in_development(app, step):
                told.add(step.place)
                yield Seen(step.place, "Whoever gets here is signed in as one fixed, made-up user.")
    yield from _fixed_answers(app, code)


def _stands_in(step: Step) -> bool:
    if not step.args or any(v.is_input for test in step.tests for v in (test, *test.operands)):
        return False
    given = step.args[0]
    if _KEEPS.search(step.name):
        return _fixed(given) or (isinstance(given.constant, str) and given.literal and bool(given.constant))
    return bool(_SIGNS.search(step.name)) and _fixed(given)


def _fixed(user: Value) -> bool:
    """Whether a user is written there: whoever he is, is a literal."""
    fields = user.fields or {}
    told = [fields[name] for name in _WHO if name in fields]
    return bool(told) and all(v.literal and v.constant not in (None, "", 0) for v in told)


def _in_development(app: App, step: Step) -> bool:
    if any(g.kind == "development" for g in step.guards) or any(t.comes_from("env") for t in step.tests):
        return True
    return bool(_DEVELOPMENT.search(app.excerpt(step.place, around=8)))


def _fixed_answers(app: App, code: Project) -> Iterator[Seen]:
    """Functions that should tell who calls and that give back one written user, whatever comes."""
    for path in code.paths():
        module = code.module(path) if path.endswith(".py") and not is_test(path) else None
        for node in module.body if module is not None else ():
            if isinstance(node, Function) and _TELLS.match(node.name) and _answers_one(node):
                place = Code(path, node.line, node.end_line)
                if not _DEVELOPMENT.search(app.excerpt(place)):
                    yield Seen(place, f"{node.name} answers with the same written user, whoever calls.")


def _answers_one(node: Function) -> bool:
    ways = [one for one in node.walk() if isinstance(one, Return)]
    fixed = [w.value for w in ways if isinstance(w.value, Object)]
    return len(ways) == len(fixed) == 1 and any(isinstance(fixed[0].get(n), Literal) for n in _WHO)
