"""People get paid things without paying.

What we look at: addresses that book a subscription, purchase, unlock, tip or earning with the server's own rights on
a user's word, where no payment provider is asked, no wallet is debited and no provider's signed message is behind it;
a signed payment that marks a row which the signature does not speak of; and content that one address gives to
subscribers only and another to anybody.
Why it matters: it is the demo of the payment, live: everybody who knows the address (or presses the button) gets the
goods, and creators are owed money that nobody paid.
How to repair: book only from the provider's signed webhook, or in one database transaction that debits a wallet which
was filled by one, and look up by the payment's own id what was paid for. Until then switch the address off.
When it is fine: free follows and trials that are meant to be free; previews; a seller who sets what his own things
cost; a stand-in that answers in development only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.trace import INPUT, Value
from apprescue.source import known, meaning
from apprescue.source.routes import answers, answers_with, goes_round_rules, head, queries_of, written_by

_GOODS = re.compile(
    r"(?i)subscription|purchase|unlock|entitle|^tips?$|donation|(?<![a-z])earning|membership|access_?grant|ticket"
)
_MARKS = re.compile(r"(?i)^(?:is_?|has_?)?(?:purchased|paid|unlocked|subscribed|premium)$")
_PRICED = re.compile(r"(?i)^(?:\w+_)?prices?(?:_?(?:cents|minor|usd|eur))?$|[a-z]Price(?:Cents)?$")
_ASIDE = re.compile(
    r"(?i)push|history|log|plan|tier|setting|item|email|newsletter|comment|like|message|support|categor|tag|audit|"
    r"(?:tenant|organi[sz]ation|team|workspace|company|club|group)_?member"
)
_PAID = re.compile(
    r"(?i)stripe|paypal|razorpay|paystack|square|checkout|payment_?(?:intent|method)|charge|invoice|wallet|balance|credit|debit|coin"
)
_RECEIPTS = ("payment", "transaction", "order")
_SIGNS = re.compile(r"(?i)hmac|verify_?payment|verify_?signature|validate\w*signature")
_BOUGHT = re.compile(r"(?i)^row\.\w*(?:subscription|membership|purchase|entitlement)s?\b")
_LOCK = re.compile(r"(?i)^(?:is_?)?(?:locked|premium|exclusive|paid|subscribers?_?only|members?_?only|ppv)$")
_MEDIA = re.compile(r"(?i)^(?:video|media|file|content|audio|playback|download|stream|source)_?(?:urls?|ids?|path)$")
_SOLD = frozenset(
    "post video content media photo image album lesson episode article stream clip file download track".split()
)
_SHOWN = re.compile(r"(?i)public|published|free|preview|visib|locked|premium|featured|status")


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
        queries = by_route.get(str(route), [])
        yield from _booked_for_nothing(route, queries)
        yield from _another_paid(route, queries)
        yield from _locked_but_given(route)
    yield from _given_away(app, by_route)


def _booked_for_nothing(route: Route, queries: Sequence[Query]) -> Iterator[Seen]:
    if route.guarded("signature", "secret", "role") or meaning.is_webhook(route.path):
        return
    writes = route.method in ("POST", "PUT", "PATCH", "ANY")
    live = [q for q in queries if not any(g.kind == "development" for g in q.step.guards)]
    booked = next((q for q in live if (writes and _books(q)) or _calls_itself_paid(q)), None)
    if booked is not None and not _paid(route, queries):
        yield Seen(
            head(route),
            f"{route} books {booked.table} on the caller's word; nothing in it takes a payment.",
            related=(booked.place,),
        )


def _books(query: Query) -> bool:
    fields = written_by(query)
    if not goes_round_rules(query):
        return False
    if query.operation == "update":
        marked = any(_MARKS.search(name) and value.constant is True for name, value in fields.items())
        return marked and not any(map(_PRICED.search, fields))
    if query.operation not in ("insert", "upsert") or not _GOODS.search(query.table) or _ASIDE.search(query.table):
        return False
    if not any(o.split(".")[0] in ("caller", *INPUT) for v in fields.values() for o in v.all_origins):
        return False
    state = fields.get("status")
    return state is None or str(state.constant).lower() not in ("pending", "draft", "requested", "incomplete")


def _calls_itself_paid(query: Query) -> bool:
    """Whether a payment is written down as done."""
    if not goes_round_rules(query) or query.operation != "insert" or meaning.words(query.table)[-1] not in _RECEIPTS:
        return False
    states = [v for name, v in written_by(query).items() if re.search(r"(?i)(?:^|_)stat(?:us|e)$|Status$", name)]
    return any(v.literal and re.match(r"(?i)paid|completed?|succe", str(v.constant)) for v in states)


def _paid(route: Route, queries: Sequence[Query]) -> bool:
    asked = any(known.REMOTE.match(s.name) or _PAID.search(s.name) for s in route.steps)
    looked = any(meaning.words(q.table)[-1:] in (("wallet",), ("balance",), ("credit",), ("payment",)) for q in queries)
    compared = any(_PAID.search(o) for t in (route.trace.tests if route.trace else ()) for o in t.all_origins)
    return asked or looked or compared


def _another_paid(route: Route, queries: Sequence[Query]) -> Iterator[Seen]:
    """A row is chosen by an id of the request that the checked signature leaves out."""
    signed = {o for s in route.steps if _SIGNS.search(s.name) for v in s.values for o in v.all_origins}
    if not any(o.startswith("body.") for o in signed) or "body" in signed or _compares(route, signed):
        return
    for query in queries:
        if query.operation == "update" and any(g.kind == "signature" for g in query.step.guards):
            chosen = [f.value.all_origins for f in query.filters]
            if chosen and all(any(o.startswith("body.") for o in some) and not some & signed for some in chosen):
                yield Seen(
                    head(route),
                    f"{route} marks {query.table} as paid by an id that the checked signature does not cover: "
                    "one real payment pays for any order.",
                    related=(query.place,),
                )
                return


def _compares(route: Route, signed: set[str]) -> bool:
    """Whether what was signed is held against a row."""
    return any(
        test.op in ("==", "!=") and any(v.comes_from("row") for v in test.operands) and test.all_origins & signed
        for test in (route.trace.tests if route.trace else ())
    )


def _locked_but_given(route: Route) -> Iterator[Seen]:
    """An answer tells that a thing is locked, and where it lies."""
    if route.method != "GET" or route.guarded("plan", "ownership", "role", "secret"):
        return
    for fields in (p.fields for v in answers(route) for p in v.deep() if p.fields):
        lock = next((k for k, v in fields.items() if _LOCK.search(k) and v.comes_from("row")), "")
        media = next((k for k, v in fields.items() if _MEDIA.search(k) and v.comes_from("row") and not v.choices), "")
        if lock and media and not _looks_at(route, lock):
            yield Seen(head(route), f"{route} tells {lock} and gives {media} all the same, to everybody who asks.")
            return


def _looks_at(route: Route, column: str) -> bool:
    """Whether a test asks for a column, or a query of the route for what was bought."""
    waiting = list(route.trace.tests if route.trace else ())
    while waiting:
        test = waiting.pop()
        if test.name.endswith(column) or any(o.endswith("." + column) or _BOUGHT.match(o) for o in test.origins):
            return True
        waiting.extend(test.operands)
    return any(o.endswith("." + column) for s in route.steps for t in s.tests for o in t.all_origins)


def _given_away(app: App, by_route: Mapping[str, Sequence[Query]]) -> Iterator[Seen]:
    """Whole rows of what another address reads through subscriptions."""
    sold = {q.table for qs in by_route.values() for q in qs for f in q.filters if _of_bought(f.value)}
    for route in app.routes:
        if route.method != "GET" or route.guarded("plan", "ownership", "role", "secret"):
            continue
        queries = by_route.get(str(route), [])
        asked = any(_BOUGHT.match(f"row.{q.table}") for q in queries)
        query = next(
            (q for q in queries if q.table in sold and _open(q) and answers_with(route, q.step, whole=True)), None
        )
        if query is not None and not asked:
            yield Seen(
                head(route),
                f"{route} gives whole rows of {query.table} to anybody; "
                "another address reads them by the caller's subscriptions.",
                related=(query.place,),
            )


def _of_bought(value: Value) -> bool:
    return any(_BOUGHT.match(o) for o in value.all_origins)


def _open(query: Query) -> bool:
    """Whether a query for content asks neither who calls nor what is meant to be seen."""
    if query.operation != "select" or not goes_round_rules(query) or query.columns not in ((), ("*",)):
        return False
    caller = any(o.startswith("caller") for f in query.filters for o in f.value.all_origins)
    shown = any(_SHOWN.search(f.column) for f in query.filters)
    return not caller and not shown and bool(_SOLD.intersection(meaning.words(query.table)[-1:]))
