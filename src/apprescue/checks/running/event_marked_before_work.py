"""A payment whose first message failed halfway is never booked.

What we look at: webhooks that store a provider's event to know it again, before they do what it asks for, and that
skip every event which they find stored, whether its work was done or not.

Why it matters: when the work fails, the provider sends the event again; your app says "already seen" and does nothing.
The customer has paid and gets nothing, for good.

How to repair: do the work and store the event in one transaction (a database function), or skip only those that are
marked as processed, and set that mark at the end.

When it is fine: the stored event is taken away again where the work fails, or a job works off those left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.trace import Value
from apprescue.source import meaning
from apprescue.source.routes import WRITES, head, queries_of

_EVENTS = re.compile(r"(?i)event|webhook|ipn|delivery|callback")
_EVENT_ID = re.compile(r"(?i)^(?:\w*_)?(?:event|webhook|delivery)_?id$|^id$")
_LOGS = re.compile(r"(?i)logs?$|audit")
_DONE = re.compile(r"(?i)\.(?:processed\w*|status|state|handled\w*|completed\w*|done)$")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.MONEY,
    cwe=("CWE-696", "CWE-372"),
    owasp=("A10:2025",),
    evidence=Evidence.SUSPECTED,
)
def event_marked_before_work(app: App) -> Iterator[Seen]:
    """One sighting for each webhook."""
    by_route = queries_of(app)
    for route in app.routes:
        if not (meaning.is_webhook(route.path) or route.guarded("signature")):
            continue
        queries = [q for q in by_route.get(str(route), []) if not q.step.refusing]
        marked = next(filter(_stores_event, queries), None)
        if marked is None or not _looked_up(queries, marked) or _taken_back(queries, marked):
            continue
        before = queries[: queries.index(marked)]
        after = queries[queries.index(marked) + 1 :]
        first = not any(_works(q, marked) for q in before)
        if first and any(_works(q, marked) for q in after) and not _asks_whether_done(route):
            detail = f"{route} stores the event in {marked.table} before its work, and skips every event stored there."
            yield Seen(head(route), detail, related=(marked.place,))


def _stores_event(query: Query) -> bool:
    fields = (query.written.fields if query.written else None) or {}
    stores = query.operation in ("insert", "upsert") and bool(_EVENTS.search(query.table))
    return stores and any(map(_EVENT_ID.search, fields))


def _works(query: Query, marked: Query) -> bool:
    return query.operation in (*WRITES, "rpc") and query.table != marked.table and not _LOGS.search(query.table)


def _looked_up(queries: list[Query], marked: Query) -> bool:
    asked = queries[: queries.index(marked)]
    return any(q.operation == "select" and q.table == marked.table for q in asked)


def _taken_back(queries: list[Query], marked: Query) -> bool:
    return any(q.operation == "delete" and q.table == marked.table for q in queries)


def _asks_whether_done(route: Route) -> bool:
    """Whether any test looks at the mark of a stored event."""
    tests = route.trace.tests if route.trace else []
    waiting: list[Value] = list(tests)
    while waiting:
        value = waiting.pop()
        if any(o.startswith("row.") and _EVENTS.search(o) and _DONE.search(o) for o in value.origins):
            return True
        waiting.extend(value.operands)
    return False
