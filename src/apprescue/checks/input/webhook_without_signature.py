"""Anybody can tell your app that somebody has paid.

What we look at: addresses that a provider calls (payments, identity checks, mail events), what they do with the
message, and whether its signature is verified over the raw body before that. Asking whether a signature header is
present is no check.
Why it matters: whoever posts a made-up event gets the subscription, the credits, the order marked as paid.
How to repair: verify the provider's signature over the raw body with the provider's own call, refuse with 400 when it
does not fit, and refuse to work at all when the secret is not set.
When it is fine: an address that only asks the provider again for the truth of what it was told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Step
from apprescue.source import known, meaning
from apprescue.source.routes import effects, goes_round_rules, head, queries_of

_ENOUGH = ("signature", "secret", "login", "role")


@check(
    severity=Severity.HIGH,
    impact=Impact.MONEY,
    cwe=("CWE-345", "CWE-347"),
    owasp=("A08:2025", "API2:2023"),
)
def webhook_without_signature(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    for route in app.routes:
        if not meaning.is_webhook(route.path) or route.method in ("GET", "HEAD", "OPTIONS"):
            continue
        queries = by_route.get(str(route), [])
        step = _first_work(route, queries)
        if step is None or any(g.kind in _ENOUGH for g in step.guards) or _asks_again(route):
            continue
        if any(g.fail_open for g in route.guards):
            continue
        money = (
            any(meaning.is_money(q.table) or meaning.is_money(route.path) for q in queries) or "stripe" in route.path
        )
        yield Seen(
            head(route),
            f"{route} believes every message: no signature is verified before it works on it.",
            related=(step.place,),
            severity=Severity.CRITICAL if money else Severity.HIGH,
            impact=Impact.MONEY if money else Impact.DATA,
        )


def _first_work(route: Route, queries: Sequence[Query]) -> Step | None:
    for query in queries:
        writes = query.operation in ("insert", "update", "upsert", "delete", "rpc")
        if writes and goes_round_rules(query) and not any(g.kind == "development" for g in query.step.guards):
            return query.step
    return next((e.step for e in effects(route, queries)), None)


def _asks_again(route: Route) -> bool:
    """Whether the provider is asked for the truth (`stripe.events.retrieve`, PayPal's verification call)."""
    return any(
        known.REMOTE.match(s.name) and s.method in ("retrieve", "fetch", "get") and s.name != "fetch"
        for s in route.steps
    ) or any(s.name == "fetch" and "verify" in known.plain(s.args[0]) for s in route.steps if s.args)
