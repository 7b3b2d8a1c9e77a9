"""A tool from building the app is still open to the world.

What we look at: addresses called debug, test, setup, seed, migrate, fix or the like, and addresses that a comment
calls temporary or a demo, which change data, run commands or tell settings, and ask neither for a role nor for a
development environment.
Why it matters: they were made to skip the rules: they reset databases, show keys and settings, delete profiles.
How to repair: delete them. What is really needed to run the app becomes a script or an address for admins.
When it is fine: they answer only outside of production, or only to admins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source.routes import effects, head, is_left_over, open_to_all, queries_of, tells_settings


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-489", "CWE-1188"),
    owasp=("A02:2025", "API9:2023"),
)
def debug_route(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    found = [(r, level) for r in app.routes if is_left_over(app, r) and (level := _harm(r, by_route.get(str(r), [])))]
    crowded = Counter(r.place.path for r, _ in found)
    for route, level in found:
        yield Seen(
            head(route),
            f"{route} looks like a left-over of building the app, and anybody can call it.",
            cause=route.place.path if crowded[route.place.path] > 2 else "",
            severity=level,
        )


def _harm(route: Route, queries: list[Query]) -> Severity | None:
    if not open_to_all(route.guards):
        return None
    worst = min((e.severity for e in effects(route, queries)), key=lambda s: s.rank, default=Severity.LOW)
    if worst.rank <= Severity.HIGH.rank:
        return worst
    return Severity.MEDIUM if tells_settings(route) else None
