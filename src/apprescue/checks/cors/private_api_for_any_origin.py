"""Every website may call your private API from its visitors' browsers.

What we look at: `*` or an open cross-origin default on servers whose addresses need a login, and on whole folders of
addresses.

Why it matters: whatever protects an address then rests on its token alone; a stolen token works from anywhere, and
addresses that forgot their login are open to every page of the internet.

How to repair: allow your own origins by environment, and `*` only on the addresses that other sites are meant to call.

When it is fine: public widgets, tracking pixels and open data; Supabase edge functions, whose callers bring their
token by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, CorsRule
from apprescue.model.finding import Impact, Seen, Severity


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-942",),
    owasp=("A02:2025", "API8:2023"),
)
def private_api_for_any_origin(app: App) -> Iterator[Seen]:
    """One finding for the app."""
    private = any(g.kind in ("login", "role", "ownership") for r in app.routes for g in r.guards)
    for rule in app.cors:
        if private and not rule.credentials and ("*" in rule.origins or rule.reflects) and not _by_purpose(app, rule):
            whole = rule.place.path.rpartition("/")[2].startswith(("next.config", "vercel", "netlify"))
            yield Seen(
                rule.place,
                "Every origin may call these addresses" + (", all of them at once." if whole else "."),
                severity=Severity.MEDIUM if whole else Severity.LOW,
            )


def _by_purpose(app: App, rule: CorsRule) -> bool:
    """Headers of one public address, and of edge functions."""
    path = rule.place.path
    if "functions/" in path:
        return True
    own = [r for r in app.routes if r.place.path == path]
    return (
        rule.framework == "header" and bool(own) and not any(g.kind in ("login", "role") for r in own for g in r.guards)
    )
