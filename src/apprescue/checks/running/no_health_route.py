"""Nobody can ask your server whether it is well.

What we look at: servers of your own (Express, Fastify, Hono, NestJS, FastAPI, Flask, Django), and whether they have an
address for health checks (`/health`, `/ready`, `/status`).

Why it matters: the host restarts a server, a monitor wakes you, and a release goes on or back by asking such an
address. Without it a server that lost its database looks alive.

How to repair: add `GET /health` that asks the database a small question and answers 200, or 503 where it fails.

When it is fine: functions that the host runs one by one; a monitor that asks another address.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Setting

_SERVERS = ("express", "fastify", "hono", "nestjs", "fastapi", "flask", "django")


@check(
    severity=Severity.LOW,
    impact=Impact.BLINDNESS,
    cwe=("CWE-778",),
    owasp=("A09:2025",),
)
def no_health_route(app: App) -> Iterator[Seen]:
    """One sighting for the app."""
    served = [r for r in app.routes if r.framework in _SERVERS]
    if len(served) > 1 and not any(w.kind == "health" for w in app.watches):
        detail = f"None of the {len(served)} addresses of the server is called health, ready, live, ping or status."
        yield Seen(Setting("health route", served[0].place), detail)
