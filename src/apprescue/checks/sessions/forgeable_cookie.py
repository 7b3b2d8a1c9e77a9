"""Anybody can write himself the cookie that opens a door of your app.

What we look at: cookies that decide who is let in and that hold something anyone can guess or write: a fixed word
(`ok`, `true`, `admin`), a bare user id, a role. A cookie is a text that the visitor's own browser sends; he can set
it to whatever he likes.

Why it matters: no password is needed. Writing the word or another user's id into the cookie is enough to be let in
as if it had been given, or to be that user.

How to repair: keep a random session id in the cookie and everything else on the server, or sign the value
(`signed: true`, a JWT, itsdangerous) and verify the signature on each request.

When it is fine: signed cookies; cookies that only remember a choice (theme, language, a banner that was closed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step, Trace, Value
from apprescue.source import known
from apprescue.source.answers import refuses
from apprescue.source.cookies import SetCookie, cookies_set

_OPENS = re.compile(r"(?i)(?:role|admin|auth|logged|login|premium|vip|unlock|paid|access|session)")
_CHOICE = re.compile(r"(?i)flow|oauth|state|theme|locale|lang|consent|banner|sidebar|intent|redirect")
_SEALED = re.compile(r"(?i)sign|encode|encrypt|seal|hash|digest|token|random|uuid|dumps")


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-565", "CWE-784"),
    owasp=("A07:2025", "A01:2025", "API2:2023"),
)
def forgeable_cookie(app: App) -> Iterator[Seen]:
    """One sighting for each door, with the places where the cookie is set."""
    given = [c for c in cookies_set(app.traces) if not _sealed(c)]
    told: set[Place] = set()
    for trace in app.traces:
        if trace.side == "server":
            for place, detail, related in (*_fixed(trace, given), *_bare_id(trace, given)):
                if place not in told:
                    told.add(place)
                    yield Seen(place, detail, related=related)


def _sealed(cookie: SetCookie) -> bool:
    signed = cookie.options.get("signed")
    made = cookie.value.step
    return (signed is not None and signed.constant is True) or bool(made and _SEALED.search(made.name))


def _fixed(trace: Trace, given: list[SetCookie]) -> Iterator[tuple[Place, str, tuple[Place, ...]]]:
    for step in trace.steps:
        for test in step.tests:
            found = _cookie_and_word(test)
            if found is None or not (step.refusing or _turns_away(step)):
                continue
            cookie, word = found
            setters = tuple(c.step.place for c in given if c.value.literal and c.value.constant == word)
            named = any(_OPENS.search(o) for o in cookie.origins)
            if any(_CHOICE.search(o) for o in cookie.origins):
                continue
            if (setters or named) and "request.signedCookies" not in cookie.name:
                detail = f"Whoever sends a cookie with the fixed value “{word}” is let in here."
                yield step.place, detail, setters


def _cookie_and_word(test: Value) -> tuple[Value, str] | None:
    """The cookie and the word in a test that turns away whoever does not send that word."""
    inside = test.operands[0] if test.op == "!" else test
    for part, unequal in ((inside, "==" if test.op == "!" else "!="), *((o, "!=") for o in test.operands)):
        if part.op == unequal:
            for one, other in (part.operands, part.operands[::-1]):
                if one.comes_from("cookie") and isinstance(other.constant, str) and other.literal and other.constant:
                    return one, other.constant
    return None


def _turns_away(step: Step) -> bool:
    return bool(step.result and refuses(step.result))


def _bare_id(trace: Trace, given: list[SetCookie]) -> Iterator[tuple[Place, str, tuple[Place, ...]]]:
    ids = {c.name: c for c in given if c.name and _is_id(c.value)}
    for step in trace.steps if ids else ():
        if step.result is None or not step.result.comes_from("row"):
            continue
        for name, cookie in ids.items():
            if any(f"cookie.{name}" in v.origins for v in step.values):
                detail = f"The user is looked up by the cookie {name}, which holds a bare id: anyone can write another."
                yield step.place, detail, (cookie.step.place,)


def _is_id(value: Value) -> bool:
    """Whether a value is a row's own id, as it is or as a text."""
    made = value.step
    if made is not None and made.name in ("str", "String") and made.args:
        return _is_id(made.args[0])
    last = {o.rpartition(".")[2] for o in value.origins}
    return bool(last) and last <= known.IDENTIFIERS and value.comes_from("row", "caller")
