"""Your app says that it did something, and did nothing.

What we look at: addresses for changing something (payouts, uploads, bookings) that answer "success", "queued" or
"sent" and neither ask the database nor call any service before.

Why it matters: the user believes that his payout is on its way. Such stand-ins are made while an app is built and are
forgotten, because everything looks right on the screen.

How to repair: do the work, or answer 501 and take the button away until it is there.

When it is fine: an address that only confirms that a message arrived.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.trace import Value
from apprescue.source import known
from apprescue.source.routes import ANSWERS, head

_DONE = re.compile(
    r"(?i)^(?:queued|sent|completed|created|processed|scheduled|submitted)$|\b(?:successful(?:ly)?|created|sent|attempted)\b"
)
_HARMLESS = known.Names(
    r"(?i)^(?:fastapi|sqlalchemy\.orm\.sessionmaker|Deno\.env|os|env|strip\w*|console|response|context|JSON|Date|Math|Object|Number|String|parse|Number|len|str|int|float|print|logger|log|"
    r"request|req|next|Response|NextResponse|jsonify|HTTPException|URL|zod|RegExp|Array|crypto\.randomUUID|uuid)\b|"
    r"(?:HTTPException|Response|NextResponse|JSONResponse)(?:\.\w+)?$|\.(?:strip|lower|upper|startswith|trim|toLowerCase|toString|toISOString|json|get|"
    r"info|error|warning|includes|startsWith|split|parse|safeParse|toFixed|replace|test|join|slice|push)$"
)
_FINE = re.compile(
    r"(?i)log-?out|sign-?out|health|ping|echo|webhook|callback|csrf|track|test|debug|validate|calculate|preview|quote"
)


@check(
    severity=Severity.MEDIUM,
    impact=Impact.MONEY,
    cwe=("CWE-1164", "CWE-393"),
    owasp=("A06:2025",),
    evidence=Evidence.SUSPECTED,
)
def success_without_work(app: App) -> Iterator[Seen]:
    """One sighting for each address."""
    for route in app.routes:
        changes = route.method not in ("GET", "HEAD", "OPTIONS")
        if (
            not changes
            or route.trace is None
            or not route.steps + route.trace.returns
            or _FINE.search(route.path)
            or _works(route)
        ):
            continue
        said = next((text for value in _answered(route) for text in _texts(value) if _DONE.search(text)), "")
        if said or any(map(_says_success, _answered(route))):
            detail = (
                f"{route} answers {f'“{said}”' if said else 'success'}; no query and no call to a service was seen."
            )
            yield Seen(head(route), detail)


def _works(route: Route) -> bool:
    """Whether it does anything beyond asking who calls: steps of the guards' own files do not count."""
    guards = {g.place.path for g in route.guards} - {route.place.path}
    return any(
        (s.name.endswith("=") or not _HARMLESS.search(s.name))
        and not known.identity(s)
        and not (s.result and s.result.comes_from("caller"))
        for s in route.steps
        if not s.refusing and s.place.path not in guards
    )


def _answered(route: Route) -> Iterator[Value]:
    values = [a for s in route.steps if ANSWERS.search(s.name) and not s.refusing for a in s.args[:1]]
    for value in (*values, *(route.trace.returns if route.trace else ())):
        for part in value.deep():
            yield part
            if part.step is not None and part.step.name == "JSON.stringify":
                yield from (inner for a in part.step.args for inner in a.deep())


def _texts(value: Value) -> Iterator[str]:
    for name in ("status", "message"):
        if (found := (value.fields or {}).get(name)) is not None:
            yield known.plain(found)


def _says_success(value: Value) -> bool:
    return (value.fields or {}).get("success", Value()).constant is True
