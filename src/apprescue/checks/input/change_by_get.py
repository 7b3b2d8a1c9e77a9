"""A mere link, a picture or a crawler can change data in your app.

What we look at: addresses of the server that are called by GET and add, change or delete rows other than counters.
Why it matters: browsers, mail scanners and search engines follow links by themselves; a picture on a stranger's page
calls the address with your user's session.
How to repair: answer only POST, PUT, PATCH or DELETE where something changes, and ask for confirmation on a page first.
When it is fine: counting views, sign-in callbacks, links in mails that confirm or unsubscribe, jobs that a clock calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source import meaning
from apprescue.source.routes import WRITES, goes_round_rules, head, only_counts, queries_of


@check(severity=Severity.LOW, impact=Impact.DATA, cwe=("CWE-650", "CWE-352"), owasp=("A06:2025",))
def change_by_get(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    for route in app.routes:
        by_machine = any(g.kind in ("secret", "signature", "development") for g in route.guards)
        by_purpose = meaning.is_public_address("GET", route.path) or meaning.is_scheduled(route.path)
        if route.method != "GET" or by_machine or by_purpose or meaning.is_webhook(route.path):
            continue
        written = next((q for q in by_route.get(str(route), ()) if _changes(q)), None)
        if written is not None:
            yield Seen(
                head(route), f"{route} writes to {written.table}.", related=(written.place,), cause="change by GET"
            )


def _changes(query: Query) -> bool:
    """Whether a row is changed by what the caller sent, not merely noted or made with its usual values."""
    if query.operation not in WRITES or not goes_round_rules(query) or only_counts(query.written):
        return False
    values = [f.value for f in query.filters] + list(query.written.deep() if query.written else ())
    return any(v.comes_from("query", "path") for v in values)
