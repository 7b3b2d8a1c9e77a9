"""One request can ask for everything at once.

What we look at: page sizes that come from the request and reach the database without an upper bound.
Why it matters: `?limit=1000000` makes the database and the server work for seconds, and hands out the whole table in
one go.
How to repair: take the smaller of what is asked and your own maximum (`Math.min(limit, 100)`, `Query(le=100)`).
When it is fine: a schema or a comparison bounds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import RoutePlace
from apprescue.model.trace import Step, Value
from apprescue.source.routes import head

_SIZES = re.compile(r"(?i)^(?:limit|take|per_?page|page_?size|size|top|count|first)$")
_LIMITS = ("limit", "range", "take", "slice", "to_list")


@check(
    severity=Severity.LOW,
    impact=Impact.PERFORMANCE,
    cwe=("CWE-770",),
    owasp=("API4:2023",),
)
def unbounded_page_size(app: App) -> Iterator[Seen]:
    for route in app.routes:
        place = next((s.place for s in route.steps for v in _sizes(s) if _asked(v)), None)
        if place is not None and not _bounded(app, route):
            yield Seen(
                RoutePlace(str(route), place),
                f"{route} gives as many rows as the request asks for.",
                related=(head(route),),
                cause="page size",
            )


def _sizes(step: Step) -> Iterator[Value]:
    if step.method in _LIMITS:
        yield from step.args
    for value in step.args:
        if value.fields and "take" in value.fields:
            yield value.fields["take"]


def _asked(value: Value) -> bool:
    if value.step is not None and value.step.name in ("Math.min", "min"):
        return False
    if value.op in ("+", "-", "*", "&&", "||", "??"):
        return any(map(_asked, value.operands))
    wanted = any(o.startswith("query.") and _SIZES.match(o.partition(".")[2]) for o in value.origins)
    return wanted and "validated" not in value.origins


def _bounded(app: App, route: Route) -> bool:
    return bool(re.search(r"Math\.min\(|\bmin\(|\ble=|\.max\(|clamp", app.excerpt(route.place)))
