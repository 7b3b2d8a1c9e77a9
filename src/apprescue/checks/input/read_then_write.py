"""Two clicks at the same moment, and money or counts come out wrong.

What we look at: a value that is read from a row, changed in the app's code and written back to the same column, with
no transaction, lock or condition on the old value; other requests run in between.
Why it matters: with balances it is money: two parallel requests spend the same balance twice, or one payment's credit
overwrites another's. With counters the numbers are merely wrong.
How to repair: let the database do it in one statement (`set balance = balance - x where balance >= x`, in a function
that checks how many rows changed), or lock the row first.
When it is fine: rows that only one process ever writes; an update that also asks for the old value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place, RoutePlace
from apprescue.model.trace import Value
from apprescue.source import meaning
from apprescue.source.known import Names
from apprescue.source.routes import pays

_LOCKED = Names(r"(?i)transaction|for_?update|with_for_update|select_for_update|begin$|atomic|advisory")
_NUMBER_OF = re.compile(r"(?i)(?:purchases|orders|subscriptions|transactions|sales|claims|tips)(?:_?count)?$")
_SUM = re.compile(r"(?i)(?:^|_)(?:total|sum|raised|lifetime)(?:$|_)|Total$|^total[A-Z]")
_TEXT = re.compile(r"(?i)^(?:text|citext|(?:var)?char|character|string)")
_SOME = re.compile(r"(?i)balance|amount|total|price|cost|credit|earning|paid|sum|fund|debt")
_COUNT = re.compile(r"(?i)view|like|click|count|usage|read|share|visit|impression|comment")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.MONEY,
    cwe=("CWE-362", "CWE-367"),
    owasp=("A06:2025", "API6:2023"),
)
def read_then_write(app: App) -> Iterator[Seen]:
    locked = {id(s) for t in app.traces if any(_LOCKED.search(s.method) for s in t.steps) for s in t.steps}
    seen: set[Place] = set()
    for query in app.queries:
        column = _written_back(query)
        if not column or query.place in seen or id(query.step) in locked:
            continue
        seen.add(query.place)
        money = (meaning.is_money(column) and not _NUMBER_OF.search(column)) or (
            meaning.is_money(query.table) and not _COUNT.search(column)
        )
        money = money and not _is_text(app, query, column)
        place = RoutePlace(query.route, query.place) if query.route else query.place
        yield Seen(
            place,
            f"{column} of {query.table} is read, changed in the code and written back: "
            "requests at the same time undo each other.",
            cause=f"{query.place.path} {query.table} {column}",
            severity=_severity(app, query, column) if money else Severity.LOW,
            impact=Impact.MONEY if money else Impact.BLINDNESS,
        )


def _is_text(app: App, query: Query, column: str) -> bool:
    """Whether a column holds words, such as a coin's name; a sum may be kept as text too."""
    tables = [t for t in app.schema.tables if meaning.words(t.name.rpartition(".")[2]) == meaning.words(query.table)]
    kept = [c.type for t in tables for c in t.columns if meaning.words(c.name) == meaning.words(column)]
    return not _SOME.search(column) and any(_TEXT.match(one) for one in kept)


def _severity(app: App, query: Query, column: str) -> Severity:
    """A sum that is only shown, because no test asks for it and nothing is paid by it, is wrong but no lost money."""
    if not _SUM.search(column):
        return Severity.HIGH
    origin = f"row.{query.table}.{column}"
    asked = any(_asks(test, origin) for trace in app.traces for test in trace.tests)
    paid = any(pays(step) and any(origin in v.origins for v in step.values) for t in app.traces for step in t.steps)
    return Severity.HIGH if asked or paid else Severity.MEDIUM


def _asks(test: Value, origin: str) -> bool:
    if test.op in ("<", "<=", ">", ">=", "-"):
        return any(origin in part.origins for part in test.operands)
    return any(_asks(part, origin) for part in test.operands)


def _written_back(query: Query) -> str:
    """The column of an update whose new value is worked out from its old one."""
    if query.operation not in ("update", "upsert") or query.written is None:
        return ""
    if any((v.fields or {}).get("ignoreDuplicates", v).constant is True for v in query.step.values):
        return ""
    conditions = {f.column for f in query.filters}
    for column, value in (query.written.fields or {}).items():
        if column not in conditions and any(_is_column(o, query.table, column) for o in _worked_out(value)):
            return column
    return ""


def _worked_out(value: Value) -> frozenset[str]:
    """The origins of a value that was computed, not copied; what is kept or made new is neither."""
    if value.choices:
        return frozenset(o for choice, _ in value.choices for o in _worked_out(choice))
    computed = value.op in ("+", "-", "*", "/", "text") or (
        value.step is not None and not value.step.awaited and value.step.args
    )
    return value.all_origins if computed else frozenset(o for part in value.operands for o in _worked_out(part))


def _is_column(origin: str, table: str, column: str) -> bool:
    kind, _, rest = origin.partition(".")
    of, _, name = rest.rpartition(".")
    return kind == "row" and meaning.words(name) == meaning.words(column) and meaning.words(of) == meaning.words(table)
