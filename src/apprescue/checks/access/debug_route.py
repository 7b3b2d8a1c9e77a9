"""A tool from building the app is still open to the world.

What we look at: addresses called debug, test, setup, seed, migrate, fix or the like, and addresses that a comment calls
temporary or a demo, which do work or tell settings and ask neither for a role nor for a development environment.
Why it matters: they were made to skip the rules: they reset databases, show keys and settings, delete profiles, send mails.
How to repair: delete them. What is really needed to run the app becomes a script or an address for admins.
When it is fine: they answer only outside of production, or only to admins.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import RoutePlace
from apprescue.source import meaning
from apprescue.source.routes import effects, open_to_all, queries_of

_TEMPORARY = re.compile(
    r"(?i)\b(?:temporary|temp route|debug(?:ging)? (?:route|endpoint|only)|for (?:demo|testing|debug\w*) purposes?|"
    r"remove (?:this )?(?:before|in|after) (?:prod\w*|launch|deploy\w*)|test(?:ing)? (?:route|endpoint)|dev only)"
)
_DEVELOPMENT = re.compile(r"NODE_ENV|process\.env\.ENV\b|ENVIRONMENT|settings\.DEBUG|import\.meta\.env\.(?:DEV|PROD)|APP_ENV")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-489", "CWE-1188"),
    owasp=("A02:2025", "API9:2023"),
)
def debug_route(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    found = [r for r in app.routes if _left_over(app, r)]
    crowded = Counter(r.place.path for r in found)
    for route in found:
        yield Seen(
            RoutePlace(str(route), route.place),
            f"{route} looks like a left-over of building the app, and {_who(route)} can call it.",
            cause=route.place.path if crowded[route.place.path] > 2 else "",
            severity=_severity(route, by_route.get(str(route), [])),
        )


def _left_over(app: App, route: Route) -> bool:
    if any(g.kind in ("role", "secret", "signature") and not g.fail_open for g in route.guards):
        return False
    body = app.excerpt(route.place)
    named = meaning.is_debug(route.path)
    said = _TEMPORARY.search(app.excerpt(route.place, around=3)) if not named else None
    return bool(named or said) and not _DEVELOPMENT.search(body)


def _who(route: Route) -> str:
    return "anybody" if open_to_all(route.guards) else "every user"


def _severity(route: Route, queries: list[Query]) -> Severity:
    worst = min((e.severity for e in effects(route, queries)), key=lambda s: s.rank, default=Severity.LOW)
    if not open_to_all(route.guards):
        return Severity.MEDIUM if worst.rank <= Severity.HIGH.rank else Severity.LOW
    return {Severity.CRITICAL: Severity.HIGH, Severity.HIGH: Severity.MEDIUM}.get(worst, Severity.LOW)
