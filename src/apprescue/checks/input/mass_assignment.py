"""Fields that nobody meant to be editable can be written, because the whole request goes into the row.

What we look at: inserts and updates whose row is the request's body as it came, or that spread it, with no schema
between that leaves unknown fields out.
Why it matters: the caller adds fields that your form does not have: the owner's id, counters, prices, flags.
How to repair: name the fields that may be written, or parse the body by a schema that strips everything else.
When it is fine: a body that passed a schema (zod, pydantic, class-validator with a whitelist), and browser clients
behind row level security.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Value
from apprescue.source import meaning
from apprescue.source.routes import goes_round_rules, head, queries_of

_WHOLE = frozenset({"body", "form"})


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-915",),
    owasp=("A01:2025", "API3:2023"),
)
def mass_assignment(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    found = [(r, q) for r in app.routes for q in by_route.get(str(r), ()) if _takes_all(q)]
    crowded = Counter(route.place.path for route, _ in found)
    for route, query in found:
        admin = any(g.kind == "role" for g in query.step.guards)
        people = {"user", "profile", "account"} & set(meaning.words(query.table))
        yield Seen(
            head(route),
            f"{route} writes the whole request into {query.table}, whatever fields it has.",
            related=(query.place,),
            cause=route.place.path if crowded[route.place.path] > 1 else "",
            severity=Severity.LOW if admin else Severity.HIGH if people else Severity.MEDIUM,
        )


def _takes_all(query: Query) -> bool:
    if not goes_round_rules(query) or query.operation not in ("insert", "update", "upsert") or query.written is None:
        return False
    written = query.written
    return _is_body(written) or _is_body((written.fields or {}).get("...", Value()))


def _is_body(value: Value) -> bool:
    return bool(_WHOLE & value.origins) and "validated" not in value.origins
