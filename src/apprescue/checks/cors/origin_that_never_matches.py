"""Your own website is refused by your own server.

What we look at: allowed origins that no browser ever sends: with a slash or a path at the end, without scheme, with a star inside.
Why it matters: the page works in development and fails after launch, with an error that only the browser's console shows.
How to repair: write scheme and host alone: `https://app.example.com`.
When it is fine: libraries that take patterns on purpose (a regular expression).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity

_WHOLE = re.compile(r"^(?:https?|capacitor|ionic|exp)://[^/*\s]+$")


@check(
    severity=Severity.LOW,
    impact=Impact.ONBOARDING,
    cwe=("CWE-942",),
    owasp=("A02:2025",),
)
def origin_that_never_matches(app: App) -> Iterator[Seen]:
    for rule in app.cors:
        for origin in rule.origins:
            if "://" in origin and "$" not in origin and not _WHOLE.match(origin):
                yield Seen(rule.place, f"“{origin}” is never equal to what a browser sends.", cause=f"{rule.place} {origin}")
