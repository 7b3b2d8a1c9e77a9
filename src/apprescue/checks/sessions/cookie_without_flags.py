"""The cookie that keeps your users signed in can be stolen by a script or read on the wire.

What we look at: cookies that the server sets to know who is signed in, and whether they are marked `httpOnly` and
`secure`.

Why it matters: without `httpOnly` any script on the page reads the cookie, so one small hole in a page is enough to
take over accounts. Without `secure` it also travels over plain http, where a public wireless network reads it.

How to repair: set `httpOnly: true`, `secure: true` in production and `sameSite: "lax"` on every such cookie.

When it is fine: cookies that hold no login (theme, language, a CSRF token that a script must read); `secure` that is
switched off for development alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step, Value
from apprescue.source.cookies import cookies_set

_SESSIONS = ("express-session", "cookie-session")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-1004", "CWE-614"),
    owasp=("A02:2025", "A07:2025"),
)
def cookie_without_flags(app: App) -> Iterator[Seen]:
    """One sighting for each cookie."""
    for cookie in cookies_set(app.traces):
        if cookie.whole and cookie.tells_who and not cookie.removes:
            lacking = [flag for flag in ("httponly", "secure") if _off(cookie.options.get(flag), missing=True)]
            if seen := _seen(cookie.step, f"The cookie {cookie.name}", lacking):
                yield seen
    told: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps:
            if step.name not in _SESSIONS or step.place in told:
                continue
            if not any(test.comes_from("env") for test in step.tests):
                told.add(step.place)
                if seen := _seen(step, "The session's cookie", _of_session(step)):
                    yield seen


def _of_session(step: Step) -> list[str]:
    """What a session library's cookie lacks; `httpOnly` is on there unless it is switched off."""
    options = (step.args[0].fields if step.args else {}) or {}
    cookie = options.get("cookie", Value(fields={})) if step.name == "express-session" else step.args[0]
    fields = cookie.fields
    if fields is None or "..." in fields or "..." in options:
        return []
    lacking = ["httponly"] if _off(fields.get("httpOnly"), missing=False) else []
    return [*lacking, "secure"] if _off(fields.get("secure"), missing=True) else lacking


def _off(value: Value | None, missing: bool) -> bool:
    if value is None:
        return missing
    return value.literal and not value.constant


def _seen(step: Step, what: str, lacking: list[str]) -> Seen | None:
    if not lacking:
        return None
    names = " and ".join({"httponly": "httpOnly", "secure": "secure"}[flag] for flag in lacking)
    level = Severity.MEDIUM if "httponly" in lacking else Severity.LOW
    return Seen(step.place, f"{what} is set without {names}.", severity=level)
