"""A lock that opens by itself when its key is not set.

What we look at: checks of a secret, a signature or a role that are skipped where the secret is not configured or the
header is left out, compare with a text that stands in the code, or with `Bearer undefined`.
Why it matters: one forgotten setting, and the address that moves money or accepts payment events answers to
everybody. Nothing looks broken: the owner finds out from the damage.
How to repair: refuse with 500 or 401 when the secret is missing, before anything else; then compare, in constant
time. Check at start that every needed secret is set.
When it is fine: a check that is left out only in development, by the environment's name; the address to which a
provider sends people back with a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import RoutePlace
from apprescue.model.trace import Guard
from apprescue.source.routes import effects, head, queries_of

_COMES_BACK = re.compile(r"(?i)oauth|callback")


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-636", "CWE-287"),
    owasp=("A10:2025", "A07:2025", "API2:2023"),
)
def fail_open_guard(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    for route in app.routes:
        kept = {g.kind for g in route.guards if not g.fail_open}
        guard = next((g for g in route.guards if _opens(g) and g.kind not in kept), None)
        if guard is None or kept & {"login", "role", "ownership"} or _comes_back(route):
            continue
        worst = min(effects(route, by_route.get(str(route), ())), key=lambda e: e.severity.rank, default=None)
        harm = f" It then lets anybody {worst.what}." if worst else ""
        yield Seen(
            RoutePlace(str(route), guard.place),
            f"{route} checks {_what(guard)}.{harm}",
            related=(head(route),),
            cause=f"{guard.place} {guard.name}",
            severity=Severity.HIGH if worst and worst.severity.rank <= Severity.HIGH.rank else Severity.MEDIUM,
            impact=worst.impact if worst else Impact.DATA,
        )


def _comes_back(route: Route) -> bool:
    """Whether a provider sends people back here with a code and without a login (OAuth, RFC 6749 4.1.2)."""
    tests = route.trace.tests if route.trace else ()
    coded = any(origin == "query.code" for test in tests for origin in test.all_origins)
    return bool(_COMES_BACK.search(route.path)) and coded


def _opens(guard: Guard) -> bool:
    return guard.fail_open and guard.kind != "development" and "cookie" not in guard.name


def _what(guard: Guard) -> str:
    name = guard.name.removeprefix("env.")
    if name.startswith("header."):
        return f"only for {name.removeprefix('header.')}, a header that everybody can send"
    return f"a {guard.kind} ({name}) that passes when it is not set or not sent"
