"""A payment event that is sent twice is booked twice.

What we look at: webhooks that add rows or raise balances when an event comes in, and whether they know an event
again: a table of event ids, a look-up of the payment's id before, an upsert, a unique key.
Why it matters: every provider sends events again, after time-outs and on purpose. Customers are charged once and
credited twice, or creators paid twice.
How to repair: store the event's id under a unique key in the same transaction as its effects, and stop when it is
already there; or upsert on the payment's id.
When it is fine: effects that come to the same when repeated, such as setting a status.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import RoutePlace
from apprescue.source import meaning
from apprescue.source.routes import goes_round_rules, head, queries_of

_LEDGER = re.compile(r"(?i)event|processed|webhook|idempot")
_EXTERNAL = re.compile(
    r"(?i)(?:stripe|payment|session|event|transaction|reference|order|provider|external|paypal|razorpay|charge)\w*(?:id|reference|key)?$"
)


@check(
    severity=Severity.MEDIUM,
    impact=Impact.MONEY,
    cwe=("CWE-837", "CWE-799"),
    owasp=("A08:2025", "API6:2023"),
)
def event_handled_twice(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    for route in app.routes:
        queries = by_route.get(str(route), [])
        if not meaning.is_webhook(route.path) or _knows_again(route, queries):
            continue
        booked = next((q for q in queries if _adds_money(app, q)), None)
        if booked is not None:
            yield Seen(
                RoutePlace(str(route), booked.place),
                f"{route} adds to {booked.table} on every delivery; nothing recognises an event that comes again.",
                related=(head(route),),
            )


def _adds_money(app: App, query: Query) -> bool:
    if not goes_round_rules(query) or query.operation != "insert" or not meaning.is_money(query.table):
        return False
    return not any(_EXTERNAL.match(column) for column in _unique_columns(app, query.table))


def _unique_columns(app: App, table: str) -> set[str]:
    found = app.schema.table(table)
    return {c for index in found.indexes if index.unique for c in index.columns} if found else set()


def _knows_again(route: Route, queries: list[Query]) -> bool:
    if any(_LEDGER.search(q.table) for q in queries):
        return True
    return any(
        q.operation == "select"
        and meaning.is_money(q.table)
        and any(_EXTERNAL.match(f.column) and f.operator in ("eq", "==", "=") for f in q.filters)
        for q in queries
    )
