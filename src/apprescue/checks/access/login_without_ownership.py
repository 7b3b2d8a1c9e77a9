"""Any signed-in user can reach other people's data by changing an id.

What we look at: addresses that know who is calling, and use an id from the address, the query or the body to read,
change or delete rows with the server's own rights, where neither the query nor a check before it ties the row to the
caller.
Why it matters: ids stand in addresses and answers; a curious user of yours tries the next one and sees, changes or
deletes what belongs to somebody else.
How to repair: narrow the query to the caller (`where id = … and user_id = caller`), or load the row first and refuse
with 403 where its owner is somebody else. Use the same helper on every address of the thing.
When it is fine: content that all users share, rows that people add to each other's things (comments, likes), and
addresses for admins that check the role.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Filter, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Step, Value
from apprescue.source import meaning
from apprescue.source.passwords import only_a_team_signs_in
from apprescue.source.routes import (
    adds_up,
    answering,
    answers_with,
    goes_round_rules,
    head,
    is_counter,
    only_counts,
    own_queries,
    queries_of,
)

_TIES = ("role", "ownership", "signature", "secret")
_TEAM = re.compile(r"(?i)^(?:organi[sz]ation|org|tenant|workspace|company|team|agency)_?id$")
_WHOSE = re.compile(r"(?i)^(?:user|owner|account|customer|client|employee|patient)_?id$")
_MANY = 6
_OFTEN = 2
_PASSING = frozenset({"signal", "presence", "queue"})
_OWN_ID = (("id",), ("uuid",))
_SHARED = frozenset(
    "profile creator user account room channel member post video course product category tag comment plan".split()
)
_WATCHED = frozenset("live livestream stream broadcast webinar".split())


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-639", "CWE-862"),
    owasp=("A01:2025", "API1:2023"),
)
def login_without_ownership(app: App) -> Iterator[Seen]:
    by_route, owned, tenants = queries_of(app), _owned(app), _tenants(app)
    found = []
    for route in () if only_a_team_signs_in(app) else answering(app.routes):
        if not meaning.is_webhook(route.path) and not meaning.is_sign_in(route.path):
            queries = own_queries(route, by_route.get(str(route), ()))
            reached = [q for q in queries if _reaches_others(q, route, owned) or _of_another_team(q, tenants)]
            if reached:
                found.append((route, reached))
    crowded = Counter((route.place.path, reached[0].table) for route, reached in found)
    for route, reached in found:
        query = reached[0]
        yield Seen(
            head(route),
            f"{route} needs a login, but {_deed(query)}.",
            related=tuple(dict.fromkeys(q.place for q in reached)),
            cause=f"{route.place.path} {query.table}" if crowded[route.place.path, query.table] >= _MANY else "",
            severity=_severity(query),
            impact=Impact.MONEY if meaning.is_money(query.table) else Impact.DATA,
        )


def _owned(app: App) -> frozenset[str]:
    """Nouns of the tables that the app itself elsewhere narrows to the caller."""
    return frozenset(
        meaning.words(q.table)[-1]
        for q in app.queries
        if q.route
        and meaning.words(q.table)
        and any(o.startswith("caller") for f in q.filters for o in f.value.all_origins)
    )


def _reaches_others(query: Query, route: Route, owned: frozenset[str]) -> bool:
    guards = query.step.guards
    if not goes_round_rules(query) or not any(g.kind == "login" for g in guards):
        return False
    if any(g.kind in _TIES for g in guards) or _tied(query.step, query):
        return False
    chosen = [
        f
        for f in query.filters
        if f.value.comes_from("path", "query", "body") and (_is_id(f) or _one_by_path(f, query))
    ]
    if query.operation in ("update", "delete"):
        own = not meaning.is_social(query.table) or any(meaning.words(f.column) in _OWN_ID for f in chosen)
        if _knows_the_owner(query, route) or _clears_up(query):
            return False
        harmless = only_counts(query.written) or adds_up(query) or _told_by_a_service(query)
        return bool(chosen) and own and not (harmless or _done_by_many(query, route))
    if query.operation == "select":
        checked_later = any(g.kind in _TIES for g in route.guards)
        narrow = bool(chosen) or not (query.filters or query.single)
        if query.columns not in ((), ("*",)) and all(is_counter(c) or c == "id" for c in query.columns):
            return False
        return narrow and not checked_later and _somebodys(query, owned) and answers_with(route, query.step)
    if query.operation in ("insert", "upsert"):
        return _adds_below_others(query, owned)
    return False


def _knows_the_owner(query: Query, route: Route) -> bool:
    """Whether the handler turns away the row's owner: others than he are meant to change it (a bid, a purchase)."""

    def turned_away(test: Value) -> bool:
        if test.op == "==" and len(test.operands) == 2:
            one, other = test.operands
            for row, caller in ((one, other), (other, one)):
                of_table = row.comes_from(f"row.{query.table}") and not row.comes_from("caller")
                if of_table and caller.comes_from("caller"):
                    return True
        return any(map(turned_away, test.operands))

    return query.operation == "update" and any(map(turned_away, route.trace.tests if route.trace else ()))


def _clears_up(query: Query) -> bool:
    """Whether what passes anyway is deleted only once nobody is left in it (a room for signals)."""

    def nobody(test: Value) -> bool:
        one, other = test.operands if test.op == "==" and len(test.operands) == 2 else (test, test)
        rooms = {o.split(".")[1] for o in one.origins if o.startswith("row.")}
        empty = other.literal and other.constant == 0 and any(_PASSING.intersection(meaning.words(r)) for r in rooms)
        return empty or (test.op == "&&" and any(map(nobody, test.operands)))

    passing = query.operation == "delete" and _PASSING.intersection(meaning.words(query.table))
    return bool(passing) and any(map(nobody, query.step.tests))


def _told_by_a_service(query: Query) -> bool:
    """Whether a change keeps nothing but what another service answered (its id of a price, that a stream has begun)."""

    def asks_it(test: Value) -> bool:
        return test.comes_from("remote") or any(map(asks_it, test.operands))

    fields = list(((query.written.fields if query.written else None) or {}).values())
    told = [v for v in fields if v.comes_from("remote")]
    fixed = all(v.literal or v.origins == {"now"} for v in fields if v not in told)
    return bool(fields) and fixed and (bool(told) or any(map(asks_it, query.step.tests)))


def _done_by_many(query: Query, route: Route) -> bool:
    """Whether an address is there for people to leave something at other people's things (`/posts/{id}/like`)."""
    done = re.sub(r"^(?:un|dis)-?", "", route.path.rstrip("/").rpartition("/")[2])
    social = done in ("join", "leave", "react", "watch") or (meaning.is_social(done) and not meaning.is_money(done))
    return query.operation == "update" and done.isalpha() and social


def _somebodys(query: Query, owned: frozenset[str]) -> bool:
    """Whether rows of a table are one person's business; profiles and rooms are there to be looked at."""
    noun = meaning.words(query.table)[-1:]
    parents = {meaning.words(f.column)[-2:-1] for f in query.filters}
    if any(_WATCHED.intersection(meaning.words(one)) for one in (query.table, *(f.column for f in query.filters))):
        return False
    if not noun or meaning.is_content(query.table) or noun[0] in _SHARED:
        return False
    if not meaning.is_social(query.table) and any(_WHOSE.match(f.column) and f.operator == "eq" for f in query.filters):
        return True
    return meaning.is_private(query.table) or noun[0] in owned or any(p and p[0] in owned - _SHARED for p in parents)


def _tied(step: Step, query: Query) -> bool:
    """Whether the query itself names the caller, or what it uses came from a row that does."""
    values = [f.value for f in query.filters] + ([query.written] if query.written else [])
    if any(o.startswith("caller") for f in query.filters for o in f.value.all_origins):
        return True
    if query.operation != "insert" and _names_caller(step):
        return True
    if query.operation == "insert":
        return False
    if any(v.step is not None and _names_caller(v.step) for f in query.filters for v in f.value.deep()):
        return True
    return (
        query.operation in ("update", "delete")
        and all(v.comes_from("row") for v in values if v.origins)
        and bool(values)
    )


def _names_caller(step: Step) -> bool:
    return any(o.startswith("caller") for link in step.chain for v in link.values for o in v.origins)


def _adds_below_others(query: Query, owned: frozenset[str]) -> bool:
    """Whether a row is hung on somebody's thing that the request names, other than as people do."""
    aside = meaning.is_social(query.table) or meaning.is_social(query.route.rpartition("/")[2])
    if aside or query.written is None or _PASSING.intersection(meaning.words(query.table)):
        return False
    fields = query.written.fields or {}
    below = [k for k, v in fields.items() if meaning.words(k)[-1:] == ("id",) and _names_parent(k, v, owned)]
    return bool(below) and not any(meaning.OWNER.match(k) and v.comes_from("caller") for k, v in fields.items())


def _names_parent(column: str, value: Value, owned: frozenset[str]) -> bool:
    """Whether a column holds an id from the request: one of the address, or of a thing that has an owner."""
    if value.comes_from("path"):
        return True
    return value.comes_from("body") and bool({*meaning.words(column)[-2:-1]} & (owned - _SHARED))


def _tenants(app: App) -> dict[str, str]:
    """Tables that the app's addresses narrow to the caller's team, by the column that does it."""
    counts = Counter(
        (q.table, f.column)
        for q in app.queries
        for f in q.filters
        if q.route and _TEAM.match(f.column) and any(o.startswith("caller") for o in f.value.all_origins)
    )
    return {table: column for (table, column), times in counts.items() if times >= _OFTEN}


def _of_another_team(query: Query, tenants: dict[str, str]) -> bool:
    """Whether a row is changed for any team by an id, where its neighbours ask for the caller's team."""
    if not goes_round_rules(query) or query.operation not in ("update", "delete") or query.table not in tenants:
        return False
    if not any(g.kind == "role" for g in query.step.guards) or any(g.kind == "ownership" for g in query.step.guards):
        return False
    chosen = any(
        f.value.comes_from("path", "query", "body") and _is_id(f) and not _WHOSE.match(f.column) for f in query.filters
    )
    tied = any(o.startswith("caller") for f in query.filters for o in f.value.all_origins)
    return chosen and not tied and not adds_up(query)


def _is_id(condition: Filter) -> bool:
    return condition.operator in ("eq", "in", "==", "=") and meaning.words(condition.column)[-1:] in (
        ("id",),
        ("uuid",),
        ("slug",),
        ("key",),
        ("email",),
    )


def _one_by_path(condition: Filter, query: Query) -> bool:
    """Whether a part of the address picks one row by a name of its own (`/users/{username}`)."""
    equal = condition.operator == "eq" and condition.value.comes_from("path")
    return equal and (query.single or query.operation in ("update", "delete"))


def _severity(query: Query) -> Severity:
    if query.operation in ("update", "delete"):
        return Severity.HIGH
    if query.operation == "select" and (meaning.is_personal(query.table) or meaning.is_money(query.table)):
        return Severity.HIGH
    return Severity.MEDIUM


def _deed(query: Query) -> str:
    """What is done to rows of others, as the end of a sentence."""
    verbs = {"update": "changes a row of", "delete": "deletes a row of", "select": "reads"}
    if query.operation not in verbs:
        return f"lets every user add rows to {query.table}, whoever owns what they belong to"
    if query.filters:
        return f"{verbs[query.operation]} {query.table} by an id that the caller chooses, whoever owns it"
    return f"{verbs[query.operation].replace('a row', 'every row')} {query.table} for any user, whoever it belongs to"
