"""A user whom you demote or block keeps his rights until his login runs out.

What we look at: tokens of your own that carry a role or a plan, and whether the code that reads them asks the database
again before it relies on what they say.

Why it matters: the token is a copy of the truth at sign-in. A moderator whom you dismissed, an account that you
blocked, a member who stopped paying: all of them go on with the old rights, for days or weeks.

How to repair: read role and state from the database where it matters (admin actions, money, paid content), or give
tokens minutes of life and renew them from the database.

When it is fine: tokens that live for some minutes; apps in which roles never change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import Code, Place
from apprescue.model.trace import Step
from apprescue.source import known, meaning
from apprescue.source.project import Project
from apprescue.source.tree import Call, Function, Name

_SIGNS = known.Names(
    r"(?:jsonwebtoken(?:\.default)?\.sign|jwt\.encode|SignJWT|[jJ]wtService(?:\(\))?\.sign(?:Async)?)$"
)
_TELLS = re.compile(r"(?i)current_?user|auth|signed_?in|get_?user|require")
_READS = known.Names(
    r"(?:jsonwebtoken(?:\.default)?\.verify|jwt\.decode|jwtVerify|[jJ]wtService(?:\(\))?\.verify(?:Async)?)$"
)


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-613", "CWE-863"),
    owasp=("A01:2025", "API2:2023"),
    evidence=Evidence.SUSPECTED,
)
def rights_from_token_only(app: App, code: Project) -> Iterator[Seen]:
    """One sighting for each place where such a token is read."""
    signed = next((s for t in app.traces for s in t.steps if _SIGNS.search(s.name) and _carries_role(s)), None)
    told: set[Place] = set()
    for route in app.routes if signed is not None else ():
        read = next((s for s in route.steps if _READS.search(s.name)), None)
        trusting = any(g.kind == "role" and "row" not in g.name for g in route.guards)
        if read is None or not trusting or read.place in told or _asks_again(route):
            continue
        told.add(read.place)
        detail = (
            "The role is taken from the token alone; no query for the user was seen on the way to the guarded work."
        )
        yield Seen(read.place, detail, related=(*_tellers(code, read), *((signed.place,) if signed else ())))


def _carries_role(step: Step) -> bool:
    return any(known.ROLE_WORD.search(f".{name}") for a in step.args[:1] for name in a.fields or {})


def _tellers(code: Project, read: Step) -> Iterator[Code]:
    """The functions beside it that hand on what the token says: there the user should be read."""
    module = code.module(read.place.path)
    for node in module.body if module is not None else ():
        if isinstance(node, Function) and _TELLS.search(node.name) and _calls(node, read.function):
            yield Code(read.place.path, node.line, node.end_line)


def _calls(node: Function, name: str) -> bool:
    return any(isinstance(n, Call) and isinstance(n.callee, Name) and n.callee.id == name for n in node.walk())


def _asks_again(route: Route) -> bool:
    """Whether the caller's own row is read before the route answers."""
    for step in route.steps:
        own = any(v.comes_from("caller") for link in step.chain for v in link.values)
        if own and step.result is not None and step.result.comes_from("row"):
            table = next((o.split(".")[1] for o in step.result.origins if o.startswith("row.")), "")
            if meaning.words(table)[-1:] in (("user",), ("profile",), ("account",), ("admin",), ("member",)):
                return True
    return False
