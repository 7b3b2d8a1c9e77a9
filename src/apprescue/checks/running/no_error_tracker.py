"""When your app breaks for a customer, nobody finds out.

What we look at: an error tracker in the app's dependencies or pages (Sentry and its kin), for the browser and for the
server.

Why it matters: errors stand in a console that nobody reads; the first report is an angry mail, or a customer who
leaves without one.

How to repair: add a tracker to the page and to the server, with a filter that keeps secrets and personal data out, and
an alert to a person.

When it is fine: the host reports errors and somebody is alerted by it.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Setting

_RUNS = ("react", "next", "express", "fastapi", "flask", "django", "hono", "fastify")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.BLINDNESS,
    cwe=("CWE-778",),
    owasp=("A09:2025",),
)
def no_error_tracker(app: App) -> Iterator[Seen]:
    """One sighting for the app."""
    runs = any(p.name in _RUNS for p in app.packages) or app.routes
    if runs and not any(w.kind == "tracker" for w in app.watches):
        place = next((p.place for p in app.packages if p.name in _RUNS), None)
        yield Seen(Setting("error tracker", place), "No error tracker is among the app's dependencies or imports.")
