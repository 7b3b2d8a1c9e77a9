"""A stolen login never ends.

What we look at: tokens that the app signs (JWT), and whether they say until when they are good (`expiresIn`, `exp`).

Why it matters: whoever got hold of one token, from a log, a shared computer or a backup, stays signed in for ever.
Changing the password does not help.

How to repair: give every token a short life (an hour for access, some weeks for a refresh token that you keep in the
database and can take back).

When it is fine: the token names a session that is looked up, and can be ended, on every request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, Place
from apprescue.model.trace import Step
from apprescue.source import known
from apprescue.source.project import Project
from apprescue.source.quiet import is_test
from apprescue.source.tree import Function

_SIGNS = known.Names(
    r"^(?:jsonwebtoken(?:\.default)?\.sign|jwt\.encode|jose\.jwt\.encode|(?:\w+\.)?[jJ]wtService(?:\(\))?\.sign(?:Async)?|"
    r"jose\.SignJWT\(\)(?:\.\w+\(\))*\.sign)$"
)
_ENDS = re.compile(r"(?i)\bexp\b|expires?_?(?:in|at|delta|time)?\b|setExpirationTime|maxAge")
_ENDS_ALL = re.compile(r"signOptions\s*:\s*\{[^}]*expiresIn")
_FOR_OTHERS = re.compile(r"(?i)appstoreconnect|apple|livekit|twilio|agora|google|service_account|zoom|mux|daily")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-613",),
    owasp=("A07:2025", "API2:2023"),
)
def token_without_expiry(app: App, code: Project) -> Iterator[Seen]:
    """One sighting for each place where a token is signed."""
    told: set[Place] = set()
    everywhere = any(_ENDS_ALL.search(text) for path, text in app.files.items() if path.endswith((".ts", ".js")))
    for trace in app.traces:
        for step in trace.steps:
            if not _SIGNS.search(step.name) or step.place in told or is_test(step.place.path):
                continue
            told.add(step.place)
            if not (everywhere and "ervice" in step.name) and not _ends(app, code, step):
                yield Seen(step.place, "This token is signed without saying when it ends.")


def _ends(app: App, code: Project, step: Step) -> bool:
    near = app.excerpt(_around(code, step))
    if _ENDS.search(near) or _FOR_OTHERS.search(near):
        return True
    unknown = [a for a in step.args[2:] if a.fields is None or "..." in a.fields]
    if unknown and not step.place.path.endswith(".py"):
        return True
    given = {name for a in (*step.args, *step.keywords.values()) for name in (a.fields or {})}
    return bool(given & {"exp", "expiresIn"}) or any("exp" in (v.fields or {}) for v in step.values)


def _around(code: Project, step: Step) -> Code:
    """The innermost function around a call, or the call itself."""
    module, line = code.module(step.place.path), step.place.line
    nodes = [n for one in (module.body if module else ()) if one.line <= line <= one.end_line for n in one.walk()]
    around = [n for n in nodes if isinstance(n, Function) and n.line <= line <= n.end_line]
    found = min(around, key=lambda n: n.end_line - n.line, default=None)
    return Code(step.place.path, found.line, found.end_line) if found else step.place
