"""One visitor can make your app send mails or do expensive work without end.

What we look at: addresses that send mails or messages or call paid services, and whether any rate limit stands
anywhere in the app.

Why it matters: a script sends ten thousand mails in your name or runs up a provider's bill in a night.

How to repair: add a rate limit by user and address, kept in a store that all instances share, and answer 429 above it.

When it is fine: addresses that only admins, signed webhooks or a clock with a secret can call.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source import meaning
from apprescue.source.routes import head, sends


@check(
    severity=Severity.LOW,
    impact=Impact.MONEY,
    cwe=("CWE-770", "CWE-799"),
    owasp=("API4:2023", "A06:2025"),
)
def costly_route_without_limit(app: App) -> Iterator[Seen]:
    """One finding for the app, with each address."""
    for route in app.routes:
        kinds = {g.kind for g in route.guards if not g.fail_open}
        if kinds & {"rate_limit", "role", "signature", "secret", "plan"} or meaning.is_scheduled(route.path):
            continue
        step = next((s for s in route.steps if sends(s)), None)
        if step is not None and not any("limit" in s.name.lower() for s in route.steps):
            yield Seen(
                head(route),
                f"{route} sends mail as often as it is called.",
                related=(step.place,),
                cause="mail without limit",
            )
