"""What a visitor sends is stored as it came: a word where a number belongs, a state that your app does not know.

What we look at: addresses of your server that write fields of a request into columns of numbers, dates, yes or no, or a
list of words, and whether anything asks before what they are.

Why it matters: where the database refuses the value, the visitor sees an error of the server and you see a fault that
is none; where it takes it, a negative amount stays in your data and breaks what reads it later.

How to repair: look at each field where the request comes in, by a schema (zod, pydantic) or a plain test, and answer
400 with its name.

When it is fine: values that the same function turns into numbers or dates itself, or that were parsed by a schema;
pages for admins only.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source.routes import head, queries_of
from apprescue.source.stored_values import stored_unchecked

_TRUSTED = ("role", "secret", "signature", "validation")


@check(severity=Severity.LOW, impact=Impact.DATA, cwe=("CWE-20",), owasp=("A06:2025", "API3:2023"))
def value_stored_unchecked(app: App) -> Iterator[Seen]:
    """One finding for each file, with each address in it."""
    by_route = queries_of(app)
    for route in app.routes:
        if route.trace is None or route.guarded(*_TRUSTED):
            continue
        queries = by_route.get(str(route), [])
        found = [one for one in stored_unchecked(app, route, queries) if one.kind != "id"]
        if found:
            told = ", ".join(f"{one.field} (a {one.kind})" for one in found)
            places = [query.place for query in queries if query.table == found[0].table]
            yield Seen(
                head(route),
                f"{route} stores {told} in {found[0].table} as it came.",
                related=tuple(places[:1]),
                cause=route.place.path,
            )
