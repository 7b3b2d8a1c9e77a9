"""Whoever signs up or edits a profile can give himself rights.

What we look at: rows of users and accounts written from the request: the whole body at once, or a field that gives
rights (role, plan, balance, verified), where no list of allowed fields and no check of the caller's own role stands
between.
Why it matters: one more field in the request and a customer is an admin, has the paid plan or a full wallet.
How to repair: pick the fields by name (or let a schema strip the others) and set role, plan and balance on the server
only.
When it is fine: an address for admins that checks the caller's role; a schema with a closed list of harmless values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Value
from apprescue.source import meaning
from apprescue.source.role_words import POWER
from apprescue.source.routes import (
    chosen_from_list,
    goes_round_rules,
    head,
    queries_of,
    texts_of_refusal,
    written_by,
)

_TEAM = re.compile(r"(?i)member|employee|staff|team|collaborat|participant")
_OF_BANK = re.compile(r"(?i)account_?(?:number|holder)|iban|routing_?number|bank_?name")
_ACCOUNT = re.compile(r"(?i)account_?type$")
_PEOPLE = re.compile(r"(?i)user|profile|account|member|admin|creator|employee|staff")


@check(
    severity=Severity.CRITICAL,
    impact=Impact.DATA,
    cwe=("CWE-915", "CWE-269"),
    owasp=("A01:2025", "API3:2023"),
)
def role_from_body(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    for route in app.routes:
        for query in by_route.get(str(route), ()):
            rights = next(_rights(route, query), None) if _PEOPLE.search(query.table) else None
            if rights is not None and not _by_somebody_above(query):
                yield Seen(
                    head(route),
                    f"{route} lets the caller set {rights} in {query.table}.",
                    related=(query.place,),
                )
                break


def _by_somebody_above(query: Query) -> bool:
    """Whether somebody with more rights does it; a team's owner may change its members, nobody his own account."""
    team = bool(_TEAM.search(query.table))
    enough = ("role", "secret", "signature", "ownership") if team else ("role", "secret", "signature")
    added = query.operation == "insert" and any(v.comes_from("caller") for v in written_by(query).values())
    return (team and added) or any(g.kind in enough for g in query.step.guards)


def _rights(route: Route, query: Query) -> Iterator[str]:
    if not goes_round_rules(query) or query.operation not in ("insert", "update", "upsert") or query.written is None:
        return
    fields = written_by(query)
    bank = any(map(_OF_BANK.search, fields))
    for name, value in fields.items():
        if (
            meaning.RIGHTS.match(name)
            and not (bank and _ACCOUNT.match(name))
            and value.comes_from("body", "query")
            and not _harmless(route, value)
        ):
            yield f"“{name}”"


def _harmless(route: Route, value: Value) -> bool:
    """Whether the value is one of a list that gives no power (`z.enum(["FAN", "CREATOR"])`, `x ? "A" : "B"`)."""
    if chosen_from_list(route, value) and not any(POWER.search(text) for text in _texts_of_tests(route)):
        return True
    texts = [str(choice.constant) for choice, _ in value.choices if choice.literal]
    listed = bool(texts) and len(texts) == len(value.choices)
    return value.op in ("==", "!=", "!") or (listed and not any(map(POWER.search, texts)))


def _texts_of_tests(route: Route) -> Iterator[str]:
    """The texts of the lists that the route's tests compare with."""
    waiting = list(route.trace.tests if route.trace else ())
    while waiting:
        test = waiting.pop()
        if test.op == "in":
            yield from (str(item.constant) for item in test.operands[1].items or ())
        yield from texts_of_refusal(test)
        waiting.extend(test.operands)
