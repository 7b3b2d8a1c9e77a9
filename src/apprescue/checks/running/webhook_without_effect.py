"""Your app listens to its payment provider and does nothing with what it hears.

What we look at: webhooks that check the provider's signature and then neither write to the database nor call anything.

Why it matters: payments, cancellations and refunds arrive and change nothing: people pay without getting what they
paid for, or keep it after they stopped paying.

How to repair: write down what each kind of event changes, and test it with the provider's own test events.

When it is fine: payments are switched off for now, or the app asks the provider each time instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source import meaning
from apprescue.source.routes import head, sends


@check(
    severity=Severity.LOW,
    impact=Impact.MONEY,
    cwe=("CWE-1164",),
    owasp=("A06:2025",),
    evidence=Evidence.SUSPECTED,
)
def webhook_without_effect(app: App) -> Iterator[Seen]:
    """One sighting for each webhook."""
    for route in app.routes:
        checks = next((g for g in route.guards if g.kind == "signature"), None)
        if checks is not None and meaning.is_webhook(route.path) and not _does_something(route):
            detail = f"{route} verifies the message; no write and no call that acts on it was seen."
            yield Seen(head(route), detail, related=(checks.place,))


def _does_something(route: Route) -> bool:
    return any(
        sends(step)
        or (step.result is not None and step.result.comes_from("row", "remote") and step.awaited)
        or (step.result is not None and step.result.comes_from("row"))
        for step in route.steps
    )
