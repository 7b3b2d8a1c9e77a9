"""One payment can be booked twice.

What we look at: tables of money with a column for the payment provider's own number (payment intent, session,
reference, transaction hash) that has no unique key, and code that inserts rows there.

Why it matters: providers send the same message again until it is answered, sometimes twice at once. Code that looks
first and inserts then does both times the same; only a unique key makes the second insert fail. Otherwise a tip is
counted twice or a seller is paid twice.

How to repair: `create unique index on payments (stripe_payment_intent_id);` and insert with `on conflict do nothing`,
treating a conflict as already done.

When it is fine: several rows belong to one payment by design, and another key keeps each of them single.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.facts import no_unique
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import ColumnPlace
from apprescue.model.schema import Table
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_money_table

_NUMBER = re.compile(
    r"^(?:stripe_|paystack_|paypal_|razorpay_|provider_|external_|gateway_)?"
    r"(?:payment_intent(?:_id)?|payment_id|charge_id|session_id|checkout_session_id|reference|payment_reference|"
    r"transaction_(?:id|hash|reference)|tx_(?:hash|signature)|order_id|capture_id|invoice_id)$",
    re.I,
)
_OWN = re.compile(r"^(?:order_id|session_id|transaction_id|invoice_id|payment_id)$", re.I)


@check(severity=Severity.MEDIUM, impact=Impact.MONEY, cwe=["CWE-362", "CWE-799"], owasp=["A06:2025", "API6:2023"])
def payment_reference_without_unique(app: App) -> Iterator[Seen]:
    """One sighting for each table, with the code that inserts there."""
    inserts = [q for q in app.queries if q.operation in ("insert", "upsert")]
    drifted = {f.object for f in app.schema.faults if f.kind == "never made"}
    for table in app.schema.tables:
        mine = [q for q in inserts if bare(q.table) == bare(table.name) and q.as_whom != "browser"]
        if not is_money_table(table.name) or not mine or table.origin == "supabase_types" or table.name in drifted:
            continue
        points = {c for key in table.foreign_keys for c in key.columns}
        loose = [
            c for c in table.columns if _NUMBER.match(c.name) and c.name not in points and not _single(table, c.name)
        ]
        loose = [c for c in loose if not _OWN.match(c.name) or c.type in ("text", "varchar", "character varying")]
        if not loose or any(_single(table, c.name) for c in table.columns if _NUMBER.match(c.name)):
            continue
        column = loose[0]
        yield Seen(
            ColumnPlace(table.name, column.name, column.place),
            f"{bare(table.name)}.{column.name} holds the provider's number of a payment, but may stand there twice.",
            related=tuple(q.place for q in mine),
            facts=(no_unique(table.name, [column.name]),),
        )


def _single(table: Table, column: str) -> bool:
    return column in table.primary_key or any(column in i.columns for i in table.indexes if i.unique)
