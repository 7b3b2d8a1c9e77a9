"""Test and demo addresses were shipped with the app.

What we look at: addresses called debug, test, demo, setup or the like, and those that a comment calls temporary, that
production still answers.

Why it matters: nobody looks after them; they confuse, cost and sometimes harm, such as the "temporary" address that
deletes a profile.

How to repair: delete them, or answer 404 outside of development.

When it is fine: they answer only outside of production, or only to admins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source.routes import effects, head, is_left_over, open_to_all, queries_of


@check(
    severity=Severity.LOW,
    impact=Impact.BLINDNESS,
    cwe=("CWE-489",),
    owasp=("A02:2025", "API9:2023"),
)
def left_over_route(app: App) -> Iterator[Seen]:
    """One sighting for each route, or for each file full of them."""
    by_route = queries_of(app)
    template = {q.route for q in app.queries if q.table == "status_checks"}
    found = [r for r in app.routes if is_left_over(app, r) or str(r) in template]
    crowded = Counter(r.place.path for r in found)
    for route in found:
        harms = any(e.severity.rank <= Severity.HIGH.rank for e in effects(route, by_route.get(str(route), ())))
        if harms and open_to_all(route.guards):
            continue
        yield Seen(
            head(route),
            f"{route} looks like a left-over of building the app.",
            cause=route.place.path if crowded[route.place.path] > 2 else "",
            severity=Severity.MEDIUM if harms else Severity.LOW,
        )
