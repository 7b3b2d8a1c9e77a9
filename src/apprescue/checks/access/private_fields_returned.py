"""Password hashes and private fields of your users leave the server.

What we look at: answers that hold whole rows of users or accounts read with the server's own rights, with nothing that picks or
removes fields, where the table has columns for passwords, tokens, payment accounts or contact data.
Why it matters: hashes can be cracked, tokens used at once, e-mail addresses and phone numbers collected by anybody who may call.
How to repair: select the columns that the page shows, by name, in the query itself; never send a row as it is.
When it is fine: a user's own row without its password; columns that were picked or removed before the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source import meaning
from apprescue.source.routes import answers_with, goes_round_rules, head, open_to_all, queries_of

_PERSON = re.compile(r"(?i)email|phone|address|birth|stripe_?(?:account|customer)|bank|payout")


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-200", "CWE-213"),
    owasp=("A01:2025", "API3:2023"),
)
def private_fields_returned(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    for route in app.routes:
        for query in by_route.get(str(route), ()):
            private = _private_columns(app, query)
            if private and answers_with(route, query.step, whole=True):
                secret = [c for c in private if meaning.SECRET_COLUMN.search(c)]
                if not secret and not open_to_all(query.step.guards):
                    continue
                shown = ", ".join((secret or private)[:3])
                yield Seen(
                    head(route),
                    f"{route} answers with whole rows of {query.table}, {shown} included.",
                    related=(query.place,),
                    cause=f"{route.place.path} {query.table}",
                    severity=Severity.HIGH if open_to_all(query.step.guards) else Severity.MEDIUM,
                )
                break


def _private_columns(app: App, query: Query) -> list[str]:
    whole = query.operation == "select" and query.columns in ((), ("*",)) and goes_round_rules(query)
    table = app.schema.table(query.table) if whole else None
    if table is None:
        wanted = meaning.words(query.table)
        table = next((t for t in app.schema.tables if whole and meaning.words(t.name.partition(".")[2]) == wanted), None)
    if table is None or not meaning.is_personal(table.name.partition(".")[2]) and "creator" not in table.name.lower():
        return []
    return [c.name for c in table.columns if meaning.SECRET_COLUMN.search(c.name) or _PERSON.search(c.name)]
