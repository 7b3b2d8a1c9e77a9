"""A retry or a double click pays twice.

What we look at: calls that send money away (transfers, payouts, refunds) without an idempotency key, or with one that
is different at every try because the clock or chance is part of it.
Why it matters: networks time out and people click again. Without a key that stays the same the provider takes the
second call for a second payment.
How to repair: write the payout to a ledger with a unique key first, and give that key to the provider as idempotency
key.
When it is fine: calls whose key is made from the id of a row that was claimed before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step, Value
from apprescue.source.routes import pays

_ASIDE = re.compile(r"(?i)refund|revers|(?:^| )scripts?/|/scripts?/|seed|/tests?/")
_NAMES = (
    *("idempotencyKey", "idempotency_key", "Idempotency-Key", "idempotency-key", "X-Idempotency-Key"),
    *("PayPal-Request-Id", "X-Payout-Idempotency", "idempotencyToken", "reference", "sender_batch_id"),
)


@check(
    severity=Severity.HIGH,
    impact=Impact.MONEY,
    cwe=("CWE-799", "CWE-837"),
    owasp=("A06:2025", "API6:2023"),
)
def payout_without_idempotency(app: App) -> Iterator[Seen]:
    seen: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps:
            if (
                trace.side == "server"
                and step.place not in seen
                and pays(step)
                and not _ASIDE.search(f"{step.name} {step.place.path}")
            ):
                seen.add(step.place)
                key = _key(step)
                if key is None:
                    call = ".".join(step.name.split(".")[-2:])
                    yield Seen(step.place, f"{call} sends money without an idempotency key.", cause=step.place.path)
                elif key.comes_from("now", "random"):
                    yield Seen(step.place, "The idempotency key is another one at every try.", cause=step.place.path)
    for query in app.queries:
        for name, value in ((query.written.fields or {}) if query.written else {}).items():
            if "idempotency" in name.lower() and value.comes_from("now", "random") and query.place not in seen:
                seen.add(query.place)
                yield Seen(
                    query.place,
                    f"{name} holds the clock or chance, so it never meets itself again.",
                    severity=Severity.MEDIUM,
                )


def _key(step: Step) -> Value | None:
    for value in (*step.args, *step.keywords.values()):
        for part in _parts(value):
            for name in _NAMES:
                if part.fields and name in part.fields:
                    return part.fields[name]
    return next((step.keywords[n] for n in _NAMES if n in step.keywords), None)


def _parts(value: Value) -> Iterator[Value]:
    for part in value.deep():
        yield part
        if part.step is not None and part.step.name == "JSON.stringify":
            for argument in part.step.args:
                yield from _parts(argument)
