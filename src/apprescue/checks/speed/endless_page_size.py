"""Whoever calls the app may ask for a million rows at once.

What we look at: page sizes that are taken from the address as they come (`?limit=1000000`) and handed to the database
without an upper bound.

Why it matters: one call with a huge number reads a whole table, fills the server's memory and stops the app for
everybody. Bots that copy content do just that.

How to repair: bound it where it is read: `Math.min(Number(limit) || 20, 100)`, `Query(20, le=100)`,
`z.coerce.number().max(100)`.

When it is fine: the table is short, or a schema checks the number before this code runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.model.trace import Value
from apprescue.source import tree as t
from apprescue.source.growth import is_small, offline
from apprescue.source.project import Project

_TAKES = ("limit", "take", "to_list", "first", "[:]", "fetchmany")
_RAW = ("parseInt()", "Number()", "int()", "Number.parseInt()", "parseFloat()", "~~")
_BOUNDS = {"le", "lt", "max_value"}


@check(severity=Severity.LOW, impact=Impact.PERFORMANCE, cwe=["CWE-770"], owasp=["API4:2023"])
def endless_page_size(app: App, code: Project) -> Iterator[Seen]:
    """One finding for the app, with every such query."""
    routes = {str(r): r for r in app.routes if r.trace is not None}
    for query in app.queries:
        route = routes.get(query.route)
        if route is None or offline(query.place.path) or is_small(query.table):
            continue
        for size in _sizes(query):
            asked = next((o for o in sorted(size.origins) if o.partition(".")[0] in ("query", "body", "path")), "")
            if asked and _as_it_came(size) and not _tested(route, asked) and not _declared(route, size.name, code):
                name = asked.partition(".")[2] or asked
                yield Seen(
                    Code(query.place.path, query.place.line),
                    f"{route} reads as many {query.table} as the caller writes into {name}.",
                    related=(route.place,),
                    cause="page size",
                )
                break


def _sizes(query: Query) -> Iterator[Value]:
    for link in query.step.chain:
        if link.method in _TAKES and link.args:
            yield link.args[-1]
        elif link.args and link.args[0].fields:
            yield from (v for k, v in link.args[0].fields.items() if k in ("take", "limit"))


def _as_it_came(size: Value) -> bool:
    if size.op in ("||", "??"):
        return _as_it_came(size.operands[0])
    if size.choices or size.comes_from("validated"):
        return False
    return size.name in _RAW or (size.step is None and not size.op) or size.name.startswith("request.")


def _tested(route: Route, asked: str) -> bool:
    """Whether the handler compares the number with something."""
    tests = route.trace.tests if route.trace is not None else ()
    return any(_compares(test, asked) for test in tests)


def _compares(test: Value, asked: str) -> bool:
    if test.op in ("<", ">", "<=", ">=") and any(asked in v.all_origins for v in test.operands):
        return True
    return any(_compares(v, asked) for v in test.operands)


def _declared(route: Route, name: str, code: Project) -> bool:
    """Whether the handler's parameter says its bound: `Query(20, le=100)`."""
    place = route.trace.place if route.trace is not None else route.place
    module = code.module(place.path)
    for node in module.body if module is not None else ():
        if isinstance(node, t.Function) and node.line <= place.line <= node.end_line:
            for parameter in node.params:
                if isinstance(parameter.target, t.Name) and parameter.target.id == name:
                    return any(isinstance(x, t.Call) and _BOUNDS & set(x.keywords) for x in parameter.walk())
    return False
