"""A stolen long-lived login can be renewed again and again, and you cannot end it.

What we look at: addresses that give out a new token for a refresh token, and whether they look it up or mark it as
used in a store.

Why it matters: a refresh token lives for weeks. Where it is only verified and never noted, a copy of it works beside
the owner's, and neither signing out nor a new password ends it.

How to repair: store a hash of each refresh token, replace it on each use, and end the whole family when an old one
comes again.

When it is fine: refresh tokens that live for less than a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source import known, meaning
from apprescue.source.routes import WRITES, head, queries_of

_REFRESHES = re.compile(r"(?i)(?:^|[/_-])refresh(?:-?_?tokens?)?/?$")
_SIGNS = known.Names(r"(?:jsonwebtoken(?:\.default)?\.sign|jwt\.encode|\.sign|[jJ]wtService(?:\(\))?\.sign(?:Async)?)$")
_STORES = known.Names(r"(?i)redis|\.(?:setex|blocklist|revoke\w*|rotate\w*)$")
_NOTED = re.compile(r"(?i)token|session|blocklist|blacklist|revoked|device")


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-613",),
    owasp=("A07:2025", "API2:2023"),
    evidence=Evidence.SUSPECTED,
)
def refresh_without_rotation(app: App) -> Iterator[Seen]:
    """One sighting for each such address."""
    by_route = queries_of(app)
    for route in app.routes:
        if not _REFRESHES.search(route.path) or not any(_SIGNS.search(s.name) for s in route.steps):
            continue
        written = [q.table for q in by_route.get(str(route), ()) if _notes(q)]
        kept = any(_NOTED.search(" ".join(meaning.words(table))) for table in written)
        if not kept and not any(_STORES.search(s.name) for s in route.steps):
            detail = f"{route} renews a login; nothing was seen that marks the old refresh token as used."
            yield Seen(head(route), detail)


def _notes(query: Query) -> bool:
    """Whether a query writes down what happened, or takes away the very token that was sent."""
    if query.operation == "delete":
        return any(f.value.is_input for f in query.filters)
    return query.operation in WRITES
