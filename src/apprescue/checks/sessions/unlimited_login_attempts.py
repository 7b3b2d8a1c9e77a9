"""Passwords and codes can be guessed as often as one likes.

What we look at: addresses of your own server that compare a password or a code, and whether any limit of attempts
stands before them (a rate limiter in the middleware, in the handler, or a lock of the account).

Why it matters: lists of stolen passwords are tried by the million; a six-digit code falls in minutes.

How to repair: limit attempts per account and per address (for example 5 in 15 minutes), in a store that all instances
share.

When it is fine: sign-in that a provider does for you (Supabase Auth, Clerk, Auth0, Firebase): they limit it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source import known, meaning
from apprescue.source.routes import head

_COMPARES = re.compile(
    r"(?i)(?:bcrypt\w*(?:\(\))?\.(?:compare\w*|checkpw|verify)|argon2\w*\.verify|\.verify_password|verify_?password\w*|"
    r"check_?password\w*|CryptContext\(\)\.verify|PasswordHasher\(\)\.verify|PasswordHash\w*(?:\.recommended)?\(\)\.verify|compare_?passwords?\w*|pwd_context\.verify|authenticate|scrypt\w*|validatePassword)$"
)
_PROVIDED = re.compile(r"auth\.(?:signInWith\w+|sign_in_with_\w+)|clerk|auth0|firebase")
_LIMITS = re.compile(r"(?i)rate_?limit|limiter|throttl|slow_?down|lockout|attempts|attempt\.(?:count|aggregate)")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-307",),
    owasp=("A07:2025", "API2:2023", "API4:2023"),
)
def unlimited_login_attempts(app: App) -> Iterator[Seen]:
    """One finding for the app, with each address."""
    for route in app.routes:
        if route.method in ("GET", "HEAD", "OPTIONS") or any(g.kind == "rate_limit" for g in route.guards):
            continue
        compares = _compared(route) or any(_COMPARES.search(s.name) for s in route.steps)
        if not compares or not meaning.is_sign_in(route.path) or _limited(app, route):
            continue
        yield Seen(
            head(route),
            f"{route} compares passwords without counting attempts.",
            cause="login attempts",
        )


def _compared(route: Route) -> bool:
    """Whether a password is compared as it is."""
    tests = [part for test in (route.trace.tests if route.trace else ()) for part in (test, *test.operands)]
    return any(
        test.op in ("==", "!=") and any(v.comes_from("row") and v.name.endswith("password") for v in test.operands)
        for test in tests
    )


def _limited(app: App, route: Route) -> bool:
    own = any(_LIMITS.search(s.name) or _PROVIDED.search(s.name) for s in route.steps)
    return (
        own
        or any(known.RATE_LIMIT.search(g.name) for g in route.guards)
        or _LIMITS.search(app.excerpt(route.place)) is not None
    )
