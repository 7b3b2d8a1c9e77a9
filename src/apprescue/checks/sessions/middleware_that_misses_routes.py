"""The lock on a part of your app leaves some of its doors open.

What we look at: groups of addresses that share their beginning (`/api/campaigns/...`), where a shared middleware asks
most of them for a login and passes some by that change data.

Why it matters: the middleware looks as if it protected everything under it. The addresses that its pattern does not
match answer to anybody, and nobody notices, because the others work as they should.

How to repair: widen the pattern of the middleware (`/api/:path*`), or hang the guard on the router that all of them
share; keep a short written list of those that are open by purpose.

When it is fine: addresses that are open by purpose: signing in, health, public pages, webhooks with a signature.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source import meaning
from apprescue.source.routes import head, open_to_all

_ENOUGH = 3
_PREFIX = re.compile(r"^/(?:(?:api|v\d+|functions|rest|backend)/)*")
_DEPENDS = re.compile(r"\b(?:Depends|Security)\(|^\s*@(?!\w+\.)\w*(?:login|auth|required|protected)", re.M)
_COUNTS = {"view", "click", "track", "event", "contact", "subscribe", "rsvp", "log"}


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-862", "CWE-288"),
    owasp=("A01:2025", "API5:2023"),
    evidence=Evidence.SUSPECTED,
)
def middleware_that_misses_routes(app: App) -> Iterator[Seen]:
    """One sighting for each address that its siblings' guard passes by."""
    families: dict[str, list[Route]] = defaultdict(list)
    for route in app.routes:
        families[_family(route.path)].append(route)
    for family, routes in families.items():
        guards = {id(r): None if _asks_itself(app, r) else _shared_guard(r) for r in routes}
        guarded = [r for r in routes if guards[id(r)] is not None]
        missed = [r for r in routes if open_to_all(r.guards) and "data" in r.touches and not _by_purpose(r)]
        if len(guarded) < _ENOUGH or not missed or len(missed) * 2 > len(guarded):
            continue
        guard = guards[id(guarded[0])]
        for route in missed:
            detail = f"{len(guarded)} addresses under {family} stand behind a shared guard; {route} does not."
            yield Seen(head(route), detail, related=(guard,) if guard else (), cause=f"missed under {family}")


def _family(path: str) -> str:
    """The beginning of an address up to its first own word: `/api/v1/campaigns`."""
    start = _PREFIX.match(path)
    own = path[start.end() :] if start else path
    return (start[0] if start else "/") + own.split("/")[0]


def _asks_itself(app: App, route: Route) -> bool:
    """Whether a route names its own guard as what it depends on, so that no pattern could have missed another."""
    if not route.place.path.endswith(".py"):
        return False
    places = [route.place, *([route.trace.place] if route.trace else [])]
    return any(_DEPENDS.search(app.excerpt(place)) for place in places)


def _shared_guard(route: Route) -> Code | None:
    """Where a guard stands that is not the route's own: in another file, before the handler."""
    asks = (g for g in route.guards if g.kind in ("login", "role") and not g.fail_open)
    return next((g.place for g in asks if g.place.path != route.place.path), None)


def _by_purpose(route: Route) -> bool:
    if route.method == "GET" or _COUNTS & set(meaning.words(route.path)[-1:]):
        return True
    public = meaning.is_public_address(route.method, route.path) or meaning.is_webhook(route.path)
    return public or meaning.is_scheduled(route.path)
