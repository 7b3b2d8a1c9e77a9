"""Your own website is refused by your own server.

What we look at: allowed origins that no visitor's browser ever sends: with a slash or a path at the end, without a
scheme, with a star inside; and rules that let in nothing but `localhost`.

Why it matters: the page works in development and fails after launch, with an error that only the browser's console
shows.

How to repair: write scheme and host alone: `https://app.example.com`, and read the list from a setting.

When it is fine: libraries that take patterns on purpose (a regular expression).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity

_WHOLE = re.compile(r"^(?:https?|capacitor|ionic|exp|chrome-extension)://[^/*\s]+$")
_LOCAL = re.compile(r"^https?://(?:localhost|127\.0\.0\.1)(?::\d+)?/?$")
_CHOSEN = re.compile(r"env|NODE_ENV|settings\.|config|origins", re.I)


@check(
    severity=Severity.LOW,
    impact=Impact.ONBOARDING,
    cwe=("CWE-942",),
    owasp=("A02:2025",),
)
def origin_that_never_matches(app: App) -> Iterator[Seen]:
    """One sighting for each origin."""
    for rule in app.cors:
        for origin in rule.origins:
            if "://" in origin and "$" not in origin and not _WHOLE.match(origin):
                detail = f"“{origin}” is never equal to what a browser sends."
                yield Seen(rule.place, detail, cause=f"{rule.place} {origin}")
        if rule.origins and all(map(_LOCAL.match, rule.origins)) and not _CHOSEN.search(app.excerpt(rule.place)):
            detail = f"Only {rule.origins[0]} is let in: the live site cannot read these answers."
            yield Seen(rule.place, detail, severity=Severity.MEDIUM)
