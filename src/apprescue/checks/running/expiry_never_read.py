"""What your members pay for once, they keep for ever.

What we look at: subscriptions, memberships and passes that are stored with an end (`expires_at`, `valid_until`), and
whether anything in the app, pages, functions or database rules, ever compares that end with the time.

Why it matters: only the mark "active" decides, and nothing takes it away. A month that was paid for once opens your
content for years.

How to repair: ask for `expires_at > now()` wherever access is decided, in the database rule where there is one, or
run a job each day that ends what has run out.

When it is fine: the provider's webhook ends the subscription; a service outside of this repository does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source import meaning
from apprescue.source.quiet import is_prose, is_test
from apprescue.source.texts import has_any

_ENDS = re.compile(
    r"(?i)^(?:expires?_?(?:at|on|date)|expiry(?:_?date)?|valid_?(?:until|to)|ends?_?(?:at|date)|current_?period_?end)$"
)
_PAID = frozenset("subscription membership pass entitlement access plan license licence".split())
_ENDED_SIGNS = ("ubscription.", "invoice.payment_failed")
_ENDED = re.compile(r"[Ss]ubscription\.(?:deleted|cancelled|canceled|expired|updated)|invoice\.payment_failed")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.MONEY,
    cwe=("CWE-672", "CWE-613"),
    owasp=("A06:2025", "API6:2023"),
    evidence=Evidence.SUSPECTED,
)
def expiry_never_read(app: App) -> Iterator[Seen]:
    """One finding for each column."""
    stored = [(query, column) for query in app.queries for column in _written(query)]
    texts = [t for p, t in app.files.items() if not is_test(p) and not is_prose(p)] if stored else []
    if any(has_any(text, _ENDED_SIGNS) and _ENDED.search(text) for text in texts):
        return
    read = {
        column: any(_compares(column).search(text) for text in texts if column in text)
        for column in {column for _, column in stored}
    }
    for query, column in stored:
        if not read[column]:
            detail = f"{query.table}.{column} is stored, and nothing was seen that compares it with the time."
            yield Seen(query.place, detail, cause=f"{query.table} {column}")


def _written(query: Query) -> Iterator[str]:
    if (
        query.operation in ("insert", "upsert")
        and _PAID & set(meaning.words(query.table))
        and query.written is not None
    ):
        yield from (name for name in query.written.fields or {} if _ENDS.match(name))


def _compares(column: str) -> re.Pattern[str]:
    """A text in which a column meets the clock: compared, filtered by, or read as a date."""
    name = rf"[\"'`\])]*\b{re.escape(column)}\b[\"'`\])]*"
    return re.compile(
        rf"(?:gt|lt|gte|lte|is|or)\(\s*[\"'`][^\"'`\n]*{name}|{name}\s*(?:[<>]|!?=\s*null|\)\s*[<>])|[<>]=?\s*[\w.?!]*{name}|"
        rf"(?:Date|parse\w*|fromisoformat|isBefore|isAfter|isPast|differenceIn\w+|datetime)\s*\([^()\n]*{name}|"
        rf"{name}\s*:\s*\{{\s*[\"']?\$?(?:gt|lt)|if\s[^\n]*{name}",
        re.I,
    )
