"""People get paid things without paying.

What we look at: addresses that book a subscription, purchase, unlock, tip or earning with the server's own rights on a user's word,
where no payment provider is asked, no wallet is debited and no provider's signed message is behind it.
Why it matters: it is the demo of the payment, live: everybody who knows the address (or presses the button) gets the goods, and
creators are owed money that nobody paid.
How to repair: book only from the provider's signed webhook, or in one database transaction that debits a wallet which was filled by
one. Until then switch the address off.
When it is fine: free follows and trials that are meant to be free.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source import known, meaning
from apprescue.source.routes import goes_round_rules, head, queries_of

_GOODS = re.compile(r"(?i)subscription|purchase|unlock|entitle|^tips?$|donation|earning|membership|order_?item|access_?grant|ticket")
_MARKS = re.compile(r"(?i)^(?:is_?|has_?)?(?:purchased|paid|unlocked|subscribed|premium)$")
_ASIDE = re.compile(r"(?i)push|history|log|plan|tier|setting|item|email|newsletter|comment|like|message|support")
_PAID = re.compile(
    r"(?i)stripe|paypal|razorpay|paystack|square|checkout|payment_?intent|charge|invoice|wallet|balance|kemis|credit|debit|coin"
)


@check(
    severity=Severity.HIGH,
    impact=Impact.MONEY,
    cwe=("CWE-840", "CWE-862"),
    owasp=("A06:2025", "API6:2023"),
    evidence=Evidence.SUSPECTED,
)
def access_without_payment(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    for route in app.routes:
        if route.guarded("signature", "secret", "role") or meaning.is_webhook(route.path):
            continue
        if route.method not in ("POST", "PUT", "ANY"):
            continue
        booked = next((q for q in by_route.get(str(route), ()) if _books(q)), None)
        if booked is not None and not _paid(route, by_route[str(route)]):
            yield Seen(
                head(route),
                f"{route} books {booked.table} on the caller's word; nothing in it takes a payment.",
                related=(booked.place,),
            )


def _books(query: Query) -> bool:
    if query.operation == "update" and goes_round_rules(query) and query.written is not None:
        return any(_MARKS.search(name) and value.constant is True for name, value in (query.written.fields or {}).items())
    if not goes_round_rules(query) or query.operation not in ("insert", "upsert") or not _GOODS.search(query.table) or _ASIDE.search(query.table):
        return False
    fields = query.written.fields if query.written else None
    state = (fields or {}).get("status")
    return state is None or str(state.constant).lower() not in ("pending", "draft", "requested", "incomplete")


def _paid(route: Route, queries: list[Query]) -> bool:
    asked = any(known.REMOTE.match(s.name) or _PAID.search(s.name) for s in route.steps)
    looked = any(meaning.words(q.table)[-1:] in (("wallet",), ("balance",), ("credit",), ("payment",)) for q in queries)
    compared = any(_PAID.search(o) for t in (route.trace.tests if route.trace else ()) for o in t.all_origins)
    return asked or looked or compared


