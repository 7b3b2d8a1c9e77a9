"""Two requests at once make the same thing twice.

What we look at: code that looks whether a row exists and inserts it if not, where no unique key in the database
stands behind the question.
Why it matters: double clicks, retries and webhooks arrive together; both see nothing, both insert: double likes,
double subscriptions, double payments.
How to repair: put a unique key on the columns that make the thing one, and insert with `on conflict do nothing` (or
catch the duplicate).
When it is fine: a unique key or primary key over these columns exists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.source import meaning


@check(
    severity=Severity.LOW,
    impact=Impact.MONEY,
    cwe=("CWE-367", "CWE-362"),
    owasp=("A06:2025",),
)
def check_then_insert(app: App) -> Iterator[Seen]:
    by_function: dict[tuple[str, str], list[Query]] = defaultdict(list)
    for query in app.queries:
        by_function[query.place.path, query.function].append(query)
    seen: set[Place] = set()
    for queries in by_function.values():
        for asked in queries:
            later = next((q for q in queries if _inserts_same(asked, q)), None)
            if later is None or later.place in seen or not _table_known(app, later.table) or _unique(app, asked):
                continue
            seen.add(later.place)
            money = meaning.is_money(later.table)
            yield Seen(
                later.place,
                f"{later.table} is asked and then written, and no unique key stops a second row in between.",
                related=(asked.place,),
                cause=f"{later.table} twice",
                severity=Severity.MEDIUM if money else Severity.LOW,
                impact=Impact.MONEY if money else Impact.BLINDNESS,
            )


def _inserts_same(asked: Query, later: Query) -> bool:
    """Whether a row is inserted with the very values that were asked for before."""
    if (
        asked.operation != "select"
        or later.operation != "insert"
        or asked.table != later.table
        or later.written is None
    ):
        return False
    if asked.place.line >= later.place.line or not asked.filters or not (asked.single or asked.limit == 1):
        return False
    fields = later.written.fields or {}
    return all(f.operator in ("eq", "=", "==") and f.column in fields for f in asked.filters)


def _table_known(app: App, name: str) -> bool:
    return app.schema.table(name) is not None


def _unique(app: App, asked: Query) -> bool:
    table = app.schema.table(asked.table)
    wanted = {f.column for f in asked.filters}
    keys = [set(i.columns) for i in table.indexes if i.unique] + [set(table.primary_key)] if table else []
    return any(key and key <= wanted for key in keys)
