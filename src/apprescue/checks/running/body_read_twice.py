"""A part of your app can never work: it reads the request a second time, and there is nothing left to read.

What we look at: handlers that read the body of one request twice on the same way through the code (`req.json()` and
again `req.json()` or `req.text()`).

Why it matters: the second reading throws, so the feature behind it (a refund, a fallback) fails for everybody, always.

How to repair: read the body once at the top, keep it in a variable and hand it on.

When it is fine: reading a clone of the request.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import RoutePlace
from apprescue.model.trace import Step

_READS = ("json", "text", "formData", "arrayBuffer", "blob")


@check(
    severity=Severity.HIGH,
    impact=Impact.BLINDNESS,
    cwe=("CWE-675",),
    owasp=("A10:2025",),
)
def body_read_twice(app: App) -> Iterator[Seen]:
    """One sighting for each route."""
    for route in app.routes:
        if route.framework in ("supabase_functions", "nextjs", "hono", "vercel", "netlify"):
            twice = _second(route)
            if twice is not None:
                first, second = twice
                yield Seen(
                    RoutePlace(str(route), second.place),
                    f"The body was already read in line {first.place.line}; this reading fails.",
                    related=(first.place,),
                )


def _second(route: Route) -> tuple[Step, Step] | None:
    reads: list[Step] = []
    for step in route.steps:
        if step.method not in _READS or step.receiver is not None or step.args or step.result is None:
            continue
        if step.result.origins != frozenset({"body"}) or step.name.endswith("clone().json"):
            continue
        for before in reads:
            if before.place != step.place and before.tests == step.tests[: len(before.tests)]:
                return before, step
        reads.append(step)
    return None
